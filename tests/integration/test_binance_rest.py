"""Our REST adapter, with python-binance inside, against the running sandbox exchange."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import KeyRevoked
from chalicelib.domain.ledger import ChangeKind
from chalicelib.services.exchange_ports import ExchangeState
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import key_permissions
from tests.integration.binance_helpers import OpenAccount, adapter, buy, open_account


@pytest.fixture(scope="module")
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture(scope="module")
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    with adapter(running) as made:
        made.time()
        yield made


@pytest.fixture(scope="module")
def account(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000", BNB="1")


def test_a_signed_call_is_accepted(exchange: BinanceExchange, account: OpenAccount) -> None:
    reading = exchange.account(account.pair)
    assert reading.uid == str(account.uid)
    assert reading.quantities["BNB"] == 1


def test_a_fresh_key_only_reads(exchange: BinanceExchange, account: OpenAccount) -> None:
    assert exchange.permissions(account.pair) == key_permissions()
    assert exchange.permissions(account.trading) == key_permissions(trade=True)


@pytest.mark.parametrize("skew_ms", [2000, -2000])
def test_a_clock_that_comes_to_be_two_seconds_off_is_set_right_and_asked_again(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount, skew_ms: int
) -> None:
    running.admin.post("clock", skew_ms=skew_ms)
    try:
        assert exchange.account(account.pair).uid == str(account.uid)
    finally:
        running.admin.post("clock", skew_ms=0)


@pytest.mark.parametrize("wrong", ["key", "secret"])
def test_a_wrong_pair_is_refused(
    exchange: BinanceExchange, account: OpenAccount, wrong: str
) -> None:
    pair = {
        "key": KeyPair("X" * 64, account.pair.secret),
        "secret": KeyPair(account.pair.api_key, "wrong"),
    }[wrong]
    with pytest.raises(KeyRevoked):
        exchange.account(pair)


def test_symbols_and_quotes_price_bitcoin(exchange: BinanceExchange) -> None:
    symbols, quotes = exchange.symbols(), exchange.quotes()
    assert (symbols["BTCUSDT"].base, symbols["BTCUSDT"].trading) == ("BTC", True)
    assert any(not each.trading for each in symbols.values())
    assert quotes["BTCUSDT"].price > 0
    assert all(symbols[name].trading for name in quotes)


def test_a_halted_pair_is_still_listed_and_a_delisted_one_is_gone(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    listed = exchange.symbols()["SOLUSDT"]
    running.admin.post("status", symbol="SOLUSDT", status="HALT")
    assert not exchange.symbols()["SOLUSDT"].trading
    running.admin.post("pairs/delist", symbol="SOLUSDT")
    assert "SOLUSDT" not in exchange.symbols()
    assert exchange.fills(account.pair, listed, exchange.time() - timedelta(hours=1)) == []


def test_the_exchange_tells_when_it_is_closed(
    running: RunningExchange, exchange: BinanceExchange
) -> None:
    assert exchange.state() is ExchangeState.OPEN
    running.admin.post("maintenance", on=True)
    try:
        assert exchange.state() is ExchangeState.MAINTENANCE
        assert not any(each.trading for each in exchange.symbols().values())
    finally:
        running.admin.post("maintenance", on=False)


def test_the_last_minute_has_a_close(exchange: BinanceExchange) -> None:
    minute = exchange.time() - timedelta(minutes=5)
    close = exchange.minute_close("BTCUSDT", minute.replace(second=0, microsecond=0))
    assert close is not None
    assert close > 0


def test_fills_are_found_from_an_instant_on(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    buy(running, account)
    symbol = exchange.symbols()["BTCUSDT"]
    fills = exchange.fills(account.pair, symbol, exchange.time() - timedelta(hours=1))
    assert sum((each.quote_quantity for each in fills), Decimal(0)) > 90
    last = fills[-1].executed_at
    assert exchange.fills(account.pair, symbol, last)[-1] == fills[-1]
    assert exchange.fills(account.pair, symbol, last + timedelta(milliseconds=1)) == []


def test_deposits_and_withdrawals_are_found(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    now = exchange.time()
    running.admin.deposit(account.uid, "USDT", "250")
    running.admin.withdraw(account.uid, "USDT", "99", fee="1")
    hour = timedelta(hours=1)
    found = [
        change
        for history in ("deposits", "withdrawals")
        for change in exchange.movements(account.pair, history, now - hour, now + hour)
    ]
    assert {(each.kind, each.quantity, each.network_fee) for each in found} == {
        (ChangeKind.DEPOSIT, Decimal(250), Decimal(0)),
        (ChangeKind.WITHDRAWAL, Decimal(-100), Decimal(1)),
    }


@pytest.mark.parametrize("skew_ms", [2000, -2000, 3_600_000])
def test_a_clock_that_is_off_is_put_right(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount, skew_ms: int
) -> None:
    running.admin.post("clock", skew_ms=skew_ms)
    try:
        assert exchange.account(account.pair).uid == str(account.uid)
    finally:
        running.admin.post("clock", skew_ms=0)
