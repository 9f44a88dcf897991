"""The Binance adapter passes the suite for every exchange, against the running sandbox exchange."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest

from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.account import KeyPair
from chalicelib.domain.money import Asset
from chalicelib.services.exchange_ports import PriceStream, StreamListener, UserStream
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.contract.exchange_suite import ExchangeSuite
from tests.contract.exchange_under_test import ExchangeUnderTest, Failure
from tests.integration.binance_helpers import (
    MovableClock,
    adapter,
    environment,
    running_stream,
)

FAULTS = {
    Failure.OUTAGE: "unavailable",
    Failure.EMPTY_ANSWER: "empty",
    Failure.HALF_ANSWER: "truncated",
    Failure.OTHER_SHAPE: "list",
    Failure.TOO_MUCH: "rate-limit",
    Failure.REGION: "region",
}


class BinanceUnderTest:
    """The sandbox exchange as the suite drives it; a second passes before everything done."""

    symbol = "BTCUSDT"
    base = "BTC"
    quote = "USDT"

    def __init__(
        self, running: RunningExchange, exchange: BinanceExchange, ahead: MovableClock
    ) -> None:
        self.exchange = exchange
        self.parser = BinanceFrameParser(exchange.symbols)
        self._adapter = exchange
        self._ahead = ahead
        self._running = running
        self._admin = running.admin
        self._uids: dict[str, int] = {}

    def open_account(self, **quantities: str) -> KeyPair:
        return self._known(self._admin.open_account(quantities))

    def another_key(self, pair: KeyPair) -> KeyPair:
        return self._known(self._admin.add_key(self._uids[pair.api_key]))

    def buy(self, pair: KeyPair, spent: str) -> None:
        self._order(pair, type="MARKET", quoteOrderQty=spent)

    def leave_order_open(self, pair: KeyPair) -> None:
        self._order(pair, type="LIMIT", timeInForce="GTC", quantity="0.01", price="40000")

    def deposit(self, pair: KeyPair, asset: Asset, quantity: str) -> None:
        self._admin.deposit(self._later(pair), asset, quantity)

    def withdraw(self, pair: KeyPair, asset: Asset, quantity: str, fee: str) -> None:
        self._admin.withdraw(self._later(pair), asset, quantity, fee=fee)

    def convert(self, pair: KeyPair, given: tuple[Asset, str], taken: tuple[Asset, str]) -> None:
        named = {"from_asset": given[0], "to_asset": taken[0]}
        amounts = {"from_amount": given[1], "to_amount": taken[1]}
        self._admin.post("converts", uid=self._later(pair), **named, **amounts)

    def revoke(self, pair: KeyPair) -> None:
        self._admin.revoke_key(pair.api_key)

    @contextmanager
    def halt(self) -> Iterator[None]:
        self._admin.post("status", symbol=self.symbol, status="HALT")
        yield
        self._admin.post("status", symbol=self.symbol, status="TRADING")

    @contextmanager
    def maintenance(self) -> Iterator[None]:
        self._admin.post("maintenance", on=True)
        yield
        self._admin.post("maintenance", on=False)

    def wait(self, until: datetime) -> None:
        self._ahead.wait((until - self._ahead()).total_seconds())

    @contextmanager
    def failing(self, failure: Failure) -> Iterator[None]:
        if failure is Failure.BANNED:
            self._admin.post("bans", address="127.0.0.1", seconds=600)
        else:
            self._admin.fault(FAULTS[failure], count=None, retry_after="600")
        yield
        self._admin.delete("faults")
        self._admin.delete("bans")

    def stream(self, listener: StreamListener) -> AbstractContextManager[UserStream]:
        return running_stream(self._running, self._adapter, listener)

    def price_stream(self) -> PriceStream:
        return BinancePriceStream(self._running.stream_url, environment(self._adapter))

    def move_price(self, price: str) -> None:
        sockets = self._running.server.sockets
        self._running.until(lambda _: any(each.session for each in sockets.chosen(kind="market")))
        self._admin.set_price(self.symbol, price)
        self._admin.advance(1)
        self._admin.post("streams/tick")

    def cut(self) -> None:
        sockets = self._running.server.sockets
        lost = sockets.chosen()
        self._admin.post("connections/drop")
        self._running.until(lambda _: not set(lost) & set(sockets.chosen()))

    def _order(self, pair: KeyPair, **order: str) -> None:
        trading = self._admin.add_key(self._later(pair), spot_and_margin_trading=True)
        with self._running.signed(trading["key"], trading["secret"]) as client:
            client.call("POST", "/api/v3/order", symbol=self.symbol, side="BUY", **order)

    def _later(self, pair: KeyPair) -> int:
        self._admin.advance(1000)
        return self._uids[pair.api_key]

    def _known(self, opened: dict[str, object]) -> KeyPair:
        pair = KeyPair(str(opened["key"]), str(opened["secret"]))
        self._uids[pair.api_key] = int(str(opened["uid"]))
        return pair


@pytest.fixture(scope="module")
def running() -> Iterator[RunningExchange]:
    limits = LimitSettings(sapi_uid_weight_per_minute=10**9)
    with running_exchange(limits=limits) as exchange:
        yield exchange


@pytest.fixture
def venue(running: RunningExchange) -> Iterator[ExchangeUnderTest]:
    running.admin.post("limits", reset=True)
    ahead = MovableClock()
    with adapter(running, ahead) as exchange:
        exchange.time()
        yield BinanceUnderTest(running, exchange, ahead)


class TestBinance(ExchangeSuite):
    """The suite's claims, for Binance."""
