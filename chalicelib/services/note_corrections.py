"""Note which events came too late for their mark, so that the shard's next mark makes it again.

A run begins before any mark of its hour reads. So, once an event is written as a whole: if the
run of the hour that closes it has not begun, the mark will read it; if it has, the mark may
have missed it. Then it is noted, and marking once more does no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from chalicelib.domain.corrections import Correction, first_touched
from chalicelib.domain.counted import PAIRED_WITHIN
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import Fill, LedgerEntry
from chalicelib.domain.windows import closing_hour
from chalicelib.services.ports import Corrections, Ledger, Runs
from chalicelib.services.read_entries import read_entries

_EVER: Final = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written of one account: its row as it was before, the ledger entries that came
    (those that were there already, too), and when the account itself came or left."""

    row: AccountHoldings
    entries: Sequence[LedgerEntry] = ()
    linked_at: datetime | None = None
    unlinked_at: datetime | None = None


class NoteStores(Protocol):
    """Where it is looked up whether a mark may have been made, and noted."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def corrections(self) -> Corrections: ...


def note_corrections(recorded: Sequence[Recorded], stores: NoteStores) -> None:
    """Note the corrections of a batch, after its last write.

    One read of the runs for all of it, and none where nothing was written; the ledger is read
    only for what is late, or may change what an earlier row counts as.
    """
    written = [e for e in recorded if e.entries or e.linked_at or e.unlinked_at]
    newest = stores.runs.newest_begun() if written else None
    if newest is None:
        return
    noted = [found for each in written for found in _corrections(each, newest, stores.ledger)]
    if noted:
        stores.corrections.note(noted)


def _corrections(recorded: Recorded, newest: int, ledger: Ledger) -> Iterator[Correction]:
    row = recorded.row
    for word, border in (("link", recorded.linked_at), ("unlink", recorded.unlinked_at)):
        if border is not None and closing_hour(border) <= newest:
            yield _correction(row, closing_hour(border), f"{word}#{row.link_number}", newest)
    doubtful = [each for each in recorded.entries if _may_touch(each, row, newest)]
    if not doubtful:
        return
    touched = first_touched(
        _around(row, min(each.at for each in recorded.entries), ledger),
        {each.entry_id for each in recorded.entries},
    )
    if touched is None or closing_hour(touched) > newest:
        return
    late = [each for each in doubtful if closing_hour(each.at) <= newest]
    for entry in late or doubtful:
        yield _correction(row, closing_hour(touched), entry.entry_id, newest)


def _may_touch(entry: LedgerEntry, row: AccountHoldings, newest: int) -> bool:
    """Whether an entry may change a mark that was made. A fill in time changes none, unless it
    explains what a reading of the account had found; a change of a balance may give an earlier
    one its name."""
    late = closing_hour(entry.at) <= newest
    return late or not isinstance(entry, Fill) or row.is_superseded(entry.at)


def _around(row: AccountHoldings, first: datetime, ledger: Ledger) -> list[LedgerEntry]:
    """The rows that tell what those from `first` on count as, up to the newest."""
    checkpoint = ledger.checkpoint_before(row.account_id, first)
    start = first if checkpoint is None else checkpoint.taken_at
    return read_entries(row.account_id, start - PAIRED_WITHIN, _EVER, ledger)


def _correction(row: AccountHoldings, hour: int, entry_id: str, newest: int) -> Correction:
    return Correction(row.account_id, row.seat, hour, entry_id, newest)
