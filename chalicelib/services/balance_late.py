"""Keep reconciled spans whole when an entry of them comes late.

Between two readings that were found to agree, the ledger adds up. An entry that comes after
all (its counterpart may be lost for ever) must not change that: what it leaves over is booked,
at its own instant, as unexplained, and yields to whatever else comes.
"""

from collections.abc import Iterable, Sequence

from chalicelib.domain.books import Books
from chalicelib.domain.counted import PAIRED_WITHIN
from chalicelib.domain.ledger import BalanceChange, Checkpoint, LedgerEntry
from chalicelib.services.ports import Ledger
from chalicelib.services.read_entries import read_entries


def rests_of_late(
    account_id: str, late: Iterable[LedgerEntry], ledger: Ledger
) -> list[BalanceChange]:
    """What the spans of these entries, which are in the ledger, do not add up to."""
    waiting = sorted(late, key=lambda entry: entry.at)
    rests: list[BalanceChange] = []
    while waiting:
        first = waiting[0].at
        base = ledger.checkpoint_before(account_id, first)
        reading = ledger.checkpoint_from(account_id, first)
        here = [each for each in waiting if reading is None or each.at <= reading.taken_at]
        waiting = waiting[len(here) :]
        if base is not None and reading is not None:
            rests += _rests(account_id, base, reading, here, ledger)
    return rests


def _rests(
    account_id: str,
    base: Checkpoint,
    reading: Checkpoint,
    late: Sequence[LedgerEntry],
    ledger: Ledger,
) -> list[BalanceChange]:
    books = Books(base, reading, base.taken_at)
    start, end = base.taken_at - PAIRED_WITHIN, reading.taken_at + PAIRED_WITHIN
    books.add(read_entries(account_id, start, end, ledger))
    seen_at = {asset: entry.at for entry in reversed(late) for asset in entry.changes()}
    return books.unexplained(seen_at)
