"""The blocks that a board is made from, and the blocks that keep its ranks.

Leaves the order itself to `board.py`. numpy; nothing a route imports.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column, Kind
from chalicelib.domain.board import Scores, Standings
from chalicelib.domain.windows import Window


def scores_of(
    window: Window,
    presence: Sequence[int],
    scores: Mapping[int, Block],
    last_ranks: Mapping[int, Block],
) -> Scores:
    """One window's columns over the seats 0 … len(presence) − 1.

    `scores` are the SCORES blocks of the hour, `last_ranks` the RANKS blocks of the hour
    before, both by block number; what is missing is unknown.
    """
    count = len(presence)
    return Scores(
        shown=_gathered(scores, Kind.SCORES, f"shown_{window.name}", count),
        drawdown=_gathered(scores, Kind.SCORES, f"drawdown_{window.name}", count),
        standing=_gathered(scores, Kind.SCORES, f"standing_{window.name}", count),
        presence=np.asarray(presence, np.uint8),
        previous=_gathered(last_ranks, Kind.RANKS, f"rank_{window.name}", count),
    )


def rank_blocks(standings: Mapping[Window, Standings]) -> dict[int, Block]:
    """The RANKS blocks of an hour, by block number; empty when nobody ever joined."""
    columns: dict[str, NDArray[Any]] = {}
    for window, each in standings.items():
        columns[f"rank_{window.name}"] = each.ranks
        columns[f"change_{window.name}"] = each.changes
    count = max((len(each) for each in columns.values()), default=0)
    return {
        block: Block(
            Kind.RANKS,
            {column.name: _part(columns[column.name], column, block) for column in _RANKS},
        )
        for block in range(-(-count // SEATS_PER_BLOCK))
    }


_RANKS = COLUMNS[Kind.RANKS]


def _gathered(blocks: Mapping[int, Block], kind: Kind, name: str, count: int) -> NDArray[Any]:
    column = next(each for each in COLUMNS[kind] if each.name == name)
    gathered = np.full(
        -(-count // SEATS_PER_BLOCK) * SEATS_PER_BLOCK, int(column.unknown), column.code
    )
    for number, block in blocks.items():
        start = number * SEATS_PER_BLOCK
        if start < count:
            gathered[start : start + SEATS_PER_BLOCK] = np.frombuffer(
                block.columns[name], column.code
            )
    return gathered[:count]


def _part(numbers: NDArray[Any], column: Column, block: int) -> "array[Any]":
    """The 256 numbers of a block, as stored; unknown past the last seat."""
    part = array(column.code, [int(column.unknown)]) * SEATS_PER_BLOCK
    here = numbers[block * SEATS_PER_BLOCK : (block + 1) * SEATS_PER_BLOCK]
    np.frombuffer(part, column.code)[: len(here)] = here
    return part
