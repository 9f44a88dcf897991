"""Lists as CSV (RFC 4180), safe to open in a spreadsheet.

A Lambda answer holds 6 MB, so a file has at most `MOST_ROWS` rows; where there are more, the
answer's Link header says where the next file begins.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

Format: TypeAlias = Literal["json", "csv"]

MOST_ROWS: Final = 10_000
"""Of some 150 bytes each; 400 bytes would still fit into an answer."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """A header and rows; unknown is empty. Text that a spreadsheet would take for a formula gets
    an apostrophe before it; numbers stay plain."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return text.getvalue()


def _safe(cell: str | None) -> str:
    if cell is None:
        return ""
    if cell.startswith(_FORMULA) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    digits = cell.removeprefix("-")
    whole, _, part = digits.partition(".")
    return whole.isascii() and whole.isdigit() and ((part.isascii() and part.isdigit()) or not part)
