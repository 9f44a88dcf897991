"""Candles and daily readings of Binance, and calls that leave room to others."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.fields import milliseconds
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.errors import ExchangeUnavailable, RateLimited
from chalicelib.domain.ledger import Checkpoint
from chalicelib.domain.windows import hour_of
from tests.builders import NOON, amounts, at, key_pair
from tests.contract.binance_replies import Machine, refusal
from tests.scripted_server import Reply, ScriptedServer, scripted_server

PAIR = key_pair()
KLINES, SNAPSHOTS = "/api/v3/klines", "/sapi/v1/accountSnapshot"
HOUR_MS = 3_600_000


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        running.reply("/api/v3/time", Reply(json.dumps({"serverTime": milliseconds(NOON)})))
        yield running


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def exchange(server: ScriptedServer, machine: Machine) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{server.address}/api", f"{server.address}/sapi")
    budget, sapi = WeightBudget(machine, machine.wait), SapiBudget(machine, machine.wait)
    made = BinanceExchange(addresses, budget, machine, sapi)
    yield made
    made.close()


def candle(opened_at: datetime, close: str) -> list[object]:
    opens = milliseconds(opened_at)
    return [opens, "1", "1", "1", close, "1", opens + HOUR_MS - 1, "1", 1, "1", "1", "0"]


def snapshot(day_ends: datetime, **free: str) -> dict[str, object]:
    rows = [{"asset": asset, "free": text, "locked": "0.5"} for asset, text in free.items()]
    return {
        "type": "spot",
        "updateTime": milliseconds(day_ends) - 1000,
        "data": {"totalAssetOfBtc": "0.1", "balances": rows},
    }


def test_the_close_of_a_candle_is_the_price_at_its_end(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(KLINES, Reply(json.dumps([candle(at(hours=-1), "7"), candle(NOON, "8")])))
    closes = exchange.hour_closes("BTCUSDT", NOON, at(hours=1))
    assert closes == {hour_of(NOON): Decimal(7), hour_of(NOON) + 1: Decimal(8)}


def test_more_than_a_thousand_candles_are_asked_for_in_pages(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    first = [candle(at(hours=number), "7") for number in range(1000)]
    server.reply(KLINES, Reply(json.dumps(first)), Reply(json.dumps([candle(at(hours=1000), "8")])))
    closes = exchange.hour_closes("BTCUSDT", at(hours=1), at(hours=1001))
    assert len(closes) == 1001
    assert closes[hour_of(at(hours=1001))] == 8


def test_a_pair_that_is_gone_has_no_candles(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(KLINES, refusal(-1121))
    assert exchange.hour_closes("GONEUSDT", NOON, at(hours=1)) == {}


def test_a_daily_reading_is_of_the_end_of_its_day(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [snapshot(midnight, BTC="1"), snapshot(midnight - timedelta(days=1))]
    server.reply(SNAPSHOTS, Reply(json.dumps({"code": 200, "msg": "", "snapshotVos": rows})))
    instant = timedelta(milliseconds=1)
    assert exchange.snapshots(PAIR, NOON) == [
        Checkpoint(midnight - timedelta(days=1) - instant, {}),
        Checkpoint(midnight - instant, amounts(BTC="1.5")),
    ]


@pytest.mark.parametrize("body", [{}, {"snapshotVos": 7}, {"snapshotVos": [{"updateTime": 1}]}])
def test_readings_that_cannot_be_read_are_asked_for_again_later(
    server: ScriptedServer, exchange: BinanceExchange, body: object
) -> None:
    server.reply(SNAPSHOTS, Reply(json.dumps(body)))
    with pytest.raises(ExchangeUnavailable):
        exchange.snapshots(PAIR, NOON)


def test_at_leisure_nobody_waits_for_a_wallet_call(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    server.reply(SNAPSHOTS, Reply(json.dumps({"snapshotVos": []})))
    calm = exchange.at_leisure()
    for _ in range(4):
        calm.snapshots(PAIR, NOON)
    with pytest.raises(RateLimited) as refused:
        calm.snapshots(PAIR, NOON)
    assert refused.value.retry_at == at(minutes=1)
    assert machine.waited == []


def test_at_leisure_room_is_left_to_others(server: ScriptedServer, machine: Machine) -> None:
    addresses = RestAddresses(f"{server.address}/api", f"{server.address}/sapi")
    budget, sapi = WeightBudget(machine, machine.wait), SapiBudget(machine, machine.wait)
    exchange = BinanceExchange(addresses, budget, machine, sapi)
    server.reply("/sapi/v1/asset/assetDividend", Reply(json.dumps({"rows": [], "total": 0})))
    server.reply(KLINES, Reply("[]"))
    calm = exchange.at_leisure()
    for _ in range(576):  # 60 % of 9,600, at a weight of 10
        calm.movements(PAIR, "dividends", at(hours=-1), NOON)
    with pytest.raises(RateLimited):
        calm.movements(PAIR, "dividends", at(hours=-1), NOON)
    exchange.movements(PAIR, "dividends", at(hours=-1), NOON)
    assert machine.waited == []
    budget.spend(2_880, Priority.STREAMS)
    assert budget.try_spend(2, Priority.IMPORT) > 0
    calm.hour_closes("BTCUSDT", NOON, at(hours=1))
    assert machine.waited == [60.0]
    exchange.close()
