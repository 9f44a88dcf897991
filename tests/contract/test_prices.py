"""The Prices port: lists by minute, by hour, and the newest."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.price_rows import decode_prices, decode_symbols, encode_prices
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.market import AssetPrice, PriceList
from tests.builders import NOON, asset_price, at, prices, symbol, symbols
from tests.contract.stores import DynamoStores, Fresh, Stores


def test_a_minute_comes_back_as_it_was_stored(stores: Stores) -> None:
    listed = PriceList(
        at(milliseconds=200),
        {
            "BTC": asset_price("60000.01000000"),
            "币安人生": asset_price("0.000000000000000001", quoted_at=at(-5), first_at=at(-9)),
            "DEAD": asset_price("1", traded_usdt="0", quoted_at=at(-4000)),
        },
    )
    stores.prices.put_minute(listed)
    assert stores.prices.minute(NOON) == listed


def test_the_first_list_of_a_minute_stays(stores: Stores) -> None:
    stores.prices.put_minute(prices(at(seconds=59), BTC="1"))
    stores.prices.put_minute(prices(at(seconds=1), BTC="2"))
    assert stores.prices.minute(NOON) == prices(at(seconds=59), BTC="1")


def test_a_minute_that_was_not_stored_has_no_list(stores: Stores) -> None:
    stores.prices.put_minute(prices(BTC="1"))
    assert stores.prices.minute(at(minutes=1)) is None
    assert stores.prices.minute(at(seconds=1)) is None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 0, 0), (-60, 60, 0), (1, 120, 120), (60, 119, None), (1, 59, None), (61, 300, 120)],
)
def test_the_first_minute_of_a_span_is_found(
    stores: Stores, start: int, end: int, expected: int | None
) -> None:
    for second in (120, 0, 180):
        stores.prices.put_minute(prices(at(seconds=second), BTC="1"))
    found = stores.prices.first_minute_from(at(seconds=start), at(seconds=end))
    assert found == (None if expected is None else prices(at(seconds=expected), BTC="1"))


def test_the_newest_list_is_replaced(stores: Stores) -> None:
    assert stores.prices.latest() is None
    stores.prices.put_latest(prices(BTC="1"))
    stores.prices.put_latest(prices(at(seconds=15), BTC="2"))
    assert stores.prices.latest() == prices(at(seconds=15), BTC="2")


def test_hours_are_read_together_and_the_first_list_of_each_stays(stores: Stores) -> None:
    for hour in range(480_000, 480_120):
        stores.prices.put_hour(hour, prices(BTC=str(hour)))
    stores.prices.put_hour(480_007, prices(BTC="1"))
    found = stores.prices.hours(range(479_990, 480_130))
    assert found == {hour: prices(BTC=str(hour)) for hour in range(480_000, 480_120)}
    assert stores.prices.hours([]) == {}


def test_symbols_are_replaced_as_a_whole(stores: Stores) -> None:
    assert stores.prices.symbols() == {}
    stores.prices.put_symbols(symbols("BTC/USDT", "OLD/USDT"))
    listed = symbols("BTC/USDT", "ETH/BTC") | {"LUNAUSDT": symbol("LUNA", trading=False)}
    stores.prices.put_symbols(listed)
    assert stores.prices.symbols() == listed


@pytest.mark.parametrize(
    ("traded", "kept"),
    [
        ("0", "0"),
        ("123", "123"),
        ("12345", "12300"),
        ("99999999", "99900000"),
        ("4999999", "4990000"),
        ("100000000", "100000000"),
    ],
)
def test_traded_values_are_cut_so_that_no_asset_changes_its_tier(
    stores: Stores, traded: str, kept: str
) -> None:
    listed = PriceList(NOON, {"BTC": asset_price(traded_usdt=traded)})
    stores.prices.put_latest(listed)
    stored = stores.prices.latest()
    assert stored is not None
    assert stored.assets["BTC"].traded_usdt == Decimal(kept)
    assert stored.tier("BTC") == listed.tier("BTC")


def test_exchanges_do_not_see_each_other(tables: Tables, fresh: Fresh) -> None:
    one = DynamoStores(tables, f"one {fresh.number}")
    other = DynamoStores(tables, f"other {fresh.number}")
    one.prices.put_latest(prices(BTC="1"))
    assert other.prices.latest() is None


def test_minutes_expire_after_eight_days_and_hours_stay(tables: Tables, fresh: Fresh) -> None:
    store = DynamoStores(tables, f"exchange {fresh.number}").prices
    store.put_minute(prices(BTC="1"))
    store.put_hour(480_000, prices(BTC="1"))
    rows = tables.query(
        "history",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"PRICE#exchange {fresh.number}"}},
    )
    expiries = {row["sk"]["S"][0]: row.get("expires_at") for row in rows}
    assert expiries == {"H": None, "M": {"N": str(int((NOON + timedelta(days=8)).timestamp()))}}


def a_busy_market() -> PriceList:
    """600 assets as an exchange lists them: most quoted in USDT, some over a bridge, some
    dead; three quarters there when the league began, the others since."""
    chance = random.Random(1)
    assets = {}
    for number in range(600):
        name = "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=chance.choice((3, 3, 4, 5))))
        digits = chance.randint(10**3, 10**6 - 1)
        price = Decimal(digits).scaleb(chance.randint(-8, -1))
        if number % 10 == 0:
            price = Decimal(chance.randint(10**8, 10**11)).scaleb(-16)
        traded = Decimal(int(chance.lognormvariate(15, 3)))
        quoted_at = NOON if number % 15 else at(-24 * chance.randint(1, 400))
        first_at = at(-24 * 300)
        if number % 4 == 0:
            first_at += timedelta(minutes=chance.randint(0, 300 * 24 * 60))
        assets[f"{name}{number % 7}"] = AssetPrice(price, traded, quoted_at, first_at)
    return PriceList(NOON, assets)


def test_600_assets_take_at_most_8_kilobytes() -> None:
    market = a_busy_market()
    assert len(market.assets) > 590
    assert len(encode_prices(market)) <= 8 * 1024


INSTANTS = st.integers(0, 10**9).map(lambda number: NOON - timedelta(milliseconds=number))
PRICES = st.decimals(min_value=0, max_value=10**9, places=18)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=9).filter(lambda code: " " not in code),
        st.builds(AssetPrice, PRICES, st.integers(0, 999).map(Decimal), INSTANTS, INSTANTS),
    )
)
def test_a_list_is_read_from_its_bytes_as_it_was(assets: dict[str, AssetPrice]) -> None:
    listed = PriceList(NOON, assets)
    assert decode_prices(encode_prices(listed)) == listed


def test_the_same_list_in_another_order_gives_the_same_bytes() -> None:
    market = a_busy_market()
    turned = replace(market, assets=dict(reversed(list(market.assets.items()))))
    assert encode_prices(turned) == encode_prices(market)


def test_a_code_with_a_space_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidRequest, match="'A B' has a space"):
        encode_prices(PriceList(NOON, {"A B": asset_price()}))


@pytest.mark.parametrize("packed", [b"", b"\x02abc", b"\x01abc"])
def test_bytes_that_cannot_be_read_are_refused(packed: bytes) -> None:
    with pytest.raises(InvalidRequest, match="price row"):
        decode_prices(packed)
    with pytest.raises(InvalidRequest, match="price row"):
        decode_symbols(packed)
