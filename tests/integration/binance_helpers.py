"""Our Binance adapter beside a running sandbox exchange, and a listener that can be waited on."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Condition, Thread

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.links import LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import KeyPair
from sandbox.exchange.running import RunningExchange

PATIENCE_S = 10
TIMES = LinkTimes(overlap=0.1, first_pause=0.01, longest_pause=0.05, look=0.02)


def machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class MovableClock:
    """The machine's time, and as much more as the test says."""

    moved: float = 0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.moved, UTC)


@contextmanager
def adapter(running: RunningExchange) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
    exchange = BinanceExchange(addresses, WeightBudget(machine_now), machine_now)
    try:
        yield exchange
    finally:
        exchange.close()


@dataclass
class Heard:
    """A StreamListener that keeps what it was told; `until` waits for it."""

    frames: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    subscribed_accounts: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told: Condition = field(default_factory=Condition)

    def frame(self, account_id: str, frame: str) -> None:
        with self.told:
            self.frames[account_id].append(frame)
            self.told.notify_all()

    def subscribed(self, account_id: str) -> None:
        with self.told:
            self.subscribed_accounts.append(account_id)
            self.told.notify_all()

    def gap(self, account_ids: Sequence[str]) -> None:
        with self.told:
            self.gaps += account_ids
            self.told.notify_all()

    def revoked(self, account_id: str, reason: str) -> None:
        with self.told:
            self.refused.append(account_id)
            self.told.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        with self.told:
            assert self.told.wait_for(true, PATIENCE_S), f"never came; heard {self}"

    def until_subscribed(self, account_id: str, times: int = 1) -> None:
        self.until(lambda: self.subscribed_accounts.count(account_id) >= times)

    def until_frames(self, account_id: str, count: int) -> None:
        self.until(lambda: len(self.frames[account_id]) >= count)


@contextmanager
def running_stream(
    running: RunningExchange,
    exchange: BinanceExchange,
    heard: Heard,
    *,
    clock: Callable[[], datetime] = machine_now,
    times: LinkTimes = TIMES,
) -> Iterator[BinanceUserStream]:
    """A user stream in a thread of its own, closed at the end."""
    environment = StreamEnvironment(
        budget=WeightBudget(clock),
        exchange_now=exchange.clock.now,
        resync=exchange.time,
        machine=clock,
        times=times,
    )
    stream = BinanceUserStream(running.ws_api_url, environment, heard)
    thread = Thread(target=stream.run, name="user-stream")
    thread.start()
    try:
        yield stream
    finally:
        stream.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@dataclass(frozen=True)
class OpenAccount:
    """An account at the sandbox exchange with a key that only reads, and one that trades."""

    uid: int
    pair: KeyPair
    trading: KeyPair


def open_account(running: RunningExchange, **balances: str) -> OpenAccount:
    opened = running.admin.open_account(balances)
    trading = running.admin.add_key(opened["uid"], spot_and_margin_trading=True)
    return OpenAccount(
        opened["uid"],
        KeyPair(opened["key"], opened["secret"]),
        KeyPair(trading["key"], trading["secret"]),
    )


def buy(running: RunningExchange, account: OpenAccount, quote: str = "100") -> None:
    """A MARKET order for BTC."""
    with running.signed(account.trading.api_key, account.trading.secret) as client:
        client.market_order("BUY", "BTCUSDT", quote=quote)
