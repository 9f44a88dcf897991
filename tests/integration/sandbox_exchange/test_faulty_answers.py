"""Each way of a call to go wrong, seen by a client that knows nothing of the exchange."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sandbox.exchange.client import SandboxRefusal
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.running import RunningExchange, running_exchange
from sandbox.exchange.signing import hmac_signature
from tests.integration.sandbox_exchange.conftest import PATIENCE_S

ORDER = "/api/v3/order"


@pytest.fixture
def account(exchange: RunningExchange) -> dict[str, Any]:
    return exchange.admin.open_account(
        {"USDT": "10000"}, permissions={"spot_and_margin_trading": True}
    )


@pytest.fixture(autouse=True)
def nothing_wrong_afterwards(exchange: RunningExchange) -> Iterator[None]:
    yield
    exchange.admin.delete("faults")
    exchange.admin.post("maintenance", on=False)


@dataclass(frozen=True)
class Came:
    status: int
    kind: str
    body: str
    headers: http.client.HTTPMessage


def order(exchange: RunningExchange, account: dict[str, Any], address: str = "127.0.0.1") -> Came:
    """A MARKET order over a connection of its own. Raises OSError or HTTPException."""
    text = urlencode(
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "MARKET",
            "quoteOrderQty": "50",
            "timestamp": exchange.admin.now(),
        }
    )
    query = f"{text}&signature={hmac_signature(account['secret'], text)}"
    return ask(exchange, "POST", f"{ORDER}?{query}", account["key"], address)


def ask(
    exchange: RunningExchange,
    method: str,
    path: str,
    key: str | None = None,
    address: str = "127.0.0.1",
) -> Came:
    connection = http.client.HTTPConnection(urlsplit(exchange.rest_url).netloc, timeout=PATIENCE_S)
    headers = {"X-Forwarded-For": address} | ({"X-MBX-APIKEY": key} if key else {})
    try:
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        body = reply.read().decode()
        return Came(reply.status, reply.headers.get("Content-Type", ""), body, reply.headers)
    finally:
        connection.close()


def filled(exchange: RunningExchange, account: dict[str, Any]) -> bool:
    return bool(exchange.admin.books(account["uid"])["fills"])


@pytest.mark.parametrize(
    ("kind", "status"),
    [("waf", 403), ("gone", 410), ("server-error", 500), ("unavailable", 503)],
)
def test_a_page_comes_in_place_of_json(
    exchange: RunningExchange, account: dict[str, Any], kind: str, status: int
) -> None:
    exchange.admin.fault(kind, ORDER)
    came = order(exchange, account)
    assert (came.status, came.kind) == (status, "text/html")
    assert came.body.startswith("<html>")
    assert not filled(exchange, account)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("region", 451, 0),
        ("maintenance", 503, -1016),
        ("timeout", 504, -1007),
        ("rate-limit", 429, -1003),
        ("json-error", 200, -1000),
    ],
)
def test_a_refusal_comes_in_place_of_the_answer(
    exchange: RunningExchange, account: dict[str, Any], kind: str, status: int, code: int
) -> None:
    exchange.admin.fault(kind, ORDER)
    came = order(exchange, account)
    assert (came.status, json.loads(came.body)["code"]) == (status, code)
    assert not filled(exchange, account)


@pytest.mark.parametrize("kind", [each.value for each in FaultKind if each.value != "slow"])
def test_an_order_may_be_carried_out_although_its_answer_goes_wrong(
    exchange: RunningExchange, account: dict[str, Any], kind: str
) -> None:
    exchange.admin.fault(kind, ORDER, executed=True)
    try:
        order(exchange, account)
    except (OSError, http.client.HTTPException):
        assert kind in {"reset", "cut"}
    assert filled(exchange, account)


def test_a_reset_may_come_before_the_order_is_carried_out(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.fault("reset", ORDER)
    with pytest.raises(ConnectionResetError):
        order(exchange, account)
    assert not filled(exchange, account)


def test_an_answer_breaks_off_in_the_middle(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.fault("cut", ORDER)
    with pytest.raises(http.client.IncompleteRead):
        order(exchange, account)


@pytest.mark.parametrize(("kind", "body"), [("empty", ""), ("list", '[{"surprise":true}]')])
def test_a_success_may_have_no_usable_body(
    exchange: RunningExchange, account: dict[str, Any], kind: str, body: str
) -> None:
    exchange.admin.fault(kind, ORDER)
    came = order(exchange, account)
    assert (came.status, came.body) == (200, body)


def test_json_may_be_truncated_without_a_word(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.fault("truncated", ORDER)
    came = order(exchange, account)
    assert came.status == 200
    with pytest.raises(ValueError, match="line 1"):
        json.loads(came.body)


@pytest.mark.parametrize(("told", "header"), [("0", "0"), ("soon", "soon"), (None, None)])
def test_a_refusal_says_when_to_come_back_or_nonsense_or_nothing(
    exchange: RunningExchange, account: dict[str, Any], told: str | None, header: str | None
) -> None:
    exchange.admin.fault("rate-limit", ORDER, retry_after=told)
    assert order(exchange, account).headers.get("Retry-After") == header


def test_an_answer_held_back_comes_when_its_rule_is_deleted(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    number = exchange.admin.fault("slow", ORDER)
    came: list[Came] = []
    thread = Thread(target=lambda: came.append(order(exchange, account)))
    thread.start()
    thread.join(0.1)
    assert came == []
    exchange.admin.delete("faults", number=number)
    thread.join(PATIENCE_S)
    assert [each.status for each in came] == [200]


def test_an_answer_may_be_late_by_some_seconds(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.fault("slow", ORDER, seconds=0.05)
    assert order(exchange, account).status == 200


def test_an_exchange_that_holds_an_answer_back_can_be_stopped() -> None:
    with running_exchange() as stopped:
        stopped.admin.fault("slow", "/api/v3/ping")
        lost: list[type] = []

        def wait() -> None:
            try:
                ask(stopped, "GET", "/api/v3/ping")
            except (OSError, http.client.HTTPException) as error:
                lost.append(type(error))

        thread = Thread(target=wait)
        thread.start()
        while not stopped.admin.get("requests")["total"]:
            thread.join(0.01)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.mark.parametrize("skew_ms", [-60_000, 60_000])
def test_one_call_meets_a_clock_that_is_off(
    exchange: RunningExchange, account: dict[str, Any], skew_ms: int
) -> None:
    exchange.admin.fault("skew", ORDER, skew_ms=skew_ms)
    before = exchange.admin.now()
    assert json.loads(order(exchange, account).body)["code"] == -1021
    assert exchange.admin.now() == before
    assert order(exchange, account).status == 200


def test_a_rule_is_for_its_path_address_account_and_count(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    other = exchange.admin.open_account(
        {"USDT": "100"}, permissions={"spot_and_margin_trading": True}
    )
    exchange.admin.fault("waf", "/api/v3/ord*", uid=account["uid"], address="9.9.9.9", count=2)
    assert order(exchange, account).status == 200
    assert order(exchange, other, "9.9.9.9").status == 200
    statuses = [order(exchange, account, "9.9.9.9").status for _ in range(3)]
    assert statuses == [403, 403, 200]
    assert [each["count"] for each in exchange.admin.get("faults")["faults"]] == [0]


def test_a_rule_may_be_set_in_code(exchange: RunningExchange) -> None:
    rule = FaultRule(FaultKind.UNAVAILABLE, "/api/v3/ping")
    exchange.call(lambda each: each.rules.add(rule))
    assert [ask(exchange, "GET", "/api/v3/ping").status for _ in range(2)] == [503, 200]


def test_a_rule_without_a_count_holds_until_it_is_deleted(exchange: RunningExchange) -> None:
    exchange.admin.fault("unavailable", "/sapi/*", count=None)
    path = "/sapi/v1/system/status"
    assert [ask(exchange, "GET", path).status for _ in range(4)] == [503] * 4
    exchange.admin.delete("faults")
    assert ask(exchange, "GET", path).status == 200


@pytest.mark.parametrize("wrong", [{"kind": "meteor"}, {"kind": "waf", "when": "noon"}])
def test_a_rule_that_makes_no_sense_is_refused(
    exchange: RunningExchange, wrong: dict[str, str]
) -> None:
    with pytest.raises(SandboxRefusal, match="400"):
        exchange.admin.post("faults", **wrong)


def test_maintenance_breaks_every_pair_and_refuses_the_owners(
    exchange: RunningExchange, account: dict[str, Any]
) -> None:
    exchange.admin.post("maintenance", on=True)
    listed = json.loads(ask(exchange, "GET", "/api/v3/exchangeInfo").body)["symbols"]
    assert {each["status"] for each in listed} == {"BREAK"}
    status = json.loads(ask(exchange, "GET", "/sapi/v1/system/status").body)
    assert status == {"status": 1, "msg": "system_maintenance"}
    assert order(exchange, account).status == 503
    exchange.admin.post("maintenance", on=False)
    assert order(exchange, account).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/time"),
        ("POST", "/api/v3/userDataStream"),
        ("PUT", "/api/v3/userDataStream"),
        ("DELETE", "/api/v3/userDataStream"),
    ],
)
def test_what_is_retired_answers_with_a_page(
    exchange: RunningExchange, method: str, path: str
) -> None:
    came = ask(exchange, method, path)
    assert (came.status, came.kind) == (410, "text/html")
    assert len(came.body) < 300


def test_everything_that_comes_in_is_counted_by_address(exchange: RunningExchange) -> None:
    exchange.admin.delete("requests")
    for _ in range(3):
        ask(exchange, "GET", "/api/v3/ping", address="8.8.8.8")
    assert exchange.admin.get("requests") == {
        "total": 3,
        "by_address": {"8.8.8.8": {"GET /api/v3/ping": 3}},
    }
