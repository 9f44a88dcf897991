"""Which candles are answered: the exchange's rules of start, end, limit and interval."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from sandbox.exchange.intervals import DAY_MS, HOUR_MS, INTERVALS, MINUTE_MS, next_open
from sandbox.exchange.market import Market
from sandbox.exchange.synthetic import OPENED_AT, synthetic_market

START = 1_790_000_000_000 // DAY_MS * DAY_MS
NOW = START + 10 * HOUR_MS + 30_000


@pytest.fixture(scope="module")
def market() -> Market:
    return synthetic_market(7, start=START, hours=24)


def hours(
    market: Market, *, start: int | None = None, end: int | None = None, limit: int = 4
) -> list[int]:
    candles = market.candles("DCRUSDT", "1h", start=start, end=end, limit=limit, now=NOW)
    return [(candle.open_time - START) // HOUR_MS for candle in candles]


def test_neither_end_gives_the_newest(market: Market) -> None:
    assert hours(market) == [7, 8, 9, 10]


def test_a_start_alone_gives_the_oldest_from_there(market: Market) -> None:
    assert hours(market, start=START + 2 * HOUR_MS) == [2, 3, 4, 5]


def test_an_end_alone_gives_the_newest_until_there(market: Market) -> None:
    assert hours(market, end=START + 5 * HOUR_MS) == [2, 3, 4, 5]


def test_both_ends_give_the_oldest_between(market: Market) -> None:
    assert hours(market, start=START + 1, end=START + 9 * HOUR_MS, limit=3) == [1, 2, 3]
    assert hours(market, start=START + HOUR_MS, end=START + 2 * HOUR_MS) == [1, 2]


def test_the_future_has_no_candles(market: Market) -> None:
    assert hours(market, start=START + 10 * HOUR_MS) == [10]
    assert hours(market, start=START + 11 * HOUR_MS) == []


def test_a_candle_that_has_only_just_opened_is_not_there_yet(market: Market) -> None:
    (newest,) = market.candles("BTCUSDT", "1h", start=None, end=None, limit=1, now=START)
    assert newest.close_time == START - 1
    assert newest.close == market.price("BTCUSDT", START)


def test_nothing_is_older_than_the_opening(market: Market) -> None:
    oldest = market.candles("BTCUSDT", "1d", start=0, end=None, limit=1, now=NOW)
    assert [candle.open_time for candle in oldest] == [OPENED_AT]
    now = OPENED_AT + 3 * DAY_MS
    assert len(market.candles("BTCUSDT", "1d", start=None, end=None, limit=9, now=now)) == 3


@pytest.mark.parametrize("interval", INTERVALS)
def test_candles_follow_each_other_without_a_gap(market: Market, interval: str) -> None:
    candles = market.candles("DCRUSDT", interval, start=None, end=None, limit=3, now=NOW)

    assert candles[-1].open_time < NOW <= candles[-1].close_time + 1
    for earlier, later in pairwise(candles):
        assert later.open_time == earlier.close_time + 1 == next_open(interval, earlier.open_time)


@pytest.mark.parametrize(
    ("interval", "opened"),
    [("1w", "2026-09-21"), ("1M", "2026-09-01"), ("1d", "2026-09-21"), ("3d", "2026-09-19")],
)
def test_long_candles_open_where_the_calendar_says(
    market: Market, interval: str, opened: str
) -> None:
    (candle,) = market.candles("DCRUSDT", interval, start=None, end=None, limit=1, now=NOW)
    at = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert candle.open_time == int(at.timestamp()) * 1000


def test_a_minute_without_trade_is_flat(market: Market) -> None:
    candles = market.candles("NAVBTC", "1m", start=START, end=None, limit=60, now=NOW)
    quiet = [candle for candle in candles if not candle.trades]

    assert len(candles) == 60
    assert len(quiet) > 30
    for candle in quiet:
        price = market.price("NAVBTC", candle.open_time + MINUTE_MS)
        assert {candle.open, candle.high, candle.low, candle.close} == {price}
        assert candle.volume == candle.quote_volume == 0


def test_an_unknown_interval_is_an_error(market: Market) -> None:
    with pytest.raises(KeyError):
        market.candles("BTCUSDT", "7m", start=None, end=None, limit=1, now=NOW)


def test_an_unknown_pair_is_an_error(market: Market) -> None:
    with pytest.raises(KeyError):
        market.price("NOPEUSDT", NOW)
