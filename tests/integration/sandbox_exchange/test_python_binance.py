"""python-binance itself as client, changed in nothing but its addresses."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from binance.client import Client
from binance.exceptions import BinanceAPIException
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sandbox.exchange.clock import machine_ms
from sandbox.exchange.running import RunningExchange


@pytest.fixture(scope="module")
def credentials(exchange: RunningExchange) -> dict[str, Any]:
    return exchange.admin.open_account(
        {"USDT": "100000", "BTC": "1"}, permissions={"spot_and_margin_trading": True}
    )


@pytest.fixture
def client(exchange: RunningExchange, credentials: dict[str, Any]) -> Iterator[Client]:
    loop = asyncio.new_event_loop()  # it asks for one that these calls never use
    asyncio.set_event_loop(loop)
    made = Client(credentials["key"], credentials["secret"], ping=False)
    asyncio.set_event_loop(None)
    loop.close()
    made.API_URL = f"{exchange.rest_url}/api"
    made.MARGIN_API_URL = f"{exchange.rest_url}/sapi"
    made.timestamp_offset = made.get_server_time()["serverTime"] - machine_ms()
    yield made
    made.session.close()


def test_it_pings(client: Client) -> None:
    assert client.ping() == {}


def test_it_reads_its_account(client: Client, credentials: dict[str, Any]) -> None:
    assert client.get_account(omitZeroBalances="true")["uid"] == credentials["uid"]


def test_it_finds_a_balance(client: Client) -> None:
    assert client.get_asset_balance("BTC")["free"] == "1.00000000"


def test_it_buys_at_market_and_sees_its_trades(client: Client) -> None:
    placed = client.order_market_buy(
        symbol="ETHUSDT", quoteOrderQty="500", newClientOrderId="cml-1"
    )
    trades = client.get_my_trades(symbol="ETHUSDT", orderId=placed["orderId"])
    assert sum(Decimal(row["qty"]) for row in trades) == Decimal(placed["executedQty"])


def test_it_places_finds_and_cancels_a_limit_order(client: Client) -> None:
    client.order_limit_buy(
        symbol="BTCUSDT", quantity="0.01", price="60000.00", newClientOrderId="cml-2"
    )
    waiting = client.get_open_orders(symbol="BTCUSDT")
    client.cancel_order(symbol="BTCUSDT", origClientOrderId="cml-2")
    found = client.get_order(symbol="BTCUSDT", origClientOrderId="cml-2")
    assert ([row["clientOrderId"] for row in waiting], found["status"]) == (["cml-2"], "CANCELED")


def test_it_tries_an_order(client: Client) -> None:
    assert (
        client.create_test_order(symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01") == {}
    )


def test_it_is_told_the_code_of_a_refusal(client: Client) -> None:
    with pytest.raises(BinanceAPIException) as caught:
        client.order_market_buy(symbol="BTCUSDT", quantity="50", newClientOrderId="cml-3")
    assert (caught.value.status_code, caught.value.code) == (400, -2010)


def test_values_it_signs_unencoded_are_refused_as_on_the_real_exchange(client: Client) -> None:
    with pytest.raises(BinanceAPIException) as caught:
        client.create_order(
            symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01", newClientOrderId="a b"
        )
    assert caught.value.code == -1022


def test_it_reads_candles_prices_and_tickers(client: Client) -> None:
    rows = client.get_klines(symbol="BTCUSDT", interval="1h", limit=3)
    prices = client.get_all_tickers()
    ticker = client.get_ticker(symbols='["BTCUSDT","ETHUSDT"]')
    assert (len(rows), len(rows[0]), len(prices) > 30, len(ticker)) == (3, 12, True, 2)


def test_it_reads_what_is_listed(client: Client) -> None:
    found = client.get_exchange_info()
    assert "BTCUSDT" in {row["symbol"] for row in found["symbols"]}


def test_it_reads_deposits_and_withdrawals(
    client: Client, exchange: RunningExchange, credentials: dict[str, Any]
) -> None:
    exchange.admin.deposit(credentials["uid"], "SOL", "5")
    exchange.admin.withdraw(credentials["uid"], "SOL", "2", fee="0.01")
    assert client.get_deposit_history(coin="SOL")[0]["amount"] == "5"
    assert client.get_withdraw_history(coin="SOL")[0]["transactionFee"] == "0.01"


def test_it_reads_what_its_key_may_do(client: Client) -> None:
    found = client.get_account_api_permissions()
    assert (found["enableReading"], found["enableWithdrawals"]) == (True, False)


def test_it_sees_the_used_weight(client: Client) -> None:
    client.get_account()
    assert client.response.headers["X-MBX-USED-WEIGHT-1M"] == "21"


def test_it_reads_the_public_tape(client: Client) -> None:
    recent = client.get_recent_trades(symbol="BTCUSDT", limit=10)
    aggregated = client.get_aggregate_trades(symbol="BTCUSDT", limit=10)
    assert (len(recent), len(aggregated) > 0) == (10, True)


def test_it_signs_with_an_ed25519_key_that_the_exchange_never_saw(
    exchange: RunningExchange, client: Client, credentials: dict[str, Any]
) -> None:
    secret = Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = exchange.admin.post(
        "keys",
        uid=credentials["uid"],
        public_key=public.decode(),
        permissions={"spot_and_margin_trading": True},
    )
    client.PRIVATE_KEY = client._init_private_key(
        secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), None
    )
    client.API_KEY = made["key"]
    client.session.headers.update({"X-MBX-APIKEY": made["key"]})
    assert client.get_account()["uid"] == credentials["uid"]
    placed = client.order_market_buy(symbol="ETHUSDT", quoteOrderQty="50", newClientOrderId="ed-1")
    assert placed["status"] == "FILLED"
    assert made["secret"] == ""


def test_it_reads_every_history_of_a_busy_life(
    client: Client, exchange: RunningExchange, credentials: dict[str, Any]
) -> None:
    now = exchange.admin.now()
    for seed in range(3):
        exchange.admin.post("life", uid=credentials["uid"], acts=120, seed=seed)
    found = {
        "fiat order": client.get_fiat_deposit_withdraw_history(transactionType=0)["data"],
        "fiat payment": client.get_fiat_payments_history(transactionType=0)["data"],
        "convert": client.get_convert_trade_history(startTime=now - 1_000, endTime=now)["list"],
        "dust": client.get_dust_log()["userAssetDribblets"],
        "dividend": client.get_asset_dividend_history()["rows"],
        "transfer": client.query_universal_transfer_history(type="MAIN_FUNDING")["rows"],
        "asset": client.get_user_asset(),
        "sub-account": client.get_subaccount_transfer_history(),
        "interest": _interest(client)["rows"],
        "wallet": client.margin_v1_get_asset_wallet_balance(),
        **{name: read()["rows"] for name, read in _earn_histories(client).items()},
    }
    assert [name for name, rows in found.items() if not rows] == []


def test_it_reads_snapshots_and_what_will_be_delisted(
    client: Client, exchange: RunningExchange
) -> None:
    gone = exchange.admin.now() + 60_000
    exchange.admin.post("pairs/delist", symbol="NAVBTC", at=gone)
    assert client.get_account_snapshot(type="SPOT") == {"code": 200, "msg": "", "snapshotVos": []}
    assert client.get_spot_delist_schedule() == [{"delistTime": gone, "symbols": ["NAVBTC"]}]


def _interest(client: Client) -> dict[str, Any]:
    """The one history the library has no method for."""
    path = "simple-earn/flexible/history/rewardsRecord"
    return dict(client._request_margin_api("get", path, signed=True, data={}))


def _earn_histories(client: Client) -> dict[str, Any]:
    return {
        f"{product} {record}": getattr(
            client, f"margin_v1_get_simple_earn_{product}_history_{record}_record"
        )
        for product in ("flexible", "locked")
        for record in ("subscription", "redemption")
    }
