from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.messages import (
    join_items,
    read_items,
    read_task,
    write_item,
    write_task,
)
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    Fill,
    Side,
    Source,
    WholeChange,
)
from chalicelib.services.queue_ports import (
    Opening,
    RankTask,
    ShardTask,
    Snapshot,
    StreamItem,
)
from tests.builders import at, snapshot, stream_item

INSTANTS = st.datetimes(
    datetime(2017, 1, 1),  # noqa: DTZ001 - the zone comes from `timezones`
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=18, min_value=0, max_value=10**15
)
SNAPSHOTS = st.builds(
    Snapshot,
    st.sampled_from(["link", "reconciled"]),
    st.builds(Checkpoint, INSTANTS, st.dictionaries(st.text(min_size=1), AMOUNTS)),
)
CHANGES = st.builds(
    BalanceChange,
    kind=st.sampled_from(ChangeKind),
    asset=st.text(),
    quantity=AMOUNTS | AMOUNTS.map(Decimal.copy_negate),
    changed_at=INSTANTS,
    change_id=st.text(),
    source=st.sampled_from(Source),
    network_fee=AMOUNTS,
    whole=st.none() | st.builds(WholeChange, INSTANTS, INSTANTS, AMOUNTS),
)
FILLS = st.builds(
    Fill,
    symbol=st.text(),
    base=st.text(),
    quote=st.text(),
    trade_id=st.integers(0),
    order_id=st.integers(0),
    side=st.sampled_from(Side),
    price=AMOUNTS,
    quantity=AMOUNTS,
    quote_quantity=AMOUNTS,
    commission=AMOUNTS,
    commission_asset=st.none() | st.text(),
    executed_at=INSTANTS,
)
ITEMS = st.builds(
    StreamItem,
    account_id=st.text(),
    trader_id=st.text(),
    seat=st.integers(0, 10**9),
    exchange=st.text(),
    link_number=st.integers(1),
    linked_at=INSTANTS,
    sequence=st.integers(0),
    received_at=INSTANTS,
    frame=st.none() | st.text(),
    found=st.lists(CHANGES | FILLS, max_size=2).map(tuple),
    snapshot=st.none() | SNAPSHOTS,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(ITEMS, max_size=4))
def test_items_come_back_as_they_were_written(items: list[StreamItem]) -> None:
    assert read_items(join_items([write_item(item) for item in items])) == items


@settings(max_examples=50, deadline=None)
@given(
    st.builds(ShardTask, st.integers(0), st.integers(0))
    | st.builds(RankTask, st.integers(0), st.integers(0))
)
def test_a_task_comes_back_as_it_was_written(task: ShardTask | RankTask) -> None:
    assert read_task(write_task(task)) == task


def test_a_message_is_ascii_so_that_its_length_is_its_size() -> None:
    assert write_item(stream_item(frame='{"a":"币安"}')).isascii()


def test_an_instant_of_another_zone_arrives_as_the_same_instant_in_utc() -> None:
    berlin = at().astimezone(timezone(timedelta(hours=1)))
    (read,) = read_items(join_items([write_item(stream_item(received_at=berlin))]))
    assert (read.received_at, read.received_at.tzinfo) == (at(), UTC)


def test_an_amount_keeps_every_digit_and_has_no_exponent() -> None:
    tiny = snapshot(PEPE="0.000000000000000001", SHIB="123456789012345678901234567890.5")
    body = join_items([write_item(stream_item(snapshot=tiny))])
    assert '"0.000000000000000001"' in body
    assert read_items(body)[0].snapshot == tiny


def test_members_that_a_later_writer_adds_are_skipped() -> None:
    body = join_items([write_item(stream_item())]).replace('{"account"', '{"colour":1,"account"')
    assert read_items(body) == [stream_item()]


@pytest.mark.parametrize("body", ['{"version":2,"items":[]}', '{"version":"1","items":[]}'])
def test_an_unknown_version_is_refused_by_its_name(body: str) -> None:
    with pytest.raises(InvalidRequest, match=r"message of version .*; this reader knows 1"):
        read_items(body)


GOOD = join_items([write_item(stream_item(snapshot=snapshot(USDT="1000")))])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"version":1}',
        '{"version":1,"items":[7]}',
        '{"version":1,"items":{"a":1}}',
        GOOD.replace('"seat":0', '"seat":"0"'),
        GOOD.replace('"seat":0', '"seat":true'),
        GOOD.replace('"USDT":"1000"', '"USDT":1000'),
        GOOD.replace('"USDT":"1000"', '"USDT":"NaN"'),
        GOOD.replace("+00:00", ""),
        GOOD.replace('"account":', '"acount":'),
        GOOD.replace('"snapshot":{', '"snapshot":[],"x":{'),
    ],
)
def test_an_unreadable_message_is_an_invalid_request(body: str) -> None:
    with pytest.raises(InvalidRequest):
        read_items(body)


@pytest.mark.parametrize("body", ["", '{"version":1,"task":"sing","hour":1}', '{"version":1}'])
def test_an_unreadable_task_is_an_invalid_request(body: str) -> None:
    with pytest.raises(InvalidRequest):
        read_task(body)


def test_a_negative_zero_and_trailing_zeros_do_not_matter() -> None:
    (read,) = read_items(join_items([write_item(stream_item(snapshot=snapshot(BTC="-0.00")))]))
    assert read.snapshot is not None
    assert read.snapshot.checkpoint.quantities == {"BTC": Decimal(0)}


def test_a_trace_goes_with_an_item_and_makes_no_difference_to_it() -> None:
    item = replace(stream_item(frame="{}"), trace="abc")
    [read] = read_items(join_items([write_item(item)]))
    assert (read, read.trace) == (stream_item(frame="{}"), "abc")


@pytest.mark.parametrize(
    "task", [ShardTask(7, 3, 2, Opening("t", at())), RankTask(7, 2, Opening("t", at()))]
)
def test_a_task_says_which_tick_asked_for_it(task: ShardTask | RankTask) -> None:
    read = read_task(write_task(task))
    assert (read, read.opening) == (task, task.opening)


def test_tasks_of_an_older_sender_are_read() -> None:
    """They know neither a mark's revision nor the tick."""
    assert read_task('{"version":1,"task":"mark","hour":7,"shard":3}') == ShardTask(7, 3)
    assert read_task('{"version":1,"task":"rank","hour":7,"revision":1}') == RankTask(7, 1)
