"""An outside for the container made of fakes, with streams that a test speaks for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    KeyPair,
    KeyPermissions,
)
from chalicelib.domain.market import Quote
from chalicelib.services.exchange_contact import ExchangeContact
from chalicelib.services.exchange_ports import QuotesListener, StreamListener
from ingest_container.followed import Followed
from ingest_container.outside import Outside
from tests.builders import (
    EXCHANGE,
    NOON,
    account_reading,
    exchange_account,
    key_permissions,
    symbols,
)
from tests.fakes import FakeExchange, Fakes

READS = key_permissions()


class Clock:
    """A clock that the test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class FakeUserStream:
    """Keeps who is followed; the test calls the listener itself."""

    def __init__(self, listener: StreamListener) -> None:
        self.listener = listener
        self.following: dict[str, KeyPair] = {}
        self._closing = Event()

    def follow(self, account_id: str, pair: KeyPair) -> None:
        self.following[account_id] = pair

    def leave(self, account_id: str) -> None:
        self.following.pop(account_id, None)

    def run(self) -> None:
        self._closing.wait()

    def close(self) -> None:
        self._closing.set()


class FakePriceStream:
    """Says what the test makes it say."""

    def __init__(self) -> None:
        self.say: Callable[[datetime, Mapping[str, Quote]], None] = lambda at, quotes: None
        self._closing = Event()

    def run(self, listener: QuotesListener) -> None:
        self.say = listener
        self._closing.wait()

    def close(self) -> None:
        self._closing.set()


class NotedBooks:
    """Keeps which accounts' books are wanted compared, and why."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, str]] = []
        self.dropped: list[str] = []

    def want(self, followed: Followed, reason: str) -> None:
        self.wanted.append((followed.account.account_id, reason))

    def look(self, slot: int, followed: Iterable[Followed]) -> None:
        """No doubt is stored."""

    def drop(self, account_id: str) -> None:
        self.dropped.append(account_id)


@dataclass
class World:
    """Fakes, and the Outside made of them."""

    fakes: Fakes = field(default_factory=Fakes)
    now: Clock = field(default_factory=Clock)
    machine: Clock = field(default_factory=Clock)
    price_stream: FakePriceStream = field(default_factory=FakePriceStream)
    books: NotedBooks = field(default_factory=NotedBooks)

    def __post_init__(self) -> None:
        self.exchange = FakeExchange(NOON)
        self.contact = ExchangeContact(self.machine)
        self.exchange.listed = symbols("BTC/USDT", "ETH/USDT")

    def outside(self) -> Outside:
        return Outside(
            exchange_name=EXCHANGE,
            exchange=self.exchange,
            contact=self.contact,
            conditions=self.fakes.conditions,
            accounts=self.fakes.accounts,
            ledger=self.fakes.ledger,
            holdings=self.fakes.holdings,
            doubts=self.fakes.doubts,
            leases=self.fakes.leases,
            prices=self.fakes.prices,
            events=self.fakes.events,
            vault=self.fakes.vault,
            desk=self.fakes.desk(),
            imports=self.fakes.imports,
            user_stream=FakeUserStream,
            price_stream=lambda: self.price_stream,
            now=self.now,
            machine=self.machine,
            share_weight=WeightBudget(self.machine).share_with,
        )

    def add_account(
        self,
        account_id: str = "ada",
        state: AccountState = AccountState.CHECKING,
        slot: int = 0,
        permissions: KeyPermissions = READS,
    ) -> ExchangeAccount:
        """An account on the roster whose key, named like it, the exchange knows."""
        pair = KeyPair(account_id, "secret")
        account = exchange_account(
            account_id=account_id,
            trader_id=f"trader of {account_id}",
            state=state,
            slot=slot,
            ciphertext=self.fakes.vault.seal(pair, account_id, f"trader of {account_id}", EXCHANGE),
        )
        self.fakes.accounts.save(account)
        self.exchange.allowed[account_id] = permissions
        self.exchange.readings[account_id] = account_reading(uid=f"uid of {account_id}", USDT="10")
        return account
