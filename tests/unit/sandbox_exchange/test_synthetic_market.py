"""The seeded market: the same answers whatever was asked before, and figures that look real."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.catalogue import SYMBOLS, TRADING
from sandbox.exchange.intervals import DAY_MS, HOUR_MS
from sandbox.exchange.market import Market
from sandbox.exchange.path import Floats
from sandbox.exchange.synthetic import OPENED_AT, synthetic_market

START = 1_790_000_000_000 // HOUR_MS * HOUR_MS
LIVE = [name for name, spec in SYMBOLS.items() if spec.status == TRADING]


@pytest.fixture(scope="module")
def market() -> Market:
    return synthetic_market(7, start=START, hours=24)


@given(
    st.lists(
        st.tuples(st.sampled_from(LIVE), st.integers(START - DAY_MS, START + 3 * DAY_MS)),
        min_size=2,
        max_size=4,
    )
)
@settings(max_examples=25, deadline=None)
def test_prices_do_not_depend_on_the_order_of_questions(questions: list[tuple[str, int]]) -> None:
    one, other = (synthetic_market(7, start=START, hours=hours) for hours in (1, 100))

    forward = [one.price(symbol, at) for symbol, at in questions]
    backward = [other.price(symbol, at) for symbol, at in reversed(questions)]

    assert forward == backward[::-1]


def test_another_seed_is_another_market(market: Market) -> None:
    assert synthetic_market(8, start=START, hours=24).prices(START) != market.prices(START)


def test_the_list_of_prices_holds_the_price_of_every_pair(market: Market) -> None:
    at = START + 1234
    assert market.prices(at) == {name: market.price(name, at) for name in SYMBOLS}


@pytest.mark.parametrize("symbol", LIVE)
def test_a_price_is_a_multiple_of_the_tick(market: Market, symbol: str) -> None:
    assert market.price(symbol, START) % SYMBOLS[symbol].tick_size == 0


@pytest.mark.parametrize(
    ("cross", "coin", "quote"),
    [("ETHBTC", "ETHUSDT", "BTCUSDT"), ("BTCUSDC", "BTCUSDT", "USDCUSDT")],
)
@pytest.mark.parametrize("minute", range(0, 180, 17))
def test_a_cross_agrees_with_its_usdt_pairs(
    market: Market, cross: str, coin: str, quote: str, minute: int
) -> None:
    at = START + minute * 60_000
    fair = market.price(coin, at) / market.price(quote, at)

    assert abs(market.price(cross, at) / fair - 1) < Decimal("0.002")


def test_a_lira_price_is_the_coin_times_the_dollar_in_lira(market: Market) -> None:
    fair = market.price("BTCUSDT", START) * market.price("USDTTRY", START)
    assert abs(market.price("BTCTRY", START) / fair - 1) < Decimal("0.002")


@pytest.mark.parametrize("symbol", ["USDCUSDT", "FDUSDUSDT"])
@pytest.mark.parametrize("day", range(0, 60, 9))
def test_a_stablecoin_stays_near_one(market: Market, symbol: str, day: int) -> None:
    assert abs(market.price(symbol, START + day * DAY_MS) - 1) < Decimal("0.01")


@pytest.mark.parametrize(
    ("symbol", "lowest", "highest"),
    [("BTCUSDT", 100, 10_000), ("SOLUSDT", 100, 2_000), ("ADAUSDT", 5, 100), ("ZENUSDT", 0, 5)],
)
@pytest.mark.parametrize("day", range(3))
def test_traded_values_keep_to_their_tier(
    market: Market, symbol: str, lowest: int, highest: int, day: int
) -> None:
    traded = market.day(symbol, START + day * DAY_MS).quote_volume
    assert lowest < traded / 1_000_000 < highest


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT"])
@pytest.mark.parametrize("hour", [0, 9, 21])
def test_big_pairs_print_thousands_of_trades_an_hour(
    market: Market, symbol: str, hour: int
) -> None:
    begin = START + hour * HOUR_MS
    assert 2_000 <= len(market.tape(symbol, start=begin, end=begin + HOUR_MS, limit=9999)) <= 6_000


def test_a_thin_pair_prints_a_few_trades_an_hour(market: Market) -> None:
    trades = market.tape("NAVBTC", start=START, end=START + DAY_MS, limit=9999)
    assert 24 <= len(trades) <= 240


def test_there_is_no_price_before_the_opening(market: Market) -> None:
    with pytest.raises(LookupError, match="BTCUSDT was not listed yet"):
        market.price("BTCUSDT", OPENED_AT)


def test_every_pair_has_a_price_from_the_first_millisecond(market: Market) -> None:
    assert market.prices(OPENED_AT + 1).keys() == SYMBOLS.keys()


def test_a_market_cannot_start_before_the_opening() -> None:
    with pytest.raises(ValueError, match="before the market's opening"):
        synthetic_market(7, start=OPENED_AT - 1, hours=1)


def hourly_moves(market: Market, symbol: str) -> Floats:
    prices = [float(market.price(symbol, START + hour * HOUR_MS)) for hour in range(30 * 24)]
    return np.diff(np.log(prices))


@pytest.fixture(scope="module")
def moves(market: Market) -> dict[str, Floats]:
    return {name: hourly_moves(market, name) for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT")}


@pytest.mark.parametrize(
    ("symbol", "lowest", "highest"),
    [("BTCUSDT", 0.015, 0.04), ("ETHUSDT", 0.02, 0.06), ("SOLUSDT", 0.025, 0.07)],
)
def test_a_day_moves_as_much_as_it_should(
    moves: dict[str, Floats], symbol: str, lowest: float, highest: float
) -> None:
    assert lowest < moves[symbol].std() * 24**0.5 < highest


def test_moves_have_fat_tails(moves: dict[str, Floats]) -> None:
    kurtosis = [float(((each / each.std()) ** 4).mean()) for each in moves.values()]
    assert min(kurtosis) > 3.5


def test_coins_move_together(moves: dict[str, Floats]) -> None:
    assert np.corrcoef(moves["BTCUSDT"], moves["SOLUSDT"])[0, 1] > 0.6


def test_the_tape_of_a_pair_that_never_trades_is_found_at_once(market: Market) -> None:
    (last,) = market.recent_tape("WAVESUSDT", before=START, limit=1)

    assert last.price == market.price("WAVESUSDT", START)
    assert market.tape("WAVESUSDT", start=last.time + 1, end=START, limit=1) == []


@pytest.mark.parametrize(("symbol", "lowest", "highest"), [("PIVXBTC", 5, 20), ("NAVBTC", 0, 1)])
def test_coins_priced_through_bitcoin_are_of_two_tiers(
    market: Market, symbol: str, lowest: int, highest: int
) -> None:
    traded = market.day(symbol, START).quote_volume * market.price("BTCUSDT", START)
    assert lowest < traded / 1_000_000 < highest
