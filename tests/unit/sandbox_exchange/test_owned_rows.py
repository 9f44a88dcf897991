"""Rows by account and by id."""

from dataclasses import dataclass

import pytest

from sandbox.exchange.owned_rows import OwnedRows


@dataclass(frozen=True, slots=True)
class Row:
    uid: int
    id: int


ROWS = OwnedRows([Row(1, 10), Row(2, 11), Row(1, 12)])


def test_an_account_sees_its_rows_in_their_order() -> None:
    assert [row.id for row in ROWS.of(1)] == [10, 12]
    assert list(ROWS.of(3)) == []


def test_all_rows_stay_in_the_order_they_were_made() -> None:
    assert ([row.id for row in ROWS], len(ROWS)) == ([10, 11, 12], 3)


def test_a_row_is_found_by_its_id() -> None:
    assert ROWS.find(11) == Row(2, 11)
    with pytest.raises(KeyError):
        ROWS.find(99)
