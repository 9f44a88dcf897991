"""How much may be asked of Binance's wallet calls (/sapi), minute by minute of the machine's clock.

Each of these calls has a counter of its own: of our address, or of the account that is asked
about. Filling one hinders no other. We keep to 80 % of each, so that Binance never has to refuse.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from chalicelib.adapters.binance.budget import OUR_SHARE
from chalicelib.domain.errors import RateLimited

LIMIT_PER_ADDRESS = 12_000
LIMIT_PER_ACCOUNT = 180_000
_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Counter:
    """What Binance counts together: one call, of one account where that is what counts."""

    path: str
    api_key: str | None = field(default=None, repr=False)


class SapiBudget:
    """The weight spent in the running minute, by counter; shared by all threads of a process."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        wait: Callable[[float], None] = time.sleep,
        sharers: Callable[[], int] = lambda: 1,
    ) -> None:
        """`clock` is the machine's time, `wait` sleeps for some seconds; `sharers` says how many
        processes ask from this address."""
        self._clock = clock
        self._wait = wait
        self._sharers = sharers
        self._lock = Lock()
        self._minute = -1
        self._used: defaultdict[Counter, int] = defaultdict(int)
        self._paused_until: dict[Counter, datetime] = {}

    def spend(
        self,
        counter: Counter,
        weight: int,
        room: int = 0,
        patience: timedelta = _PATIENCE,
        share: float = 1.0,
    ) -> None:
        """Book `weight`, waiting for a later minute if need be; with `room` only where so much
        is still free, waiting for nothing. `share` is the part of what we may ask that this
        caller may fill.

        Raises RateLimited at once when the wait would outlast `patience`.
        """
        give_up_at = self._clock() + (timedelta(0) if room else patience)
        while seconds := self.try_spend(counter, weight, room, share):
            retry_at = self._clock() + timedelta(seconds=seconds)
            if retry_at > give_up_at:
                raise RateLimited(f"the weight of {counter.path} is spent", retry_at)
            self._wait(seconds)

    def try_spend(self, counter: Counter, weight: int, room: int = 0, share: float = 1.0) -> float:
        """0 when `weight` was booked; else seconds to wait before asking again."""
        with self._lock:
            now = self._clock()
            self._turn(now)
            paused_until = self._paused_until.get(counter)
            if paused_until is not None:
                return (paused_until - now).total_seconds()
            used = self._used[counter]
            if used and used + max(weight, room) > self._allowed(counter) * share:
                return 60 - now.timestamp() % 60
            self._used[counter] += weight
            return 0

    def observe(self, counter: Counter, used: int, asked_at: datetime) -> None:
        """Take in what the exchange says was used in the minute of a call made at `asked_at`;
        it also counts what others asked."""
        with self._lock:
            self._turn(self._clock())
            if int(asked_at.timestamp() // 60) == self._minute:
                self._used[counter] = max(self._used[counter], used)

    def pause(self, counter: Counter, until: datetime) -> None:
        """Ask nothing that it counts before `until`."""
        with self._lock:
            known = self._paused_until.get(counter, until)
            self._paused_until[counter] = max(known, until)

    def _allowed(self, counter: Counter) -> float:
        if counter.api_key is not None:
            return LIMIT_PER_ACCOUNT * OUR_SHARE
        return LIMIT_PER_ADDRESS * OUR_SHARE / self._sharers()

    def _turn(self, now: datetime) -> None:
        """Forget what is over; no key is kept longer than it must be."""
        self._paused_until = {
            counter: until for counter, until in self._paused_until.items() if until > now
        }
        minute = int(now.timestamp() // 60)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
