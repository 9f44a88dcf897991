"""The history codec: what goes in comes out, old bytes stay readable, and it is small."""

import base64
import json
import random
import subprocess
import sys
import zlib
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.blocks import decode_block, encode_block
from chalicelib.adapters.dynamo.planes import from_planes, to_planes
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Column, Kind, empty_block
from chalicelib.domain.errors import InvalidRequest
from tests.builders import block

ROOT = Path(__file__).parents[2]
RANGES = {"q": 63, "i": 31, "H": 16, "B": 8, "b": 7}


def same(one: Block, other: Block) -> bool:
    """Equal to the last bit; NaN equals itself."""
    raw = [{n: c.tobytes() for n, c in each.columns.items()} for each in (one, other)]
    return (one.kind, one.notes, raw[0]) == (other.kind, other.notes, raw[1])


def numbers_of(column: Column) -> st.SearchStrategy[float]:
    if column.code == "d":
        return st.floats()
    bits = RANGES[column.code]
    return st.integers(0 if column.code in "HB" else -(2**bits), 2**bits - 1)


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(Kind))
    made = empty_block(kind)
    for column in draw(st.lists(st.sampled_from(COLUMNS[kind]), unique=True)):
        places = st.integers(0, SEATS_PER_BLOCK * column.width - 1)
        known = draw(st.dictionaries(places, numbers_of(column), max_size=20))
        for place, number in known.items():
            made.columns[column.name][place] = number
    values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    json_values = st.recursive(
        values, lambda each: st.lists(each) | st.dictionaries(st.text(), each)
    )
    return Block(kind, made.columns, draw(st.dictionaries(st.text(), json_values, max_size=3)))


@settings(max_examples=40, deadline=None)
@given(blocks())
def test_encode_then_decode_is_the_identity(given_block: Block) -> None:
    assert same(decode_block(encode_block(given_block)), given_block)


@pytest.mark.parametrize("kind", Kind)
def test_a_block_of_which_nothing_is_known_takes_a_few_bytes(kind: Kind) -> None:
    packed = encode_block(empty_block(kind))
    assert len(packed) < 50
    assert same(decode_block(packed), empty_block(kind))


def test_the_same_block_gives_the_same_bytes() -> None:
    one = Block(Kind.HOUR, empty_block(Kind.HOUR).columns, {"a": 1, "b": 2})
    turned = dict(reversed(list(one.columns.items())))
    assert encode_block(one) == encode_block(Block(Kind.HOUR, turned, {"b": 2, "a": 1}))


# A block as version 1 wrote it; it stays readable whatever comes after it.
WRITTEN = base64.b64decode(
    "AUh42gtkYGCoVkrOzynNzStWsoqOVipLzClNVdJRSlHSMYzViVbKzEtJrUDip+UkphcD+U4gfqyOUl5+SSpQZ7VScUZiUYqSlXltLcPIBrNGuP9njvp/1P8j2f8OI9z//T9GNNjpUD+igT3DKBgFo2AUjIIRCT6M7Pr/h/3Irv/rmUd28ncEACRNCes="
)


def test_bytes_written_by_version_1_are_read() -> None:
    expected = block(value={0: 1000.0, 255: 0.1}, index={0: 1.0}, flags={0: 3, 255: 65})
    assert same(decode_block(WRITTEN), Block(Kind.HOUR, expected.columns, {"shard": 7}))


def _rewritten(change: Callable[[dict[str, list[object]]], object], extra: bytes = b"") -> bytes:
    content = zlib.decompress(encode_block(block(value={3: 7.5}, flags={3: 1}))[2:])
    start = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:start])
    change(header)
    text = json.dumps(header).encode()
    again = len(text).to_bytes(4, "little") + text + content[start:] + extra
    return b"\x01H" + zlib.compress(again)


def test_a_column_added_since_reads_as_unknown() -> None:
    def forget(header: dict[str, list[object]]) -> None:
        header["columns"] = header["columns"][:1]

    assert same(decode_block(_rewritten(forget)), block(value={3: 7.5}))


def test_a_column_that_is_no_more_is_skipped() -> None:
    def add(header: dict[str, list[object]]) -> None:
        header["columns"].insert(1, ["mood", "B", 1])

    moods = bytes([5] * SEATS_PER_BLOCK)
    content = _rewritten(add)
    inner = zlib.decompress(content[2:])
    start = 4 + int.from_bytes(inner[:4], "little") + 8 * SEATS_PER_BLOCK
    packed = b"\x01H" + zlib.compress(inner[:start] + moods + inner[start:])
    assert same(decode_block(packed), block(value={3: 7.5}, flags={3: 1}))


def _widen(header: dict[str, list[object]]) -> None:
    header["columns"][0] = ["value", "d", 2]


GOOD = encode_block(block(value={3: 7.5}))


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (b"", "version none"),
        (b"\x02" + GOOD[1:], "version 02"),
        (b"\x01Z" + GOOD[2:], "kind 'Z'"),
        (b"\x01\xff" + GOOD[2:], "kind"),
        (GOOD[:1], "kind ''"),
        (GOOD[:-3], "damaged block of kind H"),
        (GOOD[:20] + b"\x00" + GOOD[21:], "damaged block of kind H"),
        (_rewritten(lambda header: header.pop("columns")), "damaged block of kind H"),
        (_rewritten(_widen), "column value is stored as 2 × 'd'"),
        (_rewritten(lambda header: header["columns"].append(["index", "d", 1])), "cut short"),
    ],
)
def test_bytes_that_cannot_be_read_are_refused_with_the_reason(packed: bytes, says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        decode_block(packed)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"mood": array("B", [0] * 256)}, "no column mood"),
        ({"value": array("q", [0] * 256)}, "column value is not of type 'd'"),
        ({"value": array("d", [0] * 255)}, "column value has 255 numbers"),
    ],
)
def test_columns_that_are_not_those_of_the_kind_are_not_written(
    columns: dict[str, "array[int]"], says: str
) -> None:
    with pytest.raises(InvalidRequest, match=says):
        encode_block(Block(Kind.HOUR, columns))


@pytest.mark.parametrize("code", "dqiHBb")
def test_planes_are_those_of_little_endian_numbers(code: str) -> None:
    numbers = array(code, range(100))
    little = numpy.array(range(100), dtype=numpy.dtype(code).newbyteorder("<"))
    planes = little.view(numpy.uint8).reshape(100, -1).T.tobytes()
    assert to_planes(numbers) == planes
    assert from_planes(code, planes) == numbers


def test_reading_a_block_loads_no_numpy() -> None:
    program = (
        "import sys; from chalicelib.adapters.dynamo.blocks import decode_block;"
        "decode_block(sys.stdin.buffer.read()); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], input=GOOD, check=True, cwd=ROOT)


def a_full_hour() -> Block:
    """256 seats at an ordinary hour: odd values, one flow in fifty, some flags."""
    chance = random.Random(4)
    made = empty_block(Kind.HOUR)
    columns = made.columns
    for seat in range(SEATS_PER_BLOCK):
        columns["value"][seat] = chance.lognormvariate(8, 2)
        columns["index"][seat] = chance.lognormvariate(0, 0.4)
        columns["flags"][seat] = 3 if chance.random() < 0.95 else 7
        if chance.random() < 0.02:
            flow = chance.randint(10**9, 10**12)
            columns[chance.choice(("deposits", "withdrawals"))][seat] = flow
            columns["weighted"][seat] = flow // 100 * chance.randint(0, 3599) // 3600
    return made


def a_full_day() -> Block:
    chance = random.Random(5)
    made = empty_block(Kind.DAY)
    for seat in range(SEATS_PER_BLOCK):
        for name in ("value", "index", "low", "high", "fall"):
            made.columns[name][seat] = chance.lognormvariate(0, 1)
        made.columns["flags"][seat] = 3
    return Block(Kind.DAY, made.columns, {"btc": "60000.01"})


def test_a_trader_hour_takes_at_most_18_bytes() -> None:
    # kept: an hour's row for 40 days, a day's row for ever; keys and expiry are some 40 bytes
    hour, day = (len(encode_block(each)) + 40 for each in (a_full_hour(), a_full_day()))
    bytes_per_trader_hour = (hour + day / 24) / SEATS_PER_BLOCK
    assert bytes_per_trader_hour <= 18


def test_an_ordinary_hour_of_a_full_block_is_read_for_one_unit() -> None:
    assert len(encode_block(a_full_hour())) + 60 <= 4096
