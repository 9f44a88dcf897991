"""A whole league in one process: a real sandbox exchange and a real ingest container, app.py's own
functions, and stores and queues in memory. Months pass in seconds.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event, Lock, Thread
from typing import Any

from chalice.test import Client

import app as deployed
from chalicelib import wiring
from chalicelib.adapters import messages
from chalicelib.adapters.binance.links import StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.services.exchange_ports import StreamListener
from chalicelib.services.identity_ports import People
from chalicelib.services.ports import StreamItem
from ingest_container.outside import Outside
from ingest_container.supervisor import Rhythm, Supervisor
from sandbox.demo import Part
from sandbox.exchange.running import RunningExchange
from sandbox.fast_forward import FastForward
from sandbox.floor import ExchangeClock
from sandbox.lambda_events import Context, schedule_event
from sandbox.machinery import Machinery, assemble
from sandbox.waiting import wait_until
from tests.builders import EXCHANGE
from tests.fake_identity import FakeMail
from tests.fakes import FakeEvents, Fakes
from tests.identity_pool import StrictPool
from tests.integration.binance_helpers import PATIENCE_S, TIMES, MovableClock, adapter, machine_now
from tests.where import stores_of

NO_LIMIT = 10**9
_QUICK = Rhythm(heartbeat=0.05, fast_heartbeat=0.005, restart=0.05)
_MINUTE_CLOSES_AFTER = timedelta(seconds=3)
_NONE_FAILED: dict[str, object] = {"batchItemFailures": []}


class LeapingClock(MovableClock):
    """Each look is a minute later, so that no call waits for the weight of another."""

    def __call__(self) -> datetime:
        self.moved += 60
        return super().__call__()


class SharedEvents(FakeEvents):
    """A queue in memory between two threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def send(self, items: Sequence[StreamItem]) -> None:
        with self._lock:
            super().send(items)

    def take(self) -> list[StreamItem]:
        """Everything sent since the last taking."""
        with self._lock:
            taken, self.sent = self.sent, []
            return taken


@dataclass
class MemoryFunctions:
    """app.py's functions on queues in memory; a message that fails is an error."""

    fakes: Fakes
    events: SharedEvents
    one_at_a_time: Lock = field(default_factory=Lock)

    def fire(self, name: str, at: datetime) -> None:
        getattr(deployed, name)(schedule_event(name, at), Context(name))

    def drain(self, name: str, messages: int | None = None) -> int:
        with self.one_at_a_time:
            done = 0
            for body in self._events() if name == "record" else self._tasks():
                record = {"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {}}
                answer = getattr(deployed, name)({"Records": [record]}, Context(name))
                assert answer == _NONE_FAILED, body
                done += 1
            return done

    def _events(self) -> Iterator[str]:
        items = self.events.take()
        if items:
            yield messages.join_items([messages.write_item(item) for item in items])

    def _tasks(self) -> Iterator[str]:
        while self.fakes.tasks.sent:
            yield messages.write_task(self.fakes.tasks.sent.pop(0))


@dataclass
class MemoryDoor:
    """The API in this process, and the strict user pool behind it."""

    pool: StrictPool = field(default_factory=lambda: StrictPool(now=machine_now()))

    def people(self, fakes: Fakes) -> People:
        return People(self.pool.identity, self.pool.tokens, fakes.throttle, FakeMail())

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, Any]:
        text = b"" if body is None else json.dumps(body).encode()
        with Client(deployed.app) as client:
            answer = client.http.request(method, path, headers=dict(headers), body=text)
        return answer.status_code, answer.json_body if answer.body else None

    def letters(self, to: str) -> list[str]:
        return [letter.text for letter in reversed(self.pool.letters) if letter.to == to]


@dataclass
class MemoryIngest:
    """The container's control door without a port."""

    supervisor: Supervisor

    def state(self) -> Mapping[str, Any]:
        return self.supervisor.state()

    def flush(self) -> None:
        assert self.supervisor.flush(PATIENCE_S)

    def compare(self) -> int:
        return self.supervisor.compare_books()


@dataclass
class MemoryLeague:
    """The league and the means to go on with it."""

    running: RunningExchange
    exchange: BinanceExchange
    events: SharedEvents = field(default_factory=SharedEvents)

    def __post_init__(self) -> None:
        self.fakes = Fakes(events=self.events)

    def stores(self) -> wiring.Stores:
        """The stores in memory, as the league knows them."""
        return stores_of(self.fakes)

    def outside(self) -> Outside:
        """What ingest sees of the world."""
        environment = StreamEnvironment(
            budget=self.exchange._budget,
            exchange_now=self.exchange.clock.now,
            resync=self.exchange.time,
            machine=machine_now,
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
            leases=self.fakes.leases,
            prices=self.fakes.prices,
            events=self.fakes.events,
            vault=self.fakes.vault,
            desk=self.fakes.desk(),
            imports=self.fakes.imports,
            user_stream=user_stream,
            price_stream=lambda: BinancePriceStream(self.running.stream_url, environment),
            now=wiring.now,
            machine=machine_now,
            share_weight=environment.budget.share_with,
        )

    def fast_forward(self, machinery: Machinery, parts: Sequence[Part], hours: int) -> datetime:
        """Take `parts` through so many hours from now; returns the last full hour."""
        demo = FastForward(parts, hours, machinery)
        start = machinery.clock.now()
        try:
            for number in range(hours):
                demo.hour(number, start + timedelta(hours=number))
            demo.finish()
        finally:
            for each in demo.linked:
                each.actor.close()
        return start + timedelta(hours=hours)


class TickingClock(ExchangeClock):
    """Lets the market stream speak just before each instant, as it does when time runs."""

    def move_to(self, at_ms: int) -> None:
        super().move_to(at_ms - 1)
        self._bank.post("streams/tick")
        super().move_to(at_ms)


@dataclass
class LivePrices:
    """The container stores the minutes by itself; this lets time pass until it does."""

    league: MemoryLeague
    clock: ExchangeClock

    def keep(self, minute: datetime) -> Mapping[str, Decimal]:
        stored = self.league.fakes.prices.minute
        self.clock.move_to(round((minute + _MINUTE_CLOSES_AFTER).timestamp() * 1000))
        wait_until(
            lambda: stored(minute) is not None, f"the prices of {minute}", seconds=PATIENCE_S
        )
        return {name: quote.price for name, quote in self.league.exchange.quotes().items()}


@contextmanager
def memory_league(
    running: RunningExchange, *, live: bool = False
) -> Iterator[tuple[MemoryLeague, Machinery]]:
    """A league beside a frozen exchange, at a full hour of its time.

    In fast-forward; or `live`, where the container forwards frames as they come and keeps the
    prices of minutes, and events are recorded at once.
    """
    limits = ("weight_per_minute", "sapi_ip_weight_per_minute", "sapi_uid_weight_per_minute")
    running.admin.post("limits", **dict.fromkeys(limits, NO_LIMIT))
    with adapter(running, LeapingClock()) as exchange:
        exchange.symbols()
        league = MemoryLeague(running, exchange)
        functions = MemoryFunctions(league.fakes, league.events)
        door = MemoryDoor()

        def use(now: Callable[[], datetime]) -> None:
            wiring.use(
                league.stores(),
                now,
                league.fakes.tasks,
                exchange,
                people=door.people(league.fakes),
                vault=league.fakes.vault,
                files=league.fakes.files,
            )

        use(exchange.time)
        supervisor = Supervisor(league.outside(), rhythm=_QUICK)
        machinery = assemble(
            running.rest_url,
            stores=league.stores(),
            door=door,
            exchange=exchange,
            ingest=MemoryIngest(supervisor),
            runner=functions,
            seed=1,
            clock_of=TickingClock if live else ExchangeClock,
        )
        use(machinery.clock.now)
        supervisor.set_fast(not live)
        supervisor.start()
        try:
            if live:
                with _recording(functions):
                    yield league, replace(machinery, prices=LivePrices(league, machinery.clock))
            else:
                yield league, machinery
        finally:
            supervisor.stop(PATIENCE_S)
            wiring.use()
            machinery.bank.close()
            machinery.market.close()


@contextmanager
def _recording(functions: MemoryFunctions) -> Iterator[None]:
    """Record events as they come, in a thread of its own."""
    ended = Event()

    def record() -> None:
        while not ended.wait(0.005):
            functions.drain("record")

    thread = Thread(target=record, name="record")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
