"""Drawdown in columns: the stretches of `performance.Fall` for 256 seats at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block
from chalicelib.domain.columns import Floats, column


@dataclass(frozen=True, slots=True)
class Falls:
    """Per seat: highest and lowest index of a stretch (NaN: it has no mark), and the worst fall
    from a peak to a later mark, as a ratio 0 … 1."""

    high: Floats
    low: Floats
    fall: Floats


def falls_of(index: Floats) -> Falls:
    """Stretches of one mark; NaN where there is none."""
    return Falls(index, index, np.zeros(SEATS_PER_BLOCK))


def stored_falls(block: Block, high: str, low: str, fall: str) -> Falls:
    """The stretches that a block holds in the columns of these names."""
    return Falls(column(block, high), column(block, low), column(block, fall))


def joined_falls(earlier: Falls, later: Falls) -> Falls:
    """The stretches made of two that follow each other; associative. One without a mark adds
    nothing."""
    between = np.nan_to_num(1.0 - later.low / earlier.high, nan=0.0)
    return Falls(
        np.fmax(earlier.high, later.high),
        np.fmin(earlier.low, later.low),
        np.maximum(np.maximum(earlier.fall, later.fall), between),
    )


def folded(stretches: Iterable[Falls]) -> Falls:
    """All of them joined, in order of time."""
    return reduce(joined_falls, stretches, falls_of(np.full(SEATS_PER_BLOCK, np.nan)))
