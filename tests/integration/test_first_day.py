"""The first day is not empty: what is on its way, what was brought in, where one would stand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.account import AccountState, ImportState
from chalicelib.domain.block import Flag, Standing
from chalicelib.domain.imported import ImportedDay, ImportedLine
from chalicelib.domain.rebuild import day_of
from chalicelib.services.import_ports import ImportProgress
from tests.builders import NOON, at, exchange_account
from tests.read_side import ReadSide

LINKED_AT = NOON + timedelta(minutes=5)


def line() -> ImportedLine:
    """Forty days up to the link, each a hundredth of the index lower than the one after it."""
    days = [
        ImportedDay(
            day=day_of(LINKED_AT) - ago,
            index=1 - ago / 100,
            value=Decimal(1000 - ago),
            net_flow=Decimal(0),
            btc=Decimal(100),
            certain=True,
        )
        for ago in range(40, 0, -1)
    ]
    return ImportedLine(LINKED_AT, ("A0",), tuple(days))


@pytest.fixture
def league() -> ReadSide:
    """Ada (T0) linked five minutes past noon; it is twenty past. Two others are ranked."""
    made = ReadSide()
    made.join("Ada", shown=None, standing=Standing(0), flags=Flag(0))
    made.join("Bo", shown=900)
    made.join("Cy", shown=100)
    made.publish([1, 2, 0], ranked=2)
    made.fakes.accounts.save(exchange_account(account_id="A0", trader_id="T0", linked_at=LINKED_AT))
    made.prices(made.hour, BTC="100")
    return made


def first_day(league: ReadSide, token: str = "T0") -> dict[str, Any]:
    with league.client() as client:
        found: dict[str, Any] = client.json("/me/first-day", token)
    return found


def test_right_after_linking_it_says_when_there_will_be_a_rank(league: ReadSide) -> None:
    day = first_day(league)["windows"]["24h"]
    assert (day["rank"], day["ranked"]) == (None, 2)
    assert day["ranked_at"] == "2026-03-02T13:00:00Z"
    assert day["ranked_in_s"] == (24 * 60 + 40) * 60
    assert [each["reason"] for each in day["not_ranked"]] == ["first_hour"]
    assert day["not_ranked"][0]["detail"] == "Your first full hour in the league is not over yet."


def test_each_window_has_its_own_hour(league: ReadSide) -> None:
    windows = first_day(league)["windows"]
    assert windows["7d"]["ranked_at"] == "2026-03-08T13:00:00Z"
    assert windows["30d"]["ranked_at"] == "2026-03-31T13:00:00Z"


def test_imported_days_give_a_preview_of_where_one_would_stand(league: ReadSide) -> None:
    before = first_day(league)["windows"]["24h"]
    assert (before["preview_pct"], before["would_stand"]) == (None, None)
    league.fakes.imports.put_line("T0", line())
    windows = first_day(league)["windows"]
    # from the midnight before noon of the day before, two days back, to the link: 1 / 0.98
    assert (windows["24h"]["preview_pct"], windows["24h"]["would_stand"]) == ("2.04", 2)
    assert windows["7d"]["would_stand"] == 2
    assert windows["30d"]["preview_pct"] == "44.93"
    assert windows["30d"]["would_stand"] == 1


def test_the_imported_days_are_in_it_and_marked(league: ReadSide) -> None:
    league.fakes.imports.put_line("T0", line())
    days = first_day(league)["line"]["days"]
    assert len(days) == 31
    assert [each["imported"] for each in days] == [True] * 30 + [False]
    assert (days[0]["cumulative_pct"], days[29]["cumulative_pct"]) == ("0.00", "41.43")
    assert days[29]["net_worth_usdt"] == "999"


@pytest.mark.parametrize(
    ("state", "percent", "problem", "expected"),
    [
        (ImportState.WAITING, None, "", ("waiting", 0)),
        (ImportState.RUNNING, 40, "", ("running", 40)),
        (ImportState.RUNNING, 40, "the exchange answered 503", ("held_up", 40)),
        (ImportState.DONE, 100, "", ("done", 100)),
    ],
)
def test_it_says_how_far_the_import_is(
    league: ReadSide,
    state: ImportState,
    percent: int | None,
    problem: str,
    expected: tuple[str, int],
) -> None:
    league.fakes.accounts.set_import_state(league.fakes.accounts.get("A0"), state)
    if percent is not None:
        league.fakes.imports.put_progress("T0", ImportProgress("A0", percent, problem))
    [account] = first_day(league)["accounts"]
    assert (account["imported"]["state"], account["imported"]["percent"]) == expected
    assert "503" not in account["imported"]["detail"]


def test_while_the_key_is_checked_it_says_so(league: ReadSide) -> None:
    account = league.fakes.accounts.get("A0")
    league.fakes.accounts.save(replace(account, state=AccountState.CHECKING))
    found = first_day(league)
    day = found["windows"]["24h"]
    assert [each["reason"] for each in day["not_ranked"]] == ["being_checked"]
    assert (day["ranked_at"], day["ranked_in_s"]) == (None, None)
    assert found["accounts"][0]["state"] == "checking"


def test_without_an_account_it_says_what_to_do(league: ReadSide) -> None:
    league.fakes.accounts.save(
        replace(
            league.fakes.accounts.get("A0"), state=AccountState.UNLINKED, unlinked_at=at(minutes=9)
        )
    )
    found = first_day(league)
    assert [each["reason"] for each in found["windows"]["24h"]["not_ranked"]] == ["no_account"]
    assert found["accounts"][0]["imported"] is None


def test_one_who_is_ranked_has_his_rank_in_it(league: ReadSide) -> None:
    day = first_day(league, "T1")["windows"]["24h"]
    assert (day["rank"], day["ranked_at"], day["not_ranked"]) == (1, None, [])


def test_before_the_first_board_there_are_no_windows() -> None:
    made = ReadSide()
    made.join("Ada")
    assert first_day(made)["windows"] is None
