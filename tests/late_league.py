"""A small league whose events can be held back: recorded, marked and ranked by the product's own
code on stores in memory.

Two traders share a block, a third sits in another one. All of them have marks of a day and more,
so that the board has numbers.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from chalicelib.domain.account import AccountState
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.holdings import Order, Position
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry, Side, Source
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import WINDOWS, day_of_hour, hour_of, hour_start
from chalicelib.services.exchange_ports import FrameContent
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.ports import BlockKey, RankTask, ShardTask, StreamItem
from chalicelib.services.rank_traders import rank_traders
from chalicelib.services.record_account_event import record_account_events
from tests.builders import (
    EXCHANGE,
    amounts,
    balance_change,
    exchange_account,
    fill,
    prices,
    seat,
    snapshot,
    stream_item,
)
from tests.fakes import FakeFrameParser, Fakes
from tests.where import mark_stores, record_stores

START = datetime(2026, 3, 1, 19, tzinfo=UTC)
FIRST = hour_of(START)
"""The last hour that is marked when the story begins: five hours before midnight."""

LINKED = START - timedelta(hours=30, minutes=20)
SEATS = {"ANN": 0, "BOB": 1, "CYD": 256, "DAN": 2}
HELD = amounts(USDT="10000", BTC="1")
NEWCOMER = "DAN"
BLOCKS = (0, 1)


@dataclass(frozen=True, slots=True)
class Said:
    """What the stream says of an account at an instant, in one message."""

    account: str
    at: datetime
    items: tuple[StreamItem, ...]


@dataclass
class Books:
    """The exchange's side of one account."""

    account: str
    contents: dict[str, FrameContent]
    held: dict[str, Decimal] = field(default_factory=lambda: dict(HELD))

    def happens(self, *entries: LedgerEntry) -> Said:
        """The entries of one instant, and the position after them."""
        at = entries[0].at
        for entry in entries:
            for asset, change in entry.changes().items():
                self.held[asset] = self.held.get(asset, Decimal(0)) + change
        changed = {asset for entry in entries for asset in entry.changes()}
        after = Position({asset: self.held[asset] for asset in changed}, Order(at, at, 9))
        return Said(self.account, at, tuple(self._item(each) for each in [*entries, after]))

    def found(self, *entries: BalanceChange) -> Said:
        """What the exchange's history tells of it; no balance moves."""
        return Said(self.account, entries[0].at, (self.item(found=entries),))

    def linked(self, at: datetime) -> Said:
        held = {asset: str(amount) for asset, amount in self.held.items()}
        return Said(self.account, at, (self.item(snapshot=snapshot("link", at, **held)),))

    def item(self, **content: object) -> StreamItem:
        return stream_item(
            account_id=self.account,
            trader_id=f"T{SEATS[self.account]}",
            seat=SEATS[self.account],
            **content,  # type: ignore[arg-type]
        )

    def _item(self, content: FrameContent) -> StreamItem:
        name = f"{self.account} {len(self.contents)}"
        self.contents[name] = content
        return self.item(frame=name, sequence=9)


@dataclass
class LateLeague:
    """Stores in memory, and what is to be recorded again."""

    stores: Fakes = field(default_factory=Fakes)
    contents: dict[str, FrameContent] = field(default_factory=dict)
    waiting: list[StreamItem] = field(default_factory=list)

    def record(self, said: Sequence[Said]) -> None:
        """Record it as one batch, with what was refused before."""
        items = [*self.waiting, *(item for each in said for item in each.items)]
        parsers = {EXCHANGE: FakeFrameParser(self.contents)}
        refused = record_account_events(items, parsers, record_stores(self.stores))
        assert all(each.retry for each in refused)
        self.waiting = [items[each.index] for each in refused]

    def begin(self, hour: int) -> None:
        self.stores.runs.begin(hour, [0])
        self.stores.prices.put_hour(hour, league_prices(hour))

    def mark(self, hour: int) -> None:
        mark_shard(ShardTask(hour, 0), mark_stores(self.stores), self.stores.tasks)

    def rank(self, hour: int) -> None:
        stores = self.stores
        rank_traders(
            RankTask(hour),
            seats=stores.seats,
            history=stores.history,
            boards=stores.boards,
            runs=stores.runs,
        )

    def close(self, hour: int) -> None:
        self.begin(hour)
        self.mark(hour)
        self.rank(hour)

    def block(self, kind: Kind, number: int, block: int = 0) -> Block:
        key = (block, kind, number)
        return self.stores.history.blocks([key])[key]

    def shown(self, hour: int, place: int, window: str = "24h") -> float:
        number: float = self.block(Kind.SCORES, hour).columns[f"shown_{window}"][place]
        return number

    def written(self, last: int) -> dict[BlockKey, object]:
        """Every column of every block of marks until `last`, as bytes, and the notes."""
        keys: list[BlockKey] = [(block, Kind.SLOW, 0) for block in BLOCKS]
        for block in BLOCKS:
            for hour in range(FIRST, last + 1):
                keys += [(block, Kind.HOUR, hour), (block, Kind.SCORES, hour)]
            days = range(day_of_hour(FIRST) - 2, day_of_hour(last))
            keys += [(block, Kind.DAY, day) for day in days]
        return {key: content(block) for key, block in self.stores.history.blocks(keys).items()}

    def board(self, hour: int) -> list[object]:
        """Order, summary and ranks of an hour; by how much ranks moved is left out."""
        found: list[object] = []
        for window in WINDOWS:
            head = self.stores.boards.current(window.name)
            assert head is not None
            assert head.hour == hour
            ranks = self.block(Kind.RANKS, hour).columns[f"rank_{window.name}"]
            found += [head, self.stores.boards.order(window.name, head, 0, 999), ranks.tobytes()]
        return found


def content(block: Block) -> object:
    """What a stored block says, comparable."""
    columns = {name: numbers.tobytes() for name, numbers in block.columns.items()}
    return columns, repr(sorted(block.notes.items()))


def buy(at: datetime, number: int, quantity: str = "0.1") -> LedgerEntry:
    return fill(trade_id=number, order_id=number, price="50000", quantity=quantity, executed_at=at)


def sell(at: datetime, number: int) -> LedgerEntry:
    return fill(
        trade_id=number,
        order_id=number,
        side=Side.SELL,
        price="51000",
        quantity="0.05",
        commission="1",
        commission_asset="USDT",
        executed_at=at,
    )


def movement(at: datetime, number: int, quantity: str = "500") -> BalanceChange:
    return balance_change(
        kind=ChangeKind.MOVEMENT,
        source=Source.FRAME,
        quantity=quantity,
        changed_at=at,
        change_id=str(number),
    )


def named(of: BalanceChange, at: datetime, kind: ChangeKind = ChangeKind.DEPOSIT) -> BalanceChange:
    """The exchange's history row of a movement."""
    return balance_change(
        kind=kind, quantity=str(of.quantity), changed_at=at, change_id=f"h{of.change_id}"
    )


@cache
def _prepared() -> LateLeague:
    league = LateLeague()
    for name, number in SEATS.items():
        league.stores.accounts.save(
            exchange_account(
                account_id=name,
                trader_id=f"T{number}",
                seat=number,
                state=AccountState.CHECKING,
            )
        )
        league.stores.seats.put(seat(number, trader_id=f"T{number}", name=name))
    league.stores.traders.handed_out = max(SEATS.values()) + 1
    for hour in range(hour_of(LINKED), FIRST):
        league.stores.prices.put_hour(hour, league_prices(hour))
    league.record([league_books(league)(name).linked(LINKED) for name in SEATS if name != NEWCOMER])
    league.close(FIRST)
    return league


def league_books(league: LateLeague) -> Callable[[str], Books]:
    """Makes the books of an account of that league."""
    return lambda name: Books(name, league.contents)


def late_league() -> LateLeague:
    """A fresh copy of the league at the beginning of the story."""
    return deepcopy(_prepared())


def league_prices(hour: int) -> PriceList:
    """What everything costs at a full hour."""
    return prices(hour_start(hour), BTC=str(50_000 + (hour * 7919) % 1500), ETH="2000")
