"""The operator's wallet calls over HTTP: each answers, moves the balance and keeps the books."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.client import SandboxRefusal
from sandbox.exchange.running import RunningExchange, running_exchange

D = Decimal


@pytest.fixture(scope="module")
def exchange() -> Iterator[RunningExchange]:
    """One of its own: its coins are renamed and its pairs delisted."""
    with running_exchange() as serving:
        yield serving


@pytest.fixture
def uid(exchange: RunningExchange) -> int:
    held = {"USDT": "1000", "EUR": "500", "SOL": "2", "LDUSDT": "10"}
    return int(exchange.admin.open_account(held)["uid"])


CALLS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    (
        "converts",
        {"from_asset": "USDT", "from_amount": "100", "to_asset": "BNB", "to_amount": "0.16"},
        {"USDT": "-100", "BNB": "0.16"},
    ),
    ("dividends", {"asset": "BTC", "amount": "0.1"}, {"BTC": "0.1"}),
    (
        "earn/flexible/subscribe",
        {"asset": "USDT", "amount": "50", "from_funding": "20"},
        {"USDT": "-30", "LDUSDT": "50"},
    ),
    (
        "earn/flexible/redeem",
        {"asset": "USDT", "amount": "10", "destination": "FUNDING"},
        {"LDUSDT": "-10"},
    ),
    (
        "earn/flexible/reward",
        {"asset": "USDT", "amount": "0.1", "type": "BONUS"},
        {"USDT": "0.1"},
    ),
    ("earn/locked/subscribe", {"asset": "SOL", "amount": "1", "days": 30}, {"SOL": "-1"}),
    ("transfers", {"type": "MAIN_MARGIN", "asset": "USDT", "amount": "5"}, {"USDT": "-5"}),
    ("sub-transfers", {"asset": "USDT", "amount": "5", "direction": "in"}, {"USDT": "5"}),
    (
        "fiat/orders",
        {"currency": "EUR", "amount": "100", "fee": "1", "direction": "deposit"},
        {"EUR": "99"},
    ),
    (
        "fiat/payments",
        {
            "currency": "EUR",
            "spent": "90",
            "asset": "SOL",
            "quantity": "1",
            "direction": "buy",
            "method": "Cash Balance",
        },
        {"SOL": "1", "EUR": "-90"},
    ),
    ("unexplained", {"changes": {"USDT": "-1", "XRP": "3"}}, {"USDT": "-1", "XRP": "3"}),
]


@pytest.mark.parametrize(("path", "body", "changes"), CALLS, ids=[call[0] for call in CALLS])
def test_a_call_moves_balances(
    exchange: RunningExchange, uid: int, path: str, body: dict[str, Any], changes: dict[str, str]
) -> None:
    exchange.admin.post(path, uid=uid, **body)
    moved = {row["asset"]: row["change"] for row in exchange.admin.books(uid)["movements"]}
    assert {asset: D(change) for asset, change in moved.items()} == {
        asset: D(change) for asset, change in changes.items()
    }


def test_dust_is_swept(exchange: RunningExchange, uid: int) -> None:
    rows = exchange.admin.post("dust", uid=uid, assets=["SOL", "EUR"])["rows"]
    assert [(row["asset"], row["amount"]) for row in rows] == [("SOL", "2"), ("EUR", "500")]


def test_a_locked_position_earns_and_comes_back(exchange: RunningExchange, uid: int) -> None:
    post = exchange.admin.post
    position = post("earn/locked/subscribe", uid=uid, asset="SOL", amount="1", days=30)["id"]
    post("earn/locked/reward", position_id=position, amount="0.01")
    post("earn/locked/redeem", position_id=position)
    assert exchange.admin.books(uid)["balances"]["SOL"]["free"] == "2.01"


def test_a_fiat_order_is_advanced(exchange: RunningExchange, uid: int) -> None:
    order = exchange.admin.post(
        "fiat/orders",
        uid=uid,
        currency="EUR",
        amount="100",
        direction="withdraw",
        status="Processing",
    )
    exchange.admin.post("fiat/orders/advance", order_no=order["id"], status="Failed")
    changes = [row["change"] for row in exchange.admin.books(uid)["movements"]]
    assert changes == ["-100", "100"]


def test_switches_are_set_and_shown(exchange: RunningExchange) -> None:
    shown = exchange.admin.post(
        "wallet/settings",
        balance_updates={"dust": False},
        history_lag_ms={"converts": 500},
        rewards_as_dividends=True,
    )
    assert shown == {
        "silent": ["dust"],
        "history_lag_ms": {"converts": 500},
        "rewards_as_dividends": True,
    }
    back = exchange.admin.post("wallet/settings", balance_updates={"dust": True})
    assert back["silent"] == []


def test_coins_come_go_and_change_their_name(exchange: RunningExchange, uid: int) -> None:
    post = exchange.admin.post
    made = post("pairs/list", base="FRESH", quote="USDT", price="0.5")
    post("pairs/delist", symbol="LTCUSDT")
    renamed = post("assets/rename", old="SOL", new="LUNE", ratio="10")
    assert (made["symbol"], renamed["listed"]) == ("FRESHUSDT", ["LUNEUSDT", "LUNEBTC"])
    assert exchange.admin.books(uid)["balances"]["LUNE"]["free"] == "20.00000000"


def test_a_life_takes_the_time_it_is_given(exchange: RunningExchange, uid: int) -> None:
    before = exchange.admin.now()
    lived = exchange.admin.post("life", uid=uid, acts=15, seed=3, over_ms=60_000)
    assert (lived["now"] - before, sum(lived["done"].values())) == (60_000, 15)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("converts", {"from_asset": "USDT", "from_amount": "9999"}),
        ("transfers", {"type": "MAIN_MOON", "asset": "USDT", "amount": "1"}),
        ("sub-transfers", {"asset": "USDT", "amount": "1", "direction": "up"}),
        ("earn/flexible/reward", {"asset": "USDT", "amount": "-1"}),
        ("wallet/settings", {"history_lag_ms": {"gossip": 1}}),
        ("pairs/delist", {"symbol": "NOTHERE"}),
        ("pairs/list", {"base": "BTC", "quote": "USDT", "price": "1"}),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    exchange: RunningExchange, uid: int, path: str, body: dict[str, Any]
) -> None:
    with pytest.raises(SandboxRefusal) as caught:
        exchange.admin.post(path, uid=uid, **body)
    assert caught.value.status == 400
    assert exchange.admin.books(uid)["movements"] == []
