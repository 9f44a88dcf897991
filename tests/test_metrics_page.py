"""The worked numbers of `docs/metrics.md`, computed with the league's own code.

Each table is found by its header; a table that nothing here computes is an error.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from chalicelib.domain.block import NO_POINT, Block, Flag, Kind, empty_block
from chalicelib.domain.columns import Integers
from chalicelib.domain.hour import AccountHour, HourPrices, TraderHour, trader_hour
from chalicelib.domain.league_number import eight, hundredths
from chalicelib.domain.mark import hour_block
from chalicelib.domain.market import PriceList
from chalicelib.domain.money import eight_decimals, plain
from chalicelib.domain.performance import (
    Chain,
    Point,
    after_flow,
    at_value,
    first_mark,
    maximum_drawdown,
    pnl,
    ratios,
)
from chalicelib.domain.portfolio import average_cost, change_percent, whole_percents
from chalicelib.domain.sums import BARRING, SUMS, advanced
from chalicelib.domain.trend import trend
from chalicelib.domain.windows import DAY, WINDOWS, hour_of
from sandbox.replay import replay
from sandbox.timeline_file import read_timeline
from tests.builders import NOON, amounts, asset_price, at

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
UNKNOWN = "–"
MARK = hour_of(NOON)

Row = list[str]


def tables() -> dict[tuple[str, ...], list[Row]]:
    """The rows of each table of the page, by its header."""
    found: dict[tuple[str, ...], list[Row]] = {}
    header: tuple[str, ...] | None = None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = None
        elif header is None:
            header = tuple(_cells(line))
            found[header] = []
        elif not set(line) <= set("|-"):
            found[header].append(_cells(line))
    return found


def _cells(line: str) -> Row:
    return [cell.strip() for cell in line.strip("|").split("|")]


def check_rounding(rows: list[Row]) -> None:
    for start, end, decimals, shown in rows:
        percent = eight(np.array([(float(end) / float(start) - 1) * 100]))
        assert f"{Decimal(int(percent[0])).scaleb(-8):.8f}" == decimals
        assert f"{Decimal(int(hundredths(percent)[0])).scaleb(-2):.2f}" == shown


def check_pnl(rows: list[Row]) -> None:
    for start, end, flow, gain in rows:
        assert plain(pnl(Decimal(start), Decimal(end), Decimal(flow))) == gain


def check_index(rows: list[Row]) -> None:
    chain: Chain | None = None
    for _, before, flow, after, index, paused in rows:
        if chain is None:
            chain = first_mark(float(before))
        elif flow == UNKNOWN:
            chain = at_value(chain, float(before))
        else:
            chain = after_flow(chain, Point(NOON, Decimal(before), Decimal(flow)))
        assert chain.value == float(after)
        assert f"{chain.index:.8f}" == index
        assert ("yes" if chain.paused else "no") == paused


def check_windows(rows: list[Row]) -> None:
    for _, path, gain, twr, mwr, shown, capped in rows:
        found = replay(read_timeline(json.dumps(_timeline(path))))
        expected = (gain, twr, mwr, shown)
        names = ("pnl_usdt", "twr_pct", "mwr_pct", "shown_pct")
        assert tuple(found[name] or UNKNOWN for name in names) == expected, path
        assert found["capped"] is (capped == "yes"), path


def _timeline(path: str) -> dict[str, object]:
    marks = []
    for step in path.split("; "):
        place, _, rest = step.partition(" h ")
        value, _, flow = rest.partition(", ")
        mark: dict[str, object] = {"hour": float(place), "accounts": {"A": {"USDT": value}}}
        if flow:
            quantity = flow.removeprefix("+")
            mark["flows"] = [{"account": "A", "asset": "USDT", "quantity": quantity}]
        marks.append(mark)
    return {"window_hours": marks[-1]["hour"], "marks": marks}


def check_sums(rows: list[Row]) -> None:
    flowed = {0: TraderHour(None, (Point(at(minutes=-45), Decimal(0), Decimal(600)),))}
    hours = {MARK: hour_block(MARK, None, flowed)}
    nothing = hour_block(MARK, None, {})
    sums: dict[int, dict[str, Integers]] = {}
    scores = empty_block(Kind.SCORES)
    for later in range(int(rows[-1][0]) + 1):
        row, leaving = hours.get(MARK + later, nothing), hours.get(MARK + later - 24, nothing)
        sums[later] = advanced(DAY, scores, row, leaving)
        for name in SUMS:
            scores.columns[f"{name}_24h"][0] = int(sums[later][name][0])
    for later_text, net, weighted in rows:
        found = sums[int(later_text)]
        assert f"{found['net'][0] / 1e6:.6f}" == net
        assert f"{found['weighted'][0] / 1e6:.6f}" == weighted


def _marked(hour: TraderHour | None, previous: Block | None = None) -> Flag:
    row = hour_block(MARK, previous, {} if hour is None else {0: hour})
    return Flag(row.columns["flags"][0])


def _of(**parts: tuple[float, float, str]) -> TraderHour:
    """The hour of one who holds coins worth so much, so many hours old, so much traded."""
    listed = PriceList(
        NOON,
        {
            coin: asset_price("1", quoted_at=at(-age), traded_usdt=traded)
            for coin, (_, age, traded) in parts.items()
        },
    )
    held = amounts(**{coin: str(worth) for coin, (worth, _, _) in parts.items()})
    return trader_hour(MARK, [AccountHour("A", held)], HourPrices(listed, lambda _: None))


def check_marks(rows: list[Row]) -> None:
    much, little = "1000000000", "1000"
    begun = hour_block(MARK - 1, None, {0: _of(A=(1000, 0, much))})
    out = Point(at(minutes=-5), Decimal(1000), Decimal(-1000))
    negative = _of(A=(-5, 0, much))
    marks: dict[str, TraderHour | None] = {
        "all prices fresh": _of(A=(1000, 0, much)),
        "one price 1 minute old": _of(A=(999, 0, much), B=(1, 1 / 60, much)),
        "5 % of the value 3 hours old": _of(A=(95, 0, much), B=(5, 3, much)),
        "6 % of the value 3 hours old": _of(A=(94, 0, much), B=(6, 3, much)),
        "one price 8 days old, 1 % of the value": _of(A=(99, 0, much), B=(1, 192, much)),
        "50 % in thin assets": _of(A=(50, 0, much), B=(50, 0, little)),
        "51 % in thin assets": _of(A=(49, 0, much), B=(51, 0, little)),
        "chain paused": TraderHour(_of(A=(0, 0, much)).valuation, (out,)),
        "no linked account": None,
        "negative value": negative,
    }
    assert {row[0] for row in rows} == set(marks)
    for name, counts, bars in rows:
        flags = _marked(marks[name], begun)
        assert ("yes" if flags & Flag.COUNTS else "no") == counts, name
        assert ("yes" if flags & BARRING else "no") == bars, name
        assert bool(flags & Flag.UNPRICED) is ("8 days" in name)


def check_rank(rows: list[Row]) -> None:
    listed = [[each.name, str(each.hours), str(each.least_marks)] for each in WINDOWS]
    assert rows == listed


def check_drawdown(rows: list[Row]) -> None:
    for index, drawdown in rows:
        assert str(maximum_drawdown([float(each) for each in index.split(", ")])) == drawdown


def check_ratios(rows: list[Row]) -> None:
    for returns, *expected in rows:
        found = ratios([Decimal(each) / 100 for each in returns.split(", ")])
        numbers = (found.volatility, found.sharpe, found.sortino)
        shown = [
            UNKNOWN if number is None else f"{number:.{decimals}f}"
            for number, decimals in zip(numbers, (8, 6, 6), strict=True)
        ]
        assert shown == expected


def check_trend(rows: list[Row]) -> None:
    for index, points in rows:
        known = [float("nan") if each == UNKNOWN else float(each) for each in index.split(", ")]
        row = trend([np.array([each]) for each in known])[0]
        assert ", ".join(UNKNOWN if each == NO_POINT else str(each) for each in row) == points


def check_tiers(rows: list[Row]) -> None:
    for traded, tier in rows:
        listed = PriceList(NOON, {"X": asset_price(traded_usdt=traded)})
        assert listed.tier("X").value == tier


def check_allocation(rows: list[Row]) -> None:
    for worth, percents in rows:
        parts = dict(each.split(" ") for each in worth.split(", "))
        found = whole_percents({name: Decimal(value) for name, value in parts.items()})
        assert ", ".join(f"{name} {percent}" for name, percent in found) == percents


def check_change(rows: list[Row]) -> None:
    for earlier, now, change in rows:
        assert str(change_percent(Decimal(now), Decimal(earlier))) == change


def check_cost(rows: list[Row]) -> None:
    for moves, cost in rows:
        pairs = [each.split(" at ") for each in moves.split(", ")]
        found = average_cost([(Decimal(size), Decimal(price)) for size, price in pairs])
        assert found is not None
        assert plain(eight_decimals(found)) == cost


CHECKS: dict[tuple[str, ...], Callable[[list[Row]], None]] = {
    ("From", "To", "8 decimals", "Shown"): check_rounding,
    ("V_start", "V_end", "Net flow", "PnL"): check_pnl,
    ("Step", "V before", "Flow", "V after", "Index", "Paused"): check_index,
    ("Case", "Path", "PnL", "TWR", "MWR", "Shown", "Capped"): check_windows,
    ("Hours since that hour's mark", "Net", "Weighted"): check_sums,
    ("Mark", "Counts", "Bars from the rank"): check_marks,
    ("Window", "Hours", "Marks that must count"): check_rank,
    ("Index at the marks", "Drawdown"): check_drawdown,
    ("Daily returns, %", "Volatility", "Sharpe", "Sortino"): check_ratios,
    ("Index", "Points"): check_trend,
    ("Traded in 24 h, USDT", "Tier"): check_tiers,
    ("Worth", "Percent"): check_allocation,
    ("Earlier", "Now", "Change"): check_change,
    ("Bought and sold", "Average cost"): check_cost,
}


def test_the_timeline_of_the_page_has_the_answer_of_the_page() -> None:
    parts = PAGE.read_text(encoding="utf-8").split("```json\n")
    question, answer = (part.split("```")[0] for part in parts[1:])
    assert replay(read_timeline(question)) == json.loads(answer)


def test_every_table_of_the_page_is_computed() -> None:
    assert set(tables()) == set(CHECKS)


@pytest.mark.parametrize("header", CHECKS, ids=" ".join)
def test_the_worked_numbers_are_those_of_the_code(header: tuple[str, ...]) -> None:
    rows = tables()[header]
    assert rows
    CHECKS[header](rows)
