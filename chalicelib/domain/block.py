"""What the history stores: columns of numbers for the 256 seats of one block.

One block item is one kind at one number (an hour or a day). Standard library only: routes
read blocks without numpy; the mark and the rank see the same columns as numpy arrays.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntFlag

from chalicelib.domain.account import SEATS_PER_BLOCK

NO_NUMBER = -(2**63)
"""Unknown in a column of 8-byte integers; unknown in a float column is NaN."""

NO_CHANGE = -(2**31)
"""Unknown in a column of changes of rank."""

NO_POINT = -1
"""Unknown in a trend column, whose points are 0 … 100."""


class Flag(IntFlag):
    """What is true of a seat at one hour's mark."""

    MARK = 1  # there is a mark: the value is this hour's
    COUNTS = 2  # it counts for coverage: not partial, at most 5 % stale, not paused
    STALE = 4  # more than 5 % of the value has a price older than 2 h
    PARTIAL = 8  # a held asset had no price at the hour
    THIN = 16  # a thin hour: over 50 % of value in thin assets, or such fills in the hour
    NO_ACCOUNT = 32  # no linked account at the mark, or none for a part of the hour
    PAUSED = 64  # the chain is paused: a flow left 1 USDT or less
    UNPRICED = 128  # holds something without a price for more than 7 days


BARRING = Flag.THIN | Flag.NO_ACCOUNT | Flag.PAUSED
"""One such hour in a window and its trader is not ranked in it."""


class Kind(Enum):
    """The kinds of block; the value is the sort key's letter in the history table."""

    HOUR = "H"
    DAY = "D"
    SCORES = "S"
    RANKS = "R"
    SLOW = "N"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: array type code ("d" float64, "q" int64, "i" int32, "H" uint16, "B" uint8,
    "b" int8), how many numbers a seat has in it, and the number that means nothing known."""

    name: str
    code: str
    unknown: float
    width: int = 1


_NAN = float("nan")
_PER_WINDOW = ("24h", "7d", "30d")


def _scores() -> tuple[Column, ...]:
    columns = [Column("day_high", "d", _NAN), Column("day_low", "d", _NAN)]
    columns += [Column("day_fall", "d", 0.0), Column("first_hour", "i", 0)]
    for window in _PER_WINDOW:
        columns += [
            Column(f"shown_{window}", "q", NO_NUMBER),  # hundredths of a percent
            Column(f"drawdown_{window}", "q", NO_NUMBER),  # hundredths of a percent
            Column(f"standing_{window}", "B", 0),  # bits of `Standing`
            Column(f"counted_{window}", "H", 0),  # marks that count, start + 1 … end
            Column(f"barred_{window}", "H", 0),  # thin, paused or account-less hours
            Column(f"deposits_{window}", "q", 0),  # 1e-8 USDT
            Column(f"withdrawals_{window}", "q", 0),  # 1e-8 USDT, positive
            Column(f"net_{window}", "q", 0),  # 1e-6 USDT: Σ of the hours' rounded net flows
            Column(f"weighted_{window}", "q", 0),  # 1e-6 USDT·h: Σ F × time left to the end
        ]
    # the mark has the 24 hours at hand, so it makes their trend, not the rank
    columns.append(Column("trend_24h", "b", NO_POINT, 24))
    return tuple(columns)


COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.HOUR: (
        Column("value", "d", _NAN),  # USDT; where the chain goes on from
        Column("index", "d", _NAN),  # 1 at the first mark
        Column("deposits", "q", 0),  # 1e-8 USDT, of the hour that the mark closes
        Column("withdrawals", "q", 0),  # 1e-8 USDT, positive
        Column("weighted", "q", 0),  # 1e-6 USDT·h: Σ F × time since the hour's start
        Column("flags", "B", 0),
        Column("unpriced", "H", 0),  # hours in a row with a holding that never had a price
    ),
    Kind.DAY: (
        Column("value", "d", _NAN),  # the mark of 24:00
        Column("index", "d", _NAN),
        Column("low", "d", _NAN),  # of the index over the day's marks, the opening one included
        Column("high", "d", _NAN),
        Column("fall", "d", 0.0),  # worst fall from a peak, ratio 0 … 1
        Column("deposits", "q", 0),  # 1e-8 USDT, of the day
        Column("withdrawals", "q", 0),
        Column("flags", "B", 0),
    ),
    Kind.SCORES: _scores(),
    Kind.RANKS: (
        *(Column(f"rank_{window}", "i", 0) for window in _PER_WINDOW),  # 0: not ranked
        # last hour's rank − this one
        *(Column(f"change_{window}", "i", NO_CHANGE) for window in _PER_WINDOW),
    ),
    Kind.SLOW: (
        Column("trend_7d", "b", NO_POINT, 28),
        Column("trend_30d", "b", NO_POINT, 30),
        *(
            Column(f"{name}_{days}", "d", unknown)
            for days in (6, 29)
            for name, unknown in (("low", _NAN), ("high", _NAN), ("fall", 0.0))
        ),
    ),
}


class Standing(IntFlag):
    """What is true of a seat in one window at one hour."""

    RANKED = 1
    CAPPED = 2
    LAST = 4  # left inside the window: the number is the last one there was


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one kind for 256 seats, and what is said of the whole item in `notes`
    (JSON values; in a SLOW block `view` has what others see of a seat's coins)."""

    kind: Kind
    columns: Mapping[str, array]  # type: ignore[type-arg]
    notes: Mapping[str, object] = field(default_factory=dict)


def empty_block(kind: Kind) -> Block:
    """A block in which nothing is known of any seat."""
    columns = {
        column.name: array(
            column.code,
            [column.unknown if column.code == "d" else int(column.unknown)]
            * (SEATS_PER_BLOCK * column.width),
        )
        for column in COLUMNS[kind]
    }
    return Block(kind, columns)
