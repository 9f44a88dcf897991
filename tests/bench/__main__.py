"""`make bench`: measure every figure of the design, print them beside their limits, write JSON.

Counted figures are the same on every machine; times are ratios or percentiles of this run. Ends
with exit code 1 when a limit is passed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chalicelib.adapters.dynamo.tables import Tables
from sandbox.cloud import NEUTRAL_AWS, REGION, Cloud
from sandbox.units import UnitMeter
from tests.bench import baselines, latency, standing
from tests.bench.figures import Figure, budget, number, passed, table, to_json
from tests.bench.hours import PLAIN, DayCost, LeagueOfHours, cost_of_a_day, ledger_reader_calls
from tests.bench.local_cloud import local_cloud
from tests.bench.pages import cost_of_pages
from tests.bench.trading_days import DaysCost, cost_of_days

SIZES = (1_000, 10_000, 100_000)


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--traders", default=",".join(map(str, SIZES)), help="sizes, by commas")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write")
    parser.add_argument("--no-latency", action="store_true", help="leave out what takes real time")
    chosen = parser.parse_args(arguments)
    os.environ |= NEUTRAL_AWS
    figures = list[Figure]()
    with local_cloud() as cloud:
        sizes = [int(each) for each in chosen.traders.split(",")]
        for figure in measured(cloud, sizes):
            print(f"{figure.name:34} {figure.traders or '':>8} {number(figure.value):>10}")
            figures.append(figure)
        latencies = [] if chosen.no_latency else latency.latencies(cloud)
    limits = budget()
    print("\n" + table(figures, limits))
    if latencies:
        print("\n" + _latency_table(latencies))
    chosen.json.write_text(to_json(figures))
    over = passed(figures, limits)
    for each in over:
        print(f"Over its limit: {each.name} is {number(each.value)}", file=sys.stderr)
    return 1 if over else 0


def measured(cloud: Cloud, sizes: Sequence[int]) -> Iterator[Figure]:
    """Every counted figure, and the ratio of ranking."""
    days = cost_of_days(cloud)
    asset, trader = baselines.item_per_asset(cloud), baselines.item_per_trader(cloud)
    for size in sizes:
        cost = cost_of_a_day(cloud, size)
        yield from _of_hours(cost, asset, trader)
        weight = (days.quiet_weight / 24) + days.container_weight / size
        yield Figure("trader_hour.weight", weight, size, f"five account calls: {_FIVE_CALLS}")
        busy = days.busy_weight / 24 + days.container_weight / size
        yield Figure("busy_trader_hour.weight", busy, size)
    yield from _of_accounts(days)
    yield from _standing(cloud)
    yield from _of_pages(cloud)
    yield from _of_a_million()


_FIVE_CALLS = 5 * 20 + 2


def _of_hours(
    cost: DayCost, asset: baselines.Baseline, trader: baselines.Baseline
) -> Iterator[Figure]:
    size, each = cost.traders, baselines.TRADERS
    ways = (("an item per asset", asset.spent), ("an item per trader", trader.spent))

    def compared(name: str, times: int = 1) -> str:
        return ", ".join(
            f"{way}: {number(getattr(spent, name) / each * times)}" for way, spent in ways
        )

    for kind in ("write_units", "read_units"):
        value = getattr(cost, kind)
        yield Figure(f"hour.{kind}_per_trader", value / size, size, compared(kind))
        yield Figure(f"hour.{kind}", value, size)
    yield Figure(
        "hour.calls_per_1000_traders", cost.calls / size * 1000, size, compared("calls", 1000)
    )
    yield Figure("hour.calls", cost.calls, size)
    stored = f"an item per asset: {asset.bytes_stored:.0f}, per trader: {trader.bytes_stored:.0f}"
    yield Figure("trader_hour.bytes", cost.bytes_stored, size, stored)


def _of_accounts(days: DaysCost) -> Iterator[Figure]:
    yield Figure("fill.write_units", days.fill_units)
    yield Figure("quiet_account_day.write_units", days.quiet_units)


def _standing(cloud: Cloud) -> Iterator[Figure]:
    tables = Tables("bench-standing-", REGION, cloud.tables_url)
    tables.create("accounts", "jobs", "history")
    meter = UnitMeter()
    with meter.attached(tables.client):
        prices = standing.price_units(tables, meter, "binance")
        gauges = standing.gauge_units(tables, meter)
        one = standing.lease_units(tables, meter, slots=1)
        three = standing.lease_units(tables, meter, slots=3)
    yield Figure("container_hour.write_units", prices + gauges + one)
    yield Figure("further_slot_hour.write_units", (three - one) / 2)


def _of_pages(cloud: Cloud) -> Iterator[Figure]:
    league = LeagueOfHours(cloud, 1_024)
    league.run(PLAIN - 1)
    league.run(PLAIN)
    pages = cost_of_pages(league, PLAIN)
    yield Figure("ledger_reader.calls", ledger_reader_calls(league, PLAIN + 1))
    yield Figure("profile.read_units", pages.profile_units)
    yield Figure("profile_line.read_units", pages.line_units)
    yield Figure("profile.requests", pages.profile_requests)
    yield Figure("profile.table_calls", pages.profile_calls)
    yield Figure("board.json_gz", pages.board_bytes)
    yield Figure("profile.json_gz", pages.profile_bytes)


def _of_a_million() -> Iterator[Figure]:
    """In processes of their own: nothing else is in their memory."""
    yield Figure("rank_million.time_of_pandas", _alone()["time_of_pandas"])
    yield Figure("rank_million.megabytes", _alone("--memory")["megabytes"])


def _alone(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.ranking", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _latency_table(found: Sequence[latency.Latency]) -> str:
    def three(each: tuple[float, float, float]) -> str:
        return " / ".join(f"{milliseconds:,.0f}" for milliseconds in each)

    lines = [
        "Milliseconds at 50 / 95 / 99 %:",
        "",
        "| Fills a second | Through | Recorded | To the ledger | To the profile |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.rate:,} | {each.where} | {each.recorded:,} of {each.sent:,}"
        f" | {three(each.to_ledger)} | {three(each.to_profile)} |"
        for each in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
