"""Prints a stored block as a table: one line per seat of which something is known.

    aws dynamodb get-item … --query Item.content.B --output text | \\
        python -m chalicelib.adapters.dynamo.print_block

Takes the bytes as they are or in base64, from a file that is named or from standard input.
"""

import base64
import binascii
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib.adapters.dynamo.blocks import decode_block
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column
from chalicelib.domain.errors import InvalidRequest


def table(block: Block) -> Iterator[str]:
    """The lines: kind, notes, column names, then a line per seat; "–" is unknown."""
    yield f"kind {block.kind.value} ({block.kind.name.lower()})"
    if block.notes:
        yield "notes " + json.dumps(block.notes, ensure_ascii=False, sort_keys=True)
    rows = [["seat", *(column.name for column in COLUMNS[block.kind])]]
    for seat in range(SEATS_PER_BLOCK):
        cells = [_cell(block, column, seat) for column in COLUMNS[block.kind]]
        if any(cell != "–" for cell in cells):
            rows.append([str(seat), *cells])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _cell(block: Block, column: Column, seat: int) -> str:
    start = seat * column.width
    numbers = block.columns[column.name][start : start + column.width]
    texts = [_number(number, column) for number in numbers]
    return "–" if set(texts) == {"–"} else " ".join(texts)


def _number(number: float, column: Column) -> str:
    if number == column.unknown or number != number:
        return "–"
    return f"{number:.10g}" if column.code == "d" else str(number)


def main(arguments: Sequence[str]) -> int:
    """Print the block of the file named, or of standard input. 2 for bytes that are none."""
    given = Path(arguments[0]).read_bytes() if arguments else sys.stdin.buffer.read()
    try:
        packed = base64.b64decode(given.strip(), validate=True)
    except binascii.Error:
        packed = given
    try:
        print("\n".join(table(decode_block(packed))))
    except InvalidRequest as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
