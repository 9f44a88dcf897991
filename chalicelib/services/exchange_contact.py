"""What came of asking an exchange lately: told by whoever asks, read by who watches over it.

Kept in memory, one for all calls and streams of a process. What it means for the league is
decided by the reader.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    RateLimited,
    RegionRefused,
)


@dataclass(frozen=True, slots=True)
class ContactReport:
    """Counts since the process began, and how the contact stands; by the machine's clock.

    `answers`: usable ones, of any kind; `served`: those of them that were about an account.
    `failures`: requests and connections without a usable answer; `in_a_row` those since the last
    answer, the first of them at `failing_since`; `region_refused` is what the last one said.
    `banned_until`: the stated end of the last ban.
    """

    answers: int = 0
    served: int = 0
    failures: int = 0
    in_a_row: int = 0
    failing_since: datetime | None = None
    region_refused: bool = False
    banned_until: datetime | None = None


class ExchangeContact:
    """The contact of this process with one exchange; for any thread."""

    def __init__(self, machine: Callable[[], datetime]) -> None:
        """`machine` is the machine's time."""
        self._machine = machine
        self._lock = Lock()
        self._answers = self._served = self._failures = self._in_a_row = 0
        self._failing_since: datetime | None = None
        self._region_refused = False
        self._banned_until: datetime | None = None

    def answered(self, *, account: bool = False) -> None:
        """A usable answer came, or a connection was made; `account`: about somebody's account."""
        with self._lock:
            self._answers += 1
            self._served += account
            self._end_failing()

    def failed(self, error: ExchangeError) -> None:
        """What was asked came to nothing. A refusal for a reason of the request's own is an
        answer all the same; one that says "too much" is neither."""
        if isinstance(error, RateLimited):
            if error.banned:
                with self._lock:
                    known = self._banned_until or error.retry_at
                    self._banned_until = max(known, error.retry_at)
                    self._end_failing()  # somebody is there, and says why
        elif isinstance(error, ExchangeUnavailable):
            with self._lock:
                self._failures += 1
                self._in_a_row += 1
                self._failing_since = self._failing_since or self._machine()
                self._region_refused = isinstance(error, RegionRefused)
        else:
            self.answered()

    def _end_failing(self) -> None:
        self._in_a_row = 0
        self._failing_since = None
        self._region_refused = False

    def report(self) -> ContactReport:
        """How it stands now."""
        with self._lock:
            return ContactReport(
                self._answers,
                self._served,
                self._failures,
                self._in_a_row,
                self._failing_since,
                self._region_refused,
                self._banned_until,
            )
