"""A late event leaves the same marks in every kind of store, and costs few blocks."""

from datetime import timedelta

from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import AccountState
from chalicelib.domain.block import Kind
from chalicelib.domain.windows import hour_start
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.ports import ShardTask, StreamItem
from chalicelib.services.record_account_event import record_account_events
from sandbox.units import UnitMeter
from tests.builders import EXCHANGE, exchange_account, fill, position, prices, snapshot, stream_item
from tests.contract.stores import DynamoStores, Fresh, Stores
from tests.fakes import FakeFrameParser, Fakes, FakeTasks
from tests.late_league import content
from tests.where import mark_stores, record_stores

HOURS = 6
BACK = 4


class Life:
    """One account, linked before the fresh hour, and a buy in the hour after it."""

    def __init__(self, stores: Stores, fresh: Fresh) -> None:
        self.stores = stores
        self.fresh = fresh
        bought_at = hour_start(fresh.hour + HOURS - BACK) + timedelta(minutes=10)
        bought = fill(executed_at=bought_at, price="60000", quantity="0.01")
        after = position(bought_at, 2, USDT="400", BTC="0.01")
        self.parsers = {EXCHANGE: FakeFrameParser({"buy": bought, "bought": after})}
        account = exchange_account(
            account_id=fresh.account,
            trader_id=fresh.trader,
            seat=fresh.seat,
            slot=fresh.number,
            state=AccountState.CHECKING,
        )
        stores.accounts.save(account)
        linked_at = hour_start(fresh.hour) - timedelta(minutes=7)
        self.record(self.item(snapshot=snapshot("link", linked_at, USDT="1000")))
        for hour in range(fresh.hour, fresh.hour + HOURS + 1):
            self.mark(hour)

    def item(self, **said: object) -> StreamItem:
        fresh = self.fresh
        return stream_item(
            account_id=fresh.account,
            trader_id=fresh.trader,
            seat=fresh.seat,
            **said,  # type: ignore[arg-type]
        )

    def record(self, *items: StreamItem) -> None:
        assert record_account_events(items, self.parsers, record_stores(self.stores)) == []

    def mark(self, hour: int) -> None:
        btc = str(60_000 + hour % 100)
        self.stores.prices.put_hour(hour, prices(hour_start(hour), BTC=btc))
        self.stores.runs.begin(hour, [self.fresh.shard])
        mark_shard(ShardTask(hour, self.fresh.shard), mark_stores(self.stores), FakeTasks())

    def late(self) -> None:
        self.record(self.item(frame="buy"), self.item(frame="bought", sequence=2))
        self.mark(self.fresh.hour + HOURS + 1)

    def marks(self) -> dict[object, object]:
        hours = range(self.fresh.hour, self.fresh.hour + HOURS + 2)
        kinds = (Kind.HOUR, Kind.SCORES)
        keys = [(self.fresh.block, kind, hour) for kind in kinds for hour in hours]
        found = self.stores.history.blocks([*keys, (self.fresh.block, Kind.SLOW, 0)])
        return {key: content(block) for key, block in found.items()}


def test_the_marks_and_the_record_are_those_of_stores_in_memory(
    stores: Stores, fresh: Fresh
) -> None:
    lives = [Life(stores, fresh), Life(Fakes(), fresh)]
    for life in lives:
        life.late()
    stored, remembered = (life.marks() for life in lives)
    assert stored == remembered
    hour = fresh.hour + HOURS
    records = [life.stores.corrections.kept(fresh.shard, hour, hour) for life in lives]
    assert records[0] == records[1]
    assert [each.entry_ids for each in records[0]] == [("T#BTCUSDT#1",)]
    assert stores.corrections.of_shard(fresh.shard) == []


def test_a_late_event_costs_two_blocks_an_hour_and_little_besides(
    tables: Tables, fresh: Fresh
) -> None:
    life = Life(DynamoStores(tables, f"exchange {fresh.number}"), fresh)
    meter = UnitMeter()
    with meter.attached(tables.client):
        life.mark(fresh.hour + HOURS + 1)
        usual = meter.spent
        meter.reset()
        life.record(life.item(frame="buy"), life.item(frame="bought", sequence=2))
        life.mark(fresh.hour + HOURS + 2)
    # blocks; besides: ledger, holdings, the note and its end, the record twice, SLOW, DAY
    assert meter.spent.write_units - usual.write_units <= 2 * (BACK + 1) + 9
