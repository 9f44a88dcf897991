from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import RateLimited
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry, Source
from chalicelib.domain.market import PriceList
from chalicelib.services.reconcile_account import Sources
from chalicelib.services.record_account_event import record_account_events
from ingest_container.followed import Followed, Stage
from ingest_container.reconciler import MostTraded, Reconciler
from tests.builders import (
    NOON,
    account_holdings,
    account_reading,
    asset_price,
    at,
    balance_change,
    checkpoint,
    key_pair,
    symbols,
)
from tests.unit.ingest.helpers import World
from tests.where import record_stores

DEPOSIT = balance_change(quantity="5", changed_at=at(minutes=30), change_id="d1")


class Bench:
    """A reconciler that a test drives by hand, over a world of fakes."""

    def __init__(self) -> None:
        self.world = World()
        self.world.exchange.now = at(hours=1)
        self.revoked: list[str] = []
        outside = self.world.outside()
        fakes = self.world.fakes
        sources = Sources(
            outside.exchange,
            fakes.ledger,
            fakes.holdings,
            lambda: list(symbols("BTC/USDT").values()),
        )
        self.reconciler = Reconciler(
            outside,
            sources,
            lambda followed, reason: self.revoked.append(followed.account.account_id),
        )
        self.reconciler.by_hand(True)

    def _revoked(self, followed: Followed, reason: str) -> None:
        self.revoked.append(followed.account.account_id)

    def follow(self, name: str = "ada", held: str = "1000") -> Followed:
        account = self.world.add_account(name, AccountState.LIVE)
        self.world.exchange.readings[name] = account_reading(uid=name, USDT=held)
        self.world.fakes.holdings.create(account_holdings(account_id=name))
        self.world.fakes.ledger.add_checkpoint(name, checkpoint(NOON, USDT="1000"))
        return Followed(account, key_pair(name), Stage.STREAM, streaming=True)

    def wait(self, **span: float) -> None:
        """Let machine time pass, and compare what is due."""
        self.world.machine.now += timedelta(**span)
        self.reconciler.compare_due()
        self.record()

    def record(self) -> None:
        """What the consumer of the queue does, at once."""
        fakes = self.world.fakes
        assert record_account_events(fakes.events.sent, {}, record_stores(fakes)) == []

    def sent(self) -> list[LedgerEntry]:
        return [entry for item in self.world.fakes.events.sent for entry in item.found]

    def readings_sent(self) -> int:
        return sum(item.snapshot is not None for item in self.world.fakes.events.sent)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_books_that_agree_are_done_and_nothing_is_sent(bench: Bench) -> None:
    bench.reconciler.want(bench.follow(), "gap")
    bench.wait()
    assert (bench.world.fakes.events.sent, bench.reconciler.waiting()) == ([], 0)


def test_what_is_found_is_sent_before_the_reading_that_agrees(bench: Bench) -> None:
    ada = bench.follow(held="1005")
    bench.world.exchange.movements_of["deposits"]["ada"] += [DEPOSIT]
    bench.reconciler.want(ada, "gap")
    bench.wait()
    first, last = bench.world.fakes.events.sent
    assert (first.found, first.snapshot) == ((DEPOSIT,), None)
    assert last.snapshot is not None
    assert last.snapshot.checkpoint == checkpoint(at(hours=1), USDT="1005")


def test_books_that_disagree_are_compared_again_after_half_a_minute(bench: Bench) -> None:
    bench.reconciler.want(bench.follow(held="1005"), "doubt", {at(minutes=30)})
    bench.wait()
    bench.wait(seconds=29)
    assert bench.sent() == []
    bench.wait(seconds=1)
    [booked] = bench.sent()
    assert isinstance(booked, BalanceChange)
    assert (booked.kind, booked.source) == (ChangeKind.UNEXPLAINED, Source.LEAGUE)


def test_what_has_no_name_is_noted_in_the_store_and_asked_for_again(bench: Bench) -> None:
    ada = bench.follow(held="1005")
    bench.reconciler.want(ada, "gap")
    bench.wait()
    bench.wait(seconds=30)
    assert bench.world.fakes.doubts.of_slot(0) == {"ada": {at(hours=1)}}
    bench.world.exchange.movements_of["deposits"]["ada"] += [DEPOSIT]
    bench.wait(minutes=10)
    assert DEPOSIT in bench.sent()


def test_a_name_that_never_comes_is_given_up_after_two_days(bench: Bench) -> None:
    bench.reconciler.want(bench.follow(held="1005"), "gap")
    for _ in range(8):
        bench.wait(hours=24)
    assert bench.reconciler.waiting() == 0
    assert bench.world.fakes.doubts.of_slot(0) == {}


def test_a_stored_doubt_is_taken_up_and_settled(bench: Bench) -> None:
    ada = bench.follow()
    bench.world.fakes.doubts.put(0, "ada", at(minutes=5))
    bench.reconciler.look(0, [ada])
    bench.wait()
    assert bench.world.fakes.doubts.of_slot(0) == {}
    assert bench.reconciler.compared == 1


def test_a_stored_doubt_of_an_account_without_stream_waits(bench: Bench) -> None:
    ada = bench.follow()
    ada.streaming = False
    bench.world.fakes.doubts.put(0, "ada", at(minutes=5))
    bench.reconciler.look(0, [ada])
    assert bench.reconciler.waiting() == 0


def test_a_known_doubt_does_not_bring_a_case_forward_again(bench: Bench) -> None:
    ada = bench.follow(held="1005")
    bench.world.fakes.doubts.put(0, "ada", at(minutes=5))
    for _ in range(3):
        bench.reconciler.look(0, [ada])
        bench.wait()
    assert bench.reconciler.compared == 1


def test_the_most_urgent_case_is_first(bench: Bench) -> None:
    for name, reason in (("bob", "daily"), ("cy", "restart"), ("dan", "gap"), ("ada", "doubt")):
        bench.reconciler.want(bench.follow(name, held="1005"), reason)
    bench.world.exchange.readings.clear()
    bench.wait()
    assert bench.revoked == ["ada", "dan", "cy", "bob"]


def test_a_spent_budget_delays_until_it_says(bench: Bench) -> None:
    bench.world.exchange.fail("account", RateLimited("too much", NOON + timedelta(seconds=50)))
    bench.reconciler.want(bench.follow(), "restart")
    bench.wait()
    bench.wait(seconds=49)
    assert bench.reconciler.compared == 0
    bench.wait(seconds=1)
    assert bench.reconciler.compared == 1


def test_a_dead_queue_loses_nothing(bench: Bench) -> None:
    ada = bench.follow(held="1005")
    bench.world.exchange.movements_of["deposits"]["ada"] += [DEPOSIT]
    bench.world.fakes.events.refuse = True
    bench.reconciler.want(ada, "gap")
    bench.wait()
    assert (ada.entries_since_checkpoint, bench.sent()) == (True, [])
    bench.world.fakes.events.refuse = False
    bench.wait(seconds=30)
    assert (bench.sent(), bench.readings_sent()) == ([DEPOSIT], 1)


def test_a_revoked_key_is_told_and_dropped(bench: Bench) -> None:
    ada = bench.follow()
    del bench.world.exchange.readings["ada"]
    bench.reconciler.want(ada, "gap")
    bench.wait()
    assert (bench.revoked, bench.reconciler.waiting()) == (["ada"], 0)


def test_a_movement_waits_a_minute_for_its_name(bench: Bench) -> None:
    bench.reconciler.want(bench.follow(), "movement")
    bench.wait(seconds=59)
    assert bench.reconciler.compared == 0
    bench.wait(seconds=1)
    assert bench.reconciler.compared == 1


def test_a_drain_waits_for_nothing(bench: Bench) -> None:
    bench.reconciler.want(bench.follow(held="1005"), "movement")
    bench.reconciler.drain()
    assert len(bench.sent()) == 1


@pytest.fixture
def running(bench: Bench) -> Iterator[Bench]:
    thread = Thread(target=bench.reconciler.run)
    thread.start()
    yield bench
    bench.reconciler.close()
    thread.join(5)
    assert not thread.is_alive()


def test_what_is_due_is_compared_on_its_own_thread(running: Bench) -> None:
    running.reconciler.by_hand(False)
    running.reconciler.want(running.follow(), "gap")
    assert running.reconciler.wait_settled(5)
    assert running.reconciler.compared == 1


def test_symbols_of_the_most_traded_coins_come_first() -> None:
    world = World()
    world.fakes.prices.put_symbols(symbols("ADA/USDT", "BTC/USDT", "ETH/USDT"))
    traded = {"BTC": asset_price("1", traded_usdt="5"), "ETH": asset_price("1", traded_usdt="9")}
    world.fakes.prices.put_latest(PriceList(NOON, traded))
    assert [each.name for each in MostTraded(world.outside())()] == [
        "ETHUSDT",
        "BTCUSDT",
        "ADAUSDT",
    ]
