"""Late events: from which hour on a trader's marks are made again, and what came of it.

Leaves the noting to `services/note_corrections.py` and the marks to `services/replay_marks.py`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from chalicelib.domain.counted import counted
from chalicelib.domain.ledger import LedgerEntry

Counting: TypeAlias = Callable[[Iterable[LedgerEntry]], Sequence[LedgerEntry]]
"""Which of an account's entries count, and as what; see `counted.counted`."""

Shown: TypeAlias = Mapping[str, int | None]
"""By window the shown number in hundredths of a percent, None where there is none."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A late event whose marks are still to be made again.

    `hour` is the first whose mark it touches, `noted_in` the newest hour whose run had begun
    when it was noted. `entry_id` is the ledger entry's, or that of a late
    link or unlinking, link#<number> or unlink#<number>.
    """

    account_id: str
    seat: int
    hour: int
    entry_id: str
    noted_in: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the late events of one account changed, for those who ask why a number moved.

    `at_hour` is the newest hour that had been marked, whose numbers `before` and `after` are
    (`after` is None until the marks are written). `touched_hour` is the first mark that the
    events touch, `from_hour` the first that was made again.
    """

    account_id: str
    seat: int
    at_hour: int
    touched_hour: int
    from_hour: int
    entry_ids: tuple[str, ...]
    before: Shown
    after: Shown | None = None

    @property
    def clamped(self) -> bool:
        """Whether the events are older than the marks that can be made again."""
        return self.touched_hour < self.from_hour


def first_touched(
    entries: Sequence[LedgerEntry], new: Collection[str], counts: Counting = counted
) -> datetime | None:
    """The earliest instant at which what counts differs with and without the entries whose ids
    are `new`; None when nothing differs.

    `entries` are the account's rows around the new ones, these included. What counts before
    that instant is the same with and without them, and so are the marks until then.
    """
    before = counts([entry for entry in entries if entry.entry_id not in new])
    changed = set(before) ^ set(counts(entries))
    return min((entry.at for entry in changed), default=None)
