"""Each way of a request on the WebSocket API to go wrong, and calls that were taken away."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from sandbox.exchange.fault_rules import FaultKind
from sandbox.exchange.running import RunningExchange
from sandbox.exchange.signing import hmac_signature, socket_signed_text
from tests.integration.sandbox_exchange.conftest import PATIENCE_S

PLACE = "order.place"


@pytest.fixture(autouse=True)
def nothing_wrong_afterwards(exchange: RunningExchange) -> Iterator[None]:
    yield
    exchange.admin.delete("faults")


@pytest.fixture
def account(exchange: RunningExchange) -> dict[str, Any]:
    return exchange.admin.open_account(
        {"USDT": "10000"}, permissions={"spot_and_margin_trading": True}
    )


@pytest.fixture
def line(exchange: RunningExchange) -> Iterator[websocket.WebSocket]:
    opened = websocket.create_connection(exchange.ws_api_url, timeout=PATIENCE_S)
    yield opened
    opened.shutdown()  # type: ignore[no-untyped-call]


def order_frame(exchange: RunningExchange, account: dict[str, Any]) -> str:
    parameters: dict[str, object] = {
        "apiKey": account["key"],
        "timestamp": exchange.admin.now(),
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "MARKET",
        "quoteOrderQty": "50",
    }
    text = socket_signed_text({name: str(value) for name, value in parameters.items()})
    parameters["signature"] = hmac_signature(account["secret"], text)
    return json.dumps({"id": 7, "method": PLACE, "params": parameters})


def filled(exchange: RunningExchange, account: dict[str, Any]) -> bool:
    return bool(exchange.admin.books(account["uid"])["fills"])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("waf", 403),
        ("gone", 410),
        ("region", 451),
        ("server-error", 500),
        ("unavailable", 503),
        ("maintenance", 503),
        ("timeout", 504),
        ("rate-limit", 429),
        ("json-error", 200),
    ],
)
@pytest.mark.parametrize("executed", [False, True])
def test_an_error_comes_with_the_id_whether_or_not_the_order_was_carried_out(
    exchange: RunningExchange,
    line: websocket.WebSocket,
    account: dict[str, Any],
    kind: str,
    status: int,
    executed: bool,
) -> None:
    exchange.admin.fault(kind, PLACE, executed=executed)
    line.send(order_frame(exchange, account))
    reply = json.loads(line.recv())
    assert (reply["id"], reply["status"], "error" in reply) == (7, status, True)
    assert filled(exchange, account) is executed


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.CUT])
@pytest.mark.parametrize("executed", [False, True])
def test_the_connection_may_be_cut_before_and_after_the_order(
    exchange: RunningExchange,
    line: websocket.WebSocket,
    account: dict[str, Any],
    kind: FaultKind,
    executed: bool,
) -> None:
    exchange.admin.fault(kind.value, PLACE, executed=executed)
    line.send(order_frame(exchange, account))
    with pytest.raises((websocket.WebSocketException, OSError)):
        line.recv()
    assert filled(exchange, account) is (executed or kind is FaultKind.CUT)


@pytest.mark.parametrize("kind", ["empty", "truncated", "list"])
def test_a_frame_may_be_no_answer(
    exchange: RunningExchange, line: websocket.WebSocket, account: dict[str, Any], kind: str
) -> None:
    exchange.admin.fault(kind, PLACE)
    line.send(order_frame(exchange, account))
    came = str(line.recv())
    if kind == "list":
        assert isinstance(json.loads(came), list)
    else:
        with pytest.raises(ValueError, match="char"):
            json.loads(came)


def test_a_frame_held_back_comes_when_its_rule_is_deleted_and_others_pass_it(
    exchange: RunningExchange, line: websocket.WebSocket, account: dict[str, Any]
) -> None:
    number = exchange.admin.fault("slow", PLACE)
    line.send(order_frame(exchange, account))
    line.send('{"id":8,"method":"ping"}')
    assert json.loads(line.recv())["id"] == 8
    exchange.admin.delete("faults", number=number)
    assert json.loads(line.recv())["id"] == 7


def test_one_frame_meets_a_clock_that_is_off(
    exchange: RunningExchange, line: websocket.WebSocket, account: dict[str, Any]
) -> None:
    exchange.admin.fault("skew", PLACE, skew_ms=60_000)
    line.send(order_frame(exchange, account))
    assert json.loads(line.recv())["error"]["code"] == -1021


def test_the_end_of_a_pause_is_an_instant(
    exchange: RunningExchange, line: websocket.WebSocket
) -> None:
    exchange.admin.fault("rate-limit", "ping", retry_after="30")
    line.send('{"id":8,"method":"ping"}')
    data = json.loads(line.recv())["error"]["data"]
    assert data["retryAfter"] - data["serverTime"] == 30_000


@pytest.mark.parametrize("method", ["start", "ping", "stop"])
def test_the_listen_key_is_retired_here_too(line: websocket.WebSocket, method: str) -> None:
    line.send(json.dumps({"id": 1, "method": f"userDataStream.{method}", "params": {}}))
    assert json.loads(line.recv())["status"] == 410


def test_the_retired_ticker_is_subscribed_to_and_says_nothing(exchange: RunningExchange) -> None:
    line = websocket.create_connection(f"{exchange.stream_url}/ws", timeout=PATIENCE_S)
    try:
        line.send('{"method":"SUBSCRIBE","params":["!ticker@arr"],"id":1}')
        assert json.loads(line.recv()) == {"result": None, "id": 1}
        exchange.admin.advance(60_000)
        exchange.admin.set_price("NAVBTC", "0.00000700")
        exchange.admin.post("streams/tick")
        line.send('{"method":"LIST_SUBSCRIPTIONS","id":2}')
        assert json.loads(line.recv()) == {"result": ["!ticker@arr"], "id": 2}
    finally:
        line.shutdown()  # type: ignore[no-untyped-call]
