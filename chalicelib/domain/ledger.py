"""What happened to an exchange account: fills and every other change of a balance.

Append-only. An entry is identified by what the exchange itself calls it, so a second copy
has the same `entry_id` and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from enum import Enum
from typing import TypeAlias

from chalicelib.domain.money import EXACT, Asset


class Side(Enum):
    """Which way a fill went, seen from the base asset."""

    BUY = "BUY"
    SELL = "SELL"


class ChangeKind(Enum):
    """Why a balance changed without a fill."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER = "transfer"
    LINK = "link"
    UNLINK = "unlink"
    DIVIDEND = "dividend"
    EARN_INTEREST = "earn_interest"
    EARN_MOVE = "earn_move"
    FIAT = "fiat"
    CONVERT = "convert"
    DUST = "dust"
    MOVEMENT = "movement"
    UNEXPLAINED = "unexplained"


PERFORMANCE_KINDS = frozenset({ChangeKind.CONVERT, ChangeKind.DUST, ChangeKind.EARN_MOVE})
"""Changes inside the return; all others cross the border and are flows (rules.md §2)."""


class Source(Enum):
    """Where an entry was learned: a stream frame, the exchange's history, or the league."""

    FRAME = "frame"
    HISTORY = "history"
    LEAGUE = "league"


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of an order; `trade_id` is unique for its symbol at the exchange."""

    symbol: str
    base: Asset
    quote: Asset
    trade_id: int
    order_id: int
    side: Side
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    commission: Decimal
    commission_asset: Asset | None
    executed_at: datetime

    @property
    def entry_id(self) -> str:
        """Unique within the account."""
        return f"T#{self.symbol}#{self.trade_id}"

    @property
    def at(self) -> datetime:
        """The instant the balances changed."""
        return self.executed_at

    def changes(self) -> dict[Asset, Decimal]:
        """Signed change of each balance: base, quote, and the commission taken."""
        sign = 1 if self.side is Side.BUY else -1
        with localcontext(EXACT):
            changes = {self.base: sign * self.quantity}
            changes[self.quote] = changes.get(self.quote, Decimal(0)) - sign * self.quote_quantity
            if self.commission_asset is not None and self.commission:
                paid = changes.get(self.commission_asset, Decimal(0)) - self.commission
                changes[self.commission_asset] = paid
        return changes

    def bought(self) -> Asset:
        """The coin that this fill increased: base of a buy, quote of a sell."""
        return self.base if self.side is Side.BUY else self.quote


@dataclass(frozen=True, slots=True)
class WholeChange:
    """By how much an asset changed in all between two readings of the account: after `start`,
    up to and including `end`."""

    start: datetime
    end: datetime
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """A signed change of one balance that is no fill.

    `change_id` is the exchange's id where it has one, else made of what the frame says; with
    kind and asset it is unique within the account. A MOVEMENT is a frame's change of unknown
    kind until the exchange's history names it. `network_fee` of a withdrawal is inside
    `quantity`'s size when known. An UNEXPLAINED change is what was left of `whole` when it was
    found; what is left of it now, `counted` says.
    """

    kind: ChangeKind
    asset: Asset
    quantity: Decimal
    changed_at: datetime
    change_id: str
    source: Source
    network_fee: Decimal = Decimal(0)
    whole: WholeChange | None = None

    @property
    def entry_id(self) -> str:
        """Unique within the account."""
        return f"F#{self.kind.value}#{self.asset}#{self.change_id}"

    @property
    def at(self) -> datetime:
        """The instant the balance changed."""
        return self.changed_at

    @property
    def is_flow(self) -> bool:
        """Whether it crosses the account's border."""
        return self.kind not in PERFORMANCE_KINDS

    def changes(self) -> dict[Asset, Decimal]:
        """Signed change of the balance."""
        return {self.asset: self.quantity}


LedgerEntry: TypeAlias = Fill | BalanceChange


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The exchange's own quantity (free + locked) of every asset, all changes at or before
    `taken_at` included."""

    taken_at: datetime
    quantities: dict[Asset, Decimal]


def order_of(entry: LedgerEntry) -> tuple[datetime, bool, str]:
    """Sort key of a ledger: by time; fills of an instant come before its flows."""
    return (entry.at, isinstance(entry, BalanceChange), entry.entry_id)
