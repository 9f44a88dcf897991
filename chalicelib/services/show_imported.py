"""The days from before a trader's first link, as his line and he himself see them."""

from collections.abc import Sequence
from datetime import date

from chalicelib.domain.imported import ImportedLine
from chalicelib.domain.own_days import OwnDay, net_flows, own_day
from chalicelib.domain.rebuild import day_of
from chalicelib.domain.series import DayMark
from chalicelib.domain.windows import date_of_day, day_of_date


def with_imported(marks: Sequence[DayMark], line: ImportedLine | None) -> list[DayMark]:
    """The marks, those of days before the first link replaced by what was imported of them.

    The day of the link, and every later one, is live or it is nothing.
    """
    if line is None:
        return list(marks)
    known = {each.day: each for each in line.days if each.day < day_of(line.until)}
    found: list[DayMark] = []
    for mark in marks:
        day = known.get(day_of_date(mark.day))
        if day is None or mark.index is not None:
            found.append(mark)
        else:
            btc = day.btc if mark.btc is None else mark.btc
            found.append(DayMark(mark.day, day.index, btc, imported=True))
    return found


def imported_own_days(line: ImportedLine | None) -> dict[date, OwnDay]:
    """By calendar date what the trader alone sees of his imported days: PnL, net worth, flows. The
    first has no PnL, since what was before it is not known."""
    found: dict[date, OwnDay] = {}
    before = None
    for each in line.days if line else ():
        found[date_of_day(each.day)] = own_day(before, each.value, net_flows(each.net_flow))
        before = each.value
    return found
