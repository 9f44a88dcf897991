"""However a stream is cut, shuffled and repeated, ledger, holdings and marks end the same.

A small exchange keeps its own books and says what it says in Binance's order: for a trade the
order, its fills, then the position; for a deposit the movement, then the position.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.account import AccountState
from chalicelib.domain.block import Kind
from chalicelib.domain.holdings import AccountHoldings, Order, Position, holdings_at
from chalicelib.domain.ledger import ChangeKind, LedgerEntry, Side, Source
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.exchange_ports import FrameContent, Ignored
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.ports import ShardTask, StreamItem
from chalicelib.services.record_account_event import record_account_events
from tests.builders import (
    ACCOUNT,
    EXCHANGE,
    amounts,
    at,
    balance_change,
    exchange_account,
    fill,
    prices,
    snapshot,
    stream_item,
)
from tests.fakes import FakeFrameParser, Fakes
from tests.where import mark_stores, record_stores

START = amounts(USDT="1000", BTC="2")
END = at(hours=1)


@dataclass
class Books:
    """The exchange's side: what the account holds, and what its stream said so far."""

    held: dict[str, Decimal] = field(default_factory=lambda: dict(START))
    said: list[FrameContent] = field(default_factory=list)
    now: datetime = field(default_factory=at)

    def trade(self, side: Side, fills: int) -> None:
        self._say(Ignored("executionReport NEW", at=self.now))
        for _ in range(fills):
            one = fill(
                side=side,
                trade_id=len(self.said),
                order_id=int(self.now.timestamp()),
                price="10",
                quantity="1",
                commission="0.1",
                commission_asset="BNB",
                executed_at=self.now,
            )
            self._book(one)
        self._position("BTC", "USDT", "BNB")

    def move(self, asset: str, quantity: int) -> None:
        change = balance_change(
            kind=ChangeKind.MOVEMENT,
            source=Source.FRAME,
            asset=asset,
            quantity=str(quantity),
            changed_at=self.now,
            change_id=str(len(self.said)),
        )
        self._book(change)
        self._position(asset)

    def lock(self) -> None:
        self._say(Ignored("executionReport NEW", at=self.now))
        self._position("USDT")

    def _book(self, entry: LedgerEntry) -> None:
        for asset, change in entry.changes().items():
            self.held[asset] = self.held.get(asset, Decimal(0)) + change
        assert not isinstance(entry, Position)
        self._say(entry)

    def _position(self, *assets: str) -> None:
        order = Order(self.now, self.now, len(self.said))
        quantities = {asset: self.held.get(asset, Decimal(0)) for asset in assets}
        self._say(Position(quantities, order))

    def _say(self, content: FrameContent) -> None:
        self.said.append(content)


def live(books: Books, moves: Sequence[tuple[str, int]]) -> None:
    for name, size in moves:
        books.now += timedelta(seconds=1)
        if name == "lock":
            books.lock()
        elif name in ("USDT", "ETH"):
            books.move(name, size)
        else:
            books.trade(Side(name), abs(size))


def record_all(contents: Sequence[FrameContent], batches: Sequence[Sequence[int]]) -> Fakes:
    """Record batches of frame numbers (−1: the snapshot) until nothing is left to come again."""
    fakes = Fakes()
    fakes.accounts.save(exchange_account(state=AccountState.CHECKING))
    parser = FakeFrameParser({str(number): each for number, each in enumerate(contents)})
    stores = record_stores(fakes)
    waiting = [[item_of(number) for number in batch] for batch in batches]
    while waiting:
        batch = waiting.pop(0)
        refused = record_account_events(batch, {EXCHANGE: parser}, stores)
        again = [batch[each.index] for each in refused if each.retry]
        assert len(again) == len(refused)
        if again:
            waiting.append(again)
    return fakes


def item_of(number: int) -> StreamItem:
    if number < 0:
        held = {asset: str(amount) for asset, amount in START.items()}
        return stream_item(snapshot=snapshot("link", at(), **held))
    return stream_item(frame=str(number), sequence=number)


def marks(fakes: Fakes) -> list[bytes]:
    """The columns of the mark that closes the hour, and of the windows at it."""
    hour = hour_of(END)
    for each in (hour - 1, hour):
        listed = prices(hour_start(each), BTC="10", ETH="3", BNB="2")
        fakes.prices.put_hour(each, listed)
    mark_shard(ShardTask(hour, 0), mark_stores(fakes), fakes.tasks)
    keys = [(0, Kind.HOUR, hour), (0, Kind.SCORES, hour)]
    blocks = fakes.history.blocks(keys)
    return [column.tobytes() for key in keys for column in blocks[key].columns.values()]


def comparable(row: AccountHoldings | None) -> tuple[object, ...]:
    assert row is not None
    return (row.amounts(), dict(row.last_buys), row.last_event_at, row.last_flow_at)


MOVES = st.lists(
    st.tuples(st.sampled_from(["BUY", "SELL", "USDT", "ETH", "lock"]), st.sampled_from([5, -5, 1])),
    min_size=1,
    max_size=6,
)


@given(moves=MOVES, data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_order_with_repeats_ends_in_the_same_ledger_holdings_and_marks(
    moves: list[tuple[str, int]], data: st.DataObject
) -> None:
    books = Books()
    live(books, moves)
    numbers = list(range(-1, len(books.said)))
    repeats = data.draw(st.lists(st.sampled_from(numbers), max_size=6))
    shuffled = data.draw(st.permutations(numbers + repeats))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=6)))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[a:b] for a, b in itertools.pairwise(edges)]

    straight = record_all(books.said, [numbers])
    found = record_all(books.said, batches)

    row = found.holdings.get(0, ACCOUNT)
    assert found.ledger.entries_of(ACCOUNT) == straight.ledger.entries_of(ACCOUNT)
    assert comparable(row) == comparable(straight.holdings.get(0, ACCOUNT))
    assert row is not None
    assert row.amounts() == {asset: held for asset, held in books.held.items() if held}
    assert marks(found) == marks(straight)


@given(moves=MOVES, size=st.integers(1, 9))
@settings(max_examples=50, deadline=None)
def test_a_stream_in_its_own_order_never_puts_the_account_in_doubt(
    moves: list[tuple[str, int]], size: int
) -> None:
    books = Books()
    live(books, moves)
    numbers = list(range(-1, len(books.said)))
    batches = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    row = record_all(books.said, batches).holdings.get(0, ACCOUNT)
    assert row is not None
    assert row.doubted_at is None


@given(moves=MOVES)
@settings(max_examples=50, deadline=None)
def test_checkpoint_and_ledger_give_the_quantities_of_the_exchange(
    moves: list[tuple[str, int]],
) -> None:
    books = Books()
    live(books, moves)
    fakes = record_all(books.said, [range(-1, len(books.said))])
    entries = fakes.ledger.entries(ACCOUNT, at(hours=-1), END)
    held = holdings_at(fakes.ledger.checkpoint_before(ACCOUNT, END), entries, END)
    assert held == {asset: amount for asset, amount in books.held.items() if amount}
