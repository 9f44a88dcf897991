"""What the exchange does, as the league stores it and `/status` names it, until it is over."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.rest import BinanceExchange, RestAddresses
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.errors import ExchangeError
from ingest_container.exchange_watch import ExchangeWatch
from ingest_container.outside import Outside
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import (
    PATIENCE_S,
    Heard,
    MovableClock,
    OpenAccount,
    open_account,
)
from tests.read_side import asking
from tests.unit.ingest.helpers import World

HOUR_S = 3600
_TIMES = LinkTimes(silence=10**6, first_pause=0.01, longest_pause=0.05, look=0.02)


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@dataclass
class OneContainer:
    """REST calls and a user stream, and who watches over the exchange; the test looks."""

    running: RunningExchange
    clock: MovableClock = field(default_factory=MovableClock)
    heard: Heard = field(default_factory=Heard)
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        url = self.running.rest_url
        budget = WeightBudget(self.clock, self.clock.wait)
        self.rest = BinanceExchange(
            RestAddresses(f"{url}/api", f"{url}/sapi"), budget, self.clock, timeout_s=2
        )
        environment = StreamEnvironment(
            budget=budget,
            exchange_now=self.rest.clock.now,
            resync=self.rest.time,
            machine=self.clock,
            times=_TIMES,
            contact=self.rest.contact,
        )
        self.stream = BinanceUserStream(self.running.ws_api_url, environment, self.heard)
        self.thread = Thread(target=self.stream.run)
        fakes = self.world.outside()
        own = {"exchange": self.rest, "contact": self.rest.contact, "machine": self.clock}
        values = {name: getattr(fakes, name) for name in Outside.__slots__}
        self.watch = ExchangeWatch(Outside(**values | own))

    def __enter__(self) -> "OneContainer":
        self.rest.time()
        self.watch.look()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.thread.join(PATIENCE_S)
        self.rest.close()
        assert not self.thread.is_alive()

    def streams(self, opened: OpenAccount) -> None:
        self.stream.follow("ada", opened.pair)
        self.heard.until_subscribed("ada")
        self.look(20)

    def look(self, seconds: float = 0) -> None:
        """Look so much later."""
        self.clock.moved += seconds
        self.watch.look()

    def status(self) -> dict[str, Any]:
        """What `/status` says of the exchange."""
        with asking(self.world.fakes) as client:
            found: dict[str, Any] = client.json("/status")["exchange"]
        return found

    def until(self, state: str) -> dict[str, Any]:
        """Look until it is named."""
        give_up_at = time.monotonic() + PATIENCE_S
        while self.status()["state"] != state:
            assert time.monotonic() < give_up_at, (self.status(), self.rest.contact.report())
            self.look(1)
            with self.heard.told:
                self.heard.told.wait(0.01)
        return self.status()

    def fails(self, call: Callable[[], object]) -> None:
        with pytest.raises(ExchangeError):
            call()

    @property
    def stored(self) -> list[str]:
        return [each.condition.value for each in self.world.fakes.conditions.written]


@pytest.fixture
def ada(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


@pytest.fixture
def ours(running: RunningExchange) -> Iterator[OneContainer]:
    with OneContainer(running) as made:
        yield made


def test_maintenance_is_named_and_ends_by_itself(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    ours.streams(ada)
    running.admin.post("maintenance", on=True)
    ours.fails(lambda: ours.rest.account(ada.pair))
    status = ours.until("maintenance")
    assert (status["name"], status["until"]) == ("binance", None)
    ours.rest.quotes()  # public calls go on
    ours.look(30)
    assert ours.status() == status
    running.admin.post("maintenance", on=False)
    ours.until("ok")
    assert ours.stored == ["ok", "maintenance", "ok"]


def test_maintenance_ends_as_soon_as_an_account_is_served(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    running.admin.post("maintenance", on=True)
    ours.stream.follow("ada", ada.pair)
    ours.until("maintenance")
    running.admin.post("maintenance", on=False)
    running.admin.delete("requests")
    ours.heard.until_subscribed("ada")
    ours.look(20)
    assert ours.status()["state"] == "ok"
    asked = running.admin.get("requests")["by_address"].get("127.0.0.1", {})
    assert not any("system/status" in name for name in asked)


def test_a_ban_is_named_with_its_end_and_nothing_is_sent_before(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    ours.streams(ada)
    running.admin.post("bans", address="127.0.0.1", seconds=HOUR_S)
    status = ours.until("banned")
    assert status["until"] > status["since"]
    running.admin.delete("requests")
    for _ in range(10):
        ours.look(HOUR_S / 12)
        ours.fails(lambda: ours.rest.quotes())
    assert ours.status() == status
    assert running.admin.get("requests")["total"] == 0
    running.admin.delete("bans")  # as it would have ended by now
    ours.look(HOUR_S / 4)
    assert ours.until("ok")["until"] is None
    ours.heard.until_subscribed("ada", 2)


def test_a_region_that_is_not_served_is_named(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    ours.streams(ada)
    running.admin.fault("region", "*", count=None)
    ours.fails(lambda: ours.rest.quotes())
    ours.until("region_refused")
    running.admin.delete("faults")
    ours.until("ok")
    assert ours.stored == ["ok", "region_refused", "ok"]


def test_one_refused_page_is_not_yet_an_exchange_that_cannot_be_reached(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    running.admin.fault("waf", "/api/*")
    ours.fails(lambda: ours.rest.quotes())
    for _ in range(10):
        ours.look(30)
    assert ours.stored == ["ok"]


def test_an_exchange_that_gives_no_usable_answer_is_unreachable(
    running: RunningExchange, ours: OneContainer, ada: OpenAccount
) -> None:
    ours.streams(ada)
    running.admin.fault("unavailable", "*", count=None)
    running.admin.post("connections/refuse", count=10**6, status=503)
    running.admin.post("connections/drop")
    ours.until("unreachable")
    running.admin.delete("faults")
    running.admin.post("connections/refuse", count=0, status=503)
    ours.heard.until_subscribed("ada", 2)
    ours.until("ok")
    assert ours.stored == ["ok", "unreachable", "ok"]
