"""How much may be asked of Binance from this address, minute by minute of the machine's clock.

Binance counts weight per address in fixed minutes. We keep to 80 % of its limit, each of the
containers behind one address to an equal part of that, and leave room at the end of each minute
to what is more urgent. Used by REST and WebSocket alike.
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
_ASK_AGAIN_AFTER = timedelta(seconds=30)


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
        rest_paused: Callable[[], bool] = lambda: False,
    ) -> None:
        """`clock` is the machine's time, `wait` sleeps for some seconds. `rest_paused` says
        whether an operator wants nothing asked by REST."""
        self._clock = clock
        self._wait = wait
        self._limit = limit
        self._rest_paused = rest_paused
        self._sharers = 1
        self._lock = Lock()
        self._minute = -1
        self._used = 0  # by this process
        self._used_by_all = 0  # by the address, as far as known
        self._paused_until = self._banned_until = datetime.min.replace(tzinfo=UTC)

    def try_spend(self, weight: int, priority: Priority) -> float:
        """0 when `weight` was booked; else seconds to wait before asking again.

        What weighs nothing waits only where nothing at all may be asked.
        """
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return (self._paused_until - now).total_seconds()
            self._turn(now)
            if weight and self._used_by_all and not self._fits(weight, priority):
                return 60 - now.timestamp() % 60
            self._used += weight
            self._used_by_all += weight
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

    def require_rest(self) -> None:
        """Raises RateLimited while an operator has paused all REST to the exchange."""
        if self._rest_paused():
            retry_at = self._clock() + _ASK_AGAIN_AFTER
            raise RateLimited("asking the exchange is paused by an operator", retry_at)

    def observe(self, used: int, asked_at: datetime) -> None:
        """Take in what the exchange says was used in the minute of a call made at `asked_at`;
        it also counts what others behind our address asked."""
        with self._lock:
            self._turn(self._clock())
            if int(asked_at.timestamp() // 60) == self._minute:
                self._used_by_all = max(self._used_by_all, used)

    def set_limit(self, limit: int) -> None:
        """Take over the weight a minute that the exchange allows one address."""
        with self._lock:
            self._limit = limit

    def share_with(self, processes: int) -> int:
        """From now on so many processes ask from this address, this one among them; returns
        the weight a minute that is left to it."""
        with self._lock:
            self._sharers = max(1, processes)
            return int(self._limit * OUR_SHARE / self._sharers)

    def sharers(self) -> int:
        """How many processes ask from this address."""
        with self._lock:
            return self._sharers

    def pause(self, until: datetime, *, banned: bool = False) -> None:
        """Ask nothing from this address before `until`; `banned` where it is shut out so long."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)
            if banned:
                self._banned_until = max(self._banned_until, until)

    def used(self) -> int:
        """Weight spent in the running minute, by all behind this address as far as known."""
        with self._lock:
            self._turn(self._clock())
            return self._used_by_all

    def share_used(self) -> float:
        """The same as a part of what the address may use by our rule: 0 … 1, or more where others
        behind it ask without asking us."""
        used = self.used()
        with self._lock:
            return used / (self._limit * OUR_SHARE)

    def _fits(self, weight: int, priority: Priority) -> bool:
        allowed = self._limit * OUR_SHARE * priority.value
        own = self._used + weight <= allowed / self._sharers
        return own and self._used_by_all + weight <= allowed

    def _spent(self, retry_at: datetime) -> RateLimited:
        with self._lock:
            banned = self._clock() < self._banned_until
        words = "this address is banned" if banned else "the weight budget of this address is spent"
        return RateLimited(words, retry_at, banned=banned)

    def _turn(self, now: datetime) -> None:
        minute = int(now.timestamp() // 60)
        if minute != self._minute:
            self._minute = minute
            self._used = self._used_by_all = 0
