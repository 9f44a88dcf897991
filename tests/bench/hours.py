"""What an hour of the league costs in AWS calls and units, counted on the deployed functions.

The tick's schedule, the tasks queue and the functions of `app.py` run as they do on one machine;
nobody trades. Three kinds of hours are run and averaged over a day: the one at 00:00, which ends
a day, the three others that renew the six-hourly points, and the twenty plain ones.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final, cast

import app as deployed
from chalicelib import wiring
from chalicelib.adapters.aws import client
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.public_files import S3PublicFiles
from chalicelib.adapters.queues import Queue, TaskQueue
from chalicelib.domain.account import SEATS_PER_BLOCK, shard_of
from chalicelib.domain.block import Kind
from chalicelib.domain.days import RENEWED_EVERY
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Checkpoint, Source
from chalicelib.domain.windows import HOURS_A_DAY, hour_start
from chalicelib.services.exchange_ports import Exchange
from chalicelib.stores import dynamo_stores
from sandbox.cloud import REGION, Cloud, make_queues
from sandbox.runner import SCHEDULE_DELAY, Runner
from sandbox.units import Spent, UnitMeter
from tests.bench.warm_league import MIDNIGHT, account_of, copy_blocks, fill_league, prices_at

PLAIN, SIX_HOURLY, DAILY = MIDNIGHT + 1, MIDNIGHT + RENEWED_EVERY, MIDNIGHT
_LATER_TICKS: Final = (timedelta(minutes=2), timedelta(minutes=5))
_OF_EVENT_SOURCES: Final = frozenset({"sqs ReceiveMessage", "sqs DeleteMessageBatch"})
"""What Lambda itself calls to bring messages to a function."""
_NOBODY_TO_ASK: Final = cast(Exchange, object())
"""The prices of each hour are stored, so the exchange is not asked; a question would raise."""
TIMES_A_DAY: Final = {DAILY: 1, SIX_HOURLY: 3, PLAIN: 20}
"""How often an hour like each of these comes."""


@dataclass(frozen=True, slots=True)
class DayCost:
    """Of a league of so many traders: the average hour of a day in what the functions call, and
    what its blocks take."""

    traders: int
    calls: float
    read_units: float
    write_units: float
    bytes_stored: float
    """Bytes of a trader's hour in the table `history`, his share of the day's row included."""


class LeagueOfHours:
    """A warm league of so many traders on the emulators, whose hours are run and counted."""

    def __init__(self, cloud: Cloud, traders: int) -> None:
        """Its tables and queues are its own; an hour has been run, so that it is warm."""
        prefix = f"bench-{traders}-"
        self.traders = traders
        self.tables = Tables(prefix, REGION, cloud.tables_url)
        self.tables.create()
        self.stores = dynamo_stores(self.tables, "binance")
        queues = make_queues(cloud.cloud_url, prefix.removesuffix("-"))
        self._sqs = client("sqs", REGION, cloud.cloud_url)
        self._s3 = client("s3", REGION, cloud.cloud_url)
        self._tasks = TaskQueue(Queue(self._sqs, queues["tasks"]))
        self._files = S3PublicFiles(self._s3, cloud.site_bucket)
        self._runner = Runner(deployed.app, self._sqs, queues)
        fill_league(self.tables, self.stores, traders, range(MIDNIGHT - 1, MIDNIGHT + HOURS_A_DAY))
        self.run(MIDNIGHT - 1)

    def run(self, hour: int) -> Spent:
        """Run the hour from tick to board; what it cost."""
        at = hour_start(hour)
        self.stores.prices.put_minute(prices_at(hour))
        with self._wired(hour), self._metered() as meter:
            self._runner.fire("tick", at)
            self._runner.drain("work")
            for later in _LATER_TICKS:
                self._runner.fire("tick", at + later)
        return sum(
            (each for name, each in meter.by_operation.items() if name not in _OF_EVENT_SOURCES),
            Spent(),
        )

    def leap(self, hour: int, to: int) -> None:
        """Leave out the hours between `hour`, which was run, and `to`, which is run next: what
        those in between would have left is as after `hour`."""
        for kind in (Kind.SCORES, Kind.RANKS):
            copy_blocks(self.stores, self.traders, kind, hour, to - 1)
        for shard in range(shard_of(self.traders - 1) + 1):
            self.stores.runs.set_last_complete(shard, to - 1)
        self.stores.prices.put_hour(to - 1, prices_at(to - 1))

    def pay_in(self, hour: int, accounts: int) -> None:
        """Have so many accounts get a deposit shortly before the hour: it is no part of what
        their rows say of the mark, so their ledgers have to be read."""
        at = hour_start(hour) - timedelta(minutes=5)
        for seat in range(accounts):
            row = self.stores.holdings.get(seat, account_of(seat))
            if row is None:
                raise RuntimeError(f"seat {seat} is empty")
            self.stores.ledger.add_checkpoint(
                row.account_id, Checkpoint(row.linked_at, row.amounts())
            )
            deposit = BalanceChange(
                kind=ChangeKind.DEPOSIT,
                asset="USDT",
                quantity=Decimal(100),
                changed_at=at,
                change_id=str(hour),
                source=Source.HISTORY,
            )
            self.stores.ledger.add(row.account_id, [deposit])
            self.stores.holdings.replace(row, replace(row, last_event_at=at, last_flow_at=at))

    @contextmanager
    def _wired(self, hour: int) -> Iterator[None]:
        wiring.use(
            stores=self.stores,
            tasks=self._tasks,
            files=self._files,
            now=lambda: hour_start(hour) + SCHEDULE_DELAY,
            exchange=_NOBODY_TO_ASK,
        )
        try:
            yield
        finally:
            wiring.use()

    @contextmanager
    def _metered(self) -> Iterator[UnitMeter]:
        meter = UnitMeter()
        with ExitStack() as attached:
            for each in (self.tables.client, self._sqs, self._s3):
                attached.enter_context(meter.attached(each))
            yield meter


def cost_of_a_day(cloud: Cloud, traders: int) -> DayCost:
    """The average hour, from one hour of each kind."""
    league = LeagueOfHours(cloud, traders)
    spent = {DAILY: league.run(DAILY), PLAIN: league.run(PLAIN)}
    league.leap(PLAIN, SIX_HOURLY)
    spent[SIX_HOURLY] = league.run(SIX_HOURLY)
    return day_cost(league, {hour: (each, TIMES_A_DAY[hour]) for hour, each in spent.items()})


def ledger_reader_calls(league: LeagueOfHours, hour: int, readers: int = 20) -> float:
    """Calls that an account adds to an hour when its ledger has to be read for the mark. Runs
    `hour`, the next of the league, with so many of them, and the one after that with more."""
    calls = []
    for each, accounts in enumerate((readers, 3 * readers)):
        league.pay_in(hour + each, accounts)
        calls.append(league.run(hour + each).calls)
    return (calls[1] - calls[0]) / (2 * readers)


def day_cost(league: LeagueOfHours, spent: dict[int, tuple[Spent, int]]) -> DayCost:
    """The average of hours, each with how many times it counts."""
    times = sum(count for _, count in spent.values())

    def average(name: str) -> float:
        total = sum(float(getattr(each, name)) * count for each, count in spent.values())
        return total / times

    return DayCost(
        traders=league.traders,
        calls=average("calls"),
        read_units=average("read_units"),
        write_units=average("write_units"),
        bytes_stored=_bytes_stored(league),
    )


def _bytes_stored(league: LeagueOfHours) -> float:
    """What lasts of an hour: its HOUR rows, and a 24th of the day's."""
    blocks = range(-(-league.traders // SEATS_PER_BLOCK))
    total = 0.0
    for sort_key, hours in ((f"H#{PLAIN:07d}", 1), (_day_row(), HOURS_A_DAY)):
        keys = [(f"B#{block}", sort_key) for block in blocks]
        items = league.tables.get_each("history", keys)
        total += sum(len(each["content"]["B"]) for each in items) / hours
    return total / league.traders


def _day_row() -> str:
    return f"D#{DAILY // HOURS_A_DAY - 1:07d}"
