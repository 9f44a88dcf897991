"""The little line of a board row: index points scaled to 0 … 100."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.block import NO_POINT, Block, Flag, Kind
from chalicelib.domain.columns import Floats, column, flagged, known
from chalicelib.domain.league_number import eight, hundredths

FLAT = 50
"""Every point of a line that does not move."""


def marked_index(block: Block | None, kind: Kind = Kind.HOUR) -> Floats:
    """The index of each seat that has a mark in `block` (HOUR or DAY), NaN for the others."""
    found = known(block, kind)
    return np.where(flagged(found, Flag.MARK), column(found, "index"), np.nan)


def trend(points: Sequence[Floats]) -> NDArray[np.int8]:
    """A row per seat of its points scaled to 0 … 100, NO_POINT for gaps.

    `points`: the index of all seats at each point in order of time, NaN where there is no mark.
    Made from the return since the seat's first known point, with 2 decimals, as it is shown.
    """
    index = np.stack(points)
    gaps = np.isnan(index)
    first = np.take_along_axis(index, np.argmin(gaps, axis=0)[np.newaxis], axis=0)
    shown = hundredths(eight((index / first - 1.0) * 100)).astype(np.float64)
    low = np.min(np.where(gaps, np.inf, shown), axis=0)
    high = np.max(np.where(gaps, -np.inf, shown), axis=0)
    moves = high > low
    span = np.where(moves, high - low, 1.0)
    scaled = np.floor(np.where(gaps | ~moves, 0.0, shown - low) * 100 / span + 0.5)
    scaled = np.where(moves, scaled, float(FLAT))
    rows: NDArray[np.int8] = np.where(gaps, NO_POINT, scaled).astype(np.int8).T
    return rows
