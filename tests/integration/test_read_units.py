"""The routes over DynamoDB's own items (moto): right answers, and what reading them costs.

Counted on a full block of 256 traders whose numbers do not compress.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Flag, Kind, empty_block
from chalicelib.domain.market import PriceList
from chalicelib.domain.profile import public_view
from chalicelib.domain.windows import WINDOWS, day_of_hour
from chalicelib.services.ports import BoardHead, League
from sandbox.units import UnitMeter
from tests.builders import NOON, TRADER, account_holdings, asset_price, at, fill, seat, trader
from tests.contract.stores import DynamoStores
from tests.read_side import HOUR, asking

MOST_UNITS = 16
SEAT = 5


def filled(kind: Kind, source: random.Random) -> Block:
    """A block in which every seat has numbers."""
    block = empty_block(kind)
    for column in COLUMNS[kind]:
        numbers = block.columns[column.name]
        for place in range(SEATS_PER_BLOCK * column.width):
            if column.code == "d":
                numbers[place] = source.lognormvariate(0, 0.3)
            elif column.name == "flags":
                numbers[place] = Flag.MARK | Flag.COUNTS
            elif column.name.startswith(("shown", "drawdown", "rank", "change")):
                numbers[place] = source.randrange(10_000)
            elif column.name.startswith("trend"):
                numbers[place] = source.randrange(101)
            elif column.name.startswith(("standing", "counted")):
                numbers[place] = 1
    return block


@pytest.fixture(scope="module")
def stores() -> Iterator[DynamoStores]:
    """One full block at the board of HOUR, with a week of days, on moto's tables."""
    source = random.Random(11)
    with mock_aws():
        tables = Tables("read-units-", "eu-central-1")
        tables.create()
        made = DynamoStores(tables, "binance")
        listed = _prices(source)
        made.prices.put_hour(HOUR, listed)
        made.prices.put_latest(listed)
        _write_blocks(made, source, listed)
        who = trader(name="Ada", seat=SEAT)
        made.traders.claim_name(who.name, who.trader_id, SEAT, NOON)
        made.traders.save(who)
        made.holdings.create(account_holdings(seat=SEAT))
        made.ledger.add("01JACCT0000000000000000001", [fill(executed_at=at(minutes=-5))])
        for place in range(SEATS_PER_BLOCK):
            made.seats.put(seat(place, name="Ada" if place == SEAT else f"trader {place:03}"))
        for window in WINDOWS:
            league = League(joined=256, active=256, retired=0, ranked=256, median=0)
            made.boards.put_orders(HOUR, 0, {window.name: range(SEATS_PER_BLOCK)})
            made.boards.publish(window.name, BoardHead(HOUR, 0, SEATS_PER_BLOCK, league))
        yield made


def _prices(source: random.Random) -> PriceList:
    coins = ["BTC", *(f"C{number}X" for number in range(400))]
    return PriceList(
        NOON, {coin: asset_price(f"{source.lognormvariate(0, 3):.8f}") for coin in coins}
    )


def _write_blocks(stores: DynamoStores, source: random.Random, listed: PriceList) -> None:
    views = {}
    for place in range(SEATS_PER_BLOCK):
        coins = source.sample(sorted(listed.assets), source.randrange(1, 12))
        held = {coin: Decimal(source.randrange(1, 10**6)) for coin in coins}
        bought = {coin: Decimal(source.randrange(1, 100)) for coin in coins}
        indices = [source.uniform(1, 2) for _ in range(31)]
        views[str(place)] = public_view(held, listed, listed, bought, indices)
    today = day_of_hour(HOUR)
    keys = [(Kind.HOUR, HOUR), (Kind.HOUR, HOUR - 1), (Kind.SCORES, HOUR), (Kind.RANKS, HOUR)]
    blocks = {(0, kind, number): filled(kind, source) for kind, number in keys}
    for day in range(today - 7, today):
        blocks[0, Kind.DAY, day] = replace(filled(Kind.DAY, source), notes={"btc": "60123.45"})
    blocks[0, Kind.SLOW, 0] = replace(filled(Kind.SLOW, source), notes={"view": views})
    stores.history.put_blocks(blocks)


@pytest.fixture
def meter(stores: DynamoStores) -> Iterator[UnitMeter]:
    """Counts what the test's requests read."""
    made = UnitMeter()
    with made.attached(stores.tables.client):
        yield made


@pytest.mark.parametrize(
    ("route", "calls"),
    [
        ("/traders/Ada", 7),
        ("/traders/Ada/performance", 5),
        ("/board", 4),
        ("/board?window=7d", 4),
    ],
)
def test_an_answer_reads_at_most_16_units_in_a_few_calls(
    stores: DynamoStores, meter: UnitMeter, route: str, calls: int
) -> None:
    with asking(stores) as client:
        client.json(route)
    assert meter.spent.read_units <= MOST_UNITS
    assert meter.spent.calls == calls


@pytest.mark.parametrize(
    ("route", "units", "calls"),
    [
        ("/traders/Ada", 40, 16),
        ("/traders/Ada/performance", 40, 8),
        ("/traders/Ada/trades", 10, 8),
        ("/traders/Ada/transactions", 10, 8),
        ("/me", 10, 8),
        ("/me/balance", 10, 8),
        ("/me/follows", 10, 8),
    ],
)
def test_what_the_trader_himself_reads_is_bounded(
    stores: DynamoStores, meter: UnitMeter, route: str, units: int, calls: int
) -> None:
    source = random.Random(4)
    hours = [*range(HOUR - 26, HOUR), HOUR - 168, HOUR - 169, HOUR - 720, HOUR - 721]
    stores.history.put_blocks({(0, Kind.HOUR, hour): filled(Kind.HOUR, source) for hour in hours})
    meter.reset()
    with asking(stores) as client:
        client.json(route, TRADER)
    assert meter.spent.read_units <= units, meter.spent
    assert meter.spent.calls <= calls, meter.spent


def test_what_was_stored_is_what_is_answered(stores: DynamoStores) -> None:
    with asking(stores) as client:
        profile = client.json("/traders/ADA")
        days = client.json("/traders/Ada/performance")["days"]
        board = client.json("/board?limit=100")
        trades = client.json("/traders/Ada/trades")["trades"]
    assert sum(int(row["share_pct"]) for row in profile["allocation"]) == 100
    assert days[0] == {
        "date": "2026-02-22",
        "cumulative_pct": "0.00",
        "btc_pct": "0.00",
        "imported": False,
    }
    assert board["traders"][SEAT]["name"] == "Ada"
    assert board["traders"][SEAT]["pnl_7d_pct"] == profile["pnl"]["7d"]["pct"]
    assert [(row["pair"], row["precision"]) for row in trades] == [("BTC/USDT", "hour")]


def test_a_search_over_the_table_of_names_finds_the_trader(stores: DynamoStores) -> None:
    with asking(stores) as client:
        assert [row["name"] for row in client.json("/board?q=AD")["traders"]] == ["Ada"]
