"""The order of one window's board, its ranks and its summary, from columns over all seats.

Position i of every column is seat i. Leaves the numbers themselves to the mark, and names and
pages to the routes. numpy; nothing a route imports.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.block import NO_CHANGE, NO_NUMBER, Standing

Numbers: TypeAlias = NDArray[Any]

_BITS = 63
_GROUP_BITS = 2


class Presence(IntEnum):
    """How a seat takes part in the board."""

    EMPTY = 0  # nobody sits there: in no order, in no count
    LISTED = 1
    UNLISTED = 2  # counts as joined and active and in the median; has no place and no rank
    LEFT = 3  # retired at most 30 days ago: listed last, while he is listed at all
    GONE = 4  # retired, and no longer (or never) listed: in the counts and the median alone


@dataclass(frozen=True, slots=True)
class Scores:
    """One window's columns.

    `shown` and `drawdown` are hundredths of a percent, NO_NUMBER when unknown; of who left
    inside the window `shown` is the last number. `standing` holds bits of `Standing`,
    `presence` values of `Presence`, `previous` the ranks of the hour before (0: none).
    """

    shown: Numbers
    drawdown: Numbers
    standing: Numbers
    presence: Numbers
    previous: Numbers


@dataclass(frozen=True, slots=True)
class Standings:
    """A ranked window: `order` lists seats from the top; `ranks` (0: not ranked) and `changes`
    (last rank − this one, NO_CHANGE when either is missing) are by seat."""

    order: Numbers
    ranks: Numbers
    changes: Numbers
    joined: int
    active: int
    retired: int
    ranked: int
    median: int | None  # hundredths of a percent


def rank(scores: Scores) -> Standings:
    """The board of one window by rules.md §5; the same columns give the same bytes.

    Ranked seats first, then those not ranked, then those who left; within each by shown
    number (unknown last), then the lower drawdown, then the smaller seat. A rank is unique.
    """
    listed = scores.presence == Presence.LISTED
    ranked = listed & (scores.standing & Standing.RANKED != 0) & (scores.shown != NO_NUMBER)
    left = scores.presence == Presence.LEFT
    seats = np.flatnonzero(listed | left)
    groups = np.where(ranked, 0, np.where(left, 2, 1))[seats]
    order = seats[_places(groups, scores.shown[seats], scores.drawdown[seats])]
    count = int(np.count_nonzero(ranked))
    ranks = np.zeros(len(scores.shown), np.int32)
    ranks[order[:count]] = np.arange(1, count + 1, dtype=np.int32)
    taken = int(np.count_nonzero(scores.presence != Presence.EMPTY))
    retired = int(np.count_nonzero(scores.presence >= Presence.LEFT))
    return Standings(
        order=order,
        ranks=ranks,
        changes=_changes(scores.previous, ranks),
        joined=taken,
        active=taken - retired,
        retired=retired,
        ranked=count,
        median=_median(scores.shown[scores.presence != Presence.EMPTY]),
    )


def _places(groups: Numbers, shown: Numbers, drawdown: Numbers) -> Numbers:
    """Positions in order: group, then greater `shown`, then lesser `drawdown`, then position."""
    packed = _packed(groups, shown, drawdown)
    if packed is None:
        falling = np.where(shown == NO_NUMBER, np.iinfo(np.int64).max, -shown)
        rising = np.where(drawdown == NO_NUMBER, np.iinfo(np.int64).max, drawdown)
        slow: Numbers = np.lexsort((rising, falling, groups))
        return slow
    packed.sort()
    positions: Numbers = packed & ((1 << _width(len(groups) - 1)) - 1)
    return positions


def _packed(groups: Numbers, shown: Numbers, drawdown: Numbers) -> Numbers | None:
    """All keys and the position in one integer each, which sorts ten times faster than a
    sort key by key; None when the numbers spread too far for 63 bits."""
    if not len(groups):
        return np.zeros(0, np.int64)
    falling, most_falling = _from_zero(shown, downward=True)
    rising, most_rising = _from_zero(drawdown, downward=False)
    widths = [_width(most_falling), _width(most_rising), _width(len(groups) - 1)]
    if _GROUP_BITS + sum(widths) > _BITS:
        return None
    key = groups.astype(np.int64)
    for part, width in zip((falling, rising, np.arange(len(groups))), widths, strict=True):
        key <<= width
        key |= part
    return key


def _from_zero(numbers: Numbers, *, downward: bool) -> tuple[Numbers, int]:
    """`numbers` counted from the best one, unknown one past the worst; and the greatest."""
    known = numbers != NO_NUMBER
    if not known.any():
        return np.zeros(len(numbers), np.int64), 0
    least, most = int(numbers[known].min()), int(numbers[known].max())
    span = most - least
    if span >= 2**62:
        return numbers, span
    counted = most - numbers if downward else numbers - least
    return np.where(known, counted, span + 1), span + 1


def _width(greatest: int) -> int:
    return greatest.bit_length()


def _changes(previous: Numbers, ranks: Numbers) -> Numbers:
    both = (previous > 0) & (ranks > 0)
    return np.where(both, previous - ranks, NO_CHANGE).astype(np.int32)


def _median(shown: Numbers) -> int | None:
    """Middle of the known numbers; between two, their mean rounded half away from zero."""
    known = shown[shown != NO_NUMBER]
    if not len(known):
        return None
    middle = [(len(known) - 1) // 2, len(known) // 2]
    twice = sum(int(each) for each in np.partition(known, middle)[middle])
    return (abs(twice) + 1) // 2 * (1 if twice > 0 else -1)
