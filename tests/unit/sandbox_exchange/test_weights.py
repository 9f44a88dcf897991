"""What each call costs, and the headers that say so."""

from urllib.parse import urlencode

import pytest

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.rest import RestRequest, answer
from tests.exchange_builders import ask, machine_of, make_exchange, open_trader, refusal

USED = "x-mbx-used-weight-1m"


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.mark.parametrize(
    ("path", "parameters", "weight"),
    [
        ("/api/v3/ping", {}, 1),
        ("/api/v3/time", {}, 1),
        ("/api/v3/exchangeInfo", {}, 20),
        ("/api/v3/ticker/price", {"symbol": "BTCUSDT"}, 2),
        ("/api/v3/ticker/price", {}, 4),
        ("/api/v3/ticker/price", {"symbols": '["BTCUSDT"]'}, 4),
        ("/api/v3/ticker/24hr", {"symbol": "BTCUSDT"}, 2),
        ("/api/v3/ticker/24hr", {"symbols": '["BTCUSDT","ETHUSDT"]'}, 2),
        ("/api/v3/ticker/24hr", {}, 80),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1d"}, 2),
        ("/api/v3/avgPrice", {"symbol": "BTCUSDT"}, 2),
    ],
)
def test_public_calls_cost_what_is_written(
    exchange: Exchange, path: str, parameters: dict[str, object], weight: int
) -> None:
    assert ask(exchange, path, **parameters).headers[USED] == str(weight)


@pytest.mark.parametrize(
    ("path", "parameters", "weight"),
    [
        ("/api/v3/account", {}, 20),
        ("/api/v3/myTrades", {"symbol": "BTCUSDT"}, 20),
        ("/api/v3/myTrades", {"symbol": "BTCUSDT", "orderId": 1}, 5),
        ("/api/v3/openOrders", {"symbol": "BTCUSDT"}, 6),
        ("/api/v3/openOrders", {}, 80),
        ("/api/v3/order", {"symbol": "BTCUSDT", "orderId": 1}, 4),
        ("/api/v3/allOrders", {"symbol": "BTCUSDT"}, 20),
        ("/api/v3/rateLimit/order", {}, 40),
    ],
)
def test_signed_calls_cost_what_is_written(
    exchange: Exchange, path: str, parameters: dict[str, object], weight: int
) -> None:
    assert open_trader(exchange).ask("GET", path, **parameters).headers[USED] == str(weight)


def test_a_list_of_more_than_twenty_tickers_costs_forty(exchange: Exchange) -> None:
    names = ",".join(f'"{name}"' for name in list(exchange.market.symbols)[:21])
    assert ask(exchange, "/api/v3/ticker/24hr", symbols=f"[{names}]").headers[USED] == "40"


def test_an_accepted_order_is_free_and_a_refused_one_costs_one(exchange: Exchange) -> None:
    trader = open_trader(exchange)
    accepted = trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    refused = trader.order("BUY", "BTCUSDT", quoteOrderQty="1")
    assert (accepted.headers[USED], refused.headers[USED]) == ("0", "1")


def test_an_accepted_order_shows_the_order_counts(exchange: Exchange) -> None:
    trader = open_trader(exchange)
    trader.limit("BUY", "BTCUSDT", "0.001", "60000.00")
    second = trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    assert second.headers["x-mbx-order-count-10s"] == "1"


def test_errors_and_unknown_addresses_carry_the_weight_too(exchange: Exchange) -> None:
    unsigned = answer(exchange, RestRequest("GET", "/api/v3/account"))
    nowhere = answer(exchange, RestRequest("GET", "/api/v3/nothing"))
    assert (unsigned.headers[USED], nowhere.headers[USED]) == ("20", "20")


def test_over_the_limit_every_call_waits_for_the_next_minute(exchange: Exchange) -> None:
    for _ in range(75):
        ask(exchange, "/api/v3/ticker/24hr")
    reply = ask(exchange, "/api/v3/ping")
    assert (refusal(reply)[:2], reply.headers["Retry-After"]) == ((429, -1003), "40")


def test_a_new_minute_of_the_machine_clears_the_count(exchange: Exchange) -> None:
    ask(exchange, "/api/v3/ticker/24hr")
    machine_of(exchange).advance(60_000)
    assert ask(exchange, "/api/v3/ping").headers[USED] == "1"


def test_exchange_time_does_not_touch_the_count(exchange: Exchange) -> None:
    ask(exchange, "/api/v3/ticker/24hr")
    exchange.clock.advance(3_600_000)
    assert ask(exchange, "/api/v3/ping").headers[USED] == "81"


def test_the_wallet_calls_have_counters_of_their_own(exchange: Exchange) -> None:
    trader = open_trader(exchange)
    deposits = trader.ask("GET", "/sapi/v1/capital/deposit/hisrec")
    withdrawals = trader.ask("GET", "/sapi/v1/capital/withdraw/history")
    assert (deposits.headers, withdrawals.headers) == (
        {"x-sapi-used-ip-weight-1m": "1"},
        {"x-sapi-used-uid-weight-1m": "18000"},
    )


def test_an_account_may_read_its_withdrawals_ten_times_a_minute(exchange: Exchange) -> None:
    trader = open_trader(exchange)
    replies = [trader.ask("GET", "/sapi/v1/capital/withdraw/history") for _ in range(11)]
    assert [reply.status for reply in replies] == [200] * 10 + [429]


def test_more_than_fifty_waiting_orders_in_ten_seconds_are_refused(exchange: Exchange) -> None:
    trader = open_trader(exchange, {"USDT": "1000000"})
    for _ in range(50):
        trader.limit("BUY", "BTCUSDT", "0.001", "60000.00")
    reply = trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    assert refusal(reply) == (
        429,
        -1015,
        "Too many new orders; current limit is 50 orders per 10 SECOND.",
    )


def test_the_order_of_parameters_does_not_matter(exchange: Exchange) -> None:
    one = answer(exchange, RestRequest("GET", "/api/v3/klines", "interval=1h&symbol=BTCUSDT"))
    other = answer(
        exchange,
        RestRequest("GET", "/api/v3/klines", urlencode({"symbol": "BTCUSDT", "interval": "1h"})),
    )
    assert one.body == other.body
