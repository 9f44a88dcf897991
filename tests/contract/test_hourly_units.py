"""What an hour of 1,024 traders costs, counted from the sizes of items (design figures).

A month of full blocks lies behind them, and a day is run from open hour to board, so the rows
that are written only now and then are in the average. Nobody trades in that day: what reading
ledgers costs is counted on its own.
"""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.days import slow_hours
from chalicelib.domain.scores import score_hours
from chalicelib.domain.windows import day_of_hour, hour_of, hour_start
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.open_hour import open_hour
from chalicelib.services.ports import RankTask, ShardTask
from chalicelib.services.rank_traders import rank_traders
from sandbox.units import Spent, UnitMeter
from tests.builders import (
    NOON,
    account_holdings,
    at,
    balance_change,
    checkpoint,
    prices,
    quantity,
    seat,
)
from tests.contract.stores import DynamoStores
from tests.fakes import FakeExchange, FakeTasks
from tests.where import mark_stores

BLOCKS = 4
TRADERS = BLOCKS * SEATS_PER_BLOCK
HOURS = 24
FIRST = hour_of(NOON)
LINKED = at(hours=-2000)
COINS = {"BTC": "60000", "ETH": "3000", "SOL": "150", "BNB": "600", "USDT": "1"}


@dataclass
class Measured:
    """Stores with a warm league in them, and the meter on their client."""

    stores: DynamoStores
    meter: UnitMeter
    tasks: FakeTasks

    def hour(self, hour: int) -> None:
        listed = {coin: price for coin, price in COINS.items() if coin != "USDT"}
        self.stores.prices.put_minute(prices(hour_start(hour), **listed))
        runs, seats = self.stores.runs, self.stores.seats
        with self.meter.attached(self.stores.tables.client):
            open_hour(
                hour,
                runs=runs,
                seats=seats,
                prices=self.stores.prices,
                exchange=FakeExchange(NOON),
                tasks=self.tasks,
            )
            mark_shard(ShardTask(hour, 0), mark_stores(self.stores), self.tasks)
            rank_traders(
                RankTask(hour),
                seats=seats,
                history=self.stores.history,
                boards=self.stores.boards,
                runs=runs,
            )


def _past(kind: Kind, source: random.Random) -> Block:
    """A full HOUR or DAY block whose numbers do not compress."""
    block = empty_block(kind)
    for place in range(SEATS_PER_BLOCK):
        for name in block.columns:
            if name in ("value", "index", "low", "high", "fall"):
                block.columns[name][place] = source.lognormvariate(3, 0.4)
        block.columns["flags"][place] = Flag.MARK | Flag.COUNTS
    return block


def _warm(stores: DynamoStores) -> None:
    source = random.Random(5)
    run = range(FIRST, FIRST + HOURS)
    hours = {each for hour in run for each in [*score_hours(hour), *slow_hours(hour)]} - set(run)
    today = day_of_hour(FIRST)
    rows = {(Kind.HOUR, hour): _past(Kind.HOUR, source) for hour in hours}
    rows |= {(Kind.DAY, day): _past(Kind.DAY, source) for day in range(today - 32, today)}
    for block in range(BLOCKS):
        stores.history.put_blocks({(block, *place): row for place, row in rows.items()})
    for number in range(TRADERS):
        assert stores.traders.next_seat() == number
        stores.seats.put(seat(number, trader_id=f"01JT{number:022}", name=f"trader_{number}"))
        held = {
            coin: quantity(str(Decimal(source.randrange(1, 10**9)) / 10**6), LINKED)
            for coin in COINS
        }
        stores.holdings.create(
            account_holdings(
                account_id=f"01JA{number:022}",
                trader_id=f"01JT{number:022}",
                seat=number,
                linked_at=LINKED,
                quantities=held,
            )
        )
    stores.runs.set_last_complete(0, FIRST - 1)


@pytest.fixture(scope="module")
def measured(dynalite: str) -> Measured:
    tables = Tables("hourly-units-", "eu-central-1", dynalite)
    tables.create()
    stores = DynamoStores(tables, "binance")
    _warm(stores)
    found = Measured(stores, UnitMeter(), FakeTasks())
    for hour in range(FIRST, FIRST + HOURS):
        found.hour(hour)
    return found


@pytest.fixture(scope="module")
def average(measured: Measured) -> Spent:
    """Per hour of the day that was run."""
    spent = measured.meter.spent
    return Spent(
        round(spent.calls / HOURS), spent.read_units / HOURS, round(spent.write_units / HOURS)
    )


def test_a_trader_hour_writes_few_units(average: Spent) -> None:
    assert average.write_units / TRADERS <= 0.15


def test_a_trader_hour_reads_few_units(average: Spent) -> None:
    assert average.read_units / TRADERS <= 0.20


def test_an_hour_of_a_thousand_traders_makes_few_calls(average: Spent) -> None:
    assert average.calls <= 40


def test_an_account_that_reads_its_ledger_costs_three_calls_at_most(measured: Measured) -> None:
    before = measured.meter.spent
    measured.hour(FIRST + HOURS)
    quiet = measured.meter.spent.calls - before.calls
    hour = FIRST + HOURS + 1
    touched = [f"01JA{number:022}" for number in range(20)]
    moved_at = hour_start(hour) - timedelta(minutes=5)
    for number, account in enumerate(touched):
        measured.stores.ledger.add_checkpoint(account, checkpoint(LINKED, USDT="1000"))
        measured.stores.ledger.add(account, [balance_change(changed_at=moved_at)])
        row = measured.stores.holdings.get(number, account)
        assert row is not None

        measured.stores.holdings.replace(
            row, replace(row, last_event_at=moved_at, last_flow_at=moved_at)
        )
    before = measured.meter.spent
    measured.hour(hour)
    spent = measured.meter.spent.calls - before.calls
    assert spent - quiet <= 3 * len(touched)
