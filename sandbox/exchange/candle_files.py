"""Reads a folder of one-hour candles, and says exactly which line is wrong where one is.

Two kinds of file: `SYMBOL-1h.csv` (or `.csv.gz`) with the header
`open_time,open,high,low,close,volume`, and the exchange's own kline files
`SYMBOL-1h-2025-01.csv` (or `.zip`) with twelve columns, header or none, times in ms or µs. The
files of one pair are read in the order of their names and must follow each other without a gap.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sandbox.exchange.intervals import HOUR_MS
from sandbox.exchange.path import Floats, Ints

_NAME = re.compile(r"(?P<symbol>[^-]+)-1h(-\d{4}-\d{2}(-\d{2})?)?\.(csv|csv\.gz|zip)")
_HEADER = ["open_time", "open", "high", "low", "close", "volume"]
_COLUMNS = (6, 12)
# Times above this are in microseconds, as in the exchange's files from 2025 on.
_LARGEST_MS = 10**14
# Exact in a float, and so in whole ticks: numbers below 2^53 units of the eighth decimal.
_LARGEST_PRICE = 2**53 / 10**8


class CandleFileError(ValueError):
    """A folder of candles that cannot be used; the text names file, line and value."""


@dataclass(frozen=True, slots=True)
class HourCandles:
    """All candles of one pair, hour after hour: rows open, high, low, close, volume."""

    symbol: str
    first_open: int
    columns: Floats

    @property
    def hours(self) -> int:
        return self.columns.shape[1]

    @property
    def end(self) -> int:
        """The ms at which the last candle ends."""
        return self.first_open + self.hours * HOUR_MS


@dataclass(frozen=True, slots=True)
class _Table:
    """One file: its cells by column, and the number of its first line of data."""

    path: Path
    first_line: int
    columns: list[tuple[str, ...]]

    def error(self, row: int, column: int, reason: str) -> CandleFileError:
        return _error(self.path, self.first_line + row, reason, self.columns[column][row])


def read_folder(folder: Path) -> dict[str, HourCandles]:
    """The candles of every pair in `folder`; files that are no tables (README, …) are passed over.

    Raises CandleFileError for a folder without candles, a file that cannot be read, and a bad row,
    gap, duplicate or disorder.
    """
    if not folder.is_dir():
        raise CandleFileError(f"{folder} is no folder")
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".csv", ".gz", ".zip"):
            continue
        name = _NAME.fullmatch(path.name)
        if name is None:
            raise CandleFileError(f"{path.name}: not named like SYMBOL-1h.csv")
        files.setdefault(name["symbol"], []).append(path)
    if not files:
        raise CandleFileError(f"{folder} holds no file named like SYMBOL-1h.csv")
    return {symbol: _read_pair(symbol, paths) for symbol, paths in files.items()}


def _read_pair(symbol: str, paths: list[Path]) -> HourCandles:
    times: list[Ints] = []
    columns: list[Floats] = []
    for path in paths:
        table = _read_table(path)
        opened = _times(table, after=int(times[-1][-1]) if times else None)
        times.append(opened)
        columns.append(_numbers(table))
    return HourCandles(symbol, int(times[0][0]), np.concatenate(columns, axis=1))


def _read_table(path: Path) -> _Table:
    try:
        lines = _text(path).rstrip().splitlines()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise CandleFileError(f"{path.name}: cannot be read: {error}") from error
    rows = [line.split(",") for line in lines]
    first_line = 1
    if rows and not rows[0][0].strip().isdigit():
        if [cell.strip().lower() for cell in rows[0][: len(_HEADER)]] != _HEADER:
            raise _error(path, 1, "expected open_time,open,high,low,close,volume", lines[0])
        rows, first_line = rows[1:], 2
    if not rows:
        raise CandleFileError(f"{path.name}: holds no candle")
    width = len(rows[0])
    for place, row in enumerate(rows):
        if len(row) != width or width not in _COLUMNS:
            line = lines[place + first_line - 1]
            reason = f"{len(row)} columns instead of {width if width in _COLUMNS else '6 or 12'}"
            raise _error(path, first_line + place, reason, line)
    return _Table(path, first_line, list(zip(*rows, strict=True))[: len(_HEADER)])


def _text(path: Path) -> str:
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise zipfile.BadZipFile(f"{len(names)} files inside instead of one")
            return archive.read(names[0]).decode("utf-8-sig")
    return path.read_text(encoding="utf-8-sig")


def _times(table: _Table, after: int | None) -> Ints:
    opened = np.empty(len(table.columns[0]), dtype=np.int64)
    expected = None if after is None else after + HOUR_MS
    for row, cell in enumerate(table.columns[0]):
        if not cell.strip().isdigit():
            raise table.error(row, 0, "open time is no whole number")
        time = int(cell)
        if time >= _LARGEST_MS:
            time, rest = divmod(time, 1000)
            time = time if rest == 0 else -1
        if time < 0 or time % HOUR_MS:
            raise table.error(row, 0, "open time is no full hour")
        if expected is not None and time != expected:
            raise table.error(row, 0, _order(time, expected))
        opened[row] = time
        expected = time + HOUR_MS
    return opened


def _order(time: int, expected: int) -> str:
    if time > expected:
        missing = datetime.fromtimestamp(expected / 1000, UTC)
        return f"gap: the candle of {missing:%Y-%m-%dT%H:%MZ} is missing before open time"
    if time == expected - HOUR_MS:
        return "duplicate: the same open time as the row before"
    return "disorder: open time lies before that of the row before"


def _numbers(table: _Table) -> Floats:
    numbers = np.empty((len(_HEADER) - 1, len(table.columns[0])))
    for column, cells in enumerate(table.columns[1:], start=1):
        try:
            numbers[column - 1] = np.array(cells, dtype=np.float64)
        except ValueError:
            raise table.error(_first_unreadable(cells), column, "no number") from None
    bad = min(_faults(numbers), default=None)
    if bad is not None:
        raise table.error(*bad)
    return numbers


def _first_unreadable(cells: tuple[str, ...]) -> int:
    for row, cell in enumerate(cells):
        try:
            float(cell)
        except ValueError:
            return row
    raise AssertionError("called for a column that can be read")


def _faults(numbers: Floats) -> Iterator[tuple[int, int, str]]:
    """The first fault of each kind as (row, column, what)."""
    prices, volume = numbers[:4], numbers[4]
    opened, high, low, close = prices
    for column, price in enumerate(prices, start=1):
        yield from _first(~(np.isfinite(price) & (price > 0)), column, "price is not above 0")
        yield from _first(price > _LARGEST_PRICE, column, "price is too large")
        units = np.where(np.isfinite(price), price, 0) * 10**8
        fine = np.abs(units - np.rint(units)) > 0.05
        yield from _first(fine, column, "price has more than 8 decimals")
    yield from _first(low > high, 3, "low lies above high")
    for column, price in ((1, opened), (4, close)):
        yield from _first((price < low) | (price > high), column, "price lies outside low to high")
    yield from _first(~(np.isfinite(volume) & (volume >= 0)), 5, "volume is not 0 or more")


def _first(wrong: NDArray[np.bool_], column: int, reason: str) -> Iterator[tuple[int, int, str]]:
    if wrong.any():
        yield int(wrong.argmax()), column, reason


def _error(path: Path, line: int, reason: str, value: str) -> CandleFileError:
    return CandleFileError(f"{path.name} line {line}: {reason}: {value!r}")
