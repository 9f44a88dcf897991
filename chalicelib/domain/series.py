"""The dated line of a profile: cumulative return per day beside BTC's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from chalicelib.domain.money import EXACT, shown_percent
from chalicelib.domain.performance import INDEX_FLOOR

_LOST = Decimal("-100.00")


@dataclass(frozen=True, slots=True)
class DayMark:
    """The mark that a day's point is made of: the index there and BTC's price in USDT.
    `imported`: rebuilt, from before the first link."""

    day: date
    index: float | None
    btc: Decimal | None
    imported: bool = False


@dataclass(frozen=True, slots=True)
class DayPoint:
    """Cumulative return in percent with 2 decimals since the line's first point."""

    day: date
    cumulative: Decimal | None
    btc: Decimal | None
    imported: bool = False


def cumulative(marks: Sequence[DayMark]) -> list[DayPoint]:
    """One point per mark, both lines rebased to the first day that has an index (or, where
    none has, to the first that has a price). Before that day both are None.

    index / index at the first point − 1; with the index at its floor the line cannot start
    (None throughout), and a point at the floor is −100.00.
    """
    first = next((mark for mark in marks if mark.index is not None), None)
    first = first or next((mark for mark in marks if mark.btc is not None), None)
    if first is None:
        return [DayPoint(mark.day, None, None) for mark in marks]
    return [
        DayPoint(
            mark.day,
            _return(first.index, mark.index),
            _change(first.btc, mark.btc),
            mark.imported,
        )
        if mark.day >= first.day
        else DayPoint(mark.day, None, None)
        for mark in marks
    ]


def _return(start: float | None, end: float | None) -> Decimal | None:
    if start is None or end is None or start <= INDEX_FLOOR:
        return None
    return _LOST if end <= INDEX_FLOOR else _change(Decimal(start), Decimal(end))


def _change(start: Decimal | None, end: Decimal | None) -> Decimal | None:
    if start is None or end is None:
        return None
    with localcontext(EXACT):
        return shown_percent((end / start - 1) * 100)
