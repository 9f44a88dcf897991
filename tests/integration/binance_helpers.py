"""Our Binance adapter beside a running sandbox exchange, and a listener that can be waited on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.links import LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import KeyPair
from chalicelib.services.exchange_ports import StreamListener
from sandbox.exchange.running import RunningExchange
from tests.heard import PATIENCE_S
from tests.heard import Heard as Heard  # beside the adapter it listens to

TIMES = LinkTimes(overlap=0.1, first_pause=0.01, longest_pause=0.05, look=0.02)


def machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class MovableClock:
    """The machine's time, and as much more as the test says."""

    moved: float = 0

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.moved, UTC)

    def wait(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.moved += seconds


@contextmanager
def adapter(
    running: RunningExchange, ahead: MovableClock | None = None
) -> Iterator[BinanceExchange]:
    """`ahead` is the machine's time for what histories weigh; nobody waits for it."""
    ahead = ahead or MovableClock()
    addresses = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
    sapi_budget = SapiBudget(ahead, ahead.wait)
    exchange = BinanceExchange(addresses, WeightBudget(machine_now), machine_now, sapi_budget)
    try:
        yield exchange
    finally:
        exchange.close()


def environment(
    exchange: BinanceExchange,
    clock: Callable[[], datetime] = machine_now,
    times: LinkTimes = TIMES,
) -> StreamEnvironment:
    """What a stream works with, with a budget of its own."""
    return StreamEnvironment(
        budget=WeightBudget(clock),
        exchange_now=exchange.clock.now,
        resync=exchange.time,
        machine=clock,
        times=times,
    )


@contextmanager
def running_stream(
    running: RunningExchange,
    exchange: BinanceExchange,
    heard: StreamListener,
    *,
    clock: Callable[[], datetime] = machine_now,
    times: LinkTimes = TIMES,
) -> Iterator[BinanceUserStream]:
    """A user stream in a thread of its own, closed at the end."""
    stream_environment = environment(exchange, clock, times)
    stream = BinanceUserStream(running.ws_api_url, stream_environment, heard)
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
