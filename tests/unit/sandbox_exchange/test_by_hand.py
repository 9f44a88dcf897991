"""Prices and states set by hand: they hold from their moment on and change nothing before it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.intervals import DAY_MS, HOUR_MS, MINUTE_MS
from sandbox.exchange.market import Market
from sandbox.exchange.synthetic import OPENED_AT, synthetic_market

START = 1_790_000_000_000 // DAY_MS * DAY_MS
AT = START + 5 * HOUR_MS + 12_345
MOMENTS = st.integers(START, START + DAY_MS)


def fresh() -> Market:
    return synthetic_market(7, start=START, hours=24)


@pytest.fixture
def market() -> Market:
    return fresh()


@pytest.fixture(scope="module")
def untouched() -> Market:
    return fresh()


@given(at=MOMENTS, symbol=st.sampled_from(["BTCUSDT", "DCRUSDT", "ETHBTC", "USDTTRY"]))
@settings(max_examples=25, deadline=None)
def test_a_set_price_holds_from_its_moment(at: int, symbol: str) -> None:
    market = fresh()
    old = market.price(symbol, at)
    price = 40 * market.symbols[symbol].tick_size

    market.set_price(symbol, price, at)

    assert market.price(symbol, at) == old
    assert market.price(symbol, at + 1) == price
    (candle,) = market.candles(symbol, "1m", start=None, end=None, limit=1, now=at + 1)
    assert candle.low <= price <= candle.high
    assert market.day(symbol, at + 1).last == price


def test_the_path_goes_on_from_a_set_price(market: Market, untouched: Market) -> None:
    market.set_price("BTCUSDT", 2 * untouched.price("BTCUSDT", AT), AT)
    later = AT + 30 * HOUR_MS

    ratio = market.price("BTCUSDT", later) / untouched.price("BTCUSDT", later)

    assert abs(ratio - 2) < Decimal("0.000001")


def test_the_other_pairs_of_a_coin_follow_its_usdt_pair(market: Market, untouched: Market) -> None:
    market.set_price("BTCUSDT", 2 * untouched.price("BTCUSDT", AT), AT)
    ratios = {
        name: round(market.price(name, AT + 1) / untouched.price(name, AT), 2)
        for name in ("BTCUSDC", "BTCTRY", "ETHBTC", "ETHUSDT")
    }
    assert ratios == {"BTCUSDC": 2, "BTCTRY": 2, "ETHBTC": Decimal("0.5"), "ETHUSDT": 1}


def test_a_lira_half_as_dear_moves_every_lira_pair(market: Market, untouched: Market) -> None:
    market.set_price("USDTTRY", 2 * untouched.price("USDTTRY", AT), AT)
    assert abs(market.price("BTCTRY", AT + 1) / untouched.price("BTCTRY", AT) - 2) < Decimal("1e-6")


def test_a_cross_set_by_itself_moves_alone(market: Market, untouched: Market) -> None:
    market.set_price("ETHBTC", Decimal("0.5"), AT)
    market.set_price("BTCUSDT", 2 * untouched.price("BTCUSDT", AT), AT + MINUTE_MS)

    assert market.price("ETHUSDT", AT + 1) == untouched.price("ETHUSDT", AT + 1)
    assert abs(market.price("ETHBTC", AT + MINUTE_MS + 1) - Decimal("0.25")) < Decimal("0.002")


def test_of_two_prices_set_at_once_the_second_holds(market: Market) -> None:
    market.set_price("BTCUSDT", Decimal(50_000), AT)
    market.set_price("BTCUSDT", Decimal(60_000), AT)
    assert market.price("BTCUSDT", AT + 1) == 60_000


@pytest.mark.parametrize("price", ["0", "-1", "100.001"])
def test_a_price_off_the_tick_is_refused(market: Market, price: str) -> None:
    with pytest.raises(ValueError, match=r"BTCUSDT: price .* no positive multiple of 0\.01"):
        market.set_price("BTCUSDT", Decimal(price), AT)


def test_nothing_is_set_before_the_opening(market: Market) -> None:
    with pytest.raises(LookupError, match="not listed yet"):
        market.set_price("BTCUSDT", Decimal(1), OPENED_AT)


@given(at=MOMENTS, before=st.integers(0, 20_000))
@settings(max_examples=25, deadline=None)
def test_nothing_set_by_hand_changes_what_was_before(
    untouched: Market, at: int, before: int
) -> None:
    market = fresh()
    market.set_price("BTCUSDT", Decimal(50_000), at)
    market.set_status("BTCUSDT", "HALT", at + 5_000)
    asked = at - before
    window = {"start": asked - HOUR_MS, "end": asked}

    assert market.price("BTCUSDT", asked) == untouched.price("BTCUSDT", asked)
    assert market.day("BTCUSDT", asked) == untouched.day("BTCUSDT", asked)
    assert market.tape("BTCUSDT", **window, limit=9999) == untouched.tape(
        "BTCUSDT", **window, limit=9999
    )


@given(at=MOMENTS)
@settings(max_examples=25, deadline=None)
def test_candles_still_are_the_sum_of_the_tape(at: int) -> None:
    market = fresh()
    market.set_price("BTCUSDT", Decimal(50_000), at)
    market.set_status("BTCUSDT", "HALT", at + 3_000)
    market.set_status("BTCUSDT", "TRADING", at + 64_000)
    now = at + 5 * MINUTE_MS

    candles = market.candles("BTCUSDT", "1m", start=at - MINUTE_MS, end=None, limit=9, now=now)

    for candle in candles:
        end = min(candle.close_time + 1, now)
        trades = market.tape("BTCUSDT", start=candle.open_time, end=end, limit=9999)
        assert candle.trades == len(trades)
        assert candle.volume == sum((trade.quantity for trade in trades), Decimal(0))
        assert candle.quote_volume == sum((trade.quote_quantity for trade in trades), Decimal(0))
        assert all(candle.low <= trade.price <= candle.high for trade in trades)


def test_a_halted_pair_keeps_its_price_and_has_no_tape(market: Market) -> None:
    price = market.price("BTCUSDT", AT)
    market.set_status("BTCUSDT", "HALT", AT)
    later = AT + 50 * HOUR_MS

    assert market.status("BTCUSDT", AT) == "HALT"
    assert market.status("BTCUSDT", AT - 1) == "TRADING"
    assert market.price("BTCUSDT", later) == price
    assert market.prices(later)["BTCUSDT"] == price
    assert market.tape("BTCUSDT", start=AT, end=later, limit=9) == []
    assert market.recent_tape("BTCUSDT", before=later, limit=1)[0].price == price
    day = market.day("BTCUSDT", later)
    assert (day.open, day.last, day.volume) == (price, price, Decimal(0))
    assert (day.count, day.first_id, day.last_id) == (0, -1, -1)


def test_a_halted_pair_has_no_candles_until_it_returns(market: Market) -> None:
    back = AT + 3 * HOUR_MS
    market.set_status("BTCUSDT", "BREAK", AT)
    market.set_status("BTCUSDT", "TRADING", back)
    now = START + 12 * HOUR_MS
    expected = [hour for hour in range(12) if hour not in (6, 7)]

    for limits in ({"start": START, "end": None}, {"start": None, "end": now}):
        candles = market.candles("BTCUSDT", "1h", **limits, limit=12, now=now)
        hours = [(candle.open_time - START) // HOUR_MS for candle in candles]
        assert hours[-len(expected) :] == expected


def test_trade_comes_back_with_the_state(market: Market, untouched: Market) -> None:
    market.set_status("BTCUSDT", "HALT", AT)
    market.set_status("BTCUSDT", "TRADING", AT + HOUR_MS)
    later = AT + HOUR_MS + MINUTE_MS

    assert market.status("BTCUSDT", later) == "TRADING"
    assert market.price("BTCUSDT", later) == untouched.price("BTCUSDT", later)


@pytest.mark.parametrize(
    ("symbol", "status"),
    [("WAVESUSDT", "HALT"), ("OMGUSDT", "BREAK"), ("SRMUSDT", "CANCEL_ONLY")],
)
def test_a_pair_listed_as_not_trading_has_a_stale_price(
    untouched: Market, symbol: str, status: str
) -> None:
    assert untouched.status(symbol, START) == status
    assert untouched.price(symbol, START) == untouched.price(symbol, START + 100 * DAY_MS) > 0


def test_a_pair_listed_as_not_trading_can_begin(market: Market) -> None:
    market.set_status("WAVESUSDT", "TRADING", AT)
    assert market.tape("WAVESUSDT", start=AT, end=AT + DAY_MS, limit=1)


def test_what_was_set_survives_dump_and_load(market: Market) -> None:
    market.set_price("BTCUSDT", Decimal("54321.50"), AT)
    market.set_price("ETHBTC", Decimal("0.07"), AT + 5)
    market.set_status("ADAUSDT", "HALT", AT)
    market.set_status("ADAUSDT", "TRADING", AT + HOUR_MS)
    other = fresh()
    other.set_price("SOLUSDT", Decimal(1), AT)

    other.load(json.loads(json.dumps(market.dump())))

    for at in (AT + 1, AT + 6, AT + HOUR_MS, AT + DAY_MS):
        assert other.prices(at) == market.prices(at)
        assert other.status("ADAUSDT", at) == market.status("ADAUSDT", at)
    assert other.dump() == market.dump()
