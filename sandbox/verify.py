"""`python -m sandbox.verify FILE…`: ranks the hours of public files again, and compares.

    python -m sandbox.verify 2026-03-01T11-r0.jsonl 2026-03-01T12-r0.jsonl
    python -m sandbox.verify mine.jsonl --copy theirs.jsonl
    python -m sandbox.verify 2026-03-01T12-r0.jsonl --opening opening.json

Standard library only and none of the league's own code, so that it proves something: copy this one
file wherever you want to run it. Exit code 0: all is as it says; 1: something is not, and which row
is named; 2: a file cannot be read.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

_GROUPS = {"ranked": 0, "not ranked": 1, "left": 2}
_CHECK_DIGITS = 12
_FORMAT = 1


class NotReadable(Exception):
    """A file is not one of an hour; the message says which line and why."""


@dataclass(frozen=True)
class HourFile:
    """A file: its lines as bytes without their ends, and what they say."""

    name: str
    digest: str
    lines: Sequence[bytes]
    head: dict[str, Any]
    rows: Sequence[list[Any]]

    @property
    def windows(self) -> list[str]:
        """Names of the windows, in the order of the columns."""
        return [str(name) for name in self.head["windows"]]

    def order_lines(self) -> Sequence[bytes]:
        """What the file says about the orders."""
        return self.lines[1 + len(self.rows) :]


def read(path: Path) -> HourFile:
    """The file at `path`, compressed or not. Raises NotReadable."""
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except OSError as error:
        raise NotReadable(f"{path}: {error.strerror or error}") from error
    lines = content.split(b"\n")
    if lines.pop():
        raise NotReadable(f"{path}: the last line has no end; the file is cut off")
    head = _json(path, lines, 0)
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        raise NotReadable(f"{path}: line 1 is no head of format {_FORMAT}")
    try:
        count, windows = int(head["rows"]), len(head["windows"])
        dict(head["previous"] or {})
    except (KeyError, TypeError, ValueError) as error:
        raise NotReadable(
            f"{path}: line 1 does not say which rows, windows and file before there are"
        ) from error
    if len(lines) != 1 + count + windows:
        raise NotReadable(f"{path}: {len(lines)} lines, but the head speaks of {count} rows")
    rows = [_row(path, lines, number, windows) for number in range(1, 1 + count)]
    return HourFile(str(path), hashlib.sha256(content).hexdigest(), lines, head, rows)


def _json(path: Path, lines: Sequence[bytes], number: int) -> Any:  # noqa: ANN401 (any JSON)
    try:
        return json.loads(lines[number])
    except (IndexError, ValueError) as error:
        raise NotReadable(f"{path}: line {number + 1} is no JSON") from error


def _row(path: Path, lines: Sequence[bytes], number: int, windows: int) -> list[Any]:
    row = _json(path, lines, number)
    places = row[1:-2] if isinstance(row, list) else []
    good = isinstance(row, list) and len(row) == windows + 3 and all(map(_is_place, places))
    if not good:
        raise NotReadable(f"{path}: line {number + 1} is no row")
    return list(row)


def _is_place(place: object) -> bool:
    if not isinstance(place, list) or len(place) != 3 or place[2] not in _GROUPS:
        return False
    try:
        return all(each is None or Decimal(each).is_finite() for each in place[:2])
    except (InvalidOperation, TypeError, ValueError):
        return False


def faults(file: HourFile) -> Iterator[str]:
    """What in the file does not fit together, a sentence each; rows are named by number and id."""
    for number, row in enumerate(file.rows):
        if row[-1] != _check(row):
            yield f"row {number} (id {row[0]}) was changed: its check is not {row[-1]}"
    often = Counter(str(row[0]) for row in file.rows)
    yield from (f"the id {each} is there {n} times" for each, n in often.items() if n > 1)
    for column, window in enumerate(file.windows):
        said = file.order_lines()[column]
        ours = order_line(window, ranked_order(file.rows, column))
        if said != ours:
            yield _first_difference(file, window, said, ours)


def _check(row: list[Any]) -> str:
    return hashlib.sha256(_line(row[:-1])).hexdigest()[:_CHECK_DIGITS]


def _line(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def ranked_order(rows: Sequence[list[Any]], column: int) -> list[int]:
    """Numbers of the rows by the league's rule: ranked, then not ranked, then who left; in each
    the greater number, then the smaller fall, then who joined earlier, as the rows are in order."""

    def place(number: int) -> tuple[int, bool, Decimal, bool, Decimal, int]:
        shown, fall, group = rows[number][1 + column]
        return (
            _GROUPS[group],
            shown is None,
            -Decimal(shown or 0),
            fall is None,
            Decimal(fall or 0),
            number,
        )

    return sorted(range(len(rows)), key=place)


def order_line(window: str, order: Sequence[int]) -> bytes:
    """The line of a file that says this order."""
    return _line({"window": window, "order": list(order)})


def _first_difference(file: HourFile, window: str, said: bytes, ours: bytes) -> str:
    try:
        theirs = json.loads(said)["order"]
    except (ValueError, KeyError, TypeError):
        return f"the order of {window} cannot be read"
    mine = json.loads(ours)["order"]
    for place, (one, other) in enumerate(zip(theirs, mine, strict=False), start=1):
        if one != other:
            row = file.rows[other]
            return f"{window}: place {place} belongs to row {other} (id {row[0]}), not to row {one}"
    return f"{window}: the order is written otherwise than the rows give it"


def broken_links(files: Sequence[HourFile]) -> Iterator[str]:
    """Where a file does not name the file before it, of those that are given one after another."""
    for earlier, later in pairwise(files):
        named = later.head["previous"] or {}
        here = (earlier.head["hour"], earlier.head["revision"])
        if (named.get("hour"), named.get("revision")) != here:
            yield f"{later.name} does not follow {earlier.name}: it names {named.get('hour')}"
        elif named.get("sha256") != earlier.digest:
            yield (
                f"{earlier.name} is not the file that {later.name} was published after: its"
                f" SHA-256 is {earlier.digest}, not {named.get('sha256')}"
            )


def differing_rows(file: HourFile, copy: HourFile) -> Iterator[str]:
    """Rows of the file that another copy has otherwise."""
    if file.lines[0] != copy.lines[0]:
        yield f"the heads of {file.name} and {copy.name} differ"
    for number, (mine, theirs) in enumerate(zip(file.rows, copy.rows, strict=False)):
        if mine != theirs:
            yield f"row {number} (id {mine[0]}) differs: {mine[1:-2]} here, {theirs[1:-2]} there"
    if list(file.order_lines()) != list(copy.order_lines()):
        yield f"the orders of {file.name} and {copy.name} differ"


def opened(file: HourFile, opening: dict[str, Any]) -> str:
    """What an opening proves, as a sentence. Raises ValueError, saying why it proves nothing."""
    found = [number for number, row in enumerate(file.rows) if row[0] == opening["id"]]
    if not found:
        raise ValueError(f"the file has no row with the id {opening['id']}")
    row = file.rows[found[0]]
    salted = bytes.fromhex(opening["salt"]) + opening["mark"].encode()
    digest = hashlib.sha256(salted).hexdigest()
    if digest != row[-2]:
        raise ValueError(f"row {found[0]} (id {row[0]}) committed to {row[-2]}, not to {digest}")
    mark = json.loads(opening["mark"])
    return (
        f"row {found[0]} (id {row[0]}): value {mark['value']} USDT, index {mark['index']},"
        f" deposits {Decimal(mark['deposits']).scaleb(-8)} USDT, withdrawals"
        f" {Decimal(mark['withdrawals']).scaleb(-8)} USDT in the hour"
    )


def main(arguments: Sequence[str]) -> int:
    """Verify and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.verify", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in order of time")
    parser.add_argument("--copy", type=Path, help="another copy of the last FILE")
    parser.add_argument("--opening", type=Path, help="what GET /me/opening gave for the last FILE")
    chosen = parser.parse_args(arguments)
    try:
        files = [read(path) for path in chosen.files]
        found = [f"{file.name}: {fault}" for file in files for fault in faults(file)]
        found += broken_links(files)
        if chosen.copy:
            found += differing_rows(files[-1], read(chosen.copy))
        proved = [opened(files[-1], _opening(chosen.opening))] if chosen.opening else []
    except NotReadable as error:
        print(error, file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        return 1
    for file in files:
        print(f"{file.name}: {len(file.rows)} rows rank as it says · SHA-256 {file.digest}")
    for sentence in proved:
        print(sentence)
    return 0


def _opening(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: str(content[name]) for name in ("id", "mark", "salt")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotReadable(f"{path} is no opening: {error!r}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
