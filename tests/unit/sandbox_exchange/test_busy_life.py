"""A random life keeps the books exact, and the histories tell all of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.busy_life import live
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.life_trades import TRADES
from sandbox.exchange.life_wallet import SURPRISES, WALLET_ACTS
from sandbox.exchange.past_balances import PastBalances
from sandbox.exchange.state import books_of, dump_state, load_state
from sandbox.exchange.wallet import TRANSFER_KINDS
from tests.exchange_builders import Trader, make_exchange, open_trader, success

D = Decimal
HOUR_MS = 3_600_000
Change = tuple[str, Decimal]
Sums = dict[str, Decimal]

LIVES = st.tuples(st.builds(Random, st.integers(0, 10**9)), st.integers(0, 40), st.booleans())


def lived(random: Random, acts: int, *, surprises: bool) -> Trader:
    """Someone, beside another, after an hour of a busy life."""
    exchange = make_exchange()
    trader = open_trader(exchange, {"USDT": "10000", "BNB": "2", "EUR": "300", "SOL": "4"})
    open_trader(exchange, {"SOL": "1"})
    start = exchange.now()
    live(
        exchange,
        trader.uid,
        random,
        acts=acts,
        start=start,
        end=start + HOUR_MS,
        surprises=surprises,
    )
    return trader


def total(changes: Iterator[Change]) -> Sums:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for asset, change in changes:
        sums[asset] += change
    return {asset: change for asset, change in sums.items() if change}


def by_fills(exchange: Exchange, books: dict[str, Any]) -> Iterator[Change]:
    for fill in books["fills"]:
        spec = exchange.market.symbols[fill["symbol"]]
        sign = 1 if fill["is_buyer"] else -1
        yield spec.base, sign * D(fill["quantity"])
        yield spec.quote, -sign * D(fill["quote_quantity"])
        yield fill["commission_asset"], -D(fill["commission"])


def by_movements(books: dict[str, Any], *kinds: str) -> Iterator[Change]:
    for row in books["movements"]:
        if not kinds or row["kind"] in kinds:
            yield row["asset"], D(row["change"])


def held(books: dict[str, Any]) -> Sums:
    return {asset: D(each["free"]) + D(each["locked"]) for asset, each in books["balances"].items()}


def initial(books: dict[str, Any]) -> Iterator[Change]:
    for asset, amount in books["initial"].items():
        yield asset, D(amount)


def add(*parts: Iterator[Change]) -> Sums:
    return total(change for part in parts for change in part)


@given(LIVES)
@settings(max_examples=40, deadline=None)
def test_initial_balances_fills_and_movements_make_the_balances(
    life: tuple[Random, int, bool],
) -> None:
    trader = lived(life[0], life[1], surprises=life[2])
    for uid in trader.exchange.accounts.accounts:
        books = books_of(trader.exchange, uid)
        fills = by_fills(trader.exchange, books)
        assert add(initial(books), fills, by_movements(books)) == held(books)


@given(LIVES)
@settings(max_examples=25, deadline=None)
def test_a_dump_of_any_life_loads_as_it_was(life: tuple[Random, int, bool]) -> None:
    exchange = lived(life[0], life[1], surprises=life[2]).exchange
    text = json.dumps(dump_state(exchange))
    fresh = make_exchange()
    load_state(fresh, json.loads(text))
    assert json.dumps(dump_state(fresh)) == text


@given(LIVES)
@settings(max_examples=25, deadline=None)
def test_histories_and_fills_tell_all_but_what_nobody_explains(
    life: tuple[Random, int, bool],
) -> None:
    trader = lived(life[0], life[1], surprises=life[2])
    books = books_of(trader.exchange, trader.uid)
    fills = by_fills(trader.exchange, books)
    untold = by_movements(books, "unexplained", "rename")
    assert add(initial(books), fills, told(trader), untold) == held(books)


@given(LIVES)
@settings(max_examples=25, deadline=None)
def test_the_balances_of_an_earlier_moment_are_known_exactly(
    life: tuple[Random, int, bool],
) -> None:
    trader = lived(life[0], life[1], surprises=life[2])
    exchange, moment = trader.exchange, trader.exchange.now()
    before = books_of(exchange, trader.uid)["balances"]
    live(
        exchange,
        trader.uid,
        life[0],
        acts=life[1],
        start=moment + 1,
        end=moment + HOUR_MS,
        surprises=life[2],
    )
    past = PastBalances(exchange, trader.uid).at(moment)
    assert {asset: (each.free, each.locked) for asset, each in past.items()} == {
        asset: (D(each["free"]), D(each["locked"])) for asset, each in before.items()
    }


@given(st.integers(0, 10**9))
@settings(max_examples=25, deadline=None)
def test_the_stream_tells_every_movement_and_every_balance(seed: int) -> None:
    exchange = make_exchange()
    trader = open_trader(exchange, {"USDT": "10000", "BNB": "2", "EUR": "300"})
    events: list[dict[str, Any]] = []
    exchange.events.listen(trader.uid, "test", lambda text: events.append(json.loads(text)))
    start = exchange.now()
    live(exchange, trader.uid, Random(seed), acts=40, start=start, end=start + HOUR_MS)
    books = books_of(exchange, trader.uid)
    updates = ((each["a"], D(each["d"])) for each in events if each["e"] == "balanceUpdate")
    assert total(updates) == total(by_movements(books))
    told_last = {
        row["a"]: D(row["f"]) + D(row["l"])
        for each in events
        if each["e"] == "outboundAccountPosition"
        for row in each["B"]
    }
    assert told_last == {asset: held(books).get(asset, D(0)) for asset in told_last}
    assert [each["E"] for each in events] == sorted(each["E"] for each in events)


def test_the_same_seed_lives_the_same_life() -> None:
    dumps = [json.dumps(dump_state(lived(Random(7), 60, surprises=True).exchange)) for _ in "ab"]
    assert dumps[0] == dumps[1]


def test_a_life_has_everything_in_it() -> None:
    done: Counter[str] = Counter()
    for seed in range(12):
        exchange = make_exchange()
        trader = open_trader(exchange, {"USDT": "10000", "BNB": "2", "EUR": "300", "SOL": "4"})
        start = exchange.now()
        done += live(
            exchange,
            trader.uid,
            Random(seed),
            acts=80,
            start=start,
            end=start + HOUR_MS,
            surprises=True,
        )
    assert done.keys() == {**TRADES, **WALLET_ACTS, **SURPRISES}.keys()
    assert done.total() == 12 * 80


def test_a_life_ends_when_it_should() -> None:
    trader = lived(Random(1), 10, surprises=False)
    start = trader.exchange.accounts.account(trader.uid).created_at
    assert trader.exchange.now() == start + HOUR_MS


def test_no_life_runs_backward() -> None:
    exchange = make_exchange()
    uid = open_trader(exchange).uid
    with pytest.raises(ValueError, match="no life of 1 acts"):
        live(exchange, uid, Random(1), acts=1, start=2, end=1)


def told(trader: Trader) -> Iterator[Change]:
    """What the histories say, read as a client would read them."""
    yield from told_by_deposits(trader)
    yield from told_by_fiat(trader)
    yield from told_by_swaps(trader)
    yield from told_by_transfers(trader)
    yield from told_by_earn(trader)


def told_by_deposits(trader: Trader) -> Iterator[Change]:
    for row in trader.get("/sapi/v1/capital/deposit/hisrec"):
        if row["status"] in (1, 6) and row["walletType"] == 0:
            yield row["coin"], D(row["amount"])
    for row in trader.get("/sapi/v1/capital/withdraw/history"):
        if row["status"] not in (1, 3, 5) and row["walletType"] == 0:
            yield row["coin"], -D(row["amount"]) - D(row["transactionFee"])


def told_by_fiat(trader: Trader) -> Iterator[Change]:
    for kind in (0, 1):
        for row in trader.get("/sapi/v1/fiat/orders", transactionType=kind, rows=500)["data"]:
            if kind == 0 and row["status"] == "Successful":
                yield row["fiatCurrency"], D(row["amount"])
            elif kind == 1 and row["status"] != "Failed":
                yield row["fiatCurrency"], -D(row["indicatedAmount"])
        payments = trader.get("/sapi/v1/fiat/payments", transactionType=kind, rows=500)
        sign = -1 if kind else 1
        for row in payments.get("data", []):
            yield row["cryptoCurrency"], sign * D(row["obtainAmount"])
            if row["paymentMethod"] == "Cash Balance":
                yield row["fiatCurrency"], -sign * D(row["sourceAmount"])


def told_by_swaps(trader: Trader) -> Iterator[Change]:
    now = trader.exchange.now()
    window = {"startTime": now - 24 * HOUR_MS, "endTime": now, "limit": 1000}
    for row in trader.get("/sapi/v1/convert/tradeFlow", **window)["list"]:
        if row["orderStatus"] == "SUCCESS":
            yield row["fromAsset"], -D(row["fromAmount"])
            yield row["toAsset"], D(row["toAmount"])
    for sweep in trader.get("/sapi/v1/asset/dribblet")["userAssetDribblets"]:
        for row in sweep["userAssetDribbletDetails"]:
            yield row["fromAsset"], -D(row["amount"])
            yield row["targetAsset"], D(row["transferedAmount"])
    for row in trader.get("/sapi/v1/asset/assetDividend", limit=500)["rows"]:
        yield row["asset"], D(row["amount"])


def told_by_transfers(trader: Trader) -> Iterator[Change]:
    for kind in TRANSFER_KINDS:
        sign = 1 if kind.endswith("_MAIN") else -1
        for row in trader.get("/sapi/v1/asset/transfer", type=kind, size=100)["rows"]:
            yield row["asset"], sign * D(row["amount"])
    for kind_number, sign in ((1, 1), (2, -1)):
        for row in trader.get("/sapi/v1/sub-account/transfer/subUserHistory", type=kind_number):
            yield row["asset"], sign * D(row["qty"])


def told_by_earn(trader: Trader) -> Iterator[Change]:
    for row in earn_rows(trader, "flexible", "subscriptionRecord"):
        yield row["asset"], -D(row["amtFromSpot"])
        yield f"LD{row['asset']}", D(row["amount"])
    for row in earn_rows(trader, "flexible", "redemptionRecord"):
        yield f"LD{row['asset']}", -D(row["amount"])
        if row["destAccount"] == "SPOT":
            yield row["asset"], D(row["amount"])
    for row in earn_rows(trader, "flexible", "rewardsRecord"):
        claim = "LD" if row["type"] == "REALTIME" else ""
        yield f"{claim}{row['asset']}", D(row["rewards"])
    for row in earn_rows(trader, "locked", "subscriptionRecord"):
        yield row["asset"], -D(row["amtFromSpot"])
    for row in earn_rows(trader, "locked", "redemptionRecord"):
        yield row["asset"], D(row["amount"])
    for row in earn_rows(trader, "locked", "rewardsRecord"):
        yield row["asset"], D(row["amount"])


def earn_rows(trader: Trader, product: str, name: str) -> list[dict[str, Any]]:
    reply = trader.ask("GET", f"/sapi/v1/simple-earn/{product}/history/{name}", size=100)
    rows: list[dict[str, Any]] = success(reply)["rows"]
    return rows
