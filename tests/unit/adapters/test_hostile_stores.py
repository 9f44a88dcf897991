"""Whatever lies in a queue, a table or a link, its reader gives what was written or an error of the
domain."""

import base64
import json
import zlib
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.blocks import decode_block, encode_block
from chalicelib.adapters.messages import (
    join_items,
    read_items,
    read_task,
    write_item,
    write_task,
)
from chalicelib.domain.block import COLUMNS, Kind
from chalicelib.domain.errors import InvalidRequest, LeagueError
from chalicelib.domain.ledger import Fill
from chalicelib.entrypoints import cursors
from chalicelib.entrypoints.session_bodies import read_challenge
from chalicelib.services.queue_ports import Opening, RankTask, ShardTask
from tests.builders import at, balance_change, block, fill, snapshot, stream_item
from tests.hostile import ANYTHING, BIG, mutated

MANY = settings(max_examples=300, suppress_health_check=list(HealthCheck), deadline=None)
MESSAGE = join_items(
    [
        write_item(stream_item(found=(fill(commission="0.1", commission_asset="BNB"),))),
        write_item(stream_item(found=(balance_change(),), snapshot=snapshot(USDT="1000"))),
    ]
)
TASKS = [
    write_task(ShardTask(490_000, 3, 1, Opening("Root=1", at()))),
    write_task(RankTask(490_000, 2)),
]
BLOCK = encode_block(block(Kind.HOUR, value={3: 1000.5}, index={3: 1.25}))
NAMES = ("place", "hour")


def require_sentence(error: LeagueError) -> None:
    """It is the domain's, and a log takes it."""
    assert isinstance(error, InvalidRequest)
    assert len(str(error)) < 500


def refused_or(reader: Callable[[str], object], text: str) -> object:
    """What it read; None when it refused with an error of a bounded length."""
    try:
        return reader(text)
    except LeagueError as error:
        require_sentence(error)
        return None


@MANY
@given(st.one_of(mutated(MESSAGE), ANYTHING))
def test_a_message_with_something_wrong_is_read_exactly_or_refused(body: str) -> None:
    items = refused_or(read_items, body)
    if not isinstance(items, list):
        return
    for item, said in zip(items, json.loads(body)["items"], strict=True):
        assert (item.seat, item.link_number) == (said["seat"], said["link"])
        for entry, written in zip(item.found, said.get("found", []), strict=True):
            assert entry.quantity == Decimal(written["quantity"])
            if isinstance(entry, Fill):
                assert entry.price == Decimal(written["price"])
                assert entry.commission == Decimal(written["commission"])
        if item.snapshot is not None:
            quantities = said["snapshot"]["quantities"].items()
            expected = {asset: Decimal(each) for asset, each in quantities}
            assert item.snapshot.checkpoint.quantities == expected


@MANY
@given(st.one_of(st.sampled_from(TASKS).flatmap(mutated), ANYTHING))
def test_a_task_with_something_wrong_is_read_exactly_or_refused(body: str) -> None:
    task = refused_or(read_task, body)
    if isinstance(task, ShardTask | RankTask):
        said = json.loads(body)
        assert (task.hour, task.revision) == (said["hour"], said.get("revision", 0))


def packed(header: str, planes: bytes) -> bytes:
    """A block with that header."""
    text = header.encode("utf-8", "replace")
    content = len(text).to_bytes(4, "little") + text + planes
    return BLOCK[:2] + zlib.compress(content, 1)


HEADER = json.dumps(
    {"columns": [[c.name, c.code, c.width] for c in COLUMNS[Kind.HOUR][:2]], "notes": {"a": 1}}
)


def require_whole(raw: bytes) -> None:
    """It is a block that can be written again, or refused."""
    try:
        found = decode_block(raw)
    except InvalidRequest:
        return
    assert decode_block(encode_block(found)).notes == json.loads(json.dumps(dict(found.notes)))


@MANY
@given(st.one_of(mutated(HEADER), ANYTHING), st.binary(max_size=8))
def test_a_block_with_a_wrong_header_is_whole_or_refused(header: str, planes: bytes) -> None:
    require_whole(packed(header, planes + bytes(8192)))


@MANY
@given(st.integers(0, len(BLOCK) - 1), st.binary(max_size=4))
def test_a_block_with_other_bytes_is_whole_or_refused(place: int, other: bytes) -> None:
    require_whole(BLOCK[:place] + other + BLOCK[place + len(other) :])
    require_whole(other)


@MANY
@given(st.one_of(mutated(json.dumps({"v": 1, "of": "x", "place": 3, "sum": "y"})), ANYTHING))
def test_a_cursor_that_we_did_not_write_is_refused(text: str) -> None:
    encoded = base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode()
    for each in (text[: cursors.LONGEST], encoded[: cursors.LONGEST]):
        assert refused_or(partial(cursors.read, of="board", names=NAMES), each) is None


@MANY
@given(st.one_of(mutated(json.dumps(["T1", "state"])), ANYTHING))
def test_a_challenge_that_we_did_not_write_is_none_or_of_two_texts(text: str) -> None:
    encoded = base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode()
    for each in (text[:4096], encoded[:4096]):
        refused_or(read_challenge, each)


@pytest.mark.parametrize("name", BIG)
def test_a_megabyte_is_refused(name: str) -> None:
    for reader in (read_items, read_task, partial(cursors.read, of="board", names=NAMES)):
        assert refused_or(reader, BIG[name]) is None
    require_whole(packed(BIG[name], b""))


def test_an_instant_outside_the_calendar_makes_a_message_unreadable() -> None:
    body = MESSAGE.replace("2026-03-01T12:00:00+00:00", "0001-01-01T00:00:00+14:00")
    assert body != MESSAGE
    assert refused_or(read_items, body) is None
