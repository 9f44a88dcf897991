"""How the operator's command writes things: tables, hours, instants, percentages."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chalicelib.domain.windows import hour_of, run_of

NONE = "–"


def table(rows: Sequence[Sequence[str]], *, right: bool = False) -> Iterator[str]:
    """The rows with their columns under each other, aligned to the left or the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def hour(number: int | None) -> str:
    """2026-03-01T12."""
    return NONE if number is None else run_of(number)


def instant(at: datetime | None) -> str:
    """2026-03-01T12:00:05Z."""
    return NONE if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def ago(since: timedelta | None) -> str:
    """Whole seconds, minutes or hours, whichever is short."""
    if since is None:
        return NONE
    seconds = int(since.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def percent(hundredths: int | None) -> str:
    """−101 is "-1.01"."""
    return NONE if hundredths is None else str(Decimal(hundredths).scaleb(-2))


def eight(number: int | None) -> str:
    """Hundred-millionths with all eight decimals."""
    return NONE if number is None else f"{Decimal(number).scaleb(-8):f}"


def as_hour(text: str) -> int:
    """The number of the full hour that is written like 2026-03-01T12, in UTC."""
    try:
        at = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no hour: write it like 2026-03-01T12, in UTC"
        ) from None
    if at.tzinfo is not None or (at.minute, at.second, at.microsecond) != (0, 0, 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no full hour in UTC, like 2026-03-01T12")
    return hour_of(at.replace(tzinfo=UTC))
