"""What an account's day costs: write units of a fill, and weight at the exchange.

Accounts of a sandbox exchange trade, and the league's own code records what the exchange says of
it, keeps their books, and checks their keys. The machine's clock stands still there, so that the
exchange's counter of weight adds up and nobody is refused.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Thread
from typing import Final

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.links import StreamEnvironment
from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import ACCOUNTS_PER_SLOT, AccountState, ExchangeAccount, KeyPair
from chalicelib.domain.ledger import Checkpoint, Fill
from chalicelib.services.ports import Snapshot, StreamItem
from chalicelib.services.read_account import read_account
from chalicelib.services.reconcile_account import Reconciliation, Sources
from chalicelib.services.record_account_event import record_account_events
from chalicelib.services.start_link import Stores as RecordStores
from chalicelib.stores import Stores, dynamo_stores
from sandbox.cloud import REGION, Cloud
from sandbox.cold_start import Arrivals
from sandbox.exchange.busy_life import trade
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.running import RunningExchange, running_exchange
from sandbox.units import UnitMeter

EXCHANGE: Final = "binance"
BUSY_ACCOUNTS: Final = 10
ACTS: Final = 40
_HOURS: Final = 30
_DAY: Final = timedelta(days=1)
_DAY_MS: Final = _DAY // timedelta(milliseconds=1)
_HALF_A_MINUTE_MS: Final = 30_000
_LINGER_MS: Final = 200
_NO_LIMIT: Final = 10**9
_ROTATIONS_A_DAY: Final = 24 / 21
"""A connection lives 20 to 22 hours."""
_SYMBOLS_AN_HOUR: Final = 4
_HOLDS: Final = {"USDT": "20000", "BTC": "0.2", "BNB": "5", "ETH": "1", "SOL": "20"}


@dataclass(frozen=True, slots=True)
class DaysCost:
    """`fill_units`: write units per fill over a day of orders. `quiet_units`: of an account-day
    without events. Weights are those of a day and account, and of an hour and container."""

    fills: int
    fill_units: float
    quiet_units: int
    busy_weight: float
    quiet_weight: float
    container_weight: int


@dataclass(eq=False)
class _Follower:
    """One account as the league follows it."""

    days: "_Days"
    seat: int
    uid: int
    pair: KeyPair
    frames: list[str] = field(default_factory=list)
    account: ExchangeAccount = field(init=False)
    linked_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.linked_at, reading = read_account(self.days.exchange, self.pair)
        self.account = ExchangeAccount(
            account_id=f"A{self.seat}",
            trader_id=f"T{self.seat}",
            seat=self.seat,
            exchange=EXCHANGE,
            link_number=1,
            slot=0,
            state=AccountState.LIVE,
            linked_at=self.linked_at,
        )
        self.days.stores.accounts.save(self.account)
        snapshot = Snapshot("link", Checkpoint(self.linked_at, dict(reading.quantities)))
        self.days.record([self._item(snapshot=snapshot)])
        self.days.running.call(
            lambda state: state.events.listen(self.uid, self, self.frames.append)
        )

    def _item(
        self,
        frame: str | None = None,
        sequence: int = 0,
        snapshot: Snapshot | None = None,
    ) -> StreamItem:
        return StreamItem(
            account_id=self.account.account_id,
            trader_id=self.account.trader_id,
            seat=self.seat,
            exchange=EXCHANGE,
            link_number=1,
            linked_at=self.linked_at,
            frame=frame,
            sequence=sequence,
            received_at=self.linked_at,
            snapshot=snapshot,
        )

    def batches(self) -> Iterator[list[StreamItem]]:
        """The frames as the forwarder sends them: what comes within its linger goes together."""
        batch: list[StreamItem] = []
        first = 0
        for sequence, frame in enumerate(self.frames):
            at = int(json.loads(frame)["E"])
            if batch and at - first > _LINGER_MS:
                yield batch
                batch = []
            first = first if batch else at
            batch.append(self._item(frame, sequence))
        if batch:
            yield batch

    def compare(self) -> None:
        """Compare the books as is done once a day, and record what is found."""
        days = self.days
        work = Reconciliation(self.account, self.pair, after_gap=False)
        sources = Sources(days.exchange, days.stores.ledger, days.stores.holdings, days.symbols)
        findings = work.compare(sources)
        if findings.disagrees:
            raise RuntimeError(f"the books of {self.account.account_id} disagree")
        if findings.snapshot:
            days.record([self._item(snapshot=findings.snapshot)])


class _Days:
    """The exchange, the league's adapter to it, and the stores."""

    def __init__(self, running: RunningExchange, exchange: BinanceExchange, tables: Tables) -> None:
        self.running = running
        self.exchange = exchange
        self.stores: Stores = dynamo_stores(tables, EXCHANGE)
        listed = exchange.symbols()
        self.symbols = lambda: list(listed.values())
        self._parsers = {EXCHANGE: BinanceFrameParser(lambda: listed)}

    def record(self, items: Sequence[StreamItem]) -> None:
        found = self.stores
        where = RecordStores(
            found.accounts,
            found.ledger,
            found.holdings,
            found.doubts,
            found.runs,
            found.corrections,
        )
        refused = record_account_events(items, self._parsers, where)
        if refused:
            raise RuntimeError(f"refused: {refused[0].reason}")

    def follow(self, seat: int) -> _Follower:
        opened = self.running.admin.open_account(_HOLDS)
        return _Follower(self, seat, opened["uid"], KeyPair(opened["key"], opened["secret"]))

    def weight_of(self, act: Callable[[], object]) -> int:
        """What it costs at the exchange by its own counter of requests."""
        before = self._weight()
        act()
        return self._weight() - before

    def _weight(self) -> int:
        return self.running.call(lambda state: state.limits.weight.total())

    def stream(self, followers: Sequence[_Follower]) -> None:
        """Have all accounts subscribed over one connection, once."""
        arrivals = Arrivals()
        environment = StreamEnvironment(
            budget=WeightBudget(_machine),
            exchange_now=self.exchange.clock.now,
            resync=self.exchange.time,
            machine=_machine,
        )
        stream = BinanceUserStream(self.running.ws_api_url, environment, arrivals)
        for each in followers:
            stream.follow(each.account.account_id, each.pair)
        thread = Thread(target=stream.run, daemon=True)
        thread.start()
        arrivals.wait_for(len(followers))
        stream.close()
        thread.join()


def cost_of_days(cloud: Cloud) -> DaysCost:
    """A day of accounts that trade, and of as many that do not."""
    tables = Tables("bench-days-", REGION, cloud.tables_url)
    tables.create()
    meter = UnitMeter()
    with _exchange() as running, _adapter(running) as exchange:
        days = _Days(running, exchange, tables)
        followers = [days.follow(seat) for seat in range(2 * BUSY_ACCOUNTS)]
        busy, quiet = followers[:BUSY_ACCOUNTS], followers[BUSY_ACCOUNTS:]
        _trade(days, busy)
        with meter.attached(tables.client):
            for each in busy:
                for batch in each.batches():
                    days.record(batch)
            fill_units = meter.spent.write_units
            fills = sum(_fills(days, each) for each in busy)
            meter.reset()
            quiet_weight = days.weight_of(lambda: _daily_care(days, quiet))
            quiet_units = meter.spent.write_units
        busy_weight = days.weight_of(lambda: _daily_care(days, busy))
        streaming = _streaming(days, followers) * _ROTATIONS_A_DAY
        listing = days.weight_of(exchange.symbols)
    return DaysCost(
        fills=fills,
        fill_units=fill_units / fills,
        quiet_units=quiet_units,
        busy_weight=busy_weight / len(busy) + streaming,
        quiet_weight=quiet_weight / len(quiet) + streaming,
        container_weight=listing * _SYMBOLS_AN_HOUR,
    )


def _streaming(days: _Days, followers: Sequence[_Follower]) -> float:
    """Weight of an account in subscribing a full slot over one connection."""
    half = len(followers) // 2
    few = days.weight_of(lambda: days.stream(followers[:half]))
    many = days.weight_of(lambda: days.stream(followers))
    each = (many - few) / (len(followers) - half)
    return each + (few - half * each) / ACCOUNTS_PER_SLOT


def _daily_care(days: _Days, followers: Sequence[_Follower]) -> None:
    """What is asked of each account once a day, whether it traded or not."""
    for each in followers:
        days.exchange.permissions(each.pair)
        each.compare()


def _trade(days: _Days, busy: Sequence[_Follower]) -> None:
    """Each account's day of orders, one after the other within the same day."""
    for each in busy:
        start = days.running.call(lambda state: state.now())

        def day(state: Exchange, each: _Follower = each, start: int = start) -> object:
            end = start + _DAY_MS // len(busy)
            return trade(state, each.uid, Random(each.seat), acts=ACTS, start=start, end=end)

        days.running.call(day)
        days.running.call(lambda state: state.clock.advance(_HALF_A_MINUTE_MS))


def _fills(days: _Days, follower: _Follower) -> int:
    entries = days.stores.ledger.entries(
        follower.account.account_id, follower.linked_at, follower.linked_at + 2 * _DAY
    )
    return sum(isinstance(each, Fill) for each in entries)


def _machine() -> datetime:
    return _STOPPED


_STOPPED: Final = datetime(2026, 9, 23, 12, tzinfo=UTC)


@contextmanager
def _exchange() -> Iterator[RunningExchange]:
    stopped = round(_STOPPED.timestamp() * 1000)
    with running_exchange(hours=_HOURS, start=stopped, machine=lambda: stopped) as running:
        running.admin.post(
            "limits",
            weight_per_minute=_NO_LIMIT,
            sapi_ip_weight_per_minute=_NO_LIMIT,
            sapi_uid_weight_per_minute=_NO_LIMIT,
        )
        yield running


@contextmanager
def _adapter(running: RunningExchange) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
    budget, sapi = WeightBudget(_machine), SapiBudget(_machine, lambda seconds: None)
    made = BinanceExchange(addresses, budget, _machine, sapi)
    try:
        yield made
    finally:
        made.close()
