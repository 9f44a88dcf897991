"""Rows that belong to accounts: all in the order they were made, and each account's alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar


class Owned(Protocol):
    """A row with its account and an id."""

    @property
    def uid(self) -> int: ...

    @property
    def id(self) -> int | str: ...


Row = TypeVar("Row", bound=Owned)


class OwnedRows(Generic[Row]):
    """Rows are appended, never taken away."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: list[Row] = []
        self._by_account: defaultdict[int, list[Row]] = defaultdict(list)
        for row in rows:
            self.append(row)

    def append(self, row: Row) -> None:
        self._rows.append(row)
        self._by_account[row.uid].append(row)

    def of(self, uid: int) -> Sequence[Row]:
        """The account's rows, oldest first."""
        return self._by_account.get(uid, ())

    def find(self, row_id: int | str) -> Row:
        """The newest row with that id. Raises KeyError."""
        for row in reversed(self._rows):
            if row.id == row_id:
                return row
        raise KeyError(row_id)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
