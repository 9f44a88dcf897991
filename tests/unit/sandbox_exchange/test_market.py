"""Price, candles, 24 h figures and tape are sums of the same trades."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.intervals import DAY_MS, HOUR_MS, MINUTE_MS
from sandbox.exchange.market import Candle, Market
from sandbox.exchange.synthetic import synthetic_market
from sandbox.exchange.tape import TapeTrade

START = 1_790_000_000_000 // DAY_MS * DAY_MS
SOME = ["BTCUSDT", "LDOUSDT", "DCRUSDT", "ETHBTC", "USDTTRY"]
MOMENTS = st.integers(START, START + 2 * DAY_MS)


@pytest.fixture(scope="module")
def market() -> Market:
    return synthetic_market(7, start=START, hours=24)


def candles(market: Market, symbol: str, interval: str, start: int, now: int) -> list[Candle]:
    return market.candles(symbol, interval, start=start, end=None, limit=1000, now=now)


def total(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def assert_is_sum_of_trades(candle: Candle, trades: list[TapeTrade]) -> None:
    bought = [trade for trade in trades if not trade.is_buyer_maker]
    assert candle.trades == len(trades)
    assert candle.volume == total([trade.quantity for trade in trades])
    assert candle.quote_volume == total([trade.quote_quantity for trade in trades])
    assert candle.taker_base == total([trade.quantity for trade in bought])
    assert candle.taker_quote == total([trade.quote_quantity for trade in bought])
    if trades:
        prices = [trade.price for trade in trades]
        assert (candle.open, candle.close) == (prices[0], prices[-1])
        assert (candle.high, candle.low) == (max(prices), min(prices))


@pytest.mark.parametrize("symbol", SOME)
@pytest.mark.parametrize(("interval", "parts"), [("1h", 60), ("1d", 24)])
def test_a_candle_is_the_sum_of_the_shorter_ones(
    market: Market, symbol: str, interval: str, parts: int
) -> None:
    shorter = {"1h": "1m", "1d": "1h"}[interval]
    now = START + DAY_MS
    (whole,) = market.candles(symbol, interval, start=None, end=None, limit=1, now=now)
    pieces = candles(market, symbol, shorter, whole.open_time, now)
    traded = [piece for piece in pieces if piece.trades]

    assert len(pieces) == parts
    assert whole.open == traded[0].open
    assert whole.close == pieces[-1].close
    assert whole.high == max(piece.high for piece in traded)
    assert whole.low == min(piece.low for piece in traded)
    assert whole.volume == total([piece.volume for piece in pieces])
    assert whole.quote_volume == total([piece.quote_volume for piece in pieces])
    assert whole.trades == sum(piece.trades for piece in pieces)


@pytest.mark.parametrize("symbol", SOME)
def test_a_candle_is_the_sum_of_its_trades(market: Market, symbol: str) -> None:
    for candle in candles(market, symbol, "15m", START, START + 3 * HOUR_MS):
        end = candle.close_time + 1
        trades = market.tape(symbol, start=candle.open_time, end=end, limit=99_999)
        assert_is_sum_of_trades(candle, trades)


@given(now=MOMENTS, symbol=st.sampled_from(SOME))
@settings(max_examples=50, deadline=None)
def test_the_running_candle_holds_the_trades_until_now(
    market: Market, now: int, symbol: str
) -> None:
    (running,) = market.candles(symbol, "5m", start=None, end=None, limit=1, now=now)
    trades = market.tape(symbol, start=running.open_time, end=now, limit=99_999)

    assert running.open_time < now <= running.close_time + 1
    assert_is_sum_of_trades(running, trades)
    assert running.close == market.price(symbol, now)


@given(at=MOMENTS, symbol=st.sampled_from(SOME))
@settings(max_examples=50, deadline=None)
def test_the_price_is_that_of_the_last_trade_before(market: Market, at: int, symbol: str) -> None:
    (last,) = market.recent_tape(symbol, before=at, limit=1)

    assert last.time < at
    assert market.price(symbol, at) == last.price


@given(at=MOMENTS, symbol=st.sampled_from(SOME[1:4]))
@settings(max_examples=15, deadline=None)
def test_the_day_is_the_sum_of_its_trades(market: Market, at: int, symbol: str) -> None:
    day = market.day(symbol, at)
    trades = market.tape(symbol, start=day.open_time, end=at, limit=999_999)

    assert at - DAY_MS - MINUTE_MS < day.open_time <= at - DAY_MS
    assert (day.first_id, day.last_id, day.count) == (trades[0].id, trades[-1].id, len(trades))
    assert (day.open, day.last) == (trades[0].price, trades[-1].price)
    assert day.high == max(trade.price for trade in trades)
    assert day.volume == total([trade.quantity for trade in trades])
    assert day.quote_volume == total([trade.quote_quantity for trade in trades])


@pytest.mark.parametrize("symbol", SOME)
def test_trade_ids_grow_with_time_and_leave_room_for_users(market: Market, symbol: str) -> None:
    trades = market.tape(symbol, start=START, end=START + 2 * HOUR_MS, limit=99_999)

    for earlier, later in pairwise(trades):
        assert earlier.time <= later.time
        assert earlier.id < later.id
    for trade in trades:
        free = market.trade_id(symbol, trade.time)
        assert trade.id < free < free + 15 < market.trade_id(symbol, trade.time + 1) - 15


@pytest.mark.parametrize("symbol", SOME)
def test_quantities_are_whole_steps(market: Market, symbol: str) -> None:
    step = market.symbols[symbol].step_size
    for trade in market.tape(symbol, start=START, end=START + HOUR_MS, limit=500):
        assert trade.quantity >= step
        assert trade.quantity % step == 0


def test_a_limit_cuts_the_tape_at_its_end(market: Market) -> None:
    window = {"start": START, "end": START + 5 * HOUR_MS}
    whole = market.tape("BTCUSDT", **window, limit=99_999)

    assert market.tape("BTCUSDT", **window, limit=7) == whole[:7]
    assert market.tape("BTCUSDT", **window, limit=5_000) == whole[:5_000]
    assert market.recent_tape("BTCUSDT", before=window["end"], limit=5_000) == whole[-5_000:]
