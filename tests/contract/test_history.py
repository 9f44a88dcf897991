"""The History, Seats and Boards ports: blocks of columns, who sits where, and the order."""

import pytest

from chalicelib.adapters.dynamo.boards import DynamoBoards
from chalicelib.adapters.dynamo.history import DynamoHistory
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.windows import hour_start
from chalicelib.services.ports import BlockKey, BoardHead, League
from tests.builders import at, block, seat
from tests.contract.stores import Fresh, Stores

LEAGUE = League(joined=5, active=3, retired=1, ranked=2, median=-123)


def raw(blocks: dict[BlockKey, Block] | dict[int, Block]) -> dict[object, object]:
    return {
        key: (each.kind, each.notes, {n: c.tobytes() for n, c in each.columns.items()})
        for key, each in blocks.items()
    }


def hours_of(fresh: Fresh, number: int) -> dict[BlockKey, Block]:
    return {
        (fresh.block, Kind.HOUR, fresh.hour + n): block(value={n % 256: 1.5 * n})
        for n in range(number)
    }


def test_blocks_come_back_as_they_were_put(stores: Stores, fresh: Fresh) -> None:
    put: dict[BlockKey, Block] = {
        (fresh.block, Kind.HOUR, fresh.hour): block(value={0: 1.25}, flags={7: 3}),
        (fresh.block, Kind.DAY, fresh.hour // 24): block(Kind.DAY, high={255: 9.0}),
        (fresh.block, Kind.SCORES, fresh.hour): block(Kind.SCORES, shown_7d={3: -250}),
        (fresh.block, Kind.RANKS, fresh.hour): block(Kind.RANKS, rank_24h={3: 1}),
        (fresh.block, Kind.SLOW, 0): Block(
            Kind.SLOW, block(Kind.SLOW).columns, {"view": {"3": [1]}}
        ),
        (fresh.block + 1, Kind.HOUR, fresh.hour): block(value={0: 2.5}),
    }
    stores.history.put_blocks(put)
    missing: BlockKey = (fresh.block + 2, Kind.HOUR, fresh.hour)
    assert raw(stores.history.blocks([*put, missing])) == raw(put)


def test_more_than_a_batch_of_blocks_is_put_and_read(stores: Stores, fresh: Fresh) -> None:
    put = hours_of(fresh, 120)
    stores.history.put_blocks(put)
    assert raw(stores.history.blocks(list(put))) == raw(put)


def test_a_block_is_replaced(stores: Stores, fresh: Fresh) -> None:
    place: BlockKey = (fresh.block, Kind.HOUR, fresh.hour)
    for value in (1.0, 2.0):
        stores.history.put_blocks({place: block(value={0: value})})
    assert stores.history.blocks([place])[place].columns["value"][0] == 2.0


def test_nothing_asked_is_nothing_found(stores: Stores, fresh: Fresh) -> None:
    stores.history.put_blocks({})
    assert stores.history.blocks([]) == {}
    assert stores.history.blocks([(fresh.block, Kind.SLOW, 0)]) == {}
    assert stores.history.block_range(fresh.block, Kind.HOUR, 0, 10**6) == {}


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(0, 2, [0, 1, 2]), (1, 1, [1]), (-5, 0, [0]), (2, 1, []), (4, 99, [4])],
)
def test_a_range_has_both_its_ends(
    stores: Stores, fresh: Fresh, first: int, last: int, found: list[int]
) -> None:
    stores.history.put_blocks(hours_of(fresh, 5))
    stores.history.put_blocks({(fresh.block, Kind.SCORES, fresh.hour): block(Kind.SCORES)})
    read = stores.history.block_range(fresh.block, Kind.HOUR, fresh.hour + first, fresh.hour + last)
    assert list(read) == [fresh.hour + n for n in found]
    assert [each.columns["value"][n] for n, each in zip(found, read.values(), strict=True)] == [
        1.5 * n for n in found
    ]


def test_what_is_read_is_the_readers_own(stores: Stores, fresh: Fresh) -> None:
    place: BlockKey = (fresh.block, Kind.HOUR, fresh.hour)
    stores.history.put_blocks({place: block(value={0: 1.0})})
    stores.history.blocks([place])[place].columns["value"][0] = 9.0
    assert stores.history.blocks([place])[place].columns["value"][0] == 1.0


def test_each_kind_is_kept_as_long_as_it_is_needed(tables: Tables, fresh: Fresh) -> None:
    history = DynamoHistory(tables)
    kinds = {kind: 0 if kind is Kind.SLOW else fresh.hour for kind in Kind}
    history.put_blocks({(fresh.block, kind, number): block(kind) for kind, number in kinds.items()})
    rows = tables.query(
        "history",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"B#{fresh.block}"}},
    )
    born = hour_start(fresh.hour).timestamp()
    days = {
        row["sk"]["S"][0]: (int(row["expires_at"]["N"]) - born) / 86400
        for row in rows
        if "expires_at" in row
    }
    assert days == {"H": 40, "S": 3, "R": 3}


def test_the_newest_missing_block_is_asked_for_again(tables: Tables, fresh: Fresh) -> None:
    asked: list[bytes] = []

    def keep(params: dict[str, bytes], **_: object) -> None:
        asked.append(params["body"])

    stored: BlockKey = (fresh.block, Kind.HOUR, fresh.hour)
    older: BlockKey = (fresh.block + 1, Kind.HOUR, fresh.hour - 1)
    newest: BlockKey = (fresh.block + 1, Kind.HOUR, fresh.hour)
    history = DynamoHistory(tables)
    history.put_blocks({stored: block()})
    tables.client.meta.events.register("before-call.dynamodb.BatchGetItem", keep)
    history.blocks([stored, older, newest])
    history.blocks([stored])
    tables.client.meta.events.unregister("before-call.dynamodb.BatchGetItem", keep)
    consistent = [
        b'"ConsistentRead": true' in body or b'"ConsistentRead":true' in body for body in asked
    ]
    assert consistent == [False, True, False]


def test_a_seat_comes_back_as_it_was_put(stores: Stores, fresh: Fresh) -> None:
    put = [
        seat(fresh.seat, name="Ada"),
        seat(fresh.seat + 17, name="币 安", exchanges=("binance", "kraken"), listed=False),
        seat(fresh.seat + 255, exchanges=(), retired_at=at(milliseconds=5)),
        seat(fresh.seat + 256, listed=False, retired_at=at()),
    ]
    for each in put:
        stores.seats.put(each)
    of_blocks = stores.seats.of_blocks([fresh.block + 1, fresh.block, fresh.block + 2])
    assert of_blocks == {each.seat: each for each in put}
    assert list(of_blocks) == sorted(of_blocks)
    assert stores.seats.of_blocks([fresh.block + 1]) == {put[3].seat: put[3]}
    assert stores.seats.of_seats([fresh.seat + 17, fresh.seat + 18, fresh.seat + 256]) == {
        put[1].seat: put[1],
        put[3].seat: put[3],
    }
    assert stores.seats.of_seats([]) == {}


def test_setting_a_seat_leaves_its_neighbours_alone(stores: Stores, fresh: Fresh) -> None:
    for number in range(60):
        stores.seats.put(seat(fresh.seat + number, name=f"T{number}"))
    stores.seats.put(seat(fresh.seat + 1, name="New"))
    names = [each.name for each in stores.seats.of_blocks([fresh.block]).values()]
    assert names == ["T0", "New", *(f"T{number}" for number in range(2, 60))]


def test_the_count_is_that_of_the_seats_handed_out(stores: Stores) -> None:
    before = stores.seats.count()
    assert stores.traders.next_seat() == before
    assert stores.seats.count() == before + 1


@pytest.mark.parametrize("length", [0, 1, 999, 1000, 1001, 2500])
def test_an_order_comes_back_in_any_part(stores: Stores, fresh: Fresh, length: int) -> None:
    seats = [(n * 7919) % 100_003 for n in range(length)]
    head = BoardHead(fresh.hour, 0, length, LEAGUE)
    stores.boards.put_orders(fresh.hour, 0, {fresh.window: seats})
    for start, count in ((0, 50), (0, 9999), (990, 20), (999, 1), (1000, 1000), (2490, 50)):
        assert stores.boards.order(fresh.window, head, start, count) == seats[start : start + count]


def test_a_shorter_rebuild_ends_where_its_head_says(stores: Stores, fresh: Fresh) -> None:
    stores.boards.put_orders(fresh.hour, 0, {fresh.window: range(1500)})
    stores.boards.put_orders(fresh.hour, 0, {fresh.window: range(1, 1001)})
    head = BoardHead(fresh.hour, 0, 1000, LEAGUE)
    assert stores.boards.order(fresh.window, head, 990, 50) == list(range(991, 1001))


def test_revisions_and_windows_have_orders_of_their_own(stores: Stores, fresh: Fresh) -> None:
    stores.boards.put_orders(fresh.hour, 0, {fresh.window: [1, 2]})
    stores.boards.put_orders(fresh.hour, 1, {fresh.window: [2, 1]})
    stores.boards.put_orders(fresh.hour, 1, {fresh.window + "b": [3]})
    orders = [
        stores.boards.order(window, BoardHead(fresh.hour, revision, 2, LEAGUE), 0, 2)
        for window, revision in ((fresh.window, 0), (fresh.window, 1), (fresh.window + "b", 1))
    ]
    assert orders == [[1, 2], [2, 1], [3]]


def test_no_board_is_current_before_the_first(stores: Stores, fresh: Fresh) -> None:
    assert stores.boards.current(fresh.window) is None


@pytest.mark.parametrize(
    ("hour", "revision", "becomes"),
    [(0, 0, False), (0, 9, False), (1, 0, False), (1, 1, True), (1, 2, True), (2, 0, True)],
)
def test_only_a_board_that_is_not_older_becomes_current(
    stores: Stores, fresh: Fresh, hour: int, revision: int, becomes: bool
) -> None:
    stored = BoardHead(fresh.hour + 1, 1, 5, LEAGUE)
    other = BoardHead(fresh.hour + hour, revision, 6, League(0, 0, 0, 0, None))
    stores.boards.publish(fresh.window, stored)
    stores.boards.publish(fresh.window, other)
    assert stores.boards.current(fresh.window) == (other if becomes else stored)


def test_a_thousand_places_take_about_two_kilobytes(tables: Tables, fresh: Fresh) -> None:
    seats = [(n * 7919) % 100_003 for n in range(1000)]
    DynamoBoards(tables).put_orders(fresh.hour, 0, {fresh.window: seats})
    (row,) = tables.query(
        "history",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"BOARD#{fresh.window}"}},
    )
    assert len(row["content"]["B"]) < 2300
