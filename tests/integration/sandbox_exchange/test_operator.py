"""The operator's calls over HTTP, and the process itself."""

import http.client
import signal
import subprocess
import sys
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.exchange.client import SandboxRefusal, SignedClient
from sandbox.exchange.running import RunningExchange, running_exchange

HOUR_MS = 3_600_000


@pytest.fixture
def account(exchange: RunningExchange) -> dict[str, Any]:
    return exchange.admin.open_account(
        {"USDT": "10000"}, permissions={"spot_and_margin_trading": True}
    )


def raw(exchange: RunningExchange, path: str) -> tuple[int, str, str]:
    """Status, content type and text of a plain GET."""
    connection = http.client.HTTPConnection(urlsplit(exchange.rest_url).netloc, timeout=10)
    connection.request("GET", path)
    reply = connection.getresponse()
    found = reply.status, reply.headers["Content-Type"], reply.read().decode()
    connection.close()
    return found


def test_an_account_can_have_been_there_for_days(exchange: RunningExchange) -> None:
    opened = exchange.admin.open_account({"USDT": "70"}, days_ago=30)
    with closing(SignedClient(exchange.rest_url, opened["key"], opened["secret"])) as client:
        told = client.call("GET", "/sapi/v1/accountSnapshot", type="SPOT", limit=30)
    held = [
        [(each["asset"], each["free"]) for each in day["data"]["balances"]]
        for day in told["snapshotVos"]
    ]
    assert len(held) >= 6  # without a start, those of a week
    assert {asset: float(free) for day in held for asset, free in day} == {"USDT": 70.0}
    for days in (-1, 91):
        with pytest.raises(SandboxRefusal):
            exchange.admin.open_account({"USDT": "70"}, days_ago=days)


def test_time_jumps_by_hand(exchange: RunningExchange) -> None:
    before = exchange.admin.now()
    assert exchange.admin.advance(HOUR_MS) == before + HOUR_MS
    assert exchange.admin.set_time(before + 2 * HOUR_MS) == exchange.admin.now()


def test_time_runs_and_freezes(exchange: RunningExchange) -> None:
    running = exchange.admin.post("clock", run=True)["running"]
    frozen = exchange.admin.post("clock", freeze=True)["running"]
    assert (running, frozen) == (True, False)


def test_a_jump_fills_what_it_crosses(exchange: RunningExchange, account: dict[str, Any]) -> None:
    with exchange.signed(account["key"], account["secret"]) as client:
        price = client.call("GET", "/api/v3/account") and exchange.call(
            lambda state: state.market.price("BTCUSDT", state.now())
        )
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        limit = f"{price * 999 / 1000:.2f}"
        client.call("POST", "/api/v3/order", **order, quantity="0.01", price=limit)
    exchange.admin.advance(24 * HOUR_MS)
    fills = exchange.admin.books(account["uid"])["fills"]
    assert [fill["is_maker"] for fill in fills] == [True]


def test_a_price_set_by_hand_holds_at_once(exchange: RunningExchange) -> None:
    exchange.admin.set_price("SOLUSDT", "123.45")
    assert '"price":"123.45000000"' in raw(exchange, "/api/v3/ticker/price?symbol=SOLUSDT")[2]


def test_a_status_set_by_hand_closes_the_pair(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.post("status", symbol="ADAUSDT", status="HALT")
    with (
        exchange.signed(account["key"], account["secret"]) as client,
        pytest.raises(SandboxRefusal, match=r"Market is closed\."),
    ):
        client.market_order("BUY", "ADAUSDT", quote="50")


def test_a_deposit_goes_through_its_stages(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    deposit = exchange.admin.deposit(account["uid"], "BTC", "1", status=0)
    stages = [
        exchange.admin.post("deposits/advance", id=deposit["id"], status=status)["status"]
        for status in (6, 1)
    ]
    books = exchange.admin.books(account["uid"])
    assert (stages, books["balances"]["BTC"]["free"]) == ([6, 1], "1")


def test_permissions_and_addresses_of_a_key_change_at_once(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    changed = exchange.admin.post(
        "keys/change",
        key=account["key"],
        permissions={"withdrawals": True},
        allowed_addresses=["203.0.113.9"],
    )
    with (
        exchange.signed(account["key"], account["secret"]) as client,
        pytest.raises(SandboxRefusal, match="-2015"),
    ):
        client.call("GET", "/api/v3/account")
    assert changed["permissions"]["withdrawals"] is True


def test_a_key_in_use_loses_and_gains_the_right_to_trade(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    with exchange.signed(account["key"], account["secret"]) as client:
        client.market_order("BUY", "BTCUSDT", quote="50")
        for trades in (False, True):
            exchange.admin.post(
                "keys/change",
                key=account["key"],
                permissions={"spot_and_margin_trading": trades},
            )
            assert client.call("GET", "/api/v3/account")["uid"] == account["uid"]
            if trades:
                assert client.market_order("BUY", "BTCUSDT", quote="50")["status"] == "FILLED"
            else:
                with pytest.raises(SandboxRefusal, match="-2015"):
                    client.market_order("BUY", "BTCUSDT", quote="50")


def test_settings_of_books_fees_and_lag_can_be_changed() -> None:
    with running_exchange() as serving:
        changed = serving.admin.post(
            "settings", fill_lag_ms=5, fees={"rate": "0.002"}, book={"levels": 3}
        )
    assert (changed["fill_lag_ms"], changed["fees"]["rate"], changed["book"]["levels"]) == (
        5,
        "0.002",
        3,
    )


def test_a_dumped_exchange_is_taken_up_by_another(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    state = exchange.admin.get("state")
    with running_exchange() as other:
        other.admin.post("state", **state)
        assert other.admin.get("state") == state
        assert other.admin.books(account["uid"]) == exchange.admin.books(account["uid"])


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("nothing/here", {}, "404: .*no POST"),
        ("deposits", {"uid": 1, "asset": "BTC", "amount": "1"}, "400: .*KeyError"),
        ("price", {"symbol": "BTCUSDT", "price": "1.001"}, "no positive multiple"),
        ("withdrawals", {"uid": 100_000_001, "asset": "XRP", "amount": "9"}, "insufficient"),
        ("keys", {"uid": 100_000_001, "public_key": "my cat"}, "400: .*no public key"),
        ("limits", {"retry_after": "tomorrow"}, "400: .*retry_after is one of right"),
    ],
)
def test_mistakes_of_the_operator_are_told(
    exchange: RunningExchange,
    account: dict[str, Any],
    path: str,
    body: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(SandboxRefusal, match=message):
        exchange.admin.post(path, **body)


def test_the_front_page_says_what_this_is(exchange: RunningExchange) -> None:
    status, kind, text = raw(exchange, "/")
    assert (status, kind) == (200, "text/html")
    assert "sandbox exchange" in text
    assert exchange.rest_url in text


def test_replies_are_json_by_name(exchange: RunningExchange) -> None:
    assert raw(exchange, "/api/v3/ping") == (200, "application/json;charset=UTF-8", "{}")


def test_names_outside_ascii_come_back_as_they_are(exchange: RunningExchange) -> None:
    info = raw(exchange, "/api/v3/exchangeInfo")[2]
    assert "币安人生USDT" in info


def test_weights_are_counted_by_the_address_forwarded(exchange: RunningExchange) -> None:
    connection = http.client.HTTPConnection(urlsplit(exchange.rest_url).netloc, timeout=10)
    used = []
    for address in ("198.51.100.1", "198.51.100.2", "198.51.100.1"):
        connection.request("GET", "/api/v3/time", headers={"X-Forwarded-For": address})
        reply = connection.getresponse()
        reply.read()
        used.append(reply.headers["X-MBX-USED-WEIGHT-1M"])
    connection.close()
    assert used == ["1", "1", "2"]


def test_the_process_says_where_it_listens_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "sandbox.exchange", "--seed", "3", "--hours", "1"]
    with subprocess.Popen(
        [*command, "--start", "2026-09-23T12:00", "--frozen"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    assert line.startswith("sandbox exchange on http://127.0.0.1:")
    assert process.returncode == 0
