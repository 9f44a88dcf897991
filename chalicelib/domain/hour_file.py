"""The public file of an hour, from which anyone can rank that hour again.

Lines of JSON: a head, one row per trader on the board in the order of their seats, then the
order of each window. A row has what the board shows, under a random id instead of a name, and a
salted commitment to the private mark; its last field is a check of the row itself. Each head
names the file before by its hash. `sandbox/verify.py` reads these files without this code.

Leaves who is in it to `services/publish_hour.py`. Standard library only: routes open commitments.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.block import Kind
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import hour_start

FORMAT = 1
_ID_BYTES = 9
_CHECK_DIGITS = 12


class Eligibility(StrEnum):
    """How a row takes part in the order of a window."""

    RANKED = "ranked"
    NOT_RANKED = "not ranked"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Place:
    """One window of a row: hundredths of a percent, None when unknown."""

    shown: int | None
    drawdown: int | None
    eligibility: Eligibility


@dataclass(frozen=True, slots=True)
class PrivateMark:
    """What only the trader knows of his hour, as the history keeps it: value in USDT, index, the
    hour's deposits and withdrawals in 1e-8 USDT, flow × time in 1e-6 USDT·h, bits of `Flag`.
    Value and index are None where there was no mark."""

    value: float | None
    index: float | None
    deposits: int
    withdrawals: int
    weighted: int
    flags: int


@dataclass(frozen=True, slots=True)
class Row:
    """A trader on the board: `places` by window name."""

    row_id: str
    places: Mapping[str, Place]
    commitment: str


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A published file: its hour and revision, and the SHA-256 of its bytes in hex."""

    hour: int
    revision: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that the file of an hour says: its rows in the order of their seats, and for each window
    the numbers of the rows (from 0) in the order of the board."""

    hour: int
    revision: int
    rows: Sequence[Row]
    order: Mapping[str, Sequence[int]]


def row_id(secret: bytes) -> str:
    """The id of whoever has that secret: the same in each file, and nothing without the secret."""
    digest = hmac.digest(secret, b"row id", "sha256")
    return urlsafe_b64encode(digest[:_ID_BYTES]).decode()


def salt_of(secret: bytes, hour: int) -> bytes:
    """The 32 bytes that hide the mark of that hour, and no other's."""
    return hmac.digest(secret, f"salt {hour}".encode(), "sha256")


def private_mark(reading: SeatReading) -> PrivateMark:
    """The mark of the seat, out of the HOUR block that `reading` has."""
    return PrivateMark(
        value=reading.value(Kind.HOUR),
        index=reading.index(Kind.HOUR),
        deposits=reading.deposits(Kind.HOUR),
        withdrawals=reading.withdrawals(Kind.HOUR),
        weighted=reading.weighted_flow(),
        flags=int(reading.flags()),
    )


def mark_text(mark: PrivateMark) -> str:
    """The mark as JSON, the same bytes for the same mark; floats read back exactly."""
    fields = {name: getattr(mark, name) for name in PrivateMark.__dataclass_fields__}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def commitment(text: str, salt: bytes) -> str:
    """SHA-256 of the salt and the mark's text, in hex: binds whoever published it to the mark, and
    tells nothing to who does not have the salt."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def percent_text(hundredths: int | None) -> str | None:
    """−5 is "-0.05": as on the board."""
    if hundredths is None:
        return None
    whole, part = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{part:02}"


def file_text(ranking: Ranking, previous: ChainLink | None) -> str:
    """The whole file; the same ranking after the same file gives the same bytes."""
    windows = list(ranking.order)
    lines = [_line(_head(ranking, windows, previous))]
    lines += [_row_line(row, windows) for row in ranking.rows]
    lines += [
        _line({"window": name, "order": list(places)}) for name, places in ranking.order.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def _head(
    ranking: Ranking, windows: Sequence[str], previous: ChainLink | None
) -> Mapping[str, object]:
    return {
        "format": FORMAT,
        "hour": hour_text(ranking.hour),
        "revision": ranking.revision,
        "previous": None
        if previous is None
        else {
            "hour": hour_text(previous.hour),
            "revision": previous.revision,
            "sha256": previous.sha256,
        },
        "windows": windows,
        "columns": ["id", *windows, "commitment", "check"],
        "rows": len(ranking.rows),
    }


def hour_text(hour: int) -> str:
    """2026-03-01T12:00Z"""
    return hour_start(hour).strftime("%Y-%m-%dT%H:%MZ")


def file_name(hour: int, revision: int) -> str:
    """2026-03-01T12-r0.jsonl"""
    return f"{hour_text(hour)[:13]}-r{revision}.jsonl"


def _row_line(row: Row, windows: Sequence[str]) -> str:
    fields: list[object] = [row.row_id]
    for name in windows:
        place = row.places[name]
        fields.append(
            [percent_text(place.shown), percent_text(place.drawdown), place.eligibility.value]
        )
    fields.append(row.commitment)
    checked = hashlib.sha256(_line(fields).encode()).hexdigest()[:_CHECK_DIGITS]
    return _line([*fields, checked])


def _line(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))
