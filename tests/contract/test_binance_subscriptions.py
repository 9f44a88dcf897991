"""Which frames ask for an account's events, and what the answers mean."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.binance.errors import translate
from chalicelib.adapters.binance.market_stream import quotes_of
from chalicelib.adapters.binance.subscriptions import (
    AccountFrame,
    Ended,
    Misplaced,
    NotSubscribed,
    ShutdownAnnounced,
    Subscribed,
    Subscriptions,
)
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    InvalidRequest,
    KeyRevoked,
    RateLimited,
)
from chalicelib.domain.market import Quote
from tests.builders import NOON, key_pair

KEY = "CMLTESTKEY000000000000000000000000000000000000000000000000000001"
SECRET = "CMLTESTSECRET000000000000000000000000000000000000000000000000001"
STAMP = datetime.fromtimestamp(1790000000, UTC)


def ask(subscriptions: Subscriptions, account_id: str = "ada") -> dict[str, Any]:
    frame = subscriptions.subscribe(account_id, key_pair(), STAMP, NOON)
    return json.loads(frame)  # type: ignore[no-any-return]


def answered(subscriptions: Subscriptions, account_id: str = "ada", number: int = 0) -> object:
    reply = {"id": ask(subscriptions, account_id)["id"], "status": 200}
    return subscriptions.read(json.dumps(reply | {"result": {"subscriptionId": number}}))


def refused(subscriptions: Subscriptions, code: int, status: int, **data: int) -> object:
    error = {"code": code, "msg": "as the sheet says", "data": data}
    reply = {"id": ask(subscriptions)["id"], "status": status, "error": error}
    return subscriptions.read(json.dumps(reply))


def event(name: str, number: int = 0) -> str:
    return json.dumps({"subscriptionId": number, "event": {"e": name, "E": 1}})


def test_a_request_is_signed_over_its_sorted_parameters() -> None:
    frame = Subscriptions().subscribe("ada", KeyPair(KEY, SECRET), STAMP, NOON)
    request = json.loads(frame)
    assert request["method"] == "userDataStream.subscribe.signature"
    # computed by hand for an invented key
    expected = "4edddf1ef17a38da954d1f2089eab34ee4311c4841d54377acca51914747bf7a"
    assert request["params"]["signature"] == expected
    assert SECRET not in frame


def test_an_event_belongs_to_the_account_of_its_number() -> None:
    subscriptions = Subscriptions()
    assert answered(subscriptions, "ada", 0) == Subscribed("ada")
    assert answered(subscriptions, "bob", 1) == Subscribed("bob")
    assert subscriptions.read(event("balanceUpdate", 1)) == AccountFrame("bob")
    assert subscriptions.active() == {"ada", "bob"}


def test_an_event_of_a_number_nobody_has_is_nobodys() -> None:
    subscriptions = Subscriptions()
    answered(subscriptions)
    subscriptions.unsubscribe("ada")
    assert subscriptions.read(event("balanceUpdate", 0)) is None


def test_an_ended_subscription_is_told_once() -> None:
    subscriptions = Subscriptions()
    answered(subscriptions)
    assert subscriptions.read(event("eventStreamTerminated")) == Ended("ada")
    assert subscriptions.read(event("eventStreamTerminated")) is None
    assert subscriptions.active() == set()


def test_a_shutdown_is_announced_without_a_number() -> None:
    frame = json.dumps({"event": {"e": "serverShutdown", "E": 1}})
    assert Subscriptions().read(frame) == ShutdownAnnounced()


def test_already_subscribed_is_fine_where_the_number_is_known() -> None:
    subscriptions = Subscriptions()
    answered(subscriptions)
    assert refused(subscriptions, -2035, 400) == Subscribed("ada")


def test_already_subscribed_elsewhere_is_a_refusal() -> None:
    told = refused(Subscriptions(), -2035, 400)
    assert isinstance(told, NotSubscribed)


@pytest.mark.parametrize(
    ("code", "status", "raised"),
    [
        (-2015, 401, KeyRevoked),
        (-1022, 400, KeyRevoked),
        (-1021, 400, ExchangeUnavailable),
        (-1003, 429, RateLimited),
        (-2035, 400, ExchangeError),
        (-1191, 400, ExchangeError),
        (0, 500, ExchangeUnavailable),
    ],
)
def test_a_refusal_has_its_place_in_the_tree(
    code: int, status: int, raised: type[ExchangeError]
) -> None:
    told = refused(Subscriptions(), code, status)
    assert isinstance(told, NotSubscribed)
    assert type(translate(told.refusal, "subscribe", NOON)) is raised


def test_the_end_of_a_pause_is_given_as_an_instant() -> None:
    until = NOON + timedelta(seconds=40)
    told = refused(Subscriptions(), -1003, 429, retryAfter=int(until.timestamp() * 1000))
    assert isinstance(told, NotSubscribed)
    error = translate(told.refusal, "subscribe", NOON)
    assert isinstance(error, RateLimited)
    assert error.retry_at == until


def test_an_answer_is_overdue_after_a_while() -> None:
    subscriptions = Subscriptions()
    ask(subscriptions)
    assert not subscriptions.overdue(NOON + timedelta(seconds=30), 30)
    assert subscriptions.overdue(NOON + timedelta(seconds=31), 30)
    assert subscriptions.waiting() == {"ada"}


@pytest.mark.parametrize("frame", ["", "[]", "1", "{", '"x"'])
def test_a_frame_that_is_no_object_is_refused(frame: str) -> None:
    with pytest.raises(InvalidRequest):
        Subscriptions().read(frame)


VALUES = (
    st.none() | st.integers(-2, 3) | st.text(max_size=5) | st.dictionaries(st.text(), st.none())
)
KEYS = st.sampled_from(["id", "status", "result", "error", "event", "subscriptionId", "e"])


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES)))
@settings(max_examples=100, deadline=None)
def test_no_frame_breaks_the_connection(content: dict[str, Any]) -> None:
    subscriptions = Subscriptions()
    answered(subscriptions)
    ask(subscriptions, "bob")
    subscriptions.read(json.dumps(content))


TICKER = {"e": "24hrMiniTicker", "E": 1790000000000, "s": "BTCUSDT", "c": "60000.1", "q": "7"}


def test_tickers_become_quotes_of_an_instant() -> None:
    rows = [TICKER, TICKER | {"s": "ETHUSDT", "c": "3000", "E": 1790000000500}]
    at, quotes = quotes_of(json.dumps(rows))
    assert at == STAMP + timedelta(milliseconds=500)
    assert quotes["BTCUSDT"] == Quote(Decimal("60000.1"), Decimal(7))


@pytest.mark.parametrize(
    "frame", ["", "[]", "{}", "[1]", json.dumps([TICKER | {"c": 1.5}]), json.dumps([{"s": "X"}])]
)
def test_tickers_that_cannot_be_read_are_refused(frame: str) -> None:
    with pytest.raises(InvalidRequest):
        quotes_of(frame)


@pytest.mark.parametrize(("code", "status"), [(-1007, 408), (-1006, 503), (-1000, 500), (0, 200)])
def test_after_a_lost_answer_an_account_that_is_there_already_is_misplaced(
    code: int, status: int
) -> None:
    subscriptions = Subscriptions()
    assert isinstance(refused(subscriptions, code, status), NotSubscribed)
    assert refused(subscriptions, -2035, 400) == Misplaced("ada")


def test_a_subscription_of_another_connection_is_a_refusal_and_no_more() -> None:
    subscriptions = Subscriptions()
    refused(subscriptions, -1021, 400)
    assert isinstance(refused(subscriptions, -2035, 400), NotSubscribed)


@pytest.mark.parametrize(("status", "told"), [(200, NotSubscribed), (503, Misplaced)])
def test_an_account_that_was_left_is_misplaced_where_leaving_may_have_failed(
    status: int, told: type
) -> None:
    subscriptions = Subscriptions()
    answered(subscriptions)
    leaving = json.loads(subscriptions.unsubscribe("ada") or "")
    subscriptions.read(json.dumps({"id": leaving["id"], "status": status}))
    assert isinstance(refused(subscriptions, -2035, 400), told)
