"""What the use cases need from an exchange: its calls, its streams, and a reader of its frames.

One set of implementations per exchange. All calls raise ExchangeError's subclasses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol, TypeAlias

from chalicelib.domain.account import KeyPair, KeyPermissions
from chalicelib.domain.exchange_condition import ExchangeCondition
from chalicelib.domain.holdings import Position
from chalicelib.domain.ledger import BalanceChange, Checkpoint, Fill
from chalicelib.domain.market import Quote, Symbol
from chalicelib.domain.money import Asset


@dataclass(frozen=True, slots=True)
class AccountReading:
    """An exchange's whole answer about one account: quantities are free + locked, true at
    any instant from `updated_at` until the answer was given. `spot` is False for an account
    of another sort."""

    uid: str
    quantities: Mapping[Asset, Decimal]
    updated_at: datetime
    spot: bool = True


class ExchangeState(Enum):
    """What an exchange says of itself."""

    OPEN = "open"
    MAINTENANCE = "maintenance"


class Exchange(Protocol):
    """Calls to one exchange. Public ones need no key. All raise ExchangeError's subclasses."""

    def state(self) -> ExchangeState:
        """Whether the exchange works or is closed for a while, by its own account."""

    def time(self) -> datetime:
        """The exchange's clock."""

    def symbols(self) -> dict[str, Symbol]:
        """All listed symbols by name, halted ones too; what was delisted is missing."""

    def quotes(self) -> dict[str, Quote]:
        """Last price and traded value of 24 h of the symbols that trade."""

    def minute_close(self, symbol: str, minute: datetime) -> Decimal | None:
        """Close of the 1-minute candle that opens at `minute`."""

    def hour_closes(self, symbol: str, start: datetime, end: datetime) -> dict[int, Decimal]:
        """By number of each full hour from `start` to `end`, its end included, the price there:
        the close of the candle before it, or the last price of a candle that still runs.
        Hours in which the symbol did not trade, or that it never had, are missing."""

    def account(self, pair: KeyPair) -> AccountReading:
        """Quantities and uid of the key's account."""

    def permissions(self, pair: KeyPair) -> KeyPermissions:
        """What the key may do."""

    def fills(self, pair: KeyPair, symbol: Symbol, start: datetime) -> list[Fill]:
        """All fills of one symbol executed at or after `start`, oldest first; empty for a symbol
        that the exchange has taken off its list."""

    def histories(self) -> Sequence[str]:
        """Names of the exchange's histories of everything that moves a balance without a fill,
        cheapest first; see `movements`."""

    def movements(
        self, pair: KeyPair, history: str, start: datetime, end: datetime
    ) -> list[BalanceChange]:
        """What one of `histories` says happened with start ≤ changed_at < end, oldest first:
        one signed change per asset of each operation that has touched the balance."""

    def snapshots(self, pair: KeyPair, end: datetime) -> list[Checkpoint]:
        """The exchange's own readings of the account at past midnights (UTC) up to `end`, as far
        back as it keeps them, oldest first; each of the millisecond before the midnight."""

    def snapshots_kept(self) -> int:
        """Of how many past days it keeps such readings; 0 where it keeps none."""

    def at_leisure(self) -> "Exchange":
        """The same exchange for work that can wait: its calls leave room to all others, and
        where an account's own counter is spent they raise RateLimited at once."""


class ExchangeConditions(Protocol):
    """How each exchange does, as whoever watches it saw it last."""

    def get(self, exchange: str) -> ExchangeCondition | None:
        """The last that was stored; None before the first."""

    def put(self, exchange: str, condition: ExchangeCondition) -> None:
        """Replace it."""


class StreamListener(Protocol):
    """Who is told what a user stream brings. Called from the stream's own thread: be brief."""

    def frame(self, account_id: str, frame: str) -> None:
        """A raw frame of this account came."""

    def subscribed(self, account_id: str) -> None:
        """From now on, until a gap, no event of this account is missed."""

    def gap(self, account_ids: Sequence[str]) -> None:
        """Events of these accounts may be lost from now on, until they are subscribed again."""

    def revoked(self, account_id: str, reason: str) -> None:
        """The exchange does not take this key; the account is no longer asked for."""


class UserStream(Protocol):
    """The account events of many accounts over one connection."""

    def follow(self, account_id: str, pair: KeyPair) -> None:
        """Subscribe this account, now and after each reconnect."""

    def leave(self, account_id: str) -> None:
        """Unsubscribe it and forget its key."""

    def run(self) -> None:
        """Keep the stream going until `close`, through lost connections. May be called again
        after it raised."""

    def close(self) -> None:
        """Make `run` return."""


QuotesListener: TypeAlias = Callable[[datetime, Mapping[str, Quote]], None]
"""Told the exchange's time of a batch of quotes, and those that changed, by symbol."""


class PriceStream(Protocol):
    """Last prices of all symbols, as they change."""

    def run(self, listener: QuotesListener) -> None:
        """Keep the stream going until `close`, through lost connections."""

    def close(self) -> None:
        """Make `run` return."""


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The exchange ended an account's stream: the key was revoked, or the session."""

    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Ignored:
    """A well-formed frame that says nothing of quantities, by the name of its event.

    `at` is when an order was placed or taken back, which by itself only moves amounts between
    free and locked. `known` is False for a type of event nobody has described to us.
    """

    event: str
    at: datetime | None = None
    known: bool = True


FrameContent: TypeAlias = Fill | BalanceChange | Position | StreamEnded | Ignored


class FrameParser(Protocol):
    """Reads an exchange's raw frames."""

    def parse(self, frame: str, sequence: int) -> FrameContent:
        """Raises InvalidRequest for a frame that cannot be read, UnknownSymbol for a fill of a
        pair that the stored table of symbols does not have."""
