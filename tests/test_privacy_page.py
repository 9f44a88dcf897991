"""docs/privacy.md keeps the promise and the numbers beside it that were measured."""

import html
import re
from itertools import takewhile
from pathlib import Path

import pytest

from chalicelib.entrypoints.privacy_words import PROMISE
from tests.unmasking.table import COUNTS, EACH, HEAD, SETTINGS, Setting, name_of

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
SITE = (ROOT / "frontend-static/privacy.html").read_text(encoding="utf-8")

CELL = rf"[\d,.]+ / [\d,]+ / [0-{EACH}]"
LISTS_AT_LIQUID = [
    each
    for each in SETTINGS
    if (each.listing, each.observer) == ("guarded", "lists") and each.market.startswith("liquid")
]
LINES = PAGE.splitlines()
LISTED = [*takewhile(lambda line: line.startswith("|"), LINES[LINES.index(HEAD) + 2 :])]


def cells(setting: Setting) -> dict[int, list[str]]:
    """A row of the page's table: by number of trades, the parts of its cell."""
    begins = name_of(setting)
    row = next(line for line in LISTED if line.startswith(begins))
    found = row.removeprefix(begins).removesuffix(" |").split(" | ")
    return dict(zip(COUNTS, (cell.split(" / ") for cell in found), strict=True))


def test_the_promise_is_the_same_wherever_it_stands() -> None:
    paragraph = " ".join(PROMISE.split())
    assert paragraph in " ".join(PAGE.split())
    assert paragraph in " ".join(html.unescape(SITE).replace("’", "'").split())


def test_the_table_is_of_the_command() -> None:
    begins = tuple(map(name_of, SETTINGS))
    assert LISTED
    assert [row for row in LISTED if not row.startswith(begins)] == []
    assert len({row[:60] for row in LISTED}) == len(LISTED)


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row[2:40])
def test_each_cell_is_a_factor_candidates_and_how_many_are_unmasked(row: str) -> None:
    begins = next(name for name in map(name_of, SETTINGS) if row.startswith(name))
    for cell in row.removeprefix(begins).removesuffix(" |").split(" | "):
        assert cell == "no row" or re.fullmatch(CELL, cell)


@pytest.mark.parametrize("setting", LISTS_AT_LIQUID, ids=lambda each: each.market)
def test_the_numbers_are_what_the_promise_says(setting: Setting) -> None:
    for count, (factor, candidates, unmasked) in cells(setting).items():
        if count <= 40:
            assert float(factor.replace(",", "")) > 10
            assert int(candidates.replace(",", "")) >= 20
            assert unmasked == "0"
