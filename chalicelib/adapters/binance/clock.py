"""Binance's clock, kept as an offset from the machine's: what signatures are stamped with."""

from collections.abc import Callable
from datetime import datetime, timedelta


class ServerClock:
    """Exchange time between two looks at it.

    The server's answer is already old when it arrives, so `now` runs late by up to the time of
    its journey, never ahead: Binance refuses stamps from the future far sooner than old ones.
    """

    def __init__(self, machine: Callable[[], datetime]) -> None:
        """`machine` is this machine's time; until the first `correct` it is taken as right."""
        self._machine = machine
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """The exchange's time as far as known."""
        return self._machine() + self._offset

    def correct(self, server_time: datetime) -> None:
        """Take in what the server's clock said in an answer that came just now."""
        self._offset = server_time - self._machine()
