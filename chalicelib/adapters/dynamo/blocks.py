"""The history codec: one block of columns ↔ the bytes of one item. Standard library only.

Byte 0 is the version, byte 1 the letter of the kind. Version 1 goes on with zlib over the
length of the header (4 bytes, little-endian), the header (JSON: `columns`, each with name,
type code and width, and `notes`), and each column's planes (`planes.py`).

A column in which nothing is known is left out; so is, for an old block, one that was added
since. Both read as unknown. A stored column that the league no longer has is skipped. The
same block gives the same bytes.
"""

import json
import zlib
from array import array
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from chalicelib.adapters.dynamo.deflate import deflate
from chalicelib.adapters.dynamo.planes import SIZES, Numbers, alike, from_planes
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column, Kind, empty_block
from chalicelib.domain.errors import InvalidRequest

_VERSION: Final = 1
_LENGTH: Final = 4


def encode_block(block: Block) -> bytes:
    """The bytes of `block`. Raises InvalidRequest for columns that are not those of its kind."""
    known = {column.name: column for column in COLUMNS[block.kind]}
    for name, numbers in block.columns.items():
        _check(block.kind, known.get(name), name, numbers)
    columns, parts = [], list[bytes]()
    for column in COLUMNS[block.kind]:
        numbers = block.columns.get(column.name, array(column.code))
        if numbers and numbers.tobytes() != _nothing_known(column):
            columns.append([column.name, column.code, column.width])
            parts += alike(numbers)
    header = json.dumps(
        {"columns": columns, "notes": dict(block.notes)},
        separators=(",", ":"),
        sort_keys=True,
        ensure_ascii=False,
    ).encode()
    header = len(header).to_bytes(_LENGTH, "little") + header
    return bytes([_VERSION]) + block.kind.value.encode() + deflate([header, *parts])


def decode_block(packed: bytes) -> Block:
    """The block of those bytes.

    Raises InvalidRequest for an unknown version, an unknown kind, or bytes that are damaged.
    """
    version, letter = packed[:1], packed[1:2].decode("ascii", "replace")
    reader = _READERS.get(version[0]) if version else None
    if reader is None:
        raise InvalidRequest(f"block of version {version.hex() or 'none'}: not known here")
    try:
        kind = Kind(letter)
    except ValueError as error:
        raise InvalidRequest(f"block of kind {letter!r}: not known here") from error
    try:
        return reader(kind, packed[2:])
    except (zlib.error, ValueError, LookupError, TypeError, RecursionError) as error:
        raise InvalidRequest(f"damaged block of kind {letter}: {error}") from error


def _read_version_1(kind: Kind, packed: bytes) -> Block:
    content = zlib.decompress(packed)
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    header: dict[str, Any] = json.loads(content[_LENGTH:start])
    columns: dict[str, Numbers] = dict(empty_block(kind).columns)
    wanted = {column.name: (column.code, column.width) for column in COLUMNS[kind]}
    for name, code, width in header["columns"]:
        end = start + SIZES[code] * width * SEATS_PER_BLOCK
        if wanted.get(name, (code, width)) != (code, width):
            raise ValueError(f"column {name} is stored as {width} × {code!r}")
        if end > len(content):
            raise ValueError(f"column {name} is cut short")
        if name in wanted:
            columns[name] = from_planes(code, content[start:end])
        start = end
    if not isinstance(header["notes"], dict):
        raise TypeError("the notes are no object")
    return Block(kind, columns, header["notes"])


_READERS: Final[Mapping[int, Callable[[Kind, bytes], Block]]] = {1: _read_version_1}
"""How each version is read; one that was ever written stays here."""


def _check(kind: Kind, column: Column | None, name: str, numbers: Numbers) -> None:
    if column is None:
        raise InvalidRequest(f"a block of kind {kind.value} has no column {name}")
    if not isinstance(numbers, array) or numbers.typecode != column.code:
        raise InvalidRequest(f"column {name} is not of type {column.code!r}")
    if len(numbers) != SEATS_PER_BLOCK * column.width:
        raise InvalidRequest(f"column {name} has {len(numbers)} numbers")


@cache
def _nothing_known(column: Column) -> bytes:
    unknown = column.unknown if column.code == "d" else int(column.unknown)
    return array(column.code, [unknown] * SEATS_PER_BLOCK * column.width).tobytes()
