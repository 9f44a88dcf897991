"""The two clocks of the exchange, which are never compared.

Exchange time can be set, frozen and moved by hand: time stamps, recvWindow, events, orders and
candles follow it. Machine time is the machine's own: weight minutes, pings and connection limits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MachineClock = Callable[[], int]


def machine_ms() -> int:
    """Milliseconds of the machine's clock since 1970."""
    return time.time_ns() // 1_000_000


class FixedMachineClock:
    """A machine clock that stands still until told otherwise; for tests."""

    def __init__(self, at: int = 1_790_000_000_000) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def advance(self, milliseconds: int) -> None:
        self.at += milliseconds


class ExchangeClock:
    """Exchange time in epoch milliseconds: frozen, or running beside the machine's clock.

    `skew_ms` is added to every reading without moving the clock underneath, so that a test can
    put the exchange ahead of its clients for a while and take it back.
    """

    def __init__(self, start: int, machine: MachineClock, *, running: bool = False) -> None:
        self._machine = machine
        self._base = start
        self._running_since = machine() if running else None
        self.skew_ms = 0

    @property
    def running(self) -> bool:
        return self._running_since is not None

    def now(self) -> int:
        if self._running_since is None:
            return self._base + self.skew_ms
        return self._base + self._machine() - self._running_since + self.skew_ms

    @contextmanager
    def skewed(self, by_ms: int) -> Iterator[None]:
        """The clock reads `by_ms` more within the block: one call's clock is off."""
        self.skew_ms += by_ms
        try:
            yield
        finally:
            self.skew_ms -= by_ms

    def set(self, at: int) -> None:
        """Jump to `at`, forward or back; a running clock runs on from there."""
        self._base = at - self.skew_ms
        if self._running_since is not None:
            self._running_since = self._machine()

    def advance(self, milliseconds: int) -> None:
        self.set(self.now() + milliseconds)

    def run(self) -> None:
        if self._running_since is None:
            self._running_since = self._machine()

    def freeze(self) -> None:
        self._base = self.now() - self.skew_ms
        self._running_since = None
