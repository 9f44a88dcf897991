"""The Ledger port: entries and checkpoints of each account, in the order of time.

Reads are consistent: what was written a moment ago counts. The rows' content is for
`ledger_rows`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import sortable, up_to_millisecond
from chalicelib.adapters.dynamo.ledger_rows import (
    change_of,
    checkpoint_item,
    checkpoint_of,
    entry_item,
    fill_of,
)
from chalicelib.adapters.dynamo.tables import RawItem, Tables
from chalicelib.domain.errors import Conflict
from chalicelib.domain.ledger import BalanceChange, Checkpoint, LedgerEntry, order_of

_PAGE: Final = 100


class DynamoLedger:
    """Ledger rows in the table of that name."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, account_id: str, entries: Sequence[LedgerEntry]) -> None:
        """Write those that are absent, one conditional put each."""
        for entry in entries:
            self._put_if_absent(entry_item(account_id, entry))

    def add_checkpoint(self, account_id: str, checkpoint: Checkpoint) -> None:
        """Write if absent."""
        self._put_if_absent(checkpoint_item(account_id, checkpoint))

    def entries(self, account_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        """Entries with start ≤ at < end, in the order of the ledger."""
        return list(merge(*self._read(account_id, start, end, forward=True), key=order_of))

    def newest_first(
        self, account_id: str, start: datetime, end: datetime
    ) -> Iterator[LedgerEntry]:
        """The same, newest first, a hundred rows to a page."""
        found = self._read(account_id, start, end, forward=False)
        return merge(*found, key=order_of, reverse=True)

    def changes(self, account_id: str, start: datetime, end: datetime) -> list[BalanceChange]:
        """Those of the entries that are no fills; fills are not read."""
        first, last = (sortable(up_to_millisecond(each)) for each in (start, end))
        rows = self._query(account_id, f"F#{first}", f"F#{last}", forward=True, page=0)
        return sorted(map(change_of, rows), key=order_of)

    def checkpoint_before(self, account_id: str, instant: datetime) -> Checkpoint | None:
        """The newest checkpoint taken before `instant`."""
        before = up_to_millisecond(instant) - timedelta(milliseconds=1)
        rows = self._query(account_id, "C#", f"C#{sortable(before)}", forward=False, page=1)
        newest = next(rows, None)
        return checkpoint_of(newest) if newest else None

    def checkpoint_from(self, account_id: str, instant: datetime) -> Checkpoint | None:
        """The oldest checkpoint taken at or after `instant`."""
        start = f"C#{sortable(up_to_millisecond(instant))}"
        oldest = next(self._query(account_id, start, "C#~", forward=True, page=1), None)
        return checkpoint_of(oldest) if oldest else None

    def _read(
        self, account_id: str, start: datetime, end: datetime, *, forward: bool
    ) -> tuple[Iterator[LedgerEntry], Iterator[LedgerEntry]]:
        first, last = (sortable(up_to_millisecond(each)) for each in (start, end))
        page = 0 if forward else _PAGE
        fills = self._query(account_id, f"T#{first}", f"T#{last}", forward=forward, page=page)
        changes = self._query(account_id, f"F#{first}", f"F#{last}", forward=forward, page=page)
        return map(fill_of, fills), map(change_of, changes)

    def _query(
        self, account_id: str, first: str, last: str, *, forward: bool, page: int
    ) -> Iterator[RawItem]:
        """Rows with first ≤ sort key ≤ last. No row of an entry has a bare instant as its
        key, so those of the instant `last` are left out."""
        if first >= last:
            return iter(())
        limit = {"Limit": page} if page else {}
        return self._tables.query(
            "ledger",
            KeyConditionExpression="pk = :account AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":account": {"S": f"A#{account_id}"},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ScanIndexForward=forward,
            ConsistentRead=True,
            **limit,
        )

    def _put_if_absent(self, item: RawItem) -> None:
        try:
            with store_errors(f"adding to the ledger {item['pk']['S']} {item['sk']['S']}"):
                self._tables.client.put_item(
                    TableName=self._tables.name("ledger"),
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                )
        except Conflict:
            return
