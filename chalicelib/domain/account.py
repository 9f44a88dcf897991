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


class AccountState(Enum):
    """Where a linked exchange account stands; shown to its owner."""

    CHECKING = "checking"
    LIVE = "live"
    KEY_REVOKED = "key_revoked"
    PERMISSIONS_WIDENED = "permissions_widened"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class ExchangeAccount:
    """One trader's linked keys at one exchange.

    `link_number` grows with each linking of the same account, so that work on its way from
    an earlier link is told apart. `slot` is the stream slot that follows it. `ciphertext` is
    the sealed key pair, None once the key was destroyed. `uid` is the exchange's own name of
    the account, known after the first check.
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


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An exchange's API key and its secret; in memory only, never written out."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)


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


def state_after_check(permissions: KeyPermissions) -> AccountState:
    """LIVE for a key that reads and can do nothing else, from anywhere; else what is wrong.

    A key locked to an address would fail with our next address, so it counts as refused.
    """
    wide = (
        permissions.trade,
        permissions.withdraw,
        permissions.transfer,
        permissions.margin,
        permissions.futures,
        permissions.options,
    )
    if any(wide):
        return AccountState.PERMISSIONS_WIDENED
    if permissions.address_locked or not permissions.read:
        return AccountState.KEY_REVOKED
    return AccountState.LIVE


def shard_of(seat: int) -> int:
    """The shard whose mark covers `seat`."""
    return seat // SEATS_PER_SHARD


def block_of(seat: int) -> int:
    """The history block that holds `seat`."""
    return seat // SEATS_PER_BLOCK
