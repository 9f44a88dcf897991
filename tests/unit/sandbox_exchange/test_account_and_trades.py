"""The account's own page and its trade history."""

import itertools
from typing import Any

import pytest

from tests.exchange_builders import Trader, make_exchange, open_trader, refusal, success

TRADES = "/api/v3/myTrades"


@pytest.fixture
def trader() -> Trader:
    return open_trader(make_exchange(), {"USDT": "100000", "LDUSDT": "5"})


@pytest.fixture
def history(trader: Trader) -> list[dict[str, Any]]:
    """Three orders, an hour apart."""
    for _ in range(3):
        success(trader.order("BUY", "BTCUSDT", quoteOrderQty="900"))
        trader.exchange.clock.advance(3_600_000)
    found: list[dict[str, Any]] = trader.get(TRADES, symbol="BTCUSDT")
    return found


def test_an_account_lists_every_coin_unless_zeros_are_left_out(trader: Trader) -> None:
    everything = trader.get("/api/v3/account")["balances"]
    held = trader.get("/api/v3/account", omitZeroBalances="true")["balances"]
    assert {row["asset"] for row in held} == {"USDT", "LDUSDT"}
    assert len(everything) > 30


def test_balances_are_texts_with_eight_decimals(trader: Trader) -> None:
    held = trader.get("/api/v3/account", omitZeroBalances="true")["balances"]
    assert held[0] == {"asset": "USDT", "free": "100000.00000000", "locked": "0.00000000"}


def test_the_update_time_grows_with_every_change(trader: Trader) -> None:
    before = trader.get("/api/v3/account")["updateTime"]
    trader.exchange.clock.advance(5)
    trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    assert trader.get("/api/v3/account")["updateTime"] == before + 5


def test_trades_come_oldest_first_with_growing_ids_and_holes(
    history: list[dict[str, Any]],
) -> None:
    ids = [row["id"] for row in history]
    assert ids == sorted(set(ids))
    assert any(later - earlier > 1 for earlier, later in itertools.pairwise(ids))


def test_from_id_includes_its_trade(trader: Trader, history: list[dict[str, Any]]) -> None:
    middle = history[3]["id"]
    found = trader.get(TRADES, symbol="BTCUSDT", fromId=middle)
    assert found == [row for row in history if row["id"] >= middle]


def test_stepping_from_id_zero_reads_the_whole_history(
    trader: Trader, history: list[dict[str, Any]]
) -> None:
    read: list[dict[str, Any]] = []
    while page := trader.get(
        TRADES, symbol="BTCUSDT", fromId=read[-1]["id"] + 1 if read else 0, limit=2
    ):
        read += page
    assert read == history


def test_trades_of_one_order(trader: Trader, history: list[dict[str, Any]]) -> None:
    order_id = history[-1]["orderId"]
    found = trader.get(TRADES, symbol="BTCUSDT", orderId=order_id)
    assert found == [row for row in history if row["orderId"] == order_id]


def test_a_window_includes_both_ends(trader: Trader, history: list[dict[str, Any]]) -> None:
    middle = history[len(history) // 2]["time"]
    found = trader.get(TRADES, symbol="BTCUSDT", startTime=middle, endTime=middle)
    assert found == [row for row in history if row["time"] == middle]


def test_without_a_start_the_newest_are_given(
    trader: Trader, history: list[dict[str, Any]]
) -> None:
    assert trader.get(TRADES, symbol="BTCUSDT", limit=2) == history[-2:]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, -1102),
        ({"symbol": "GONEUSDT"}, -1121),
        ({"symbol": "BTCUSDT", "fromId": 1, "startTime": 1}, -1128),
        ({"symbol": "BTCUSDT", "orderId": 1, "endTime": 1}, -1128),
        ({"symbol": "BTCUSDT", "startTime": 0, "endTime": 86_400_001}, -1127),
        ({"symbol": "BTCUSDT", "limit": 0}, -1130),
    ],
)
def test_questions_that_are_not_allowed(
    trader: Trader, question: dict[str, object], code: int
) -> None:
    assert refusal(trader.ask("GET", TRADES, **question))[:2] == (400, code)


def test_an_order_and_a_trade_id_may_be_combined(
    trader: Trader, history: list[dict[str, Any]]
) -> None:
    last = history[-1]
    found = trader.get(TRADES, symbol="BTCUSDT", orderId=last["orderId"], fromId=last["id"])
    assert found == [last]


def test_a_fill_becomes_visible_after_the_lag(trader: Trader) -> None:
    trader.exchange.fill_lag_ms = 2000
    trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    at_once = trader.get(TRADES, symbol="BTCUSDT")
    trader.exchange.clock.advance(2000)
    assert (at_once, len(trader.get(TRADES, symbol="BTCUSDT"))) == ([], 1)


def test_nobody_sees_the_trades_of_others(trader: Trader, history: list[dict[str, Any]]) -> None:
    other = open_trader(trader.exchange)
    assert other.get(TRADES, symbol="BTCUSDT", fromId=0) == []


def test_commission_rates_name_the_discount(trader: Trader) -> None:
    found = trader.get("/api/v3/account/commission", symbol="BTCUSDT")
    assert (found["standardCommission"]["taker"], found["discount"]["discount"]) == (
        "0.00100000",
        "0.25000000",
    )
