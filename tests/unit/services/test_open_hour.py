"""The run of an hour starts once, and is taken up where it stopped."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ExchangeUnavailable
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.open_hour import open_hour
from chalicelib.services.ports import RankTask, ShardTask
from tests.builders import NOON, prices, quote, symbols
from tests.fakes import FakeExchange, Fakes

HOUR = hour_of(NOON)


def _exchange() -> FakeExchange:
    exchange = FakeExchange(NOON)
    exchange.listed = symbols("BTC/USDT")
    exchange.quoted = {"BTCUSDT": quote("60000")}
    return exchange


def _open(stores: Fakes, exchange: FakeExchange) -> None:
    open_hour(
        HOUR,
        runs=stores.runs,
        seats=stores.seats,
        prices=stores.prices,
        exchange=exchange,
        tasks=stores.tasks,
    )


def _take_seats(stores: Fakes, count: int) -> None:
    for _ in range(count):
        stores.traders.next_seat()


def test_each_shard_gets_one_task() -> None:
    stores = Fakes()
    _take_seats(stores, 4097)
    _open(stores, _exchange())
    assert stores.tasks.sent == [ShardTask(HOUR, 0), ShardTask(HOUR, 1)]


def test_an_empty_league_is_ranked_at_once() -> None:
    stores = Fakes()
    _open(stores, _exchange())
    assert stores.tasks.sent == [RankTask(HOUR)]


def test_who_joins_between_two_tries_waits_for_the_next_hour() -> None:
    stores = Fakes()
    _take_seats(stores, 1)
    _open(stores, _exchange())
    _take_seats(stores, 4096)
    _open(stores, _exchange())
    assert set(stores.tasks.sent) == {ShardTask(HOUR, 0)}


def test_a_second_try_asks_only_for_the_shards_that_miss() -> None:
    stores = Fakes()
    _take_seats(stores, 4097)
    _open(stores, _exchange())
    stores.tasks.sent.clear()
    stores.runs.mark_done(HOUR, 0)
    _open(stores, _exchange())
    assert stores.tasks.sent == [ShardTask(HOUR, 1)]


def test_a_lost_rank_task_is_sent_again() -> None:
    stores = Fakes()
    _take_seats(stores, 1)
    _open(stores, _exchange())
    stores.tasks.sent.clear()
    stores.runs.mark_done(HOUR, 0)
    _open(stores, _exchange())
    assert stores.tasks.sent == [RankTask(HOUR)]


def test_a_ranked_hour_is_left_alone() -> None:
    stores = Fakes()
    stores.runs.mark_ranked(HOUR)
    _open(stores, _exchange())
    assert stores.tasks.sent == []


def test_the_hour_takes_the_list_of_its_minute_without_asking_the_exchange() -> None:
    stores, exchange = Fakes(), _exchange()
    stores.prices.put_minute(prices(NOON, BTC="59000"))
    _open(stores, exchange)
    assert stores.prices.hours([HOUR])[HOUR].usdt("BTC") == 59000
    assert exchange.calls == []


def test_without_a_stored_minute_the_exchange_is_asked_and_old_coins_keep_their_price() -> None:
    stores, exchange = Fakes(), _exchange()
    before = hour_start(HOUR) - timedelta(minutes=3)
    stores.prices.put_latest(prices(before, BTC="1", GONE="7"))
    _open(stores, exchange)
    found = stores.prices.hours([HOUR])[HOUR]
    assert [found.usdt("BTC"), found.usdt("GONE")] == [60000, 7]
    assert found.age("GONE") == timedelta(minutes=3)


def test_the_first_prices_of_an_hour_stand() -> None:
    stores, exchange = Fakes(), _exchange()
    _open(stores, exchange)
    exchange.quoted = {"BTCUSDT": quote("1")}
    _open(stores, exchange)
    assert stores.prices.hours([HOUR])[HOUR].usdt("BTC") == 60000


def test_without_any_price_nothing_is_marked_yet() -> None:
    stores, exchange = Fakes(), _exchange()
    _take_seats(stores, 1)
    exchange.fail("symbols", ExchangeUnavailable("maintenance"))
    with pytest.raises(ExchangeUnavailable):
        _open(stores, exchange)
    assert stores.tasks.sent == []
    _open(stores, exchange)
    assert stores.tasks.sent == [ShardTask(HOUR, 0)]
