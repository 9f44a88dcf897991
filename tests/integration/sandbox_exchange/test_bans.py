"""Too much asked from an address: 429, then 418 and a ban, on the machine's clock."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import websocket

from sandbox.exchange.clock import FixedMachineClock
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.sandbox_exchange.conftest import PATIENCE_S

GREEDY = "7.7.7.7"
MODEST = "6.6.6.6"
WEIGHT = 20
Came = tuple[int, dict[str, object], str | None]


@pytest.fixture(scope="module")
def machine() -> FixedMachineClock:
    return FixedMachineClock()


@pytest.fixture(scope="module")
def banning(machine: FixedMachineClock) -> Iterator[RunningExchange]:
    limits = LimitSettings(weight_per_minute=WEIGHT)
    with running_exchange(machine=machine, limits=limits) as exchange:
        exchange.admin.post("bans/settings", calls_before_ban=2)
        yield exchange


@pytest.fixture(autouse=True)
def everyone_in_again(banning: RunningExchange) -> None:
    banning.admin.post("limits", reset=True, retry_after="right")


def ask(exchange: RunningExchange, path: str = "/api/v3/ping", address: str = GREEDY) -> Came:
    """Status, body and `Retry-After` of a GET."""
    connection = http.client.HTTPConnection(urlsplit(exchange.rest_url).netloc, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers={"X-Forwarded-For": address})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read()), reply.headers.get("Retry-After")
    finally:
        connection.close()


def spend_all(exchange: RunningExchange, address: str = GREEDY) -> None:
    ask(exchange, "/api/v3/exchangeInfo?symbol=BTCUSDT", address)


def until_banned(exchange: RunningExchange) -> Came:
    spend_all(exchange)
    *refused, banned = (ask(exchange) for _ in range(4))
    assert [status for status, *_ in refused] == [429] * 3
    return banned


def test_too_much_is_refused_until_the_next_minute(
    banning: RunningExchange, machine: FixedMachineClock
) -> None:
    spend_all(banning)
    status, body, wait = ask(banning)
    assert (status, body["code"]) == (429, -1003)
    assert wait == str(60 - machine() // 1000 % 60)


@pytest.mark.parametrize(
    ("sense", "header"),
    [("absent", None), ("zero", "0"), ("nonsense", "in a while"), ("minus", "-1")],
)
def test_a_refusal_may_say_nonsense_about_the_wait(
    banning: RunningExchange, sense: str, header: str | None
) -> None:
    banning.admin.post("limits", retry_after=sense)
    spend_all(banning)
    status, _, wait = ask(banning)
    assert (status, wait) == (429, header)


def test_going_on_after_the_refusals_is_a_ban_of_two_minutes(
    banning: RunningExchange, machine: FixedMachineClock
) -> None:
    status, body, wait = until_banned(banning)
    assert (status, body["code"], wait) == (418, -1003, "120")
    assert f"IP banned until {machine() + 120_000}." in str(body["msg"])


def test_a_ban_ends_on_the_machines_clock_and_not_before(
    banning: RunningExchange, machine: FixedMachineClock
) -> None:
    until_banned(banning)
    machine.advance(119_500)
    status, _, wait = ask(banning)
    assert (status, wait) == (418, "1")
    machine.advance(500)
    assert ask(banning)[0] == 200


def test_a_ban_is_for_one_address(banning: RunningExchange) -> None:
    until_banned(banning)
    assert ask(banning, address=MODEST)[0] == 200


def test_bans_of_the_same_address_grow_up_to_three_days(
    banning: RunningExchange, machine: FixedMachineClock
) -> None:
    waits = []
    for _ in range(6):
        wait = int(until_banned(banning)[2] or 0)
        waits.append(wait)
        machine.advance(wait * 1000)
    assert waits == [120, 720, 4320, 25_920, 155_520, 259_200]


def test_the_wallet_calls_are_never_answered_with_a_ban(banning: RunningExchange) -> None:
    banning.admin.post("limits", sapi_ip_weight_per_minute=1)
    try:
        until_banned(banning)
        statuses = [ask(banning, "/sapi/v1/system/status")[0] for _ in range(5)]
        assert statuses == [200, 429, 429, 429, 429]
    finally:
        banning.admin.post("limits", sapi_ip_weight_per_minute=12_000)


def connected(exchange: RunningExchange, address: str) -> websocket.WebSocket:
    return websocket.create_connection(
        exchange.ws_api_url, timeout=PATIENCE_S, header=[f"X-Forwarded-For: {address}"]
    )


def test_a_ban_cuts_the_user_streams_of_its_address_alone(banning: RunningExchange) -> None:
    greedy, modest = connected(banning, GREEDY), connected(banning, MODEST)
    banning.admin.post("bans", address=GREEDY)
    try:
        with pytest.raises((websocket.WebSocketException, OSError)):
            greedy.recv()
        modest.send('{"id":1,"method":"ping"}')
        assert json.loads(modest.recv())["status"] == 200
    finally:
        greedy.shutdown()  # type: ignore[no-untyped-call]
        modest.shutdown()  # type: ignore[no-untyped-call]


def status_of_ping(line: websocket.WebSocket) -> int:
    line.send('{"id":1,"method":"ping"}')
    return int(json.loads(line.recv())["status"])


def test_going_on_over_a_socket_is_a_ban_too_and_cuts_it(banning: RunningExchange) -> None:
    greedy = connected(banning, GREEDY)
    try:
        spend_all(banning)  # refused already: the connect cost two
        assert [status_of_ping(greedy) for _ in range(2)] == [429, 429]
        with pytest.raises((websocket.WebSocketException, OSError)):
            status_of_ping(greedy)
        assert ask(banning)[0] == 418
    finally:
        greedy.shutdown()  # type: ignore[no-untyped-call]


def test_a_handshake_from_a_banned_address_is_refused_with_the_seconds_left(
    banning: RunningExchange,
) -> None:
    banning.admin.post("bans", address=GREEDY, seconds=77)
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        connected(banning, GREEDY)
    assert caught.value.status_code == 418
    assert (caught.value.resp_headers or {})["retry-after"] == "77"


def test_a_ban_is_put_up_and_lifted_by_hand(banning: RunningExchange) -> None:
    banning.admin.post("bans", address=GREEDY, seconds=5)
    assert list(banning.admin.get("bans")["bans"]) == [GREEDY]
    assert ask(banning)[0] == 418
    banning.admin.delete("bans", address=GREEDY)
    assert ask(banning)[0] == 200


def test_an_exchange_may_ban_nobody(banning: RunningExchange) -> None:
    banning.admin.post("bans/settings", calls_before_ban=0)
    spend_all(banning)
    statuses = {ask(banning)[0] for _ in range(20)}
    banning.admin.post("bans/settings", calls_before_ban=2)
    assert statuses == {429}
