"""Blocks as numpy arrays and back: what the column modules share.

known(block, kind)   -> the block, or one in which nothing is known
column(block, name)  -> its numbers, read only: 256, or 256 × width
pack(kind, columns)  -> a block of those numbers; the same numbers are the same bytes
"""

from array import array
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column, Flag, Kind, empty_block

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Truths: TypeAlias = NDArray[np.bool_]

_EMPTY = {kind: empty_block(kind) for kind in Kind}
_WIDTHS = {
    (kind, column.name): column.width for kind, columns in COLUMNS.items() for column in columns
}


def known(block: Block | None, kind: Kind) -> Block:
    """`block`, or for None a block of `kind` in which nothing is known."""
    return _EMPTY[kind] if block is None else block


def column(block: Block, name: str) -> NDArray[Any]:
    """A read-only view, no copy, of one column: a row per seat, where it is wider than one."""
    stored = block.columns[name]
    numbers = np.frombuffer(stored, dtype=stored.typecode)
    numbers.flags.writeable = False
    width = _WIDTHS[block.kind, name]
    return numbers if width == 1 else numbers.reshape(SEATS_PER_BLOCK, width)


def integers(block: Block, name: str) -> Integers:
    """A column of whole numbers as int64, a copy unless it is one already."""
    return column(block, name).astype(np.int64, copy=False)


def flagged(block: Block, flag: Flag) -> Truths:
    """The seats for which any bit of `flag` is set."""
    found: Truths = (column(block, "flags") & int(flag)) != 0
    return found


def pack(
    kind: Kind, columns: Mapping[str, NDArray[Any]], notes: Mapping[str, object] | None = None
) -> Block:
    """The block of these columns, all that its kind has. Every unknown float is written alike,
    and so is every zero."""
    packed = {each.name: _packed(each, columns[each.name]) for each in COLUMNS[kind]}
    return Block(kind, packed, notes or {})


def _packed(like: Column, numbers: NDArray[Any]) -> "array[Any]":
    if like.code == "d":
        numbers = np.where(np.isnan(numbers), np.nan, numbers + 0.0)
    stored = array(like.code)
    stored.frombytes(np.ascontiguousarray(numbers, dtype=like.code).tobytes())
    if len(stored) != SEATS_PER_BLOCK * like.width:
        raise ValueError(f"column {like.name} has {len(stored)} numbers")
    return stored
