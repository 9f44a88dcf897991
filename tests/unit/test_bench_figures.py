"""Figures are held to the committed budget, at the sizes it names."""

import json
from pathlib import Path

import pytest

from tests.bench.figures import Figure, Limit, budget, number, passed, table, to_json

ROOT = Path(__file__).parents[2]
LIMITS = {"calls": Limit(6, "calls", (1_000,)), "units": Limit(2.5, "units")}


def test_a_figure_over_its_limit_is_told() -> None:
    over = Figure("units", 2.51)
    assert passed([over, Figure("units", 2.5)], LIMITS) == [over]


def test_a_limit_holds_at_the_sizes_it_names_alone() -> None:
    assert passed([Figure("calls", 7, 10_000), Figure("calls", 7)], LIMITS) == []
    assert passed([Figure("calls", 7, 1_000)], LIMITS) == [Figure("calls", 7, 1_000)]


def test_a_figure_without_a_limit_is_only_shown() -> None:
    assert passed([Figure("time", 10**9)], LIMITS) == []


def test_the_table_has_a_column_for_each_size() -> None:
    figures = [Figure("calls", 3, 1_000), Figure("calls", 4, 10_000), Figure("units", 1.234)]
    assert table(figures, LIMITS).splitlines() == [
        "| Figure |  | 1,000 traders | 10,000 traders | Limit | For comparison |",
        "| --- | --- | --- | --- | --- | --- |",
        "| calls |  | 3 | 4 | ≤ 6 calls at 1,000 |  |",
        "| units | 1.23 |  |  | ≤ 2.5 units |  |",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(12_345, "12,345"), (99.94, "99.9"), (0.1234, "0.123")]
)
def test_numbers_have_the_digits_that_say_something(value: float, text: str) -> None:
    assert number(value) == text


def test_json_names_figure_and_size() -> None:
    assert json.loads(to_json([Figure("calls", 1 / 3, 1_000)])) == [
        {"figure": "calls", "traders": 1_000, "value": 0.3333}
    ]


def test_every_limit_of_the_committed_budget_is_positive_or_nothing() -> None:
    limits = budget()
    assert {"hour.calls", "fill.write_units", "rank_million.megabytes"} <= limits.keys()
    assert all(each.most >= 0 and each.unit for each in limits.values())


def test_the_published_figures_are_all_within_the_budget() -> None:
    published = json.loads((ROOT / "docs/figures.json").read_text())
    figures = [Figure(each["figure"], each["value"], each["traders"]) for each in published]
    assert budget().keys() <= {each.name for each in figures}
    assert passed(figures, budget()) == []


def test_the_page_shows_the_published_figures() -> None:
    published = json.loads((ROOT / "docs/figures.json").read_text())
    page = (ROOT / "docs/figures.md").read_text()
    for each in published:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| {each['figure']} |"))
        assert number(each["value"]) in row.split("|")[2:6] or f" {number(each['value'])} " in row
