"""Days from before the first link on the line of a profile."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.imported import ImportedDay, ImportedLine
from chalicelib.domain.rebuild import day_of
from chalicelib.domain.windows import date_of_day
from tests.builders import NOON
from tests.read_side import ReadSide

LINKED_AT = NOON - timedelta(days=3)
LINK_DAY = day_of(LINKED_AT)


def line(scale: Decimal = Decimal(1)) -> ImportedLine:
    """Ten days up to the link: each a hundredth lower than the one after it."""
    days = [
        ImportedDay(
            day=LINK_DAY - ago,
            index=1 - ago / 100,
            value=Decimal(1000 - ago) * scale,
            net_flow=Decimal(5) * scale if ago == 2 else Decimal(0),
            btc=Decimal(100 - ago),
            certain=ago < 5,
        )
        for ago in range(10, 0, -1)
    ]
    return ImportedLine(LINKED_AT, ("A0",), tuple(days))


@pytest.fixture
def league() -> ReadSide:
    """Ada (T0) was linked three days ago, and went up a tenth each day since."""
    made = ReadSide()
    made.join("Ada", index=1.331)
    made.join("Bo")
    for step, index in ((0, 1.1), (1, 1.21), (2, 1.331)):
        made.day(0, LINK_DAY + step, index=index, btc="100")
    made.publish([0, 1])
    made.prices(made.hour, BTC="100")
    made.fakes.imports.put_line("T0", line())
    return made


def days(league: ReadSide, query: str = "", token: str | None = None) -> list[dict[str, Any]]:
    with league.client() as client:
        found: list[dict[str, Any]] = client.json(f"/traders/Ada/performance{query}", token)["days"]
    return found


def test_imported_points_stand_before_the_live_ones(league: ReadSide) -> None:
    shown = days(league)
    assert [each["imported"] for each in shown] == [True] * 4 + [False] * 4
    assert [each["cumulative_pct"] for each in shown] == [
        *("0.00", "1.04", "2.08", "3.13"),
        *("14.58", "26.04", "38.65", "38.65"),
    ]
    assert shown[0]["btc_pct"] == "0.00"
    assert shown[-1]["btc_pct"] == "4.17"


def test_the_day_of_the_link_is_never_an_imported_one(league: ReadSide) -> None:
    made = line()
    more = ImportedDay(LINK_DAY, 7.0, Decimal(1), Decimal(0), None, certain=True)
    league.fakes.imports.put_line("T0", replace(made, days=(*made.days, more)))
    point = days(league)[4]
    assert (point["date"], point["imported"]) == (str(date_of_day(LINK_DAY)), False)
    assert point["cumulative_pct"] == "14.58"


def test_only_he_sees_what_he_made_and_had(league: ReadSide) -> None:
    assert "pnl_usdt" not in days(league)[0]
    own = days(league, f"?from={date_of_day(LINK_DAY - 3)}", "T0")
    assert [(each["pnl_usdt"], each["net_worth_usdt"]) for each in own[:3]] == [
        ("1", "997"),
        ("-4", "998"),
        ("1", "999"),
    ]
    first = days(league, f"?from={date_of_day(LINK_DAY - 10)}", "T0")[0]
    assert (first["pnl_usdt"], first["net_worth_usdt"]) == (None, "990")


def test_a_span_before_all_that_is_known_has_no_points(league: ReadSide) -> None:
    span = f"?from={date_of_day(LINK_DAY - 30)}&to={date_of_day(LINK_DAY - 20)}"
    assert {each["cumulative_pct"] for each in days(league, span)} == {None}


def test_other_traders_have_no_part_in_it(league: ReadSide) -> None:
    with league.client() as client:
        found = client.json("/traders/Bo/performance")["days"]
    assert not any(each["imported"] for each in found)


def test_others_see_the_same_bytes_of_a_line_a_thousand_times_as_large(league: ReadSide) -> None:
    before = league.get("/traders/Ada/performance").body
    league.fakes.imports.put_line("T0", line(Decimal(1000)))
    assert league.get("/traders/Ada/performance").body == before


def test_it_moves_no_rank_and_no_number_of_a_window(league: ReadSide) -> None:
    with league.client() as client:
        board, profile = client.json("/board?window=30d"), client.json("/traders/Ada")
    league.fakes.imports.forget("T0")
    with league.client() as client:
        assert client.json("/board?window=30d") == board
        assert client.json("/traders/Ada") == profile
