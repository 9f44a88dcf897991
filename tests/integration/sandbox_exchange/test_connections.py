"""Streams over real sockets, with websocket-client on the other end."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from sandbox.exchange.running import RunningExchange, running_exchange
from sandbox.exchange.signing import hmac_signature, socket_signed_text
from tests.integration.sandbox_exchange.conftest import StreamClient

Listen = Callable[[str], StreamClient]


@pytest.fixture
def account(exchange: RunningExchange) -> dict[str, Any]:
    return exchange.admin.open_account(
        {"USDT": "10000"}, permissions={"spot_and_margin_trading": True}
    )


@pytest.fixture(autouse=True)
def usual_life(exchange: RunningExchange) -> Iterator[None]:
    yield
    exchange.admin.post("connections/settings", ping_every_s=20, pong_within_s=60, life_s=86_400)
    exchange.admin.post("connections/refuse", count=0)
    exchange.admin.post("connections/stall", count=0)
    exchange.admin.post("events", lose=False)


def signed_frame(
    exchange: RunningExchange, account: dict[str, Any], method: str, **more: object
) -> str:
    parameters: dict[str, object] = {"apiKey": account["key"], "timestamp": exchange.admin.now()}
    parameters |= more
    text = socket_signed_text({name: str(value) for name, value in parameters.items()})
    parameters["signature"] = hmac_signature(account["secret"], text)
    return json.dumps({"id": f"{method}/{account['uid']}", "method": method, "params": parameters})


def subscribe(exchange: RunningExchange, client: StreamClient, account: dict[str, Any]) -> int:
    reply = client.ask(signed_frame(exchange, account, "userDataStream.subscribe.signature"))
    return int(reply["result"]["subscriptionId"])


def buy(exchange: RunningExchange, account: dict[str, Any]) -> None:
    with exchange.signed(account["key"], account["secret"]) as client:
        client.market_order("BUY", "BTCUSDT", quote="50")


def is_position(frame: dict[str, Any]) -> bool:
    return bool(frame.get("event", {}).get("e") == "outboundAccountPosition")


def refused_with(client: StreamClient) -> int:
    problem = client.errors[0]
    assert isinstance(problem, websocket.WebSocketBadStatusException)
    return int(problem.status_code)


def test_an_order_over_rest_shows_on_the_socket(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    number = subscribe(exchange, client, account)
    buy(exchange, account)
    client.frame(is_position)
    kinds = [frame["event"].get("x") for frame in client.events()]
    assert (kinds[0], {frame["subscriptionId"] for frame in client.events()}) == ("NEW", {number})


def test_many_accounts_share_a_socket_and_keep_their_numbers(
    exchange: RunningExchange, listen: Listen
) -> None:
    client = listen(exchange.ws_api_url)
    accounts = [exchange.admin.open_account({"USDT": "10"}) for _ in range(20)]
    numbers = [subscribe(exchange, client, each) for each in accounts]
    exchange.admin.deposit(accounts[13]["uid"], "USDT", "1")
    assert client.frame(is_position)["subscriptionId"] == numbers[13]


def test_an_order_placed_on_the_socket_is_answered_there(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "50"}
    reply = client.ask(signed_frame(exchange, account, "order.place", **order))
    assert reply["result"]["status"] == "FILLED"


def test_nothing_is_compressed_even_when_offered(exchange: RunningExchange) -> None:
    line = websocket.create_connection(
        exchange.ws_api_url, header=["Sec-WebSocket-Extensions: permessage-deflate"]
    )
    offered = line.headers.get("sec-websocket-extensions")
    line.close()
    assert offered is None


def test_pings_come_and_the_answered_connection_stays(
    exchange: RunningExchange, listen: Listen
) -> None:
    exchange.admin.post("connections/settings", ping_every_s=0.02, pong_within_s=0.3)
    client = listen(exchange.ws_api_url)
    client.wait(lambda: len(client.pings) > 20)
    assert client.closed_with == []


def was_cut(raw: socket.socket) -> bool:
    """Read past the library, which would answer the pings; False when nothing ends in time."""
    try:
        while raw.recv(1024):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def test_a_client_that_does_not_answer_pings_is_cut(exchange: RunningExchange) -> None:
    exchange.admin.post("connections/settings", ping_every_s=0.02, pong_within_s=0.1)
    line = websocket.create_connection(exchange.ws_api_url, timeout=10)
    assert line.sock is not None
    with line.sock as raw:
        assert was_cut(raw)


def test_a_connection_ends_at_the_end_of_its_life(
    exchange: RunningExchange, listen: Listen
) -> None:
    exchange.admin.post("connections/settings", life_s=0.1)
    client = listen(exchange.ws_api_url)
    client.wait(lambda: client.closed_with)
    assert client.closed_with[0][0] == 1000


def test_a_shutdown_is_announced_without_a_subscription(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    subscribe(exchange, client, account)
    exchange.admin.post("connections/shutdown")
    frame = client.frame(lambda each: each.get("event", {}).get("e") == "serverShutdown")
    assert frame.keys() == {"event"}
    assert client.closed_with == []


def test_a_dropped_connection_has_no_goodbye_and_its_events_are_lost(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    subscribe(exchange, client, account)
    exchange.admin.post("connections/drop", kind="user")
    client.wait(lambda: client.closed_with)
    buy(exchange, account)
    again = listen(exchange.ws_api_url)
    subscribe(exchange, again, account)
    assert (client.closed_with[0], again.events()) == ((None, None), [])


def test_a_reconnect_brings_no_subscription_back(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    subscribe(exchange, listen(exchange.ws_api_url), account)
    exchange.admin.post("connections/drop")
    again = listen(exchange.ws_api_url)
    reply = again.ask(json.dumps({"id": 1, "method": "session.subscriptions"}))
    assert reply["result"] == []


def test_events_can_be_lost_on_a_living_connection(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    subscribe(exchange, client, account)
    exchange.admin.post("events", lose=True, uid=account["uid"])
    buy(exchange, account)
    exchange.admin.post("events", lose=False, uid=account["uid"])
    exchange.admin.deposit(account["uid"], "USDT", "1")
    client.frame(is_position)
    assert [frame["event"]["e"] for frame in client.events()] == [
        "balanceUpdate",
        "outboundAccountPosition",
    ]


def test_a_frozen_connection_says_nothing_more(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    frozen = listen(exchange.ws_api_url)
    subscribe(exchange, frozen, account)
    exchange.admin.post("connections/freeze")
    healthy = listen(exchange.ws_api_url)
    subscribe(exchange, healthy, account)
    exchange.admin.deposit(account["uid"], "USDT", "1")
    healthy.frame(is_position)
    assert (frozen.events(), frozen.closed_with) == ([], [])


def test_an_announced_shutdown_cuts_after_its_lead(
    exchange: RunningExchange, listen: Listen
) -> None:
    client = listen(exchange.ws_api_url)
    exchange.admin.post("connections/shutdown", cut_after_s=0.05)
    client.frame(lambda each: each.get("event", {}).get("e") == "serverShutdown")
    client.wait(lambda: client.closed_with)
    assert client.closed_with[0] == (None, None)


def test_nothing_reaches_the_exchange_over_a_frozen_connection_either(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    line = websocket.create_connection(exchange.ws_api_url, timeout=10)
    try:
        exchange.admin.post("connections/freeze")
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "50"}
        line.send(signed_frame(exchange, account, "order.place", **order))
        sockets = exchange.server.sockets
        exchange.until(lambda _: any(each.swallowed for each in sockets.chosen()))
        assert exchange.admin.books(account["uid"])["fills"] == []
        exchange.admin.post("connections/freeze", frozen=False)
        line.send('{"id":"thawed","method":"ping"}')
        assert json.loads(line.recv())["id"] == "thawed"
    finally:
        line.shutdown()  # type: ignore[no-untyped-call]


def test_a_frozen_connection_outlives_its_pings_and_its_day(
    exchange: RunningExchange, listen: Listen
) -> None:
    frozen = listen(exchange.ws_api_url)
    exchange.admin.post("connections/freeze")
    exchange.admin.post("connections/settings", ping_every_s=0.02, pong_within_s=0.05, life_s=0.3)
    healthy = listen(exchange.ws_api_url)
    healthy.wait(lambda: healthy.closed_with)
    assert frozen.closed_with == []


def test_a_connect_may_be_accepted_and_never_answered(exchange: RunningExchange) -> None:
    exchange.admin.post("connections/stall", count=1)
    with pytest.raises(websocket.WebSocketTimeoutException):
        websocket.create_connection(exchange.ws_api_url, timeout=0.1)
    websocket.create_connection(exchange.ws_api_url, timeout=10).shutdown()  # type: ignore[no-untyped-call]


def test_a_stopped_exchange_lets_stalled_connects_go() -> None:
    with running_exchange() as stopping:
        stopping.admin.post("connections/stall", count=1)
        with pytest.raises(websocket.WebSocketTimeoutException):
            websocket.create_connection(stopping.ws_api_url, timeout=0.1)


def test_faults_of_connections_may_be_meant_for_one_address(exchange: RunningExchange) -> None:
    lines = {
        address: websocket.create_connection(
            exchange.ws_api_url, timeout=10, header=[f"X-Forwarded-For: {address}"]
        )
        for address in ("10.0.0.1", "10.0.0.2")
    }
    try:
        assert exchange.admin.post("connections/drop", address="10.0.0.1") == {"dropped": 1}
        lines["10.0.0.2"].send('{"id":1,"method":"ping"}')
        assert json.loads(lines["10.0.0.2"].recv())["status"] == 200
    finally:
        for line in lines.values():
            line.shutdown()  # type: ignore[no-untyped-call]


def test_connects_are_turned_away_as_often_as_asked(
    exchange: RunningExchange, listen: Listen
) -> None:
    exchange.admin.post("connections/refuse", count=2, status=503)
    statuses = [refused_with(listen(exchange.ws_api_url)) for _ in range(2)]
    assert statuses == [503, 503]
    assert listen(exchange.ws_api_url).errors == []


def test_too_many_connects_are_refused_at_the_handshake(
    exchange: RunningExchange, listen: Listen
) -> None:
    exchange.admin.post("limits", connects_per_five_minutes=1)
    listen(exchange.ws_api_url)
    refused = listen(exchange.ws_api_url)
    exchange.admin.post("limits", connects_per_five_minutes=300)
    assert refused_with(refused) == 429


def test_a_connect_costs_two(exchange: RunningExchange, listen: Listen) -> None:
    client = listen(exchange.ws_api_url)
    reply = client.ask(json.dumps({"id": 1, "method": "ping"}))
    assert reply["rateLimits"][0]["count"] == 3


def test_open_connections_are_listed_with_their_accounts(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any]
) -> None:
    subscribe(exchange, listen(exchange.ws_api_url), account)
    listed = exchange.admin.get("connections")["connections"]
    assert [account["uid"]] in [each["uids"] for each in listed]


@pytest.mark.parametrize(
    "change",
    [
        {"revoked": True},
        {"permissions": {"reading": False}},
        {"allowed_addresses": ["203.0.113.9"]},
    ],
)
def test_the_end_of_a_narrowed_keys_stream_can_be_chosen(
    exchange: RunningExchange, listen: Listen, account: dict[str, Any], change: dict[str, Any]
) -> None:
    client = listen(exchange.ws_api_url)
    subscribe(exchange, client, account)
    exchange.admin.post("events", revoked_key_ends_stream=True)
    exchange.admin.post("keys/change", key=account["key"], **change)
    exchange.admin.post("events", revoked_key_ends_stream=False)
    client.frame(lambda each: each.get("event", {}).get("e") == "eventStreamTerminated")


@pytest.mark.parametrize(
    ("path", "wrapped"),
    [("/ws/!miniTicker@arr", False), ("/stream?streams=!miniTicker@arr", True)],
)
def test_a_changed_price_reaches_the_market_streams(
    exchange: RunningExchange, listen: Listen, path: str, wrapped: bool
) -> None:
    client = listen(exchange.stream_url + path)
    exchange.admin.advance(60_000)
    exchange.admin.set_price("NAVBTC", "0.00000500" if wrapped else "0.00000400")
    exchange.admin.post("streams/tick")
    client.wait(lambda: len(client.frames) > 1)
    frame = client.frames[1]
    rows = frame["data"] if wrapped else frame
    assert "NAVBTC" in {row["s"] for row in rows}
