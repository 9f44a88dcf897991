"""The three windows of 256 traders at one hour: numbers, standing, sums of flows, drawdown.

Reads HOUR blocks (`mark.py`), sums of flows (`sums.py`) and the SLOW block (`days.py`); leaves
order and ties to the board.

    score_hours(hour)                          -> the HOUR rows that `scores_block` reads
    scores_block(hour, previous, hours, slow)  -> Block of Kind.SCORES
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.block import NO_NUMBER, Block, Flag, Kind, Standing
from chalicelib.domain.columns import (
    Floats,
    Integers,
    Truths,
    column,
    flagged,
    integers,
    known,
    pack,
)
from chalicelib.domain.falls import Falls, falls_of, folded, joined_falls, stored_falls
from chalicelib.domain.league_number import LeagueNumbers, eight, hundredths, league_numbers
from chalicelib.domain.performance import pnl
from chalicelib.domain.sums import SUMS, advanced, share
from chalicelib.domain.trend import marked_index, trend
from chalicelib.domain.windows import DAY, HOURS_A_DAY, LEAST_VALUE, MONTH, WEEK, WINDOWS, Window

_SLOW_DAYS = {WEEK: 6, MONTH: 29}

Rows: TypeAlias = Mapping[int, Block]
_Columns: TypeAlias = dict[str, NDArray[Any]]


def score_hours(hour: int) -> list[int]:
    """Numbers of the HOUR blocks that the scores of `hour` are made of, ascending."""
    bases = {hour - window.hours - older for window in WINDOWS for older in (0, 1)}
    return sorted(bases | set(range(hour - HOURS_A_DAY, hour + 1)))


def scores_block(hour: int, previous: Block | None, hours: Rows, slow: Block | None) -> Block:
    """The SCORES block of `hour`, out of that of hour − 1 (None: nothing is known), the HOUR
    blocks of `score_hours` (a missing one: nothing is known) and the SLOW block of this day."""
    before, row = known(previous, Kind.SCORES), known(hours.get(hour), Kind.HOUR)
    today = todays_falls(hour, before, row)
    columns: _Columns = _carried(hour, before, row, today)
    for window in WINDOWS:
        leaving = known(hours.get(hour - window.hours), Kind.HOUR)
        sums = advanced(window, before, row, leaving)
        base = base_of(window, leaving, known(hours.get(hour - window.hours - 1), Kind.HOUR))
        columns |= {f"{name}_{window.name}": numbers for name, numbers in sums.items()}
        columns |= _numbers(window, before, row, base, sums)
        if window is DAY:
            falls = _falls_of_last_day(hour, hours, base)
        else:
            falls = joined_falls(_slow_falls(window, known(slow, Kind.SLOW)), today)
        has_window = base.there & flagged(row, Flag.MARK)
        drawdown = np.where(has_window, falls.fall * 100, np.nan)
        columns[f"drawdown_{window.name}"] = hundredths(eight(drawdown))
    last_day = range(hour - HOURS_A_DAY + 1, hour + 1)
    columns["trend_24h"] = trend([marked_index(hours.get(each)) for each in last_day])
    return pack(Kind.SCORES, columns)


def todays_falls(hour: int, before: Block, row: Block) -> Falls:
    """The stretch of marks from 00:00 UTC of the hour's day on, its opening mark included."""
    now = falls_of(marked_index(row))
    if hour % HOURS_A_DAY == 0:
        return now
    return joined_falls(stored_falls(before, "day_high", "day_low", "day_fall"), now)


def _named(falls: Falls) -> _Columns:
    return {"day_high": falls.high, "day_low": falls.low, "day_fall": falls.fall}


def _carried(hour: int, before: Block, row: Block, today: Falls) -> _Columns:
    first = integers(before, "first_hour")
    starts = (first == 0) & flagged(row, Flag.MARK)
    return {"first_hour": np.where(starts, hour, first), **_named(today)}


@dataclass(frozen=True, slots=True)
class Base:
    """Where the window of each seat begins: at its start, or an hour before if the mark is only
    there; then the flows of the hour between (`extra`, zero for the others) count too."""

    there: Truths
    older: Truths
    counts: Truths
    value: Floats
    index: Floats
    extra: dict[str, Integers]


def base_of(window: Window, at_start: Block, hour_before: Block) -> Base:
    marked = flagged(at_start, Flag.MARK)
    older = ~marked & flagged(hour_before, Flag.MARK)
    there = marked | older

    def chosen(name: str) -> Floats:
        found = np.where(older, column(hour_before, name), column(at_start, name))
        return np.where(there, found, np.nan)

    between = share(at_start, window.hours + 1)
    return Base(
        there=there,
        older=older,
        counts=flagged(at_start, Flag.COUNTS) | flagged(hour_before, Flag.COUNTS),
        value=chosen("value"),
        index=chosen("index"),
        extra={name: np.where(older, numbers, 0) for name, numbers in between.items()},
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What the shown numbers of a window are made of: its sums with those of an older base, the
    PnL in USDT, and the numbers."""

    total: dict[str, Integers]
    pnl: Floats
    numbers: LeagueNumbers


def parts_of(window: Window, row: Block, base: Base, sums: Mapping[str, Integers]) -> Parts:
    """The parts of the window that ends with the mark of `row`, whose sums are `sums`."""
    total = {name: sums[name] + base.extra[name] for name in SUMS}
    deposits, withdrawals = total["deposits"] / 1e8, total["withdrawals"] / 1e8
    v_end = np.where(flagged(row, Flag.MARK), column(row, "value"), np.nan)
    net_flow = (total["deposits"] - total["withdrawals"]) / 1e8
    found = league_numbers(
        v_start=base.value,
        v_end=v_end,
        i_start=base.index,
        i_end=column(row, "index"),
        net_flow=net_flow,
        weighted_flow=total["weighted"] / 1e6 / (window.hours + base.older),
        deposits=deposits,
        withdrawals=withdrawals,
    )
    return Parts(total, pnl(base.value, v_end, net_flow), found)


def _numbers(
    window: Window, before: Block, row: Block, base: Base, sums: dict[str, Integers]
) -> _Columns:
    parts = parts_of(window, row, base, sums)
    found, marked = parts.numbers, flagged(row, Flag.MARK)
    ranked = (found.shown != NO_NUMBER) & _eligible(window, row, base, parts.total)
    standing = np.where(ranked, int(Standing.RANKED), 0)
    standing |= np.where(found.capped, int(Standing.CAPPED), 0)
    last = integers(before, f"shown_{window.name}")
    left = base.there & ~marked & flagged(row, Flag.NO_ACCOUNT) & (last != NO_NUMBER)
    was_capped = column(before, f"standing_{window.name}") & int(Standing.CAPPED)
    return {
        f"shown_{window.name}": np.where(left, last, found.shown),
        f"standing_{window.name}": np.where(left, was_capped | int(Standing.LAST), standing),
    }


def _eligible(window: Window, row: Block, base: Base, total: dict[str, Integers]) -> Truths:
    eligible: Truths = (
        base.counts
        & flagged(row, Flag.COUNTS)
        & (base.value >= LEAST_VALUE)
        & (total["counted"] >= window.least_marks)
        & (total["barred"] == 0)
        & ~flagged(row, Flag.UNPRICED)
    )
    return eligible


def _falls_of_last_day(hour: int, hours: Rows, base: Base) -> Falls:
    oldest = marked_index(hours.get(hour - HOURS_A_DAY - 1))
    marks = [np.where(base.older, oldest, np.nan)]
    marks += [marked_index(hours.get(each)) for each in range(hour - HOURS_A_DAY, hour + 1)]
    return folded(falls_of(each) for each in marks)


def _slow_falls(window: Window, slow: Block) -> Falls:
    days = _SLOW_DAYS[window]
    return stored_falls(slow, f"high_{days}", f"low_{days}", f"fall_{days}")
