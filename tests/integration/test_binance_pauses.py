"""Nothing is sent from an address that is banned or paused, by calls and streams together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, Thread

import pytest

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.links import LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.rest import BinanceExchange, RestAddresses
from chalicelib.adapters.binance.sapi_budget import Counter, SapiBudget
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.errors import RateLimited
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import (
    PATIENCE_S,
    Heard,
    MovableClock,
    OpenAccount,
    buy,
    open_account,
)

HOUR_S = 3600


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def ada(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


def addresses(running: RunningExchange) -> RestAddresses:
    return RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")


class CountingClock(MovableClock):
    """A clock that also tells how often it was looked at: each try to send looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0
        self._told = Condition()

    def __call__(self) -> datetime:
        with self._told:
            self._looks += 1
            self._told.notify_all()
        return super().__call__()

    def until_more(self, looks: int) -> None:
        with self._told:
            goal = self._looks + looks
            assert self._told.wait_for(lambda: self._looks >= goal, PATIENCE_S)


@dataclass
class OneAddress:
    """REST calls, account events and prices that share an address's budget and a clock."""

    running: RunningExchange
    clock: CountingClock = field(default_factory=CountingClock)
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.budget = WeightBudget(self.clock)
        self.rest = BinanceExchange(addresses(self.running), self.budget, self.clock)
        environment = StreamEnvironment(
            budget=self.budget,
            exchange_now=self.rest.clock.now,
            resync=self.rest.time,
            machine=self.clock,
            times=LinkTimes(silence=10**6, first_pause=0.01, longest_pause=0.02, look=0.02),
        )
        self.stream = BinanceUserStream(self.running.ws_api_url, environment, self.heard)
        self.prices = BinancePriceStream(self.running.stream_url, environment)
        self._threads = [
            Thread(target=self.stream.run),
            Thread(target=self.prices.run, args=(lambda at, quotes: None,)),
        ]

    def __enter__(self) -> "OneAddress":
        self.rest.time()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.prices.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self.rest.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def until_paused(self) -> None:
        for _ in range(1000):
            if self.budget.try_spend(0, Priority.STREAMS):
                return
            self.clock.until_more(1)
        raise AssertionError("never paused")


def test_nothing_at_all_is_sent_from_a_banned_address_until_the_stated_end(
    running: RunningExchange, ada: OpenAccount
) -> None:
    with OneAddress(running) as ours:
        ours.stream.follow("ada", ada.pair)
        ours.heard.until_subscribed("ada")
        running.admin.post("bans", address="127.0.0.1", seconds=HOUR_S)
        running.admin.post("connections/drop", kind="market")
        ours.until_paused()  # the first who connected was told of the ban
        ours.clock.until_more(10)  # the other one may have been connecting meanwhile
        running.admin.delete("requests")
        for seconds in (0, HOUR_S / 2, HOUR_S - 30):
            ours.clock.moved = seconds
            ours.clock.until_more(100)  # so many times they would have connected
            with pytest.raises(RateLimited):
                ours.budget.spend(1, Priority.STREAMS, timedelta(0))
            ours.stream.leave("ada")
            ours.stream.follow("ada", ada.pair)
        assert running.admin.get("requests")["total"] == 0
        running.admin.delete("bans")
        ours.clock.moved = HOUR_S + 1
        ours.heard.until_subscribed("ada", 2)


def test_an_open_stream_sends_no_request_while_its_address_is_paused(
    running: RunningExchange, ada: OpenAccount
) -> None:
    bob = open_account(running, USDT="10")
    with OneAddress(running) as ours:
        ours.stream.follow("ada", ada.pair)
        ours.heard.until_subscribed("ada")
        running.until(lambda each: each.traffic.count("127.0.0.1", "connect market"))
        running.admin.fault("rate-limit", "/api/v3/account", retry_after="600")
        with pytest.raises(RateLimited):
            ours.rest.account(ada.pair)
        running.admin.delete("requests")
        ours.stream.leave("ada")
        ours.stream.follow("bob", bob.pair)
        buy(running, ada)
        running.admin.delete("requests")
        ours.clock.moved = 599
        ours.clock.until_more(100)
        with pytest.raises(RateLimited):
            ours.budget.spend(1, Priority.STREAMS, timedelta(0))
        assert running.admin.get("requests")["total"] == 0
        ours.clock.moved = 601
        ours.heard.until_subscribed("bob")
        assert ours.heard.frames["ada"] == []


def test_a_ban_that_comes_while_a_wallet_call_waits_its_turn_holds_it_back(
    running: RunningExchange, ada: OpenAccount
) -> None:
    clock = MovableClock()
    budget = WeightBudget(clock)

    def banned_meanwhile(seconds: float) -> None:
        clock.moved += seconds
        budget.pause(clock() + timedelta(hours=1), banned=True)

    turns = SapiBudget(clock, banned_meanwhile)
    turns.pause(Counter("account/apiRestrictions"), clock() + timedelta(seconds=30))
    waiting = BinanceExchange(addresses(running), budget, clock, turns)
    running.admin.delete("requests")
    with pytest.raises(RateLimited) as caught:
        waiting.permissions(ada.pair)
    assert caught.value.banned
    assert running.admin.get("requests")["total"] == 0
