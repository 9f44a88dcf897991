"""Pairs that come and go while the exchange is open, and assets that get another name."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.state import dump_state, load_state
from tests.exchange_builders import Trader, ask, make_exchange, open_trader, refusal, success

D = Decimal
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def trader() -> Trader:
    return open_trader(make_exchange(), {"USDT": "10000", "SOL": "10"})


def listed(trader: Trader) -> set[str]:
    info = success(ask(trader.exchange, "/api/v3/exchangeInfo"))
    return {row["symbol"] for row in info["symbols"]}


def priced(trader: Trader) -> dict[str, str]:
    rows: list[dict[str, Any]] = success(ask(trader.exchange, "/api/v3/ticker/price"))
    return {row["symbol"]: row["price"] for row in rows}


def test_a_pair_that_is_gone_is_nowhere(trader: Trader) -> None:
    trader.order("BUY", "SOLUSDT", quoteOrderQty="100")
    now = trader.exchange.now()
    trader.exchange.listings.delist("SOLUSDT", at=now, now=now)
    assert "SOLUSDT" not in listed(trader) | priced(trader).keys()
    for path in ("/api/v3/ticker/price", "/api/v3/exchangeInfo"):
        assert refusal(ask(trader.exchange, path, symbol="SOLUSDT"))[1] == -1121
    assert refusal(trader.ask("GET", "/api/v3/myTrades", symbol="SOLUSDT"))[:2] == (400, -1121)
    assert refusal(trader.order("SELL", "SOLUSDT", quantity="1"))[1] == -1121


def test_orders_of_a_pair_that_goes_are_cancelled(trader: Trader) -> None:
    trader.limit("SELL", "SOLUSDT", "2", "300.00")
    trader.exchange.listings.delist(
        "SOLUSDT", at=trader.exchange.now() + HOUR_MS, now=trader.exchange.now()
    )
    locked = [trader.locked("SOL")]
    trader.exchange.clock.advance(2 * HOUR_MS)
    trader.exchange.look_at_market()
    assert [*locked, trader.locked("SOL")] == [2, 0]


def test_a_pair_that_will_go_is_announced(trader: Trader) -> None:
    gone = trader.exchange.now() + DAY_MS
    for symbol in ("SOLUSDT", "SOLBTC"):
        trader.exchange.listings.delist(symbol, at=gone, now=trader.exchange.now())
    assert trader.get("/sapi/v1/spot/delist-schedule") == [
        {"delistTime": gone, "symbols": ["SOLUSDT", "SOLBTC"]}
    ]
    trader.exchange.clock.advance(DAY_MS)
    assert trader.get("/sapi/v1/spot/delist-schedule") == []


@pytest.mark.parametrize("price", ["0.00001234", "1.5", "98765.4"])
def test_a_new_pair_begins_at_its_price(trader: Trader, price: str) -> None:
    at = trader.exchange.now() + HOUR_MS
    trader.exchange.listings.list_pair("FRESH", "USDT", D(price), at=at)
    before = "FRESHUSDT" in listed(trader) | priced(trader).keys()
    trader.exchange.clock.set(at + 1)
    first = trader.exchange.market.price("FRESHUSDT", at + 1)
    assert (before, "FRESHUSDT" in listed(trader), D(priced(trader)["FRESHUSDT"])) == (
        False,
        True,
        first,
    )
    assert first == D(price)


def test_a_new_pair_is_traded_and_has_candles(trader: Trader) -> None:
    exchange = trader.exchange
    exchange.listings.list_pair("FRESH", "USDT", D(2), at=exchange.now())
    exchange.clock.advance(3 * DAY_MS)
    bought = success(trader.order("BUY", "FRESHUSDT", quoteOrderQty="100"))
    days = success(ask(exchange, "/api/v3/klines", symbol="FRESHUSDT", interval="1d"))
    assert (bought["status"], len(days), D(days[0][1])) == ("FILLED", 4, D(2))
    assert all(D("1.4") < D(day[3]) <= D(day[2]) < D("2.8") for day in days)
    ticker = success(ask(exchange, "/api/v3/ticker/24hr", symbol="FRESHUSDT"))
    assert ticker["count"] > 1_000


def test_a_pair_that_is_there_is_not_listed_again(trader: Trader) -> None:
    with pytest.raises(ValueError, match="SOLUSDT is listed already"):
        trader.exchange.listings.list_pair("SOL", "USDT", D(1), at=trader.exchange.now())


def test_a_delisted_pair_can_come_back(trader: Trader) -> None:
    exchange, now = trader.exchange, trader.exchange.now()
    exchange.listings.delist("SOLUSDT", at=now, now=now)
    exchange.clock.advance(HOUR_MS)
    exchange.listings.list_pair("SOL", "USDT", D(50), at=exchange.now())
    exchange.clock.advance(1)
    assert priced(trader)["SOLUSDT"] == "50.00000000"


def test_a_renamed_asset_is_renamed_everywhere(trader: Trader) -> None:
    other = open_trader(trader.exchange, {"SOL": "1"})
    trader.limit("SELL", "SOLUSDT", "2", "300.00")
    before = D(priced(trader)["SOLUSDT"])
    at = trader.exchange.now()
    made = trader.exchange.listings.rename("SOL", "LUNE", D(1000), at=at)
    held = [[each.free("SOL"), each.locked("SOL"), each.free("LUNE")] for each in (trader, other)]
    assert held == [[0, 0, 10_000], [0, 0, 1000]]
    assert [spec.name for spec in made] == ["LUNEUSDT", "LUNEBTC"]
    assert not {"SOLUSDT", "SOLBTC"} & listed(trader)
    assert D(priced(trader)["LUNEUSDT"]) == pytest.approx(before / 1000, rel=D("0.001"))


def test_a_renamed_asset_may_begin_at_a_given_price(trader: Trader) -> None:
    at = trader.exchange.now()
    trader.exchange.listings.rename("SOL", "LUNE", D(1), at=at, price=D("7.5"))
    assert D(priced(trader)["LUNEUSDT"]) == D("7.5")


def test_listings_survive_a_dump(trader: Trader) -> None:
    exchange, fresh = trader.exchange, make_exchange()
    exchange.listings.rename("SOL", "LUNE", D(10), at=exchange.now())
    exchange.listings.delist("ETHBTC", at=exchange.now() + DAY_MS, now=exchange.now())
    exchange.clock.advance(2 * HOUR_MS)
    # What was listed there before makes way for what is loaded.
    fresh.listings.list_pair("OTHER", "USDT", D(1), at=fresh.now())
    load_state(fresh, dump_state(exchange))
    again = Trader(fresh, trader.key)
    assert dump_state(fresh) == dump_state(exchange)
    assert (listed(again), priced(again)) == (listed(trader), priced(trader))
    assert again.get("/sapi/v1/spot/delist-schedule") == trader.get("/sapi/v1/spot/delist-schedule")


def test_the_full_account_shows_an_asset_without_any_pair(trader: Trader) -> None:
    trader.exchange.wallet.pay_dividend(trader.uid, "NOPAIR", D(3), at=trader.exchange.now())
    rows = {row["asset"]: row["free"] for row in trader.get("/api/v3/account")["balances"]}
    assert (rows["NOPAIR"], rows["ZEN"]) == ("3.00000000", "0.00000000")
