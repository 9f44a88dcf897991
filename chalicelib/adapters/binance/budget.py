"""How much may be asked of Binance from this address, minute by minute of the machine's clock.

Binance counts weight per address in fixed minutes. We keep to 80 % of its limit, and leave
room at the end of each minute to what is more urgent. Used by REST and WebSocket alike.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from threading import Lock

from chalicelib.domain.errors import RateLimited

LIMIT_A_MINUTE = 6000  # until the exchange says its own
OUR_SHARE = 0.8
_MINUTE = timedelta(minutes=1)


class Priority(Enum):
    """What a call is for; the value is the part of our share that it may fill."""

    STREAMS = 1.0
    PRICES = 0.95
    CHECKS = 0.9
    RECONCILE = 0.8
    IMPORT = 0.6


class WeightBudget:
    """The weight spent in the running minute; shared by all threads of a process."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        wait: Callable[[float], None] = time.sleep,
        limit: int = LIMIT_A_MINUTE,
    ) -> None:
        """`clock` is the machine's time, `wait` sleeps for some seconds."""
        self._clock = clock
        self._wait = wait
        self._allowed = limit * OUR_SHARE
        self._lock = Lock()
        self._minute = -1
        self._used = 0
        self._paused_until = self._banned_until = datetime.min.replace(tzinfo=UTC)

    def try_spend(self, weight: int, priority: Priority) -> float:
        """0 when `weight` was booked; else seconds to wait before asking again."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return (self._paused_until - now).total_seconds()
            self._turn(now)
            if self._used and self._used + weight > self._allowed * priority.value:
                return 60 - now.timestamp() % 60
            self._used += weight
            return 0

    def spend(self, weight: int, priority: Priority, patience: timedelta = 2 * _MINUTE) -> None:
        """Book `weight`, waiting for a later minute if need be.

        Raises RateLimited at once when the wait would outlast `patience`.
        """
        give_up_at = self._clock() + patience
        while seconds := self.try_spend(weight, priority):
            retry_at = self._clock() + timedelta(seconds=seconds)
            if retry_at > give_up_at:
                raise self._spent(retry_at)
            self._wait(seconds)

    def observe(self, used: int, asked_at: datetime) -> None:
        """Take in what the exchange says was used in the minute of a call made at `asked_at`;
        it also counts what others behind our address asked."""
        with self._lock:
            self._turn(self._clock())
            if int(asked_at.timestamp() // 60) == self._minute:
                self._used = max(self._used, used)

    def set_limit(self, limit: int) -> None:
        """Take over the weight a minute that the exchange allows one address."""
        with self._lock:
            self._allowed = limit * OUR_SHARE

    def pause(self, until: datetime, *, banned: bool = False) -> None:
        """Ask nothing from this address before `until`; `banned` where it is shut out so long."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)
            if banned:
                self._banned_until = max(self._banned_until, until)

    def used(self) -> int:
        """Weight spent in the running minute."""
        with self._lock:
            self._turn(self._clock())
            return self._used

    def _spent(self, retry_at: datetime) -> RateLimited:
        with self._lock:
            banned = self._clock() < self._banned_until
        words = "this address is banned" if banned else "the weight budget of this address is spent"
        return RateLimited(words, retry_at, banned=banned)

    def _turn(self, now: datetime) -> None:
        minute = int(now.timestamp() // 60)
        if minute != self._minute:
            self._minute = minute
            self._used = 0
