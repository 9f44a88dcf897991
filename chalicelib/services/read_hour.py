"""Read what an hour's mark needs of one trader: his accounts as the hour found them.

Most accounts are valued straight from their holdings row. The few to whom something happened
that the row cannot tell apart are computed forward from their last checkpoint, by what the
ledger rows before the end of the hour count as; so a mark made late is the same as one made in
time. Rows just after that end are read for the names they may give to earlier ones.
"""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.counted import PAIRED_WITHIN
from chalicelib.domain.holdings import AccountHoldings, holdings_at
from chalicelib.domain.hour import AccountHour, HourPrices, entry_instants
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry
from chalicelib.domain.market import PriceList, Tier, underlying
from chalicelib.domain.windows import hour_start
from chalicelib.services.ports import Ledger
from chalicelib.services.read_entries import read_entries


def read_hour(
    hour: int, rows: Sequence[AccountHoldings], prices: HourPrices, ledger: Ledger
) -> list[AccountHour]:
    """The accounts of one trader for the hour that mark number `hour` closes.

    `rows` are all his rows, unlinked ones too. The ledger is read only where it must be.
    """
    if all(_is_quiet(row, hour, prices.hour_list) for row in rows):
        return [_as_it_stands(row) for row in rows if row.unlinked_at is None]
    return [_one(row, hour, ledger) for row in rows]


def _is_quiet(row: AccountHoldings, hour: int, listed: PriceList) -> bool:
    """Whether the row alone tells the hour: linked all along, or gone since before it; no flow
    in it and nothing at or after its end; no thin or first priced asset that changed in it."""
    start, end = hour_start(hour - 1), hour_start(hour)
    if row.unlinked_at is not None:
        return row.unlinked_at < start
    if row.linked_at >= start or not row.settled_before(end):
        return False
    if row.last_flow_at is not None and row.last_flow_at >= start:
        return False
    if row.last_event_at is None or row.last_event_at < start:
        return True
    changed = [a for a, each in row.quantities.items() if each.order.updated_at >= start]
    thin = any(listed.tier(underlying(asset, listed)) is Tier.THIN for asset in changed)
    return not thin and not entry_instants(row.quantities, listed, hour)


def _as_it_stands(row: AccountHoldings) -> AccountHour:
    return AccountHour(row.account_id, row.amounts())


def _one(row: AccountHoldings, hour: int, ledger: Ledger) -> AccountHour:
    """One account of a trader whose hour is not quiet."""
    start, end = hour_start(hour - 1), hour_start(hour)
    if row.unlinked_at is not None and row.unlinked_at < start:
        return AccountHour(row.account_id, {}, linked=False)
    untouched = row.last_event_at is None or row.last_event_at < start
    if row.unlinked_at is None and row.linked_at < start and untouched and row.settled_before(end):
        return _as_it_stands(row)
    checkpoint = ledger.checkpoint_before(row.account_id, start)
    if checkpoint is None:
        return _first_hour(row.account_id, start, end, ledger)
    until = end + PAIRED_WITHIN
    entries = read_entries(row.account_id, checkpoint.taken_at - PAIRED_WITHIN, until, ledger)
    borders = _borders([entry for entry in entries if entry.at < start])
    if borders and borders[-1] is ChangeKind.UNLINK:
        return AccountHour(row.account_id, {}, entries, linked=False)
    return AccountHour(row.account_id, holdings_at(checkpoint, entries, start), entries)


def _first_hour(account_id: str, start: datetime, end: datetime, ledger: Ledger) -> AccountHour:
    """An account without a checkpoint before the hour: linked in it, or later. Linked with
    nothing in it, it has no link rows: then it counts as there, and what came before is not
    looked at."""
    entries = read_entries(account_id, start, end + PAIRED_WITHIN, ledger)
    opened = ledger.checkpoint_before(account_id, end)
    if opened is None or _borders([entry for entry in entries if entry.at < end]):
        return AccountHour(account_id, {}, entries, linked=False)
    after = [entry for entry in entries if entry.at > opened.taken_at]
    return AccountHour(account_id, {}, after)


def _borders(entries: Sequence[LedgerEntry]) -> list[ChangeKind]:
    """The links and unlinks among the entries, in order."""
    return [
        entry.kind
        for entry in entries
        if isinstance(entry, BalanceChange) and entry.kind in (ChangeKind.LINK, ChangeKind.UNLINK)
    ]
