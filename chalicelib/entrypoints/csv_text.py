"""Lists as CSV (RFC 4180), safe to open in a spreadsheet.

A Lambda answer holds 6 MB, so a file has at most `MOST_ROWS` rows; where there are more, the
answer's Link header says where the next file begins.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

from chalicelib.domain.visible import Json

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


def csv_fields(content: Json, before: str = "") -> Iterator[tuple[str, str | None]]:
    """Every field of an answer by its path and its value as text, in the answer's order: rows of
    coins by the coin ("coins.BTC.state"), other rows by their number from 1; yes and no."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from csv_fields(value, f"{before}.{name}".removeprefix("."))
    elif isinstance(content, list):
        for number, row in enumerate(content, 1):
            own = dict(row) if isinstance(row, dict) else row
            name = own.pop("asset", number) if isinstance(own, dict) else number
            yield from csv_fields(own, f"{before}.{name}")
    elif isinstance(content, bool):
        yield before, "yes" if content else "no"
    else:
        yield before, None if content is None else str(content)


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
