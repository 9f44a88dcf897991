"""Pairs, prices, candles and the public tape, as anyone sees them."""

from decimal import Decimal

import pytest

from sandbox.exchange.exchange import Exchange
from tests.exchange_builders import ask, make_exchange, open_trader, refusal, success

HALTED = "WAVESUSDT"


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


def test_exchange_info_lists_every_kind_of_pair(exchange: Exchange) -> None:
    found = success(ask(exchange, "/api/v3/exchangeInfo"))
    statuses = {each["status"] for each in found["symbols"]}
    assert {"TRADING", "HALT", "BREAK", "CANCEL_ONLY"} <= statuses


def test_exchange_info_names_the_limits(exchange: Exchange) -> None:
    limits = success(ask(exchange, "/api/v3/exchangeInfo"))["rateLimits"]
    assert limits[0] == {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": "MINUTE",
        "intervalNum": 1,
        "limit": 6000,
    }


def test_exchange_info_of_a_status_lists_only_that(exchange: Exchange) -> None:
    found = success(ask(exchange, "/api/v3/exchangeInfo", symbolStatus="HALT"))
    assert {each["status"] for each in found["symbols"]} == {"HALT"}


def test_exchange_info_takes_symbols_or_a_status_not_both(exchange: Exchange) -> None:
    reply = ask(exchange, "/api/v3/exchangeInfo", symbol="BTCUSDT", symbolStatus="TRADING")
    assert refusal(reply)[1] == -1128


def test_a_pair_taken_from_trading_shows_its_status_and_keeps_its_price(exchange: Exchange) -> None:
    before = success(ask(exchange, "/api/v3/ticker/price", symbol="SOLUSDT"))
    exchange.market.set_status("SOLUSDT", "BREAK", exchange.now())
    exchange.clock.advance(3_600_000)
    info = success(ask(exchange, "/api/v3/exchangeInfo", symbol="SOLUSDT"))
    after = success(ask(exchange, "/api/v3/ticker/price", symbol="SOLUSDT"))
    assert (info["symbols"][0]["status"], after) == ("BREAK", before)


def test_the_price_list_holds_stale_prices_unless_a_status_is_asked(exchange: Exchange) -> None:
    everything = success(ask(exchange, "/api/v3/ticker/price"))
    trading = success(ask(exchange, "/api/v3/ticker/price", symbolStatus="TRADING"))
    names = [{row["symbol"] for row in rows} for rows in (everything, trading)]
    assert [HALTED in each for each in names] == [True, False]


def test_one_symbol_of_another_status_is_refused(exchange: Exchange) -> None:
    reply = ask(exchange, "/api/v3/ticker/price", symbol=HALTED, symbolStatus="TRADING")
    assert refusal(reply) == (
        400,
        -1220,
        "The symbol's status does not match the requested symbolStatus.",
    )


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        ("/api/v3/ticker/price", {"symbol": "NOSUCH"}, -1121),
        ("/api/v3/ticker/price", {"symbol": "btcusdt"}, -1100),
        ("/api/v3/ticker/price", {"symbols": "BTCUSDT"}, -1100),
        ("/api/v3/ticker/price", {"symbols": '["BTCUSDT","BTCUSDT"]'}, -1151),
        ("/api/v3/ticker/price", {"symbolStatus": "OPEN"}, -1122),
        ("/api/v3/ticker/24hr", {"symbol": "BTCUSDT", "type": "LONG"}, -1139),
        ("/api/v3/klines", {"symbol": "BTCUSDT"}, -1102),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "x"}, -1100),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "0"}, -1130),
        ("/api/v3/trades", {}, -1102),
    ],
)
def test_bad_questions_get_their_code(
    exchange: Exchange, path: str, parameters: dict[str, object], code: int
) -> None:
    assert refusal(ask(exchange, path, **parameters))[:2] == (400, code)


def test_a_price_has_eight_decimals(exchange: Exchange) -> None:
    price = success(ask(exchange, "/api/v3/ticker/price", symbol="BTCUSDT"))["price"]
    assert len(price.partition(".")[2]) == 8


def test_a_list_of_symbols_gets_a_list_even_for_one(exchange: Exchange) -> None:
    found = success(ask(exchange, "/api/v3/ticker/price", symbols='["BTCUSDT"]'))
    assert [row["symbol"] for row in found] == ["BTCUSDT"]


def test_a_day_ticker_agrees_with_the_price(exchange: Exchange) -> None:
    day = success(ask(exchange, "/api/v3/ticker/24hr", symbol="BTCUSDT"))
    price = success(ask(exchange, "/api/v3/ticker/price", symbol="BTCUSDT"))
    bid, ask_price = Decimal(day["bidPrice"]), Decimal(day["askPrice"])
    assert (day["lastPrice"], bid < Decimal(day["lastPrice"]) < ask_price) == (price["price"], True)


def test_a_mini_ticker_leaves_the_book_out(exchange: Exchange) -> None:
    day = success(ask(exchange, "/api/v3/ticker/24hr", symbol="BTCUSDT", type="MINI"))
    assert "bidPrice" not in day


def test_candles_are_clipped_to_a_thousand_and_end_with_the_running_one(exchange: Exchange) -> None:
    exchange.clock.advance(90_000)
    rows = success(ask(exchange, "/api/v3/klines", symbol="BTCUSDT", interval="1m", limit="5000"))
    last = rows[-1]
    assert (len(rows), len(last), last[0] < exchange.now() < last[6]) == (1000, 12, True)


def test_the_tape_comes_oldest_first_with_growing_ids(exchange: Exchange) -> None:
    ids = [row["id"] for row in success(ask(exchange, "/api/v3/trades", symbol="BTCUSDT"))]
    assert (len(ids), ids) == (500, sorted(set(ids)))


@pytest.mark.parametrize("path", ["/api/v3/trades", "/api/v3/historicalTrades"])
def test_a_users_fill_is_on_the_public_tape(exchange: Exchange, path: str) -> None:
    trader = open_trader(exchange)
    placed = success(trader.order("BUY", "BTCUSDT", quoteOrderQty="50"))
    exchange.clock.advance(1)
    rows = success(ask(exchange, path, symbol="BTCUSDT", limit="5"))
    assert placed["fills"][-1]["tradeId"] in {row["id"] for row in rows}


def test_aggregate_trades_put_neighbours_together(exchange: Exchange) -> None:
    trades = success(ask(exchange, "/api/v3/trades", symbol="BTCUSDT", limit="200"))
    start = trades[0]["time"]
    groups = success(
        ask(exchange, "/api/v3/aggTrades", symbol="BTCUSDT", startTime=start, limit="1000")
    )
    covered = sum(Decimal(group["q"]) for group in groups if group["f"] >= trades[0]["id"])
    assert covered == sum(Decimal(trade["qty"]) for trade in trades)


def test_old_trades_are_found_from_an_id_on(exchange: Exchange) -> None:
    newest = success(ask(exchange, "/api/v3/trades", symbol="BTCUSDT", limit="50"))
    again = success(
        ask(
            exchange,
            "/api/v3/historicalTrades",
            symbol="BTCUSDT",
            fromId=newest[10]["id"],
            limit="5",
        )
    )
    assert again == newest[10:15]
