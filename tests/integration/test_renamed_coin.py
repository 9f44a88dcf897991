"""A coin is renamed at the exchange: one exchange of coins, which no return feels."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.market import PriceList, Quote, price_list
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.mark_shard import MarkStores, mark_shard
from chalicelib.services.ports import ShardTask
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import machine_now, open_account
from tests.integration.test_reconcile_busy_life import CLOCK, Gap

OLD, NEW, RATIO = "SOL", "SOLNEW", Decimal(2)
QUOTES = {
    "SOLUSDT": Quote(Decimal(100), Decimal(10**9)),
    "SOLNEWUSDT": Quote(Decimal(50), Decimal(10**9)),
}
HOUR_MS = 3_600_000


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange(hours=24) as exchange:
        exchange.admin.post(
            "limits",
            weight_per_minute=10**9,
            sapi_ip_weight_per_minute=10**9,
            sapi_uid_weight_per_minute=10**9,
        )
        yield exchange


class Renaming:
    """An account through two hours; its coin gets another name in the second one."""

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        self.admin = gap.running.admin
        self.newest: PriceList | None = None
        self.priced_from = datetime.max.replace(tzinfo=UTC)  # the new name

    def move_to(self, instant: datetime) -> None:
        self.admin.set_time(int(instant.timestamp() * 1000))

    def price(self, at: datetime) -> PriceList:
        """The list of that minute, by what the exchange lists now; prices never move."""
        listed = self.gap.exchange.symbols().values()
        symbols = [each for each in listed if each.base != NEW or at >= self.priced_from]
        self.newest = price_list(symbols, QUOTES, at, self.newest)
        self.gap.fakes.prices.put_minute(self.newest)
        return self.newest

    def mark(self, hour: int) -> Block:
        """The mark of that hour."""
        self.gap.fakes.prices.put_hour(hour, self.price(hour_start(hour)))
        fakes = self.gap.fakes
        where = MarkStores(
            fakes.holdings, fakes.ledger, fakes.history, fakes.prices, fakes.runs, fakes.corrections
        )
        mark_shard(ShardTask(hour, 0), where, fakes.tasks)
        return fakes.history.blocks([(0, Kind.HOUR, hour)])[0, Kind.HOUR, hour]


@pytest.mark.parametrize("silent", [False, True], ids=["named", "silent"])
@pytest.mark.parametrize("stream", [True, False], ids=["stream up", "stream down"])
@pytest.mark.parametrize("priced_after", [0, 25, 90], ids=["at once", "later", "next hour"])
def test_the_return_does_not_jump(
    running: RunningExchange, stream: bool, silent: bool, priced_after: int
) -> None:
    running.admin.post("wallet/settings", balance_updates={"rename": not silent})
    url, clock = running.rest_url, CLOCK
    budget, sapi = WeightBudget(clock, clock.wait), SapiBudget(clock, clock.wait)
    addresses = RestAddresses(f"{url}/api", f"{url}/sapi")
    with closing(BinanceExchange(addresses, budget, machine_now, sapi)) as exchange:
        exchange.time()
        exchange.symbols()
        gap = Gap(running, exchange, open_account(running, USDT="500", SOL="10"))
        life = Renaming(gap)
        first = hour_of(gap.linked_at) + 1
        life.move_to(hour_start(first) + timedelta(seconds=5))
        marks = [life.mark(first)]
        renamed_at = hour_start(first) + timedelta(minutes=20)
        life.move_to(renamed_at)
        running.admin.post("assets/rename", old=OLD, new=NEW, ratio=str(RATIO))
        life.move_to(renamed_at + timedelta(minutes=5))
        if stream:
            gap.deliver(gap.frames)
        gap.compare(after_gap=not stream)
        assert gap.row().amounts() == {"USDT": Decimal(500), NEW: Decimal(20)}
        life.priced_from = renamed_at + timedelta(minutes=priced_after)
        for hour in (first + 1, first + 2, first + 3):
            life.move_to(hour_start(hour) + timedelta(seconds=5))
            if hour_start(hour - 1) < life.priced_from <= hour_start(hour):
                life.price(life.priced_from)
            marks.append(life.mark(hour))
    indices = [mark.columns["index"][0] for mark in marks]
    assert indices == pytest.approx([1.0] * 4, abs=1e-12)
    assert marks[-1].columns["value"][0] == pytest.approx(1500)
