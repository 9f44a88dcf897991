"""What a test of any exchange's adapter needs besides the ports: somebody who acts at the exchange.

For Binance this is the sandbox exchange; for another one its sandbox, or a demo account.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from typing import Protocol

from chalicelib.domain.account import KeyPair
from chalicelib.domain.money import Asset
from chalicelib.services.exchange_ports import (
    Exchange,
    FrameParser,
    PriceStream,
    StreamListener,
    UserStream,
)


class Failure(Enum):
    """The ways an exchange fails to answer, whatever is asked."""

    OUTAGE = "outage"
    EMPTY_ANSWER = "empty answer"
    HALF_ANSWER = "half an answer"
    OTHER_SHAPE = "an answer of another shape"
    TOO_MUCH = "too much was asked"
    BANNED = "the address is banned"
    REGION = "the address is in a region that is not served"


class ExchangeUnderTest(Protocol):
    """An adapter, and the hands of its accounts' owners and of its exchange's operator.

    `symbol` trades `base` against `quote`. What moves a balance happens at once, and later, by the
    exchange's clock, than what happened before.
    """

    symbol: str
    base: Asset
    quote: Asset

    @property
    def exchange(self) -> Exchange:
        """The adapter's calls."""

    @property
    def parser(self) -> FrameParser:
        """The adapter's reader of frames."""

    def open_account(self, **quantities: str) -> KeyPair:
        """A new account that holds so much, and a key of it that only reads."""

    def another_key(self, pair: KeyPair) -> KeyPair:
        """A second key of the same account."""

    def buy(self, pair: KeyPair, spent: str) -> None:
        """The owner buys `base` for so much of `quote`, in more than one execution."""

    def leave_order_open(self, pair: KeyPair) -> None:
        """The owner offers to buy `base` far below its price."""

    def deposit(self, pair: KeyPair, asset: Asset, quantity: str) -> None:
        """So much arrives from outside."""

    def withdraw(self, pair: KeyPair, asset: Asset, quantity: str, fee: str) -> None:
        """So much leaves, and the fee."""

    def convert(self, pair: KeyPair, given: tuple[Asset, str], taken: tuple[Asset, str]) -> None:
        """The owner exchanges coins with the exchange itself, without an order."""

    def revoke(self, pair: KeyPair) -> None:
        """The owner deletes the key."""

    def halt(self) -> AbstractContextManager[None]:
        """The pair does not trade inside the block."""

    def maintenance(self) -> AbstractContextManager[None]:
        """The exchange says that it is closed inside the block."""

    def wait(self, until: datetime) -> None:
        """The machine's time is that."""

    def failing(self, failure: Failure) -> AbstractContextManager[None]:
        """Every call fails so inside the block."""

    def stream(self, listener: StreamListener) -> AbstractContextManager[UserStream]:
        """A running user stream."""

    def price_stream(self) -> PriceStream:
        """A price stream that does not run yet."""

    def move_price(self, price: str) -> None:
        """The pair is traded at this price, once a price stream listens."""

    def cut(self) -> None:
        """Every connection is lost."""
