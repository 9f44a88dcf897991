"""What a trader sees of himself adds up, over a league that ran its hours."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.windows import hour_start
from tests.integration.test_scale_rule import FIRST, HOURS, League, Move, listed
from tests.read_side import asking

NOW = hour_start(FIRST + HOURS - 1) + timedelta(minutes=20)
MOVES = [
    Move(2, 10, "ETH", "buy", 30),
    Move(5, 0, "BTC", "sell", 50),
    Move(9, 30, "DOT", "buy", 10),
    Move(12, 1, "USDT", "deposit", 20),
    Move(20, 7, "ANT", "buy", 5),
]


@pytest.fixture(scope="module")
def own() -> dict[str, Any]:
    """All that Guarded (T0) is answered about himself, by route."""
    stores = League(MOVES, Decimal(1)).stores
    stores.prices.put_latest(listed(hour_start(FIRST + HOURS - 1)))
    routes = ("", "/performance", "/trades", "/transactions")
    with asking(stores, NOW) as client:
        found = {route: client.json(f"/traders/Guarded{route}", "T0") for route in routes}
        return found | {"balance": client.json("/me/balance", "T0")}


def total(rows: list[dict[str, str | None]], name: str) -> Decimal:
    """The sum of a field, unknown ones left out."""
    return sum((Decimal(row[name] or 0) for row in rows), Decimal(0))


def test_the_pnl_of_all_days_is_what_he_has_less_what_he_brought(own: dict[str, Any]) -> None:
    days = own["/performance"]["days"]
    brought = total(own["/transactions"]["transactions"], "value_usdt")
    gained = total(days, "pnl_usdt")
    assert abs(gained - (Decimal(days[-1]["net_worth_usdt"]) - brought)) < Decimal("0.000001")
    assert gained


def test_all_fills_are_there_and_say_what_moved(own: dict[str, Any]) -> None:
    trades = own["/trades"]["trades"]
    assert [row["pair"] for row in trades] == ["ANT/USDT", "DOT/USDT", "BTC/USDT", "ETH/USDT"]
    assert all(Decimal(row["quantity"]) > 0 for row in trades)


def test_the_balance_is_the_mark_at_the_same_prices(own: dict[str, Any]) -> None:
    worth = Decimal(own["/performance"]["days"][-1]["net_worth_usdt"])
    assert abs(Decimal(own["balance"]["balance_usdt"]) - worth) < Decimal("0.000001")
    assert own[""]["owner"]["coins"] == own["balance"]["coins"]


def test_every_coin_that_was_brought_or_bought_has_a_cost(own: dict[str, Any]) -> None:
    coins = {coin["asset"]: coin for coin in own["balance"]["coins"]}
    assert coins["USDT"]["average_cost_usdt"] is None
    for asset in ("BTC", "ETH", "DOT", "ANT"):
        assert coins[asset]["average_cost_usdt"] is not None
    assert coins["ETH"]["average_cost_usdt"] == coins["ETH"]["last_buy_price_usdt"]
    assert coins["BTC"]["last_buy_price_usdt"] is None, "it was linked, never bought"


def test_the_parts_of_the_number_are_those_of_the_window(own: dict[str, Any]) -> None:
    day = own[""]["owner"]["windows"]["24h"]
    assert day["shown_pct"] == own[""]["pnl"]["24h"]["pct"]
    deposit = next(row for row in own["/transactions"]["transactions"] if row["kind"] == "deposit")
    assert abs(Decimal(day["deposits_usdt"]) - Decimal(deposit["value_usdt"])) <= Decimal("1e-8")
    assert not day["capped"]
    assert Decimal(day["twr_pct"]).quantize(Decimal("0.01")) == Decimal(day["shown_pct"])
