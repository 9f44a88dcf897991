"""A running sandbox exchange for tests: a server in a thread of its own, on a free port."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sandbox.exchange.client import AdminClient, SignedClient
from sandbox.exchange.clock import MachineClock, machine_ms
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.market import Market
from sandbox.exchange.server import SandboxServer
from sandbox.exchange.synthetic import synthetic_market

Result = TypeVar("Result")

# Wednesday, 2026-09-23, 12:00 UTC.
USUAL_START = 1_790_164_800_000
USUAL_HOURS = 48
PATIENCE_S = 30
LOOK_EVERY_S = 0.01


class RunningExchange:
    """Addresses of a running exchange, its operator, and its state by `call`."""

    def __init__(self, exchange: Exchange, loop: asyncio.AbstractEventLoop) -> None:
        self.state = exchange
        self.server = SandboxServer(exchange)
        self._loop = loop
        self._run(self.server.start())
        host = self.server.address.removeprefix("http://")
        self.rest_url = self.server.address
        self.ws_api_url = f"ws://{host}/ws-api/v3"
        self.stream_url = f"ws://{host}"
        self.admin = AdminClient(self.rest_url)

    def call(self, action: Callable[[Exchange], Result]) -> Result:
        """What `action` returns, carried out in the exchange's own thread."""

        async def carry_out() -> Result:
            return action(self.state)

        return asyncio.run_coroutine_threadsafe(carry_out(), self._loop).result(PATIENCE_S)

    def until(self, true: Callable[[Exchange], object]) -> None:
        """Wait until `true` holds of the exchange. Raises TimeoutError when it never does."""

        async def look() -> None:
            while not true(self.state):
                await asyncio.sleep(LOOK_EVERY_S)

        work = asyncio.wait_for(look(), PATIENCE_S)
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @contextmanager
    def signed(self, key: str, secret: str) -> Iterator[SignedClient]:
        client = SignedClient(self.rest_url, key, secret)
        try:
            yield client
        finally:
            client.close()

    def stop(self) -> None:
        self.admin.close()
        self._run(self.server.stop())

    def _run(self, work: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)


@contextmanager
def running_exchange(
    *,
    seed: int = 1,
    start: int = USUAL_START,
    hours: int = USUAL_HOURS,
    market: Market | None = None,
    machine: MachineClock = machine_ms,
    running: bool = False,
    limits: LimitSettings | None = None,
) -> Iterator[RunningExchange]:
    """A frozen (or `running`) exchange at exchange time `start`, stopped at the end."""
    exchange = Exchange(
        market or synthetic_market(seed, start=start, hours=hours),
        seed=seed,
        start=start,
        machine=machine,
        running=running,
        limits=limits,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sandbox-exchange", daemon=True)
    thread.start()
    try:
        serving = RunningExchange(exchange, loop)
        try:
            yield serving
        finally:
            serving.stop()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()
