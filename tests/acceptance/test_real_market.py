"""The league on real candles: a holder's numbers are those of the candles.

Thirty days and more of one trader who buys BTC once and holds it, through exchange, ingest,
record, mark, rank and API; stores and queues in memory, so that it is quick.
"""

import csv
import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

import app as deployed
from chalicelib.domain.block import Kind
from chalicelib.domain.ledger import BalanceChange, Fill
from chalicelib.domain.windows import hour_of, hour_start
from sandbox.demo import AccountPart, Part
from sandbox.demo_moves import Buy, Move, View
from sandbox.exchange.candle_folder import folder_market
from sandbox.exchange.market import Market
from sandbox.exchange.running import running_exchange
from tests.memory_league import MemoryLeague, memory_league

MARKET = Path(os.environ.get("MARKET") or Path(__file__).parents[3] / "shared" / "market")
HOURS = 31 * 24
BUYS_IN_HOUR = 30
START = datetime(2026, 10, 20, tzinfo=UTC)
NAME = "mara"

pytestmark = pytest.mark.skipif(
    not MARKET.is_dir(), reason=f"the folder of recorded candles ({MARKET}) is absent"
)


class BuyLate:
    """Buys BTC with all his money some hours after joining, and holds it."""

    def plan(self, view: View) -> list[Move]:
        return [Buy(600.0, "BTCUSDT", 1.0)] if view.hour == BUYS_IN_HOUR else []


@dataclass(frozen=True)
class Held:
    """What came of it."""

    league: MemoryLeague
    market: Market
    last_hour: int

    def close(self, hour: int) -> Decimal:
        """Close of the recorded candle that ends at hour number `hour`."""
        opened = int(hour_start(hour - 1).timestamp() * 1000) - self.market.shift_ms
        return _closes()[opened]

    def fills(self) -> list[Fill]:
        (row,) = self.league.fakes.holdings.of_seat(0)
        return [
            each
            for each in self.league.fakes.ledger.entries_of(row.account_id)
            if isinstance(each, Fill)
        ]

    def amounts(self) -> dict[str, Decimal]:
        (row,) = self.league.fakes.holdings.of_seat(0)
        return row.amounts()


_kept: dict[int, Decimal] = {}


def _closes() -> dict[int, Decimal]:
    """Close of BTCUSDT by open time in ms, as the file has it."""
    if not _kept:
        with gzip.open(MARKET / "BTCUSDT-1h.csv.gz", "rt") as lines:
            rows = csv.DictReader(lines)
            _kept.update({int(row["open_time"]): Decimal(row["close"]) for row in rows})
    return _kept


@pytest.fixture(scope="module")
def held() -> Iterator[Held]:
    start_ms = int(START.timestamp() * 1000)
    market = folder_market(MARKET, 1, start=start_ms, hours=HOURS + 48)
    part = Part(NAME, "holder", (AccountPart({"USDT": "1000"}, BuyLate),))
    with (
        running_exchange(start=start_ms, market=market) as running,
        memory_league(running) as (league, machinery),
    ):
        end = league.fast_forward(machinery, [part], HOURS)
        yield Held(league, market, hour_of(end))


def _get(path: str) -> dict[str, Any]:
    with Client(deployed.app) as client:
        answer = client.http.get(path)
    assert answer.status_code == 200, answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


def test_the_thirty_day_number_is_btcs_less_commissions(held: Held) -> None:
    shown = Decimal(_get(f"/traders/{NAME}")["pnl"]["30d"]["pct"])
    fills = held.fills()
    spent = sum(fill.quote_quantity for fill in fills)
    bought = sum(fill.quantity for fill in fills)
    rise = held.close(held.last_hour) * bought / spent - 1
    less_commissions = ((1 + rise) * (1 - Decimal("0.001")) - 1) * 100
    assert abs(shown - less_commissions) <= Decimal("0.01")


def test_his_index_is_his_coins_at_the_candles_closes(held: Held) -> None:
    amounts = held.amounts()
    first = hour_of(START) + BUYS_IN_HOUR + 1
    for hour in range(first, held.last_hour + 1):
        block = held.league.fakes.history.blocks([(0, Kind.HOUR, hour)])[0, Kind.HOUR, hour]
        value = amounts["BTC"] * held.close(hour) + amounts.get("USDT", Decimal(0))
        assert block.columns["index"][0] == pytest.approx(float(value / 1000), rel=1e-6)


def test_the_btc_line_of_the_profile_is_the_candles(held: Held) -> None:
    last_day = hour_start(held.last_hour).date()
    first_day = last_day - timedelta(days=29)
    answer = _get(f"/traders/{NAME}/performance?from={first_day}&to={last_day}")
    ends = [_end_of(each["date"], held) for each in answer["days"]]
    base = held.close(ends[0])
    for day, end in zip(answer["days"], ends, strict=True):
        expected = (held.close(end) / base - 1) * 100
        assert abs(Decimal(day["btc_pct"]) - expected) <= Decimal("0.005001"), day
    assert len(ends) == 30


def test_nothing_but_the_link_and_the_purchase_is_in_the_ledger(held: Held) -> None:
    (row,) = held.league.fakes.holdings.of_seat(0)
    entries = held.league.fakes.ledger.entries_of(row.account_id)
    changes = [each for each in entries if isinstance(each, BalanceChange)]
    assert [each.kind.value for each in changes] == ["link"]
    assert held.fills()


def _end_of(date: str, held: Held) -> int:
    """The hour number of a day's last mark."""
    midnight = datetime.fromisoformat(date).replace(tzinfo=UTC) + timedelta(days=1)
    return min(hour_of(midnight), held.last_hour)
