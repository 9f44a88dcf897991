"""Orders that wait: locked balances, later fills, cancelling."""

import json
from decimal import Decimal

import pytest

from sandbox.exchange.exchange import Exchange
from tests.exchange_builders import Trader, make_exchange, open_trader, refusal, success


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def trader(exchange: Exchange) -> Trader:
    return open_trader(exchange, {"USDT": "10000", "BTC": "1"})


def set_price(exchange: Exchange, price: str) -> None:
    exchange.market.set_price("BTCUSDT", Decimal(price), exchange.now() - 1)
    exchange.resting.look_again(exchange.now())


def usdt(trader: Trader) -> str:
    return f"{trader.free('USDT'):.0f} free, {trader.locked('USDT'):.0f} locked"


def status(trader: Trader, placed: dict[str, object]) -> str:
    found = trader.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    return str(found["status"])


def test_a_waiting_buy_locks_its_value(trader: Trader) -> None:
    trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    assert usdt(trader) == "4000 free, 6000 locked"


def test_a_waiting_sell_locks_its_quantity(trader: Trader) -> None:
    trader.limit("SELL", "BTCUSDT", "0.4", "90000.00")
    assert (trader.free("BTC"), trader.locked("BTC")) == (Decimal("0.6"), Decimal("0.4"))


def test_cancelling_gives_the_locked_back(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.1", "60000.00", newClientOrderId="mine")
    cancelled = success(
        trader.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    )
    assert (cancelled["status"], cancelled["origClientOrderId"]) == ("CANCELED", "mine")
    assert usdt(trader) == "10000 free, 0 locked"


def test_a_finished_order_cannot_be_cancelled(trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quoteOrderQty="50"))
    reply = trader.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert refusal(reply) == (400, -2011, "Unknown order sent.")


def test_all_open_orders_of_a_pair_are_cancelled_at_once(trader: Trader) -> None:
    for price in ("60000.00", "61000.00"):
        trader.limit("BUY", "BTCUSDT", "0.01", price)
    reply = trader.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert len(success(reply)) == 2
    assert trader.get("/api/v3/openOrders") == []


def test_a_crossed_order_is_filled_at_its_own_price_as_maker(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    trader.exchange.clock.advance(1000)
    set_price(trader.exchange, "59000.00")
    fill = trader.get("/api/v3/myTrades", symbol="BTCUSDT")[0]
    assert (status(trader, placed), fill["price"], fill["isMaker"]) == (
        "FILLED",
        "60000.00000000",
        True,
    )
    assert usdt(trader) == "4000 free, 0 locked"


def test_a_touched_order_is_filled_by_half(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    trader.exchange.clock.advance(1000)
    set_price(trader.exchange, "60000.00")
    assert status(trader, placed) == "PARTIALLY_FILLED"
    assert usdt(trader) == "4000 free, 3000 locked"


def test_a_jump_fills_what_the_path_crossed_and_not_later_than_it_did(trader: Trader) -> None:
    exchange = trader.exchange
    start = exchange.now()
    ahead = exchange.market.candles(
        "BTCUSDT", "1m", start=start, end=None, limit=600, now=start + 36_000_000
    )
    lowest = min(ahead, key=lambda candle: candle.low)
    price = lowest.low + Decimal("0.01")
    placed = trader.limit("BUY", "BTCUSDT", "0.01", f"{price:.2f}")
    exchange.clock.advance(36_000_000)
    exchange.look_at_market()
    fill = trader.get("/api/v3/myTrades", symbol="BTCUSDT")[0]
    assert (status(trader, placed), fill["time"]) == ("FILLED", lowest.close_time)


def test_a_jump_back_fills_nothing(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    trader.exchange.clock.advance(-1000)
    trader.exchange.look_at_market()
    assert status(trader, placed) == "NEW"


def test_a_limit_above_the_book_takes_first_and_rests_with_the_rest(trader: Trader) -> None:
    price = trader.exchange.market.price("BTCUSDT", trader.exchange.now())
    limit = f"{price + 2:.2f}"
    placed = trader.limit("BUY", "BTCUSDT", "0.1", limit)
    rest = Decimal("0.1") - Decimal(placed["executedQty"])
    assert placed["status"] == "PARTIALLY_FILLED"
    assert trader.locked("USDT") == rest * Decimal(limit)


def test_immediate_or_cancel_keeps_nothing_in_the_book(trader: Trader) -> None:
    price = trader.exchange.market.price("BTCUSDT", trader.exchange.now())
    placed = trader.limit("BUY", "BTCUSDT", "0.1", f"{price + 2:.2f}", timeInForce="IOC")
    assert placed["status"] == "EXPIRED"
    assert trader.locked("USDT") == 0
    assert Decimal(placed["executedQty"]) > 0


def test_fill_or_kill_takes_all_or_nothing(trader: Trader) -> None:
    price = trader.exchange.market.price("BTCUSDT", trader.exchange.now())
    placed = trader.limit("BUY", "BTCUSDT", "0.1", f"{price + 2:.2f}", timeInForce="FOK")
    assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.00000000")
    assert trader.free("USDT") == 10000


def test_a_maker_order_that_would_take_is_refused(trader: Trader) -> None:
    reply = trader.order("BUY", "BTCUSDT", "LIMIT_MAKER", quantity="0.1", price="90000.00")
    assert refusal(reply)[2] == "Order would immediately match and take."


def test_a_maker_order_is_only_acknowledged(trader: Trader) -> None:
    reply = trader.order("BUY", "BTCUSDT", "LIMIT_MAKER", quantity="0.1", price="60000.00")
    assert "status" not in success(reply)


def test_open_orders_of_all_pairs_or_of_one(trader: Trader) -> None:
    trader.limit("BUY", "BTCUSDT", "0.01", "60000.00")
    trader.limit("BUY", "ETHUSDT", "0.1", "2000.00")
    everything = trader.get("/api/v3/openOrders")
    one = trader.get("/api/v3/openOrders", symbol="ETHUSDT")
    assert ([len(everything)], [row["symbol"] for row in one]) == ([2], ["ETHUSDT"])


def test_all_orders_come_oldest_first_from_an_id_on(trader: Trader) -> None:
    ids = [
        trader.limit("BUY", "BTCUSDT", "0.01", price)["orderId"]
        for price in ("60000.00", "61000.00", "62000.00")
    ]
    found = trader.get("/api/v3/allOrders", symbol="BTCUSDT", orderId=ids[1])
    newest = trader.get("/api/v3/allOrders", symbol="BTCUSDT", limit=1)
    assert ([row["orderId"] for row in found], newest[0]["orderId"]) == (ids[1:], ids[2])


def test_all_orders_of_more_than_a_day_are_refused(trader: Trader) -> None:
    now = trader.exchange.now()
    reply = trader.ask(
        "GET", "/api/v3/allOrders", symbol="BTCUSDT", startTime=now - 86_400_001, endTime=now
    )
    assert refusal(reply) == (400, -1127, "More than 24 hours between startTime and endTime.")


def test_fills_of_a_jump_come_in_the_order_of_time_over_all_pairs(exchange: Exchange) -> None:
    trader = open_trader(exchange, {"USDT": "1000000"})
    for symbol, quantity in (("BTCUSDT", "0.01"), ("ETHUSDT", "0.1"), ("XRPUSDT", "100")):
        price = exchange.market.price(symbol, exchange.now())
        tick = exchange.market.symbols[symbol].tick_size
        for percent in (998, 996, 994):
            limit = price * percent / 1000 // tick * tick
            trader.limit("BUY", symbol, quantity, f"{limit:f}")
    told: list[int] = []
    exchange.events.listen(trader.uid, "listener", lambda text: told.append(json.loads(text)["E"]))
    exchange.clock.advance(48 * 3_600_000)
    exchange.look_at_market()
    assert len(told) > 6
    assert told == sorted(told)
