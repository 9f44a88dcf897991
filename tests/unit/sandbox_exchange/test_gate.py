"""Who gets in, and with which words the others are refused."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from sandbox.exchange.accounts import KeyPermissions
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.rest import RestRequest, answer
from sandbox.exchange.signing import hmac_signature
from tests.exchange_builders import Trader, make_exchange, open_trader, refusal, success

ACCOUNT = "/api/v3/account"
OUTSIDE = (400, -1021, "Timestamp for this request is outside of the recvWindow.")
AHEAD = (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")
KEY_REFUSED = (401, -2015, "Invalid API-key, IP, or permissions for action.")


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def trader(exchange: Exchange) -> Trader:
    return open_trader(exchange)


def test_a_right_signature_gets_in(trader: Trader) -> None:
    assert trader.get(ACCOUNT)["uid"] == trader.uid


def test_a_wrong_signature_is_refused(trader: Trader) -> None:
    other = replace(trader, key=replace(trader.key, secret="x" * 64))
    assert refusal(other.ask("GET", ACCOUNT)) == (
        400,
        -1022,
        "Signature for this request is not valid.",
    )


def test_one_changed_byte_spoils_the_signature(trader: Trader) -> None:
    text = urlencode({"timestamp": trader.exchange.now(), "omitZeroBalances": "true"})
    signature = hmac_signature(trader.key.secret, text)
    query = f"{text.replace('true', 'True')}&signature={signature}"
    reply = answer(trader.exchange, RestRequest("GET", ACCOUNT, query, key=trader.key.key))
    assert refusal(reply)[1] == -1022


@pytest.mark.parametrize("name", ["timestamp", "signature"])
def test_a_missing_parameter_is_named(trader: Trader, name: str) -> None:
    text = urlencode({"timestamp": trader.exchange.now()})
    query = f"{text}&signature={hmac_signature(trader.key.secret, text)}"
    kept = "&".join(pair for pair in query.split("&") if not pair.startswith(name))
    reply = answer(trader.exchange, RestRequest("GET", ACCOUNT, kept, key=trader.key.key))
    assert refusal(reply) == (
        400,
        -1102,
        f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
    )


@pytest.mark.parametrize("key", [None, "", "short", "x" * 63, "ü" * 64])
def test_a_malformed_key_is_told_so(exchange: Exchange, key: str | None) -> None:
    reply = answer(exchange, RestRequest("GET", ACCOUNT, "timestamp=1&signature=a", key=key))
    assert refusal(reply) == (401, -2014, "API-key format invalid.")


def test_an_unknown_key_is_refused(exchange: Exchange) -> None:
    reply = answer(exchange, RestRequest("GET", ACCOUNT, "timestamp=1&signature=a", key="k" * 64))
    assert refusal(reply) == KEY_REFUSED


def test_a_revoked_key_is_refused(trader: Trader) -> None:
    trader.exchange.accounts.revoke(trader.key.key)
    assert refusal(trader.ask("GET", ACCOUNT)) == KEY_REFUSED


def test_a_key_without_trading_may_not_order(exchange: Exchange) -> None:
    reader = open_trader(exchange, permissions=KeyPermissions())
    assert refusal(reader.order("BUY", "BTCUSDT", quoteOrderQty="50")) == KEY_REFUSED


def test_a_key_bound_to_an_address_works_only_from_there(trader: Trader) -> None:
    trader.exchange.accounts.restrict(trader.key.key, ["203.0.113.9"])
    assert refusal(trader.ask("GET", ACCOUNT)) == KEY_REFUSED


def test_two_keys_of_one_account_see_the_same_balances(trader: Trader) -> None:
    accounts = trader.exchange.accounts
    second = replace(trader, key=accounts.add_key(trader.uid, at=trader.exchange.now()))
    assert second.get(ACCOUNT) == trader.get(ACCOUNT)


@pytest.mark.parametrize(
    ("shift_ms", "window", "expected"),
    [
        (0, None, None),
        (999, None, None),
        (1000, None, AHEAD),
        (-5000, None, None),
        (-5001, None, OUTSIDE),
        (-9000, "10000", None),
        (-60000, "60000", None),
        (-5, "4.999", OUTSIDE),
    ],
)
def test_the_time_stamp_rule(
    trader: Trader, shift_ms: int, window: str | None, expected: tuple[int, int, str] | None
) -> None:
    more = {} if window is None else {"recvWindow": window}
    reply = trader.ask("GET", ACCOUNT, timestamp=trader.exchange.now() + shift_ms, **more)
    assert (None if reply.status == 200 else refusal(reply)) == expected


def test_microseconds_are_understood(trader: Trader) -> None:
    assert trader.ask("GET", ACCOUNT, timestamp=trader.exchange.now() * 1000).status == 200


def test_a_window_over_a_minute_is_refused(trader: Trader) -> None:
    assert refusal(trader.ask("GET", ACCOUNT, recvWindow="60001")) == (
        400,
        -1102,
        "'recvWindow' contains unexpected value. Cannot be greater than 60000.",
    )


def test_an_exchange_two_seconds_ahead_answers_that_the_stamp_is_old(trader: Trader) -> None:
    before = trader.exchange.now()
    trader.exchange.clock.skew_ms = 7000
    assert refusal(trader.ask("GET", ACCOUNT, timestamp=before)) == OUTSIDE


def test_parameters_nobody_reads_are_refused(trader: Trader) -> None:
    assert refusal(trader.ask("GET", ACCOUNT, colour="red"))[:2] == (400, -1104)


def test_a_parameter_sent_twice_is_refused(exchange: Exchange) -> None:
    reply = answer(exchange, RestRequest("GET", "/api/v3/avgPrice", "symbol=A&symbol=B"))
    assert refusal(reply)[:2] == (400, -1101)


def test_a_post_reads_query_and_body_and_the_query_wins(trader: Trader) -> None:
    query = urlencode({"symbol": "BTCUSDT", "timestamp": trader.exchange.now()})
    body = "symbol=ETHUSDT&side=BUY&type=MARKET&quoteOrderQty=50"
    signature = hmac_signature(trader.key.secret, query + body)
    reply = answer(
        trader.exchange,
        RestRequest(
            "POST",
            "/api/v3/order",
            query,
            f"signature={signature.upper()}&{body}",
            key=trader.key.key,
        ),
    )
    assert success(reply)["symbol"] == "BTCUSDT"


def test_a_get_takes_nothing_from_a_body(exchange: Exchange) -> None:
    reply = answer(exchange, RestRequest("GET", "/api/v3/avgPrice", "", "symbol=BTCUSDT"))
    assert refusal(reply)[1] == -1102
