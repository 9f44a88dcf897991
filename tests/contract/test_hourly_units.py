"""What an hour of 1,024 traders costs through the deployed functions, counted (design figures).

A month of full blocks lies behind them, and a whole day is run, so the rows that are written only
now and then are in the average. `make bench` measures larger leagues by three hours of that day.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.domain.windows import HOURS_A_DAY
from sandbox.units import Spent
from tests.bench.figures import Figure, budget, passed
from tests.bench.hours import (
    DAILY,
    PLAIN,
    SIX_HOURLY,
    TIMES_A_DAY,
    DayCost,
    LeagueOfHours,
    day_cost,
    ledger_reader_calls,
)
from tests.bench.local_cloud import local_cloud
from tests.bench.warm_league import MIDNIGHT

TRADERS = 1_024


@dataclass
class Day:
    """A league that has lived a day, and what each hour of it cost."""

    league: LeagueOfHours
    spent: dict[int, Spent]

    def cost(self) -> DayCost:
        """The average of all 24."""
        return day_cost(self.league, {hour: (each, 1) for hour, each in self.spent.items()})


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with local_cloud() as cloud:
        league = LeagueOfHours(cloud, TRADERS)
        hours = range(MIDNIGHT, MIDNIGHT + HOURS_A_DAY)
        yield Day(league, {hour: league.run(hour) for hour in hours})


def test_an_hour_stays_within_the_budget(day: Day) -> None:
    cost = day.cost()
    per_thousand = 1_000 / TRADERS
    figures = [
        Figure("hour.write_units_per_trader", cost.write_units / TRADERS, 100_000),
        Figure("hour.write_units", cost.write_units * per_thousand, 1_000),
        Figure("hour.read_units", cost.read_units * per_thousand, 1_000),
        Figure("hour.calls", cost.calls, 1_000),
        Figure("trader_hour.bytes", cost.bytes_stored, 1_000),
    ]
    assert passed(figures, budget()) == []


def test_three_hours_tell_of_the_whole_day(day: Day) -> None:
    whole = day.cost()
    three = day_cost(
        day.league,
        {hour: (day.spent[hour], TIMES_A_DAY[hour]) for hour in (DAILY, PLAIN, SIX_HOURLY)},
    )
    assert three.calls == pytest.approx(whole.calls, rel=0.02)
    assert three.read_units == pytest.approx(whole.read_units, rel=0.02)
    assert three.write_units == pytest.approx(whole.write_units, rel=0.02)


def test_an_account_that_reads_its_ledger_costs_three_calls_at_most(day: Day) -> None:
    calls = ledger_reader_calls(day.league, MIDNIGHT + HOURS_A_DAY + 1)
    assert passed([Figure("ledger_reader.calls", calls)], budget()) == []
