"""Sums over the hours of a window: flows, counts of marks, hours that bar from the rank.

Whole numbers in fixed units, so that carrying them from hour to hour and adding them up again
from the rows give the same (rules.md §4, §5).

    share(row, hours_left)                   -> what one HOUR row adds to a window
    advanced(window, before, row, leaving)   -> the sums of the next hour
    sum_hours(hour)                          -> the HOUR rows that `summed_again` reads
    summed_again(hour, hours, known_later)   -> the same sums, from the rows alone
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import BARRING, Block, Flag, Kind
from chalicelib.domain.columns import Integers, column, flagged, integers, known, pack
from chalicelib.domain.falls import falls_of, folded
from chalicelib.domain.trend import marked_index
from chalicelib.domain.windows import HOURS_A_DAY, MONTH, WINDOWS, Window

SUMS = ("counted", "barred", "deposits", "withdrawals", "net", "weighted")
"""Names of the sums; a SCORES block has each with the window's name behind it."""


def share(row: Block, hours_left: int) -> dict[str, Integers]:
    """What one HOUR row adds to the sums of a window that ends `hours_left` hours after the
    row's hour began."""
    deposits, withdrawals = integers(row, "deposits"), integers(row, "withdrawals")
    net = _millionths(deposits - withdrawals)
    return {
        "counted": flagged(row, Flag.COUNTS).astype(np.int64),
        "barred": flagged(row, BARRING).astype(np.int64),
        "deposits": deposits,
        "withdrawals": withdrawals,
        "net": net,
        "weighted": net * hours_left - integers(row, "weighted"),
    }


def _millionths(flow: Integers) -> Integers:
    """1e-8 USDT as 1e-6 USDT, half away from zero."""
    rounded: Integers = np.sign(flow) * ((np.abs(flow) + 50) // 100)
    return rounded


def advanced(window: Window, before: Block, row: Block, leaving: Block) -> dict[str, Integers]:
    """The sums of hour − 1, an hour further from the window's end, with the hour that comes in
    and without the one that leaves: whole numbers, so nothing is lost on the way."""
    comes, leaves = share(row, 1), share(leaving, window.hours + 1)
    sums = {name: integers(before, f"{name}_{window.name}") for name in SUMS}
    sums["weighted"] = sums["weighted"] + sums["net"]
    return {name: sums[name] + comes[name] - leaves[name] for name in SUMS}


def sum_hours(hour: int) -> range:
    """Numbers of the HOUR blocks that sums made again for `hour` need."""
    return range(hour - MONTH.hours + 1, hour + 1)


def summed_again(hour: int, hours: Mapping[int, Block], known_later: Block | None = None) -> Block:
    """A SCORES block of `hour` from which the next hours go on, when the stored one expired.

    Sums, counts and today's falls from the HOUR rows of `sum_hours` alone, equal to those
    carried forward; the first hour from `known_later`, any later SCORES block, where the rows
    do not reach back to it. Numbers, trend and drawdown are left unknown.
    """
    empty, later = known(None, Kind.SCORES), known(known_later, Kind.SCORES)
    columns: dict[str, NDArray[Any]] = {name: column(empty, name) for name in empty.columns}
    for window in WINDOWS:
        sums = {name: np.zeros(SEATS_PER_BLOCK, dtype=np.int64) for name in SUMS}
        for number in range(hour - window.hours + 1, hour + 1):
            if number in hours:
                for name, numbers in share(hours[number], hour - number + 1).items():
                    sums[name] += numbers
        columns |= {f"{name}_{window.name}": numbers for name, numbers in sums.items()}
    marks = [marked_index(hours.get(each)) for each in range(hour - hour % HOURS_A_DAY, hour + 1)]
    falls = folded(falls_of(each) for each in marks)
    columns |= {"day_high": falls.high, "day_low": falls.low, "day_fall": falls.fall}
    first = integers(later, "first_hour")
    for number in sum_hours(hour):
        marked = flagged(known(hours.get(number), Kind.HOUR), Flag.MARK)
        first = np.where(marked & ((first == 0) | (first > number)), number, first)
    columns["first_hour"] = np.where(first > hour, 0, first)
    return pack(Kind.SCORES, columns)
