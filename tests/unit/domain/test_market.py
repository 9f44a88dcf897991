from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.market import PriceList, Quote, Tier, price_list, underlying
from tests.builders import NOON, asset_price, at, prices, quote, symbol, symbols


def listed(*pairs: str, **quotes: str) -> PriceList:
    return price_list(
        symbols(*pairs).values(), {name: quote(price) for name, price in quotes.items()}, NOON
    )


def test_usdt_is_1() -> None:
    assert prices().usdt("USDT") == 1
    assert prices().age("USDT") == timedelta(0)
    assert prices().tier("USDT") is Tier.LIQUID


def test_the_direct_pair_comes_first() -> None:
    found = listed("ETH/USDT", "ETH/BTC", "BTC/USDT", ETHUSDT="3000", ETHBTC="1", BTCUSDT="60000")
    assert found.usdt("ETH") == 3000


def test_without_a_direct_pair_the_first_bridge_with_both_legs_counts() -> None:
    found = listed(
        "XYZ/BTC", "XYZ/ETH", "BTC/USDT", "ETH/USDT",
        XYZBTC="0.5", XYZETH="7", BTCUSDT="60000", ETHUSDT="3000",
    )  # fmt: skip
    assert found.usdt("XYZ") == 30000


def test_a_bridge_without_its_second_leg_is_passed_over() -> None:
    found = listed("XYZ/USDC", "XYZ/ETH", "ETH/USDT", XYZUSDC="1", XYZETH="7", ETHUSDT="3000")
    assert found.usdt("XYZ") == 21000


def test_a_pair_counts_in_either_direction() -> None:
    found = listed("USDT/TRY", "XYZ/TRY", USDTTRY="40", XYZTRY="80")
    assert found.usdt("TRY") == Decimal("0.025")
    assert found.usdt("XYZ") == 2


def test_a_pair_that_does_not_trade_gives_no_price() -> None:
    halted = symbol("XYZ", trading=False)
    found = price_list([halted], {"XYZUSDT": quote("1")}, NOON)
    with pytest.raises(MissingPrice, match="XYZ"):
        found.usdt("XYZ")


def test_what_has_no_price_now_keeps_its_last_and_grows_older() -> None:
    first = price_list([symbol("XYZ")], {"XYZUSDT": quote("5")}, NOON)
    later = price_list([symbol("XYZ", trading=False)], {}, at(3), first)
    assert later.usdt("XYZ") == 5
    assert later.age("XYZ") == timedelta(hours=3)
    back = price_list([symbol("XYZ")], {"XYZUSDT": quote("6")}, at(4), later)
    assert (back.usdt("XYZ"), back.age("XYZ")) == (Decimal(6), timedelta(0))
    assert back.assets["XYZ"].first_at == NOON


def test_a_price_of_0_is_none() -> None:
    assert "XYZ" not in listed("XYZ/USDT", XYZUSDT="0").assets


@pytest.mark.parametrize(
    ("traded", "tier"),
    [
        ("4999999", Tier.THIN),
        ("5000000", Tier.MIDDLE),
        ("99999999", Tier.MIDDLE),
        ("100000000", Tier.LIQUID),
    ],
)
def test_tiers_go_by_the_traded_value_of_a_day(traded: str, tier: Tier) -> None:
    assert PriceList(NOON, {"X": asset_price(traded_usdt=traded)}).tier("X") is tier


def test_the_traded_value_of_an_asset_is_that_of_all_its_pairs() -> None:
    found = price_list(
        symbols("XYZ/USDT", "XYZ/BTC", "BTC/USDT").values(),
        {
            "XYZUSDT": Quote(Decimal(2), Decimal(3_000_000)),
            "XYZBTC": Quote(Decimal("0.00004"), Decimal(40)),
            "BTCUSDT": Quote(Decimal(50_000), Decimal(90_000_000)),
        },
        NOON,
    )
    assert found.tier("XYZ") is Tier.MIDDLE
    assert found.assets["XYZ"].traded_usdt == 5_000_000


@pytest.mark.parametrize(
    ("asset", "coin"),
    [
        ("LDBTC", "BTC"),
        ("LDUSDT", "USDT"),
        ("LDO", "LDO"),
        ("LDSHIB2", "SHIB"),
        ("LDXYZ", "LDXYZ"),
        ("LDLDO", "LDO"),
        ("LDT", "LDT"),
        ("BTC", "BTC"),
    ],
)
def test_an_earn_claim_is_its_coin_where_there_is_such_a_coin(asset: str, coin: str) -> None:
    assert underlying(asset, prices(BTC="1", SHIB="1", LDO="1", LDT="1", T="1", O="1")) == coin
