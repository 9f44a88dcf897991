"""`operate block`: a stored block as a table, a line per seat of which something is known.

It has values in USDT: print it for yourself alone.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from pathlib import Path

from chalicelib import operating, wiring
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column, Kind
from chalicelib.domain.errors import NotFound
from chalicelib.entrypoints.operate_text import NONE, table

KINDS = {kind.name.lower(): kind for kind in Kind}


def stored_block(number: int, kind: Kind, at: int) -> Iterator[str]:
    """The lines of the block in the history. Raises NotFound."""
    key = (number, kind, 0 if kind is Kind.SLOW else at)
    found = wiring.stores().history.blocks([key])
    if key not in found:
        raise NotFound(f"there is no {kind.name} block {number} of that time")
    return block_lines(found[key])


def block_of_file(path: Path) -> Iterator[str]:
    """The lines of a block whose bytes are in a file, as they are or in base64. Raises
    InvalidRequest for bytes that are none, NotFound for a file that is not there."""
    try:
        given = path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    try:
        packed = base64.b64decode(given.strip(), validate=True)
    except binascii.Error:
        packed = given
    return block_lines(operating.decode_block(packed))


def block_lines(block: Block) -> Iterator[str]:
    """Kind, notes, column names, then a line per seat; "–" is unknown."""
    yield f"kind {block.kind.value} ({block.kind.name.lower()})"
    if block.notes:
        yield "notes " + json.dumps(block.notes, ensure_ascii=False, sort_keys=True)
    rows = [["seat", *(column.name for column in COLUMNS[block.kind])]]
    for seat in range(SEATS_PER_BLOCK):
        cells = [_cell(block, column, seat) for column in COLUMNS[block.kind]]
        if any(cell != NONE for cell in cells):
            rows.append([str(seat), *cells])
    yield from table(rows, right=True)


def _cell(block: Block, column: Column, seat: int) -> str:
    start = seat * column.width
    numbers = block.columns[column.name][start : start + column.width]
    texts = [_number(number, column) for number in numbers]
    return NONE if set(texts) == {NONE} else " ".join(texts)


def _number(number: float, column: Column) -> str:
    if number == column.unknown or number != number:
        return NONE
    return f"{number:.10g}" if column.code == "d" else str(number)
