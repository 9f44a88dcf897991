"""What must be true of a settled world: the league says what the exchange's own books say.

Each check yields sentences about what is wrong; a right world yields none.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from chalicelib.domain.account import AccountState, ExchangeAccount, ImportState
from chalicelib.domain.block import Kind
from chalicelib.domain.counted import counted
from chalicelib.domain.holdings import AccountHoldings, holdings_at
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry
from chalicelib.domain.windows import WINDOWS, closing_hour, day_of_hour
from chalicelib.services.mark_shard import MarkStores, mark_shard
from chalicelib.services.ports import BlockKey, History, RankTask, ShardTask
from chalicelib.services.rank_traders import rank_traders
from sandbox.exchange.orders import OwnFill
from sandbox.exchange.state import books_of
from tests.chaos.world import World, epoch_ms
from tests.fakes import FakeBoards, FakeCorrections, FakeHistory, FakeRuns, FakeTasks
from tests.late_league import content

_EVER: Final = datetime(2200, 1, 1, tzinfo=UTC)
_OURS: Final = (ChangeKind.LINK, ChangeKind.UNLINK)


def faults_of(world: World) -> list[str]:
    """Everything that is wrong with a settled world."""
    return [
        *_waiting(world),
        *(said for each in _linked(world) for said in _account(each)),
        *_marks(world),
        *world.witness.faults,
    ]


@dataclass(frozen=True)
class _Linked:
    """One account of the league, and the exchange's own books of it."""

    world: World
    account: ExchangeAccount
    row: AccountHoldings
    uid: int

    @property
    def name(self) -> str:
        names = {each.uid: name for name, each in self.world.accounts.items()}
        return names[self.uid]

    def entries(self) -> list[LedgerEntry]:
        """The rows of the running link."""
        ledger = self.world.backing.stores.ledger
        return ledger.entries(self.account.account_id, self.row.linked_at, _EVER)


def _linked(world: World) -> Iterator[_Linked]:
    stores = world.backing.stores
    for trader in {each.trader.trader_id: each.trader for each in world.accounts.values()}.values():
        for account in stores.accounts.of_trader(trader.trader_id):
            row = stores.holdings.get(trader.seat, account.account_id)
            if row is not None and account.uid is not None:
                yield _Linked(world, account, row, int(account.uid))


def _account(of: _Linked) -> Iterator[str]:
    if of.account.state is AccountState.UNLINKED:
        if of.row.amounts():
            yield f"{of.name} was unlinked and still holds {of.row.amounts()}"
        yield from _only_real_fills(of)
        return
    if of.row.doubted_at is not None:
        yield f"{of.name} is in doubt since {of.row.doubted_at}"
    yield from _balances(of)
    yield from _fills(of)
    yield from _movements(of)


def _balances(of: _Linked) -> Iterator[str]:
    account = of.world.exchange.accounts.account(of.uid)
    held = {a: each.free + each.locked for a, each in account.balances.items()}
    held = {asset: amount for asset, amount in held.items() if amount}
    if of.row.amounts() != held:
        yield f"{of.name} holds {_differ(of.row.amounts(), held)} (league, exchange)"
    link = of.world.backing.stores.ledger.checkpoint_before(
        of.account.account_id, of.row.linked_at + timedelta(milliseconds=1)
    )
    told = holdings_at(link, of.entries(), _EVER)
    if told != held:
        yield f"{of.name}'s ledger adds up to {_differ(told, held)} (league, exchange)"


def _differ(ours: object, theirs: object) -> object:
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return ours, theirs
    return {
        each: (str(ours.get(each)), str(theirs.get(each)))
        for each in sorted(ours.keys() | theirs.keys())
        if ours.get(each) != theirs.get(each)
    }


def _executed(of: _Linked) -> Counter[tuple[object, ...]]:
    fills: Sequence[OwnFill] = of.world.exchange.desk.fills.all_of(of.uid)
    since = epoch_ms(of.row.linked_at)
    return Counter(
        (
            each.symbol,
            each.trade_id,
            each.price,
            each.quantity,
            each.commission,
            each.executed_at,
        )
        for each in fills
        if each.executed_at > since
    )


def _recorded(of: _Linked) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            each.symbol,
            each.trade_id,
            each.price,
            each.quantity,
            each.commission,
            epoch_ms(each.executed_at),
        )
        for each in of.entries()
        if isinstance(each, Fill)
    )


def _fills(of: _Linked) -> Iterator[str]:
    executed, recorded = _executed(of), _recorded(of)
    if executed != recorded:
        yield f"{of.name} lacks fills {executed - recorded}, has too many {recorded - executed}"


def _only_real_fills(of: _Linked) -> Iterator[str]:
    invented = _recorded(of) - _executed(of)
    if invented:
        yield f"{of.name} has fills {invented} that never were"


def _movements(of: _Linked) -> Iterator[str]:
    """Each of the exchange's movements is counted once, but for those that came back."""
    since = epoch_ms(of.row.linked_at)
    moved = [
        (each["id"], each["asset"], Decimal(each["change"]))
        for each in books_of(of.world.exchange, of.uid)["movements"]
        if each["at"] > since
    ]
    cancelled = {(name, asset, -change) for name, asset, change in moved} & set(moved)
    theirs = Counter((each[1], each[2]) for each in moved if each not in cancelled)
    returned = Counter((each[1], each[2]) for each in moved if each in cancelled)
    ours = Counter(
        (each.asset, each.quantity)
        for each in counted(of.entries())
        if isinstance(each, BalanceChange) and each.kind not in _OURS
    )
    if (theirs - ours) or (ours - theirs - returned):
        yield f"{of.name} lacks {theirs - ours}, has too many {ours - theirs - returned}"


def _waiting(world: World) -> Iterator[str]:
    stores = world.backing.stores
    for name, box in (("events", world.backing.event_box), ("tasks", world.backing.task_box)):
        if not box.empty():
            yield f"{len(box.parcels)} messages wait in {name}: {box.parcels[0].body[:200]}"
    due = stores.corrections.of_shard(0)
    if due:
        yield f"corrections wait: {due}"
    for slot in range(stores.accounts.slots()):
        doubts = stores.doubts.of_slot(slot)
        followed = {each.account_id for each in stores.accounts.roster(slot)}
        if doubts.keys() & followed:
            yield f"doubts wait: {doubts}"
    for name, container in world.containers.items():
        if not container.settled():
            yield f"{name} is not done: {container.supervisor.state()}"
    for trader_id in {each.trader.trader_id for each in world.accounts.values()}:
        for account in stores.accounts.of_trader(trader_id):
            if account.state is AccountState.CHECKING:
                yield f"{account.account_id} is being checked for ever"
            live = account.state is AccountState.LIVE
            if live and account.import_state is not ImportState.DONE:
                yield f"the past of {account.account_id} is {account.import_state}"
    if world.wishes:
        yield f"{len(world.wishes)} wishes of traders are not granted"


def _marks(world: World) -> Iterator[str]:
    """Marks and board are those of a league that reads the same ledger at once."""
    stores = world.backing.stores
    last = stores.runs.last_complete(0)
    if last is None:
        return
    fresh = MarkStores(
        stores.holdings,
        stores.ledger,
        FakeHistory(),
        stores.prices,
        FakeRuns(),
        FakeCorrections(),
    )
    first = _first_hour(world, last, fresh)
    mark_shard(ShardTask(last, 0), fresh, FakeTasks())
    keys: list[BlockKey] = [
        *((0, kind, hour) for hour in range(first, last + 1) for kind in (Kind.HOUR, Kind.SCORES)),
        *((0, Kind.DAY, day) for day in range(day_of_hour(first), day_of_hour(last) + 1)),
        (0, Kind.SLOW, 0),
    ]
    yield from _differing(keys, stores.history, fresh.history)
    if not stores.runs.ranked(last):
        yield f"hour {last} was never ranked"
        return
    boards = FakeBoards()
    task = RankTask(last)
    rank_traders(task, seats=stores.seats, history=fresh.history, boards=boards, runs=fresh.runs)
    ranks = [(0, Kind.RANKS, last)]
    yield from _differing(ranks, stores.history, fresh.history, only="rank_")
    for window in WINDOWS:
        ours, theirs = stores.boards.current(window.name), boards.current(window.name)
        if ours != theirs or ours is None:
            yield f"the board of {window.name} says {ours}, made anew {theirs}"
            continue
        orders = [each.order(window.name, ours, 0, 999) for each in (stores.boards, boards)]
        if orders[0] != orders[1]:
            yield f"the order of {window.name} is {orders[0]}, made anew {orders[1]}"


def _first_hour(world: World, last: int, fresh: MarkStores) -> int:
    """The first hour that can be made anew. A row knows of its newest link alone: where an account
    was linked again, the hours before that are taken as they are stored."""
    stores = world.backing.stores
    rows = list(stores.holdings.of_shard(0))
    first = min([last, *(closing_hour(row.linked_at) for row in rows)])
    again = [closing_hour(row.linked_at) for row in rows if row.link_number > 1]
    if not again:
        return first
    hours = range(world.hours[0], max(again))
    known: list[BlockKey] = [(0, kind, h) for h in hours for kind in (Kind.HOUR, Kind.SCORES)]
    days = {day_of_hour(hour) for hour in hours} - {day_of_hour(max(again))}
    known += [(0, Kind.SLOW, 0), *((0, Kind.DAY, day) for day in sorted(days))]
    fresh.history.put_blocks(stores.history.blocks(known))
    fresh.runs.set_last_complete(0, max(again) - 1)
    return max(again)


def _differing(
    keys: Sequence[BlockKey], ours: History, theirs: History, only: str = ""
) -> Iterator[str]:
    stored, made = ours.blocks(keys), theirs.blocks(keys)
    for key in keys:
        if (key in stored) != (key in made):
            yield f"block {key} is {'there' if key in stored else 'missing'}, unlike made anew"
        elif key in stored and content(stored[key]) != content(made[key]):
            columns = [
                f"{name} {list(numbers[:3])} not {list(made[key].columns[name][:3])}"
                for name, numbers in stored[key].columns.items()
                if numbers.tobytes() != made[key].columns[name].tobytes() and name.startswith(only)
            ]
            notes = (
                ""
                if only or stored[key].notes == made[key].notes
                else (f" notes {stored[key].notes} not {made[key].notes}")
            )
            if columns or notes:
                yield f"block {key}: {'; '.join(columns)}{notes}"
