"""Files that a spreadsheet opens without running anything."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.entrypoints.csv_text import MOST_ROWS, csv_fields, csv_text


def cell(text: str | None) -> str:
    """The one cell of a file, as a reader gets it."""
    [_, [found]] = csv.reader(io.StringIO(csv_text(["name"], [[text]]), newline=""))
    return found


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_has_an_apostrophe_before_it(start: str) -> None:
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("number", ["0", "-1", "12.50", "-0.00000001"])
def test_numbers_stay_plain(number: str) -> None:
    assert cell(number) == number


@pytest.mark.parametrize("text", ["-", "--1", "-1+1", "-1e5", "-1.2.3", "+1", "-²", "-.5"])
def test_what_only_looks_like_a_number_does_not(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_what_is_unknown_is_empty() -> None:
    assert csv_text(["a", "b"], [["1", None]]) == "a,b\r\n1,\r\n"


def test_a_full_file_fits_into_an_answer() -> None:
    row = ["2026-03-01T12:00:00Z", "1000SATSFDUSD/FDUSD", "sell", *["-123456789.123456789"] * 5]
    text = csv_text(["name"] * len(row), [row] * MOST_ROWS)
    assert len(text.encode()) < 4_500_000  # 6 MB as base64


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_text_comes_back_as_it_was_or_behind_an_apostrophe(text: str) -> None:
    assert cell(text).removeprefix("'") == text.removeprefix("'")


def test_fields_have_names_that_say_where_they_stand() -> None:
    content = {
        "name": "Ada",
        "pnl": {"24h": {"pct": None, "capped": True}},
        "coins": [{"asset": "BTC", "share_pct": "7"}],
        "reasons": [{"code": "a"}, {"code": "b"}],
        "unpriced": ["NEW"],
        "followers": 3,
    }
    assert list(csv_fields(content)) == [
        ("name", "Ada"),
        ("pnl.24h.pct", None),
        ("pnl.24h.capped", "yes"),
        ("coins.BTC.share_pct", "7"),
        ("reasons.1.code", "a"),
        ("reasons.2.code", "b"),
        ("unpriced.1", "NEW"),
        ("followers", "3"),
    ]
