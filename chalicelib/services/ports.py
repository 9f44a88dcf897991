"""What the use cases need from outside: one Protocol per outside thing.

Every write may be repeated with the same content and then changes nothing more. Whatever
cannot be reached raises StoreUnavailable or ExchangeUnavailable and may be tried again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from chalicelib.domain.account import (
    ExchangeAccount,
    ImportState,
    Trader,
    Trouble,
)
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.corrections import Corrected, Correction
from chalicelib.domain.follow import Follow
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import BalanceChange, Checkpoint, LedgerEntry
from chalicelib.domain.market import PriceList, Symbol
from chalicelib.services.queue_ports import Events as Events
from chalicelib.services.queue_ports import RankTask as RankTask
from chalicelib.services.queue_ports import ShardTask as ShardTask
from chalicelib.services.queue_ports import Snapshot as Snapshot
from chalicelib.services.queue_ports import StreamItem as StreamItem
from chalicelib.services.queue_ports import Tasks as Tasks

BlockKey: TypeAlias = tuple[int, Kind, int]
"""Block number, kind, and the hour or day number (0 for the SLOW kind)."""


class Traders(Protocol):
    """Members of the league and their names."""

    def next_seat(self) -> int:
        """A number never handed out before, from 0 up."""

    def claim_name(self, name: str, trader_id: str, seat: int | None, now: datetime) -> None:
        """Bind `name`, unique without regard to case; `seat` is None for a sign-up that is
        not confirmed. Raises Conflict when another has it, unless that one's profile never
        came within an hour."""

    def holder_of(self, name: str) -> str | None:
        """The id of whoever has claimed the name, profile or not."""

    def release_name(self, name: str, trader_id: str) -> None:
        """Give the name up, if it is that one's."""

    def save(self, trader: Trader) -> None:
        """Write the whole profile."""

    def get(self, trader_id: str) -> Trader:
        """Raises NotFound."""

    def remove(self, trader_id: str) -> None:
        """Remove the profile; one that is gone is no error."""

    def by_name(self, name: str) -> Trader:
        """The trader of that name, case-folded. Raises NotFound."""

    def starting_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Names (as written) and seats whose case-folded name starts with `prefix`, by name.

        Names whose profile has not come yet are among them if they have a seat. Raises
        InvalidRequest when `prefix` is empty.
        """


class Follows(Protocol):
    """Who follows whom."""

    def put(self, follow: Follow) -> None:
        """Note it, replacing."""

    def remove(self, follow: Follow) -> None:
        """Take it back; one that is not there is no error."""

    def exists(self, follower_id: str, leader_id: str) -> bool:
        """Whether the one follows the other."""

    def of_follower(self, follower_id: str) -> list[Follow]:
        """All he follows, by leader id."""

    def of_leader(self, leader_id: str) -> Iterator[str]:
        """Ids of all who follow him, in order."""

    def counts(self, seats: Sequence[int]) -> dict[int, int]:
        """How many follow each of the leaders in those seats; may be a moment behind."""


class Accounts(Protocol):
    """Linked exchange accounts and the rosters of the stream slots."""

    def add(self, account: ExchangeAccount) -> None:
        """Save an account that is new. Raises Conflict when there is one of that id."""

    def save(self, account: ExchangeAccount) -> None:
        """Write the account and, while it is linked, its place in its slot's roster; the
        roster's number grows with each call. Raises Conflict when a later link, another key of
        this one, or its unlinking is already stored: a destroyed key does not come back, and
        the pair that was issued for it is destroyed with it.

        Whatever troubled it is over with that; its import state stays as it is stored, and
        begins anew with a new link."""

    def save_with_key(self, account: ExchangeAccount) -> None:
        """Save it, whatever key of this link is stored."""

    def set_import_state(self, account: ExchangeAccount, state: ImportState) -> None:
        """Note how far this link's import is. Raises Conflict when it was unlinked or linked
        anew. The roster's number stays."""

    def note_trouble(
        self, account: ExchangeAccount, trouble: Trouble | None, since: datetime
    ) -> None:
        """Note what troubles this link, or None when it is over. Raises Conflict when it was
        unlinked or linked anew. The roster's number stays."""

    def get(self, account_id: str) -> ExchangeAccount:
        """Raises NotFound."""

    def of_trader(self, trader_id: str) -> list[ExchangeAccount]:
        """All accounts that he ever linked, by id."""

    def roster(self, slot: int) -> list[ExchangeAccount]:
        """All accounts that this slot follows."""

    def roster_number(self, slot: int) -> int:
        """Grows whenever the slot's roster changes; 0 for a slot never used."""

    def slots(self) -> int:
        """How many slots there are: 0 … slots − 1. It never shrinks."""

    def free_slot(self) -> int:
        """The first slot with room for a new account, maybe one never used so far. Two who
        ask at once may get the same place: a roster has room to spare."""


class Ledger(Protocol):
    """Append-only entries and checkpoints of each account."""

    def add(self, account_id: str, entries: Sequence[LedgerEntry]) -> None:
        """Write those that are absent; what is there stays as it is."""

    def add_checkpoint(self, account_id: str, checkpoint: Checkpoint) -> None:
        """Write if absent."""

    def entries(self, account_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        """Entries with start ≤ at < end, in the order of the ledger."""

    def newest_first(
        self, account_id: str, start: datetime, end: datetime
    ) -> Iterator[LedgerEntry]:
        """The same entries, newest first, read page by page as they are taken."""

    def changes(self, account_id: str, start: datetime, end: datetime) -> list[BalanceChange]:
        """Those of the entries that are no fills."""

    def checkpoint_before(self, account_id: str, instant: datetime) -> Checkpoint | None:
        """The newest checkpoint taken before `instant`."""

    def checkpoint_from(self, account_id: str, instant: datetime) -> Checkpoint | None:
        """The oldest checkpoint taken at or after `instant`."""


class Holdings(Protocol):
    """Newest quantities of each linked account, by shard."""

    def get(self, seat: int, account_id: str) -> AccountHoldings | None:
        """None when there is no row: never linked. An unlinked account's row stays, with
        `unlinked_at` set."""

    def create(self, row: AccountHoldings) -> None:
        """Write a new link's row over an older link's; one of the same or a later link
        number stays."""

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        """Write what changed from `old` to `new` (its version + 1). Raises Conflict when the
        stored row is gone, of another link, or of another version than `old`."""

    def of_seat(self, seat: int) -> list[AccountHoldings]:
        """All linked accounts of one trader."""

    def of_shard(self, shard: int) -> Iterator[AccountHoldings]:
        """All rows of a shard, ordered by seat then account."""


class Doubts(Protocol):
    """Accounts whose ledger and quantities may disagree, for those who compare their books."""

    def put(self, slot: int, account_id: str, at: datetime) -> None:
        """Note that the account is in doubt at that instant of exchange time, beside what is
        noted of it already."""

    def of_slot(self, slot: int) -> dict[str, set[datetime]]:
        """Accounts of the slot that are in doubt, and at which instants."""

    def remove(self, slot: int, account_id: str, at: datetime) -> None:
        """Take back the note of that instant, and no other."""


class History(Protocol):
    """Blocks of columns; a missing block is one in which nothing is known."""

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        """Those of `keys` that exist."""

    def block_range(self, block: int, kind: Kind, first: int, last: int) -> dict[int, Block]:
        """Blocks of one kind with first ≤ number ≤ last, by number."""

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        """Write all, replacing."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What board and rank need to know of the trader in a seat. `followers` is read only by
    `of_seats`, and written by nobody."""

    seat: int
    trader_id: str
    name: str
    exchanges: tuple[str, ...]
    listed: bool = True
    retired_at: datetime | None = None
    followers: int = 0


class Seats(Protocol):
    """Who sits where, block by block."""

    def put(self, seat: Seat) -> None:
        """Set this seat's attributes, and no other's."""

    def of_blocks(self, blocks: Sequence[int]) -> dict[int, Seat]:
        """Seats taken in these blocks, all read in as few calls as the store allows."""

    def of_seats(self, seats: Sequence[int]) -> dict[int, Seat]:
        """Those of `seats` that are taken, with the number of their followers."""

    def count(self) -> int:
        """How many seats were ever handed out; seats are 0 … count − 1."""


class Prices(Protocol):
    """Stored price lists of one exchange. Prices are kept exactly; traded values are cut to
    three significant digits, which moves no asset to another tier."""

    def put_minute(self, prices: PriceList) -> None:
        """Store under the minute `taken_at`, if absent."""

    def put_latest(self, prices: PriceList) -> None:
        """Replace the newest list."""

    def put_hour(self, hour: int, prices: PriceList) -> None:
        """Store the list of a full hour, if absent."""

    def minute(self, at: datetime) -> PriceList | None:
        """The list stored for that full minute."""

    def first_minute_from(self, start: datetime, end: datetime) -> PriceList | None:
        """The first list stored for a minute with start ≤ minute ≤ end."""

    def latest(self) -> PriceList | None:
        """The newest list."""

    def hours(self, hours: Sequence[int]) -> dict[int, PriceList]:
        """The lists of those full hours that are stored."""

    def put_symbols(self, symbols: Mapping[str, Symbol]) -> None:
        """Replace the stored list of symbols."""

    def symbols(self) -> dict[str, Symbol]:
        """The stored list of symbols by name; empty before the first was stored."""


@dataclass(frozen=True, slots=True)
class League:
    """The league in one window at one hour, as the board shows it."""

    joined: int
    active: int
    retired: int
    ranked: int
    median: int | None  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class BoardHead:
    """Which board is current: its hour and revision, how long it is, and its summary."""

    hour: int
    revision: int
    length: int
    league: League


class Boards(Protocol):
    """The order of the seats, per window; 1,000 to an item."""

    def put_orders(self, hour: int, revision: int, orders: Mapping[str, Sequence[int]]) -> None:
        """Write the items of the boards of these windows, replacing."""

    def publish(self, window: str, head: BoardHead) -> None:
        """Make it current unless one of a later (hour, revision) already is."""

    def current(self, window: str) -> BoardHead | None:
        """None before the first board."""

    def order(self, window: str, head: BoardHead, start: int, count: int) -> list[int]:
        """Seats at places start … start + count − 1 (from 0)."""


class Runs(Protocol):
    """How far the run of each hour is."""

    def begin(self, hour: int, shards: Sequence[int]) -> list[int]:
        """Freeze the hour's list of shards if it has none; returns the frozen list."""

    def shards(self, hour: int) -> list[int] | None:
        """The frozen list, None when the hour never began."""

    def mark_done(self, hour: int, shard: int) -> bool:
        """Add the shard to those done; returns whether all are done now."""

    def done(self, hour: int) -> set[int]:
        """The shards done so far."""

    def mark_ranked(self, hour: int) -> None:
        """Note that the hour's board is out."""

    def ranked(self, hour: int) -> bool:
        """Whether it is."""

    def last_complete(self, shard: int) -> int | None:
        """The newest hour that this shard has marked."""

    def set_last_complete(self, shard: int, hour: int) -> None:
        """Note it, if it is newer."""

    def newest_begun(self) -> int | None:
        """The newest hour whose run began, read consistently; None before the first."""


class Corrections(Protocol):
    """Late events whose marks are to be made again, and the record of those that were."""

    def note(self, corrections: Sequence[Correction]) -> None:
        """Write all; a second copy changes nothing."""

    def of_shard(self, shard: int) -> list[Correction]:
        """Those to be done, by hour and account, read consistently."""

    def remove(self, corrections: Sequence[Correction]) -> None:
        """Take these back, and no others."""

    def keep(self, corrected: Corrected) -> None:
        """Write the record under its hour and account; `before` stays as it was first written."""

    def kept(self, shard: int, first: int, last: int) -> list[Corrected]:
        """The records with first ≤ at_hour ≤ last, by hour and account."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One holder's right to something, until an instant of the machine's clock.

    `note` is what the holder lets the others know.
    """

    group: str
    name: str
    holder: str
    until: datetime
    note: str = ""


class Leases(Protocol):
    """Who alone may do something, for a while, by the machine's clock."""

    def acquire(self, lease: Lease, now: datetime) -> bool:
        """Take or renew it as written; False while another holder's lease runs at `now`."""

    def release(self, lease: Lease) -> None:
        """Give it up, if it is held by that holder."""

    def of_group(self, group: str) -> list[Lease]:
        """All leases of a group by name, in one reading: those that ended and were neither
        given up nor taken over are among them, for a day at least."""
