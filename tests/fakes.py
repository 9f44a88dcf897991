"""Every port in memory, with the same conflicts as the real stores (one contract suite each).

`Fakes` holds one of each, wired together. What a test wants to see or cause has a plain
attribute: `sent`, `refuse`, `calls`, `fail`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Context
from itertools import count
from operator import itemgetter
from typing import Any

from chalicelib.domain.account import (
    ACCOUNTS_PER_SLOT,
    AccountState,
    ExchangeAccount,
    ImportState,
    Trader,
    Trouble,
    block_of,
    shard_of,
)
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from chalicelib.domain.exchange_condition import ExchangeCondition
from chalicelib.domain.follow import Follow
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import BalanceChange, Checkpoint, LedgerEntry, order_of
from chalicelib.domain.market import PriceList, Symbol
from chalicelib.services.bind_account import LinkDesk
from chalicelib.services.link_account import Membership
from chalicelib.services.ports import BlockKey, BoardHead, Lease, Seat
from tests.fake_hour_files import FakeChain, FakePublicFiles, FakeRowSecrets
from tests.fake_identity import FakeThrottle
from tests.fake_imports import FakeImports
from tests.fake_jobs import FakeCorrections, FakeRuns
from tests.fake_links import FakeLinks
from tests.fake_outside import (
    FakeEvents,
    FakeExchange,
    FakeFrameParser,
    FakeKeyVault,
    FakeTasks,
)

__all__ = [
    "FakeAccounts",
    "FakeBoards",
    "FakeConditions",
    "FakeCorrections",
    "FakeDoubts",
    "FakeEvents",
    "FakeExchange",
    "FakeFollows",
    "FakeFrameParser",
    "FakeHistory",
    "FakeHoldings",
    "FakeImports",
    "FakeKeyVault",
    "FakeLeases",
    "FakeLedger",
    "FakeLinks",
    "FakePrices",
    "FakeRuns",
    "FakeSeats",
    "FakeTasks",
    "FakeThrottle",
    "FakeTraders",
    "Fakes",
]

_NAME_IS_FREE_AFTER = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass
class _Claim:
    name: str
    trader_id: str
    seat: int | None
    claimed_at: datetime


class FakeTraders:
    """Traders in a dict; `handed_out` is the seat counter."""

    def __init__(self) -> None:
        self.handed_out = 0
        self._claims: dict[str, _Claim] = {}
        self._profiles: dict[str, Trader] = {}

    def next_seat(self) -> int:
        self.handed_out += 1
        return self.handed_out - 1

    def claim_name(self, name: str, trader_id: str, seat: int | None, now: datetime) -> None:
        held = self._claims.get(name.casefold())
        if held is not None and held.trader_id != trader_id:
            abandoned = now - held.claimed_at > _NAME_IS_FREE_AFTER
            if held.trader_id in self._profiles or not abandoned:
                raise Conflict(f"the name {name!r} is taken")
        self._claims[name.casefold()] = _Claim(name, trader_id, seat, now)

    def holder_of(self, name: str) -> str | None:
        claim = self._claims.get(name.casefold())
        return claim.trader_id if claim else None

    def release_name(self, name: str, trader_id: str) -> None:
        if self.holder_of(name) == trader_id:
            del self._claims[name.casefold()]

    def save(self, trader: Trader) -> None:
        self._profiles[trader.trader_id] = trader

    def get(self, trader_id: str) -> Trader:
        if trader_id not in self._profiles:
            raise NotFound(f"no trader {trader_id}")
        return self._profiles[trader_id]

    def remove(self, trader_id: str) -> None:
        self._profiles.pop(trader_id, None)

    def by_name(self, name: str) -> Trader:
        claim = self._claims.get(name.casefold())
        if claim is None or claim.trader_id not in self._profiles:
            raise NotFound(f"no trader is called {name!r}")
        return self._profiles[claim.trader_id]

    def starting_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        if not prefix:
            raise InvalidRequest("the start of a name is empty")
        claims = sorted(self._claims.items(), key=itemgetter(0))
        start = prefix.casefold()
        found = [(each.name, each.seat) for key, each in claims if key.startswith(start)]
        return [(name, seat) for name, seat in found if seat is not None][:limit]


class FakeAccounts:
    """Accounts and rosters in dicts."""

    def __init__(self, per_slot: int = ACCOUNTS_PER_SLOT) -> None:
        self._per_slot = per_slot
        self._accounts: dict[str, ExchangeAccount] = {}
        self._numbers: defaultdict[int, int] = defaultdict(int)
        self._slots = 0
        self.on_unlinked: Callable[[str], None] = lambda account_id: None

    def add(self, account: ExchangeAccount) -> None:
        if account.account_id in self._accounts:
            raise Conflict(f"there is an account {account.account_id}")
        self.save(account)

    def save(self, account: ExchangeAccount) -> None:
        old = self._accounts.get(account.account_id)
        if old is not None and _has_another_key(old, account):
            raise Conflict(f"account {account.account_id} has another key")
        self.save_with_key(account)

    def save_with_key(self, account: ExchangeAccount) -> None:
        old = self._accounts.get(account.account_id)
        if old is not None and not _may_follow(old, account):
            raise Conflict(f"account {account.account_id} was linked anew or unlinked")
        goes_on = old is not None and old.link_number == account.link_number
        imported = old.import_state if old is not None and goes_on else ImportState.WAITING
        self._accounts[account.account_id] = replace(
            account, import_state=imported, trouble=None, trouble_since=None
        )
        if account.state is not AccountState.UNLINKED:
            self._slots = max(self._slots, account.slot + 1)
        else:
            self.on_unlinked(account.account_id)
        if old is not None and old.slot != account.slot:
            self._numbers[old.slot] += 1
        self._numbers[account.slot] += 1

    def set_import_state(self, account: ExchangeAccount, state: ImportState) -> None:
        self._note(account, import_state=state)

    def note_trouble(
        self, account: ExchangeAccount, trouble: Trouble | None, since: datetime
    ) -> None:
        self._note(account, trouble=trouble, trouble_since=since if trouble else None)

    def _note(self, account: ExchangeAccount, **changes: Any) -> None:  # noqa: ANN401
        stored = self._accounts.get(account.account_id)
        linked = stored is not None and stored.state is not AccountState.UNLINKED
        if stored is None or not linked or stored.link_number != account.link_number:
            raise Conflict(f"account {account.account_id} was linked anew or unlinked")
        self._accounts[account.account_id] = replace(stored, **changes)

    def get(self, account_id: str) -> ExchangeAccount:
        if account_id not in self._accounts:
            raise NotFound(f"no exchange account {account_id}")
        return self._accounts[account_id]

    def of_trader(self, trader_id: str) -> list[ExchangeAccount]:
        his = [each for each in self._accounts.values() if each.trader_id == trader_id]
        return sorted(his, key=lambda account: account.account_id)

    def roster(self, slot: int) -> list[ExchangeAccount]:
        linked = (
            account
            for account in self._accounts.values()
            if account.slot == slot and account.state is not AccountState.UNLINKED
        )
        return sorted(linked, key=lambda account: account.account_id)

    def roster_number(self, slot: int) -> int:
        return self._numbers[slot]

    def slots(self) -> int:
        return self._slots

    def free_slot(self) -> int:
        return next(slot for slot in count() if len(self.roster(slot)) < self._per_slot)


def _has_another_key(old: ExchangeAccount, new: ExchangeAccount) -> bool:
    same_link = old.link_number == new.link_number and new.state is not AccountState.UNLINKED
    return same_link and old.ciphertext != new.ciphertext


def _may_follow(old: ExchangeAccount, new: ExchangeAccount) -> bool:
    if new.link_number != old.link_number:
        return new.link_number > old.link_number
    return AccountState.UNLINKED not in (old.state, new.state) or (
        new.state is AccountState.UNLINKED
    )


class FakeLedger:
    """Entries and checkpoints in dicts; `entries_of` shows all of an account."""

    def __init__(self) -> None:
        self._entries: defaultdict[str, dict[tuple[datetime, str], LedgerEntry]]
        self._entries = defaultdict(dict)
        self._checkpoints: defaultdict[str, dict[datetime, Checkpoint]] = defaultdict(dict)

    def add(self, account_id: str, entries: Sequence[LedgerEntry]) -> None:
        for entry in entries:
            self._entries[account_id].setdefault((entry.at, entry.entry_id), entry)

    def add_checkpoint(self, account_id: str, checkpoint: Checkpoint) -> None:
        self._checkpoints[account_id].setdefault(checkpoint.taken_at, checkpoint)

    def entries(self, account_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        found = (e for e in self._entries[account_id].values() if start <= e.at < end)
        return sorted(found, key=order_of)

    def newest_first(
        self, account_id: str, start: datetime, end: datetime
    ) -> Iterator[LedgerEntry]:
        yield from reversed(self.entries(account_id, start, end))

    def changes(self, account_id: str, start: datetime, end: datetime) -> list[BalanceChange]:
        found = self.entries(account_id, start, end)
        return [entry for entry in found if isinstance(entry, BalanceChange)]

    def checkpoint_before(self, account_id: str, instant: datetime) -> Checkpoint | None:
        earlier = [at for at in self._checkpoints[account_id] if at < instant]
        return self._checkpoints[account_id][max(earlier)] if earlier else None

    def checkpoint_from(self, account_id: str, instant: datetime) -> Checkpoint | None:
        later = [at for at in self._checkpoints[account_id] if at >= instant]
        return self._checkpoints[account_id][min(later)] if later else None

    def entries_of(self, account_id: str) -> list[LedgerEntry]:
        return sorted(self._entries[account_id].values(), key=order_of)


class FakeHoldings:
    """Rows by seat and account; `writes` counts what was really written."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], AccountHoldings] = {}
        self.writes = 0

    def get(self, seat: int, account_id: str) -> AccountHoldings | None:
        return self._rows.get((seat, account_id))

    def create(self, row: AccountHoldings) -> None:
        stored = self._rows.get((row.seat, row.account_id))
        if stored is None or stored.link_number < row.link_number:
            self._write(row)

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        stored = self._rows.get((old.seat, old.account_id))
        if stored is None or (stored.link_number, stored.version) != (
            old.link_number,
            old.version,
        ):
            raise Conflict(f"the holdings of account {old.account_id} changed meanwhile")
        self._write(replace(new, version=old.version + 1))

    def of_seat(self, seat: int) -> list[AccountHoldings]:
        return [row for key, row in sorted(self._rows.items(), key=itemgetter(0)) if key[0] == seat]

    def of_shard(self, shard: int) -> Iterator[AccountHoldings]:
        for key, row in sorted(self._rows.items(), key=itemgetter(0)):
            if shard_of(key[0]) == shard:
                yield row

    def _write(self, row: AccountHoldings) -> None:
        self._rows[row.seat, row.account_id] = row
        self.writes += 1


class FakeDoubts:
    """Doubts by slot and account."""

    def __init__(self) -> None:
        self._doubts: defaultdict[int, dict[str, set[datetime]]] = defaultdict(dict)

    def put(self, slot: int, account_id: str, at: datetime) -> None:
        self._doubts[slot].setdefault(account_id, set()).add(at)

    def of_slot(self, slot: int) -> dict[str, set[datetime]]:
        return {name: set(instants) for name, instants in self._doubts[slot].items() if instants}

    def remove(self, slot: int, account_id: str, at: datetime) -> None:
        self._doubts[slot].get(account_id, set()).discard(at)


class FakeFollows:
    """Follows by follower and leader."""

    def __init__(self) -> None:
        self._follows: dict[tuple[str, str], Follow] = {}

    def put(self, follow: Follow) -> None:
        self._follows[follow.follower_id, follow.leader_id] = follow

    def remove(self, follow: Follow) -> None:
        self._follows.pop((follow.follower_id, follow.leader_id), None)

    def exists(self, follower_id: str, leader_id: str) -> bool:
        return (follower_id, leader_id) in self._follows

    def of_follower(self, follower_id: str) -> list[Follow]:
        return [each for (one, _), each in sorted(self._follows.items()) if one == follower_id]

    def of_leader(self, leader_id: str) -> Iterator[str]:
        return iter([one for one, leader in sorted(self._follows) if leader == leader_id])

    def counts(self, seats: Sequence[int]) -> dict[int, int]:
        led = [each.leader_seat for each in self._follows.values()]
        return {seat: led.count(seat) for seat in seats}


class FakeHistory:
    """Blocks by key; copies go in and out, so a caller's later changes stay his own."""

    def __init__(self) -> None:
        self._blocks: dict[BlockKey, Block] = {}

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        return {key: deepcopy(self._blocks[key]) for key in keys if key in self._blocks}

    def block_range(self, block: int, kind: Kind, first: int, last: int) -> dict[int, Block]:
        numbers = sorted(
            number
            for stored, stored_kind, number in self._blocks
            if stored == block and stored_kind is kind and first <= number <= last
        )
        return {number: deepcopy(self._blocks[block, kind, number]) for number in numbers}

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        self._blocks.update(deepcopy(dict(blocks)))

    def forget(self, block: int, kind: Kind, number: int) -> None:
        """As when the item expired."""
        del self._blocks[block, kind, number]


class FakeSeats:
    """Seats by number; the counter is that of the traders."""

    def __init__(self, traders: FakeTraders, follows: FakeFollows) -> None:
        self._traders = traders
        self._follows = follows
        self._seats: dict[int, Seat] = {}

    def put(self, seat: Seat) -> None:
        self._seats[seat.seat] = seat

    def of_blocks(self, blocks: Sequence[int]) -> dict[int, Seat]:
        return {n: seat for n, seat in sorted(self._seats.items()) if block_of(n) in blocks}

    def of_seats(self, seats: Sequence[int]) -> dict[int, Seat]:
        counts = self._follows.counts(seats)
        return {
            number: replace(self._seats[number], followers=counts[number])
            for number in seats
            if number in self._seats
        }

    def count(self) -> int:
        return self._traders.handed_out


class FakePrices:
    """Price lists of one exchange by instant."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, PriceList] = {}
        self._hours: dict[int, PriceList] = {}
        self._latest: PriceList | None = None
        self._symbols: dict[str, Symbol] = {}

    def put_minute(self, prices: PriceList) -> None:
        minute = prices.taken_at.replace(second=0, microsecond=0)
        self._minutes.setdefault(minute, _stored(prices))

    def put_latest(self, prices: PriceList) -> None:
        self._latest = _stored(prices)

    def put_hour(self, hour: int, prices: PriceList) -> None:
        self._hours.setdefault(hour, _stored(prices))

    def minute(self, at: datetime) -> PriceList | None:
        return self._minutes.get(at)

    def first_minute_from(self, start: datetime, end: datetime) -> PriceList | None:
        found = sorted(minute for minute in self._minutes if start <= minute <= end)
        return self._minutes[found[0]] if found else None

    def latest(self) -> PriceList | None:
        return self._latest

    def hours(self, hours: Sequence[int]) -> dict[int, PriceList]:
        return {hour: self._hours[hour] for hour in hours if hour in self._hours}

    def put_symbols(self, symbols: Mapping[str, Symbol]) -> None:
        self._symbols = dict(symbols)

    def symbols(self) -> dict[str, Symbol]:
        return dict(self._symbols)


def _stored(prices: PriceList) -> PriceList:
    """As the store keeps it: traded values cut to three significant digits."""
    cut = Context(prec=3, rounding=ROUND_DOWN)
    assets = {
        asset: replace(each, traded_usdt=cut.plus(each.traded_usdt))
        for asset, each in prices.assets.items()
    }
    return PriceList(prices.taken_at, assets)


class FakeBoards:
    """Orders and heads by window."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, int, int], list[int]] = {}
        self._heads: dict[str, BoardHead] = {}

    def put_orders(self, hour: int, revision: int, orders: Mapping[str, Sequence[int]]) -> None:
        for window, seats in orders.items():
            self._orders[window, hour, revision] = list(seats)

    def publish(self, window: str, head: BoardHead) -> None:
        stored = self._heads.get(window)
        if stored is None or (stored.hour, stored.revision) <= (head.hour, head.revision):
            self._heads[window] = head

    def current(self, window: str) -> BoardHead | None:
        return self._heads.get(window)

    def order(self, window: str, head: BoardHead, start: int, count: int) -> list[int]:
        seats = self._orders.get((window, head.hour, head.revision), [])
        return seats[: head.length][start : start + count]


class FakeConditions:
    """The condition of each exchange; `written` are all that were stored, in order."""

    def __init__(self) -> None:
        self.written: list[ExchangeCondition] = []
        self._found: dict[str, ExchangeCondition] = {}

    def get(self, exchange: str) -> ExchangeCondition | None:
        return self._found.get(exchange)

    def put(self, exchange: str, condition: ExchangeCondition) -> None:
        self.written.append(condition)
        self._found[exchange] = condition


class FakeLeases:
    """Leases by group and name."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Lease] = {}

    def acquire(self, lease: Lease, now: datetime) -> bool:
        held = self._held.get((lease.group, lease.name), lease)
        if held.holder != lease.holder and now < held.until:
            return False
        self._held[lease.group, lease.name] = lease
        return True

    def release(self, lease: Lease) -> None:
        held = self._held.get((lease.group, lease.name))
        if held is not None and held.holder == lease.holder:
            del self._held[lease.group, lease.name]

    def of_group(self, group: str) -> list[Lease]:
        return [self._held[key] for key in sorted(self._held) if key[0] == group]


@dataclass
class Fakes:
    """One of each store, queue and vault, wired together."""

    traders: FakeTraders = field(default_factory=FakeTraders)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    holdings: FakeHoldings = field(default_factory=FakeHoldings)
    history: FakeHistory = field(default_factory=FakeHistory)
    prices: FakePrices = field(default_factory=FakePrices)
    boards: FakeBoards = field(default_factory=FakeBoards)
    runs: FakeRuns = field(default_factory=FakeRuns)
    doubts: FakeDoubts = field(default_factory=FakeDoubts)
    leases: FakeLeases = field(default_factory=FakeLeases)
    conditions: FakeConditions = field(default_factory=FakeConditions)
    throttle: FakeThrottle = field(default_factory=FakeThrottle)
    corrections: FakeCorrections = field(default_factory=FakeCorrections)
    tasks: FakeTasks = field(default_factory=FakeTasks)
    events: FakeEvents = field(default_factory=FakeEvents)
    vault: FakeKeyVault = field(default_factory=FakeKeyVault)
    follows: FakeFollows = field(default_factory=FakeFollows)
    links: FakeLinks = field(default_factory=FakeLinks)
    imports: FakeImports = field(default_factory=FakeImports)
    secrets: FakeRowSecrets = field(default_factory=FakeRowSecrets)
    chain: FakeChain = field(default_factory=FakeChain)
    files: FakePublicFiles = field(default_factory=FakePublicFiles)
    seats: FakeSeats = field(init=False)

    def __post_init__(self) -> None:
        self.seats = FakeSeats(self.traders, self.follows)
        self.accounts.on_unlinked = self.links.forget_pair

    def desk(self) -> LinkDesk:
        """Where accounts are linked; new ids are new-1, new-2, …"""
        numbers = count(1)
        members = Membership(
            traders=self.traders,
            seats=self.seats,
            accounts=self.accounts,
            ledger=self.ledger,
            holdings=self.holdings,
            runs=self.runs,
            corrections=self.corrections,
            new_id=lambda: f"new-{next(numbers)}",
        )
        return LinkDesk(self.links, self.vault, members)
