"""Read the ledger rows of a span, with all that is needed to tell what they count as."""

from datetime import datetime, timedelta

from chalicelib.domain.counted import PAIRED_WITHIN, span
from chalicelib.domain.ledger import LedgerEntry
from chalicelib.services.ports import Ledger

_INSTANT = timedelta(milliseconds=1)  # no exchange's clock has a finer step


def read_entries(
    account_id: str, start: datetime, end: datetime, ledger: Ledger
) -> list[LedgerEntry]:
    """Entries with start ≤ at < end, in the order of the ledger.

    Where an unexplained change is among them, also those around it that may explain it, from
    before `start` and after `end`.
    """
    entries = ledger.entries(account_id, start, end)
    needed = span(entries)
    if needed is None:
        return entries
    first = min(start, needed[0] - PAIRED_WITHIN)
    last = max(end, needed[1] + PAIRED_WITHIN + _INSTANT)
    return ledger.entries(account_id, first, last)
