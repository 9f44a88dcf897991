"""How a coin is priced just now, and what its page says of it."""

from datetime import timedelta

import pytest

from chalicelib.domain.coin_state import CoinState, coin_state, is_quoted
from chalicelib.domain.market import PriceList, Symbol
from tests.builders import NOON, asset_price, at


def newest(**quoted_hours_ago: float) -> PriceList:
    """The prices of noon, each of that age."""
    return PriceList(
        NOON,
        {coin: asset_price(quoted_at=at(hours=-age)) for coin, age in quoted_hours_ago.items()},
    )


def pairs(*named: str) -> dict[str, Symbol]:
    """ "OLD/USDT" trades, "!OLD/USDT" is halted."""
    found = {}
    for each in named:
        base, quote = each.removeprefix("!").split("/")
        found[base + quote] = Symbol(base + quote, base, quote, not each.startswith("!"))
    return found


@pytest.mark.parametrize(
    ("age", "listed", "state"),
    [
        (0, ["OLD/USDT"], CoinState.TRADING),
        (0, [], CoinState.TRADING),
        (1, ["!OLD/USDT"], CoinState.HALTED),
        (9, ["!OLD/USDT", "!OLD/BTC"], CoinState.HALTED),
        (1, ["!OLD/USDT", "OLD/BTC"], CoinState.TRADING),
        (2, ["OLD/USDT"], CoinState.TRADING),
        (2.01, ["OLD/USDT"], CoinState.STALE_PRICE),
        (1, ["!USDT/OLD"], CoinState.HALTED),
        (1, ["NEW/USDT"], CoinState.DELISTED),
        (9, ["NEW/USDT"], CoinState.DELISTED),
        (9, ["OLD/XYZ"], CoinState.DELISTED),
        (1, [], CoinState.TRADING),
        (3, [], CoinState.STALE_PRICE),
    ],
)
def test_a_coin_that_had_a_price(age: float, listed: list[str], state: CoinState) -> None:
    assert coin_state("OLD", newest(OLD=age), pairs(*listed), NOON) is state


def test_a_coin_that_never_had_a_price_is_not_valued() -> None:
    assert coin_state("XYZ", newest(OLD=0), pairs("!XYZ/USDT"), NOON) is CoinState.NOT_VALUED


def test_an_earn_claim_is_as_its_coin() -> None:
    assert coin_state("LDOLD", newest(OLD=1), pairs("!OLD/USDT"), NOON) is CoinState.HALTED
    assert coin_state("LDUSDT", newest(), {}, NOON) is CoinState.TRADING


def test_prices_that_nobody_has_renewed_become_stale() -> None:
    later = NOON + timedelta(hours=2, seconds=1)
    assert coin_state("OLD", newest(OLD=0), pairs("OLD/USDT"), later) is CoinState.STALE_PRICE


def test_usdt_is_always_priced() -> None:
    assert coin_state("USDT", newest(), {}, at(hours=99)) is CoinState.TRADING


@pytest.mark.parametrize(("coin", "quoted"), [("OLD", False), ("NEW", True), ("XYZ", False)])
def test_only_a_price_of_the_newest_list_is_of_this_moment(coin: str, quoted: bool) -> None:
    assert is_quoted(coin, newest(OLD=1, NEW=0)) is quoted
