"""The meter of calls and units: the published rules, on both emulators."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.adapters.aws import client
from chalicelib.adapters.dynamo.history import DynamoHistory
from chalicelib.adapters.dynamo.holdings import DynamoHoldings
from chalicelib.adapters.dynamo.ledger import DynamoLedger
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.block import Kind
from chalicelib.domain.errors import Conflict
from sandbox.units import Spent, UnitMeter, item_size
from tests.builders import NOON, account_holdings, at, block, fill, quantity
from tests.contract.conftest import REGION
from tests.contract.stores import Fresh


@pytest.fixture
def meter(tables: Tables) -> Iterator[UnitMeter]:
    made = UnitMeter()
    with made.attached(tables.client):
        yield made


def item_of(fresh: Fresh, sk: str, size: int) -> RawItem:
    item = key(fresh.account, sk) | {"content": {"B": b""}}
    return item | {"content": {"B": b"x" * (size - item_size(item))}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "aé"}, 3),
        ({"N": "1234"}, 4),
        ({"N": "-1200"}, 4),
        ({"N": "0"}, 2),
        ({"B": b"abc"}, 3),
        ({"NS": ["1", "12"]}, 5),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 8),
        ({"M": {"ab": {"S": "c"}}}, 7),
    ],
)
def test_a_value_has_the_size_that_is_billed(value: dict[str, object], size: int) -> None:
    assert item_size({"name": value}) == 4 + size


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1024, 1), (1025, 2), (4000, 4)])
def test_a_put_costs_a_unit_per_kilobyte(
    tables: Tables, meter: UnitMeter, fresh: Fresh, size: int, units: int
) -> None:
    tables.client.put_item(TableName=tables.name("billing"), Item=item_of(fresh, "A", size))
    assert meter.spent == Spent(calls=1, write_units=units)


def test_replacing_a_large_item_by_a_small_one_costs_the_large_one(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    for size in (3000, 100):
        meter.reset()
        tables.client.put_item(TableName=tables.name("billing"), Item=item_of(fresh, "A", size))
    assert meter.spent.write_units == 3


@pytest.mark.parametrize(("size", "units"), [(4096, 1), (4097, 2), (0, 1)])
@pytest.mark.parametrize("consistent", [True, False])
def test_a_read_costs_half_where_it_need_not_be_consistent(
    tables: Tables, meter: UnitMeter, fresh: Fresh, size: int, units: int, consistent: bool
) -> None:
    if size:
        tables.put_each("billing", [item_of(fresh, "A", size)])
    meter.reset()
    tables.client.get_item(
        TableName=tables.name("billing"), Key=key(fresh.account, "A"), ConsistentRead=consistent
    )
    assert meter.spent == Spent(calls=1, read_units=units if consistent else units / 2)


def test_a_query_is_rounded_as_a_whole_and_a_batch_item_by_item(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    places = [(fresh.account, f"{n:02}") for n in range(30)]
    tables.put_each("billing", (item_of(fresh, sk, 1000) for _, sk in places))
    assert meter.spent == Spent(calls=2, write_units=30)
    meter.reset()
    tables.get_each("billing", [*places, (fresh.account, "missing")])
    assert meter.spent == Spent(calls=1, read_units=31 / 2)
    meter.reset()
    list(
        tables.query(
            "billing",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": fresh.account}},
        )
    )
    assert meter.spent == Spent(calls=1, read_units=8 / 2)


def test_a_failed_condition_costs_as_much_as_the_item(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    row = account_holdings(seat=fresh.seat, account_id=fresh.account)
    row = replace(row, quantities={f"COIN{n}": quantity("1.25") for n in range(60)})
    holdings = DynamoHoldings(tables)
    holdings.create(row)
    meter.reset()
    with pytest.raises(Conflict):
        holdings.replace(replace(row, version=5), replace(row, last_event_at=at(1)))
    assert meter.spent == Spent(calls=1, write_units=3)


def test_a_fill_with_its_new_balances_costs_two_write_units(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    coins = {f"COIN{n}": quantity("123.45678901") for n in range(15)}
    row = account_holdings(seat=fresh.seat, account_id=fresh.account, quantities=coins)
    holdings = DynamoHoldings(tables)
    holdings.create(row)
    meter.reset()
    DynamoLedger(tables).add(fresh.account, [fill(commission="0.1", commission_asset="BNB")])
    new = {**coins, "COIN1": quantity("1", at(1)), "COIN2": quantity("2", at(1))}
    holdings.replace(row, replace(row, quantities=new, last_event_at=NOON))
    assert meter.spent == Spent(calls=2, write_units=2)


def test_a_second_copy_of_a_fill_costs_one_unit_more(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    for _ in range(2):
        DynamoLedger(tables).add(fresh.account, [fill()])
    assert meter.by_operation == {"dynamodb PutItem": Spent(calls=2, write_units=2)}


def test_hours_of_a_block_are_read_in_one_call(
    tables: Tables, meter: UnitMeter, fresh: Fresh
) -> None:
    places = [(fresh.block, Kind.HOUR, fresh.hour + n) for n in range(24)]
    history = DynamoHistory(tables)
    history.put_blocks({place: block(value={0: 1.0}) for place in places})
    meter.reset()
    history.blocks(places)
    assert meter.spent == Spent(calls=1, read_units=12)


def test_other_services_count_by_call(cloud: None) -> None:
    meter, sqs = UnitMeter(), client("sqs", REGION)
    with meter.attached(sqs):
        sqs.list_queues()
    sqs.list_queues()
    assert meter.by_operation == {"sqs ListQueues": Spent(calls=1)}
