"""The functions of app.py, called with events as the cloud shapes them, on stores in memory."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

import app as deployed
from chalicelib import wiring
from chalicelib.adapters import messages
from chalicelib.domain.windows import hour_of
from chalicelib.entrypoints import jobs
from chalicelib.services.ports import Lease, RankTask, ShardTask, StreamItem
from sandbox.lambda_events import schedule_event
from tests.builders import (
    NOON,
    at,
    exchange_account,
    prices,
    quote,
    seat,
    snapshot,
    stream_item,
    symbols,
)
from tests.fakes import FakeExchange, Fakes

HOUR = hour_of(NOON)


@pytest.fixture
def league() -> Iterator[Fakes]:
    """A league that has one seat, its prices stored, at ten seconds past noon."""
    stores = Fakes()
    exchange = FakeExchange(NOON)
    exchange.listed, exchange.quoted = symbols("BTC/USDT"), {"BTCUSDT": quote("60000")}
    wiring.use(
        wiring.Stores(
            traders=stores.traders,
            accounts=stores.accounts,
            links=stores.links,
            ledger=stores.ledger,
            holdings=stores.holdings,
            history=stores.history,
            seats=stores.seats,
            prices=stores.prices,
            boards=stores.boards,
            runs=stores.runs,
            leases=stores.leases,
            conditions=stores.conditions,
            corrections=stores.corrections,
            doubts=stores.doubts,
            follows=stores.follows,
            imports=stores.imports,
            secrets=stores.secrets,
            chain=stores.chain,
        ),
        now=lambda: at(seconds=10),
        tasks=stores.tasks,
        exchange=exchange,
        files=stores.files,
    )
    stores.traders.next_seat()
    stores.seats.put(seat(0))
    stores.prices.put_symbols(exchange.listed)
    stores.prices.put_hour(HOUR - 1, prices(at(hours=-1), BTC="59000"))
    yield stores
    wiring.use()


def _queue_event(*bodies: str) -> dict[str, object]:
    return {
        "Records": [
            {"messageId": f"m{n}", "receiptHandle": "r", "body": body, "attributes": {}}
            for n, body in enumerate(bodies)
        ]
    }


def _record(*items: StreamItem) -> object:
    body = messages.join_items([messages.write_item(item) for item in items])
    return deployed.record(_queue_event(body), None)


def _work(stores: Fakes) -> None:
    while stores.tasks.sent:
        task = stores.tasks.sent.pop(0)
        assert deployed.work(_queue_event(messages.write_task(task)), None) == _failed()


def _failed(*message_ids: str) -> object:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in message_ids]}


def test_a_linked_account_is_on_the_board_after_the_hour(league: Fakes) -> None:
    linked = stream_item(snapshot=snapshot("link", at(minutes=-10), USDT="1000"))
    league.accounts.save(exchange_account())
    assert _record(linked) == _failed()
    deployed.tick(schedule_event("tick", NOON), None)
    assert league.tasks.sent == [ShardTask(HOUR, 0)]
    _work(league)
    head = league.boards.current("24h")
    assert head is not None
    assert (head.hour, head.length, head.league.active) == (HOUR, 1, 1)
    assert league.runs.ranked(HOUR)


def test_a_message_that_cannot_be_read_fails_alone(league: Fakes) -> None:
    good = messages.join_items([])
    answer = deployed.record(_queue_event("{", good, json.dumps({"version": 99})), None)
    assert answer == _failed("m0", "m2")


def test_a_task_that_fails_does_not_sink_its_batch(league: Fakes) -> None:
    league.runs.begin(HOUR, [])
    rank = messages.write_task(RankTask(HOUR))
    assert deployed.work(_queue_event("nonsense", rank), None) == _failed("m0")
    assert league.runs.ranked(HOUR)


def test_a_shard_that_is_being_marked_waits_for_the_next_try(league: Fakes) -> None:
    now = wiring.machine_now()
    other = Lease("shard", "0", "another", now + timedelta(minutes=1))
    assert league.leases.acquire(other, now)
    mark = messages.write_task(ShardTask(HOUR, 0))
    assert deployed.work(_queue_event(mark), None) == _failed("m0")
    league.leases.release(other)
    assert deployed.work(_queue_event(mark), None) == _failed()
    assert league.leases.of_group("shard") == []


@pytest.mark.parametrize(("now", "waited"), [(at(seconds=3), 7.0), (at(seconds=40), None)])
def test_a_tick_waits_until_ten_seconds_past(
    league: Fakes, now: datetime, waited: float | None
) -> None:
    wiring.use(wiring.stores(), lambda: now, league.tasks, wiring.exchange())
    waits: list[float] = []
    jobs.tick("2026-03-01T12:00:00Z", waits.append)
    assert waits == ([] if waited is None else [waited])


def test_a_tick_never_waits_longer_than_ten_seconds(league: Fakes) -> None:
    wiring.use(wiring.stores(), lambda: NOON - timedelta(days=2), league.tasks, wiring.exchange())
    waits: list[float] = []
    jobs.tick("2026-03-01T12:00:00Z", waits.append)
    assert waits == [10.0]
