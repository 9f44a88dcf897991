"""Who trades and where: traders, their exchange accounts, keys, and what others may see."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

SEATS_PER_SHARD = 4096
SEATS_PER_BLOCK = 256
ACCOUNTS_PER_SLOT = 900
"""New accounts go to a slot with fewer; a connection takes 1,000, so a few more do no harm."""


class TradesView(Enum):
    """How a trader's trades look to others (rules.md §7)."""

    GUARDED = "guarded"
    EXACT = "exact"
    HIDDEN = "hidden"


class Audience(Enum):
    """Who, besides the owner, may see a part of a profile."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a trader lets others see; the defaults are those of rules.md §7."""

    listed: bool = True
    trades: TradesView = TradesView.GUARDED
    trades_for: Audience = Audience.EVERYONE
    allocation_for: Audience = Audience.EVERYONE


@dataclass(frozen=True, slots=True)
class Trader:
    """A member of the league; `seat` is his number for ever, handed out in order of joining."""

    trader_id: str
    name: str
    seat: int
    joined_at: datetime
    visibility: Visibility = Visibility()
    retired_at: datetime | None = None
    leaving: bool = False


class AccountState(Enum):
    """Where a linked exchange account stands; shown to its owner."""

    CHECKING = "checking"
    LIVE = "live"
    KEY_REVOKED = "key_revoked"
    PERMISSIONS_WIDENED = "permissions_widened"
    UNLINKED = "unlinked"


class ImportState(Enum):
    """How far the history from before a link has come in. A LIVE account whose import goes on
    streams like any other."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Refusal(Enum):
    """Why a key is not taken, or its account no longer followed."""

    CAN_TRADE = "can_trade"
    CAN_WITHDRAW = "can_withdraw"
    CAN_TRANSFER = "can_transfer"
    CAN_MARGIN = "can_margin"
    CAN_FUTURES = "can_futures"
    CAN_OPTIONS = "can_options"
    CANNOT_READ = "cannot_read"
    ADDRESS_LOCKED = "address_locked"
    KEY_REFUSED = "key_refused"
    SIGNATURE_WRONG = "signature_wrong"
    NOT_SPOT = "not_spot"
    LINKED_BY_ANOTHER = "linked_by_another"
    UNLINKED_LATELY = "unlinked_lately"
    NOT_PROVEN = "not_proven"
    PROVEN_BY_ANOTHER = "proven_by_another"
    TAKEN_BACK = "taken_back"
    SAME_ACCOUNT = "same_account"


class Trouble(Enum):
    """What keeps a key from being checked, or its account's events from coming, for a while."""

    EXCHANGE_SILENT = "exchange_silent"
    MAINTENANCE = "maintenance"
    STREAM_BROKEN = "stream_broken"
    NOT_FOLLOWED = "not_followed"


@dataclass(frozen=True, slots=True)
class ExchangeAccount:
    """One trader's linked keys at one exchange.

    `link_number` grows with each linking of the same account, so that work on its way from
    an earlier link is told apart. `slot` is the stream slot that follows it. `ciphertext` is
    the sealed key pair, None once the key was destroyed. `uid` is the exchange's own name of
    the account, known after the link's first check. `refusals` say why it is stopped or ended.
    With `takes_back` a proven owner moves the account here from another trader.

    `import_state` and `trouble` (since `trouble_since`) are written by calls of their own.
    """

    account_id: str
    trader_id: str
    seat: int
    exchange: str
    link_number: int
    slot: int
    state: AccountState
    linked_at: datetime
    ciphertext: bytes | None = None
    uid: str | None = None
    refusals: tuple[Refusal, ...] = ()
    unlinked_at: datetime | None = None
    takes_back: bool = False
    import_state: ImportState = ImportState.WAITING
    trouble: Trouble | None = None
    trouble_since: datetime | None = None


class KeyKind(Enum):
    """How a key signs."""

    HMAC = "hmac"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An exchange's API key and its secret; in memory only, never written out.

    The secret of an Ed25519 pair is its private half, PEM; only pairs that the league made are
    of that kind.
    """

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    kind: KeyKind = KeyKind.HMAC


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What the exchange says a key may do."""

    read: bool
    trade: bool
    withdraw: bool
    transfer: bool
    margin: bool
    futures: bool
    options: bool
    address_locked: bool


_TOO_MUCH = {
    "trade": Refusal.CAN_TRADE,
    "withdraw": Refusal.CAN_WITHDRAW,
    "transfer": Refusal.CAN_TRANSFER,
    "margin": Refusal.CAN_MARGIN,
    "futures": Refusal.CAN_FUTURES,
    "options": Refusal.CAN_OPTIONS,
}


def refusals_of(permissions: KeyPermissions) -> tuple[Refusal, ...]:
    """All that is wrong with a key: none for one that reads and can do nothing else, from
    anywhere. One locked to an address would fail with our next address."""
    found = [refusal for name, refusal in _TOO_MUCH.items() if getattr(permissions, name)]
    if not permissions.read:
        found.append(Refusal.CANNOT_READ)
    if permissions.address_locked:
        found.append(Refusal.ADDRESS_LOCKED)
    return tuple(found)


def state_after_check(permissions: KeyPermissions) -> AccountState:
    """LIVE for a key that is taken; else what is wrong."""
    refusals = refusals_of(permissions)
    if not refusals:
        return AccountState.LIVE
    wide = any(each in _TOO_MUCH.values() for each in refusals)
    return AccountState.PERMISSIONS_WIDENED if wide else AccountState.KEY_REVOKED


def shard_of(seat: int) -> int:
    """The shard whose mark covers `seat`."""
    return seat // SEATS_PER_SHARD


def block_of(seat: int) -> int:
    """The history block that holds `seat`."""
    return seat // SEATS_PER_BLOCK
