"""Containers that take slots over from each other while events keep coming: none is missed."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from threading import Thread

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.exchange_ports import StreamListener
from chalicelib.services.ports import Lease, Leases
from ingest_container.followed import Followed
from ingest_container.forwarder import ForwarderLimits
from ingest_container.outside import Outside
from ingest_container.rota import RotaTimes
from ingest_container.supervisor import Rhythm, Supervisor
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import EXCHANGE, exchange_account
from tests.fakes import Fakes
from tests.integration import binance_helpers
from tests.integration.binance_helpers import (
    PATIENCE_S,
    MovableClock,
    OpenAccount,
    adapter,
    open_account,
)
from tests.integration.test_ingest import WatchedEvents

QUICK = Rhythm(
    heartbeat=0.05,
    restart=0.05,
    rota=RotaTimes(heartbeat=0.1, lease=1, hand_over=PATIENCE_S),
)
TIMES = replace(binance_helpers.TIMES, silence=10**9, answer=10**9)
NAMES = ("ada", "bob", "cyd")


@dataclass
class CuttableLeases:
    """The leases, until they are cut off."""

    leases: Leases
    cut: bool = False

    def acquire(self, lease: Lease, now: datetime) -> bool:
        self._check()
        return self.leases.acquire(lease, now)

    def release(self, lease: Lease) -> None:
        self._check()
        self.leases.release(lease)

    def of_group(self, group: str) -> list[Lease]:
        self._check()
        return self.leases.of_group(group)

    def _check(self) -> None:
        if self.cut:
            raise StoreUnavailable("cut off")


@dataclass
class Container:
    """One container and its way to the leases."""

    supervisor: Supervisor
    leases: CuttableLeases
    outside: Outside

    def followed(self) -> dict[str, Followed]:
        return {
            each.account.account_id: each
            for session in self.supervisor.sessions
            for each in session.followed()
        }

    def streams(self) -> bool:
        """Whether it streams all accounts."""
        followed = self.followed()
        return set(followed) == set(NAMES) and all(each.streaming for each in followed.values())

    def in_doubt(self) -> set[str]:
        return {name for name, each in self.followed().items() if each.in_doubt_since}


@dataclass
class Harbour:
    """An exchange with three accounts in two slots, and the containers that follow them."""

    running: RunningExchange
    exchange: BinanceExchange
    fakes: Fakes = field(default_factory=Fakes)
    queue: WatchedEvents = field(default_factory=WatchedEvents)
    clock: MovableClock = field(default_factory=MovableClock)
    containers: list[Container] = field(default_factory=list)
    accounts: dict[str, OpenAccount] = field(default_factory=dict)
    deposits: list[tuple[str, Decimal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, name in enumerate(NAMES):
            opened = open_account(self.running, USDT="100")
            self.accounts[name] = opened
            trader = f"trader of {name}"
            sealed = self.fakes.vault.seal(opened.pair, name, trader, EXCHANGE)
            self.fakes.accounts.save(
                exchange_account(
                    account_id=name,
                    trader_id=trader,
                    state=AccountState.LIVE,
                    slot=number % 2,
                    ciphertext=sealed,
                )
            )

    def container(self, rhythm: Rhythm = QUICK) -> Container:
        leases = CuttableLeases(self.fakes.leases)
        outside = self._outside(leases)
        limits = ForwarderLimits(linger=0, first_pause=0.01)
        made = Container(Supervisor(outside, rhythm, limits), leases, outside)
        made.supervisor.books.by_hand(True)  # a doubt stays to be seen
        self.containers.append(made)
        made.supervisor.start()
        return made

    def _outside(self, leases: Leases) -> Outside:
        budget = WeightBudget(self.clock)
        environment = StreamEnvironment(
            budget=budget,
            exchange_now=self.exchange.clock.now,
            resync=self.exchange.time,
            machine=self.clock,
            times=TIMES,
            contact=self.exchange.contact,
        )

        def user_stream(listener: StreamListener) -> BinanceUserStream:
            return BinanceUserStream(self.running.ws_api_url, environment, listener)

        return Outside(
            exchange_name=EXCHANGE,
            exchange=self.exchange,
            contact=self.exchange.contact,
            conditions=self.fakes.conditions,
            accounts=self.fakes.accounts,
            ledger=self.fakes.ledger,
            holdings=self.fakes.holdings,
            doubts=self.fakes.doubts,
            leases=leases,
            prices=self.fakes.prices,
            events=self.queue,
            vault=self.fakes.vault,
            desk=self.fakes.desk(),
            imports=self.fakes.imports,
            user_stream=user_stream,
            price_stream=lambda: BinancePriceStream(self.running.stream_url, environment),
            now=self.exchange.clock.now,
            machine=self.clock,
            share_weight=budget.share_with,
        )

    def deposit(self) -> None:
        """An event, of an amount of its own."""
        name = NAMES[len(self.deposits) % len(NAMES)]
        amount = Decimal(len(self.deposits) + 1) / 1000
        self.running.admin.deposit(self.accounts[name].uid, "USDT", str(amount))
        self.deposits.append((name, amount))

    def deposit_until(self, true: Callable[[], bool]) -> None:
        """Let events come all the time until it is true, and a few more."""
        give_up_at = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < give_up_at, [c.supervisor.state() for c in self.containers]
            self.deposit()
        for _ in NAMES:
            self.deposit()

    def arrived(self) -> set[tuple[str, Decimal]]:
        """The deposits on the queue."""
        found = set()
        for item in list(self.queue.sent):
            event = json.loads(item.frame)["event"] if item.frame else {}
            if event.get("e") == "balanceUpdate":
                found.add((item.account_id, Decimal(event["d"])))
        return found

    def until_arrived(self, deposits: set[tuple[str, Decimal]]) -> None:
        with self.queue.changed:
            came = self.queue.changed.wait_for(lambda: self.arrived() >= deposits, PATIENCE_S)
        assert came, f"missing: {sorted(deposits - self.arrived())}"

    def connections(self) -> set[int]:
        rows = self.running.admin.get("connections")["connections"]
        return {row["number"] for row in rows if row["kind"] == "user"}


@contextmanager
def harbour_of(running: RunningExchange) -> Iterator[Harbour]:
    with adapter(running) as exchange:
        exchange.time()
        made = Harbour(running, exchange)
        try:
            yield made
        finally:
            for each in made.containers:
                each.leases.cut = False
                each.supervisor.stop(PATIENCE_S)


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    with running_exchange() as running, harbour_of(running) as made:
        yield made


def stop_beside(harbour: Harbour, container: Container) -> None:
    """Tell it to stop, and let events come until it has."""
    stopped: list[bool] = []
    thread = Thread(target=lambda: stopped.append(container.supervisor.stop(PATIENCE_S)))
    thread.start()
    harbour.deposit_until(lambda: not thread.is_alive())
    harbour.containers.remove(container)
    assert stopped == [True]


def test_a_rolling_release_misses_no_event(harbour: Harbour) -> None:
    old = harbour.container()
    harbour.deposit_until(old.streams)
    before = set(harbour.deposits[-len(NAMES) :])
    started_at = len(harbour.deposits)
    new = harbour.container()
    harbour.deposit_until(lambda: bool(new.supervisor.sessions))
    stop_beside(harbour, old)
    assert new.streams()
    harbour.until_arrived(before | set(harbour.deposits[started_at:]))
    assert new.in_doubt() == set()


def test_a_container_that_was_killed_leaves_a_gap_and_its_slots(harbour: Harbour) -> None:
    old = harbour.container(replace(QUICK, rota=replace(QUICK.rota, hand_over=0)))
    harbour.deposit_until(old.streams)
    killed_at = harbour.clock()
    old.leases.cut = True
    old.supervisor.stop(PATIENCE_S)
    harbour.containers.remove(old)
    new = harbour.container()
    harbour.deposit_until(new.streams)
    assert new.in_doubt() == set(NAMES)
    for followed in new.followed().values():
        assert followed.in_doubt_since is not None
        assert followed.in_doubt_since <= killed_at
    harbour.until_arrived(set(harbour.deposits[-len(NAMES) :]))


def test_slots_are_shared_without_a_missed_event(harbour: Harbour) -> None:
    one = harbour.container()
    harbour.deposit_until(one.streams)
    started_at = len(harbour.deposits)
    two = harbour.container()
    harbour.deposit_until(
        lambda: (
            [len(one.supervisor.sessions), len(two.supervisor.sessions)] == [1, 1]
            and all(each.streaming for each in two.followed().values())
        )
    )
    assert one.followed().keys() | two.followed().keys() == set(NAMES)
    states = [each.supervisor.state() for each in (one, two)]
    assert [state["weight_a_minute"] for state in states] == [2400, 2400]
    assert states[0]["containers"] == states[1]["containers"]
    harbour.until_arrived(set(harbour.deposits[started_at:]))
    assert one.in_doubt() | two.in_doubt() == set()


@pytest.mark.parametrize("reason", ["its day is nearly over", "serverShutdown"])
def test_a_slot_changes_its_connection_without_a_missed_event(
    harbour: Harbour, reason: str
) -> None:
    container = harbour.container()
    harbour.deposit_until(container.streams)
    started_at = len(harbour.deposits)
    old = harbour.connections()
    if reason == "serverShutdown":
        harbour.running.admin.post("connections/shutdown")
    else:
        harbour.clock.moved += TIMES.most_life
    harbour.deposit_until(lambda: len(harbour.connections() - old) == len(old) == 2)
    harbour.deposit_until(lambda: not harbour.connections() & old)
    harbour.until_arrived(set(harbour.deposits[started_at:]))
    assert container.streams()
    assert container.in_doubt() == set()


def test_where_an_account_may_be_subscribed_once_a_change_is_a_gap(harbour: Harbour) -> None:
    harbour.running.admin.post("events", one_connection_per_account=True)
    container = harbour.container()
    harbour.deposit_until(container.streams)
    old = harbour.connections()
    harbour.running.admin.post("connections/shutdown")
    harbour.deposit_until(lambda: not harbour.connections() & old)
    harbour.deposit_until(container.streams)
    assert container.in_doubt() == set(NAMES)
    harbour.until_arrived(set(harbour.deposits[-len(NAMES) :]))


def test_the_prices_move_to_another_container_which_seeds_itself(harbour: Harbour) -> None:
    old = harbour.container()
    harbour.deposit_until(lambda: harbour.fakes.prices.latest() is not None)
    new = harbour.container()
    stop_beside(harbour, old)
    harbour.deposit_until(lambda: "prices" in new.supervisor.state()["leases"])  # type: ignore[operator]
    start = harbour.exchange.time()
    harbour.running.admin.advance(120_000)
    harbour.exchange.time()
    stored = harbour.fakes.prices.first_minute_from
    harbour.deposit_until(lambda: stored(start, harbour.exchange.clock.now()) is not None)
    assert new.supervisor.state()["containers"] == [new.supervisor.container]
