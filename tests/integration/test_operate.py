"""The operator's command on a league of this process: what it shows, does, and refuses."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.domain.windows import hour_start, run_of
from chalicelib.services.ports import Lease
from tests.builders import NOON
from tests.operated_league import (
    FIRST,
    WHY,
    OperatedLeague,
    aws_in_process,
    forget_what_is_built,
    in_use,
    league_of_one,
    line,
    operated_league,
    refused,
    run,
    said,
    settings_file,
)

LAST = FIRST + 25


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with aws_in_process():
        yield


@pytest.fixture(scope="module")
def told(aws: None) -> OperatedLeague:
    """Three traders over a day and two hours."""
    with operated_league() as league:
        tell(league)
    return league


@pytest.fixture
def a_day(told: OperatedLeague) -> Iterator[OperatedLeague]:
    """The same for a test that only reads it."""
    with in_use(told):
        yield told


def tell(league: OperatedLeague) -> None:
    """The story: Ada buys into a rise and is paid in later; Bob holds BTC, Cyd none."""
    league.now = NOON - timedelta(minutes=20)
    league.join("Ada", USDT="1000")
    league.join("Bob", USDT="500", BTC="0.01")
    league.join("Cyd", USDT="2000")
    league.keep_prices(league.now + timedelta(minutes=1), "60000")
    for number in range(LAST - FIRST + 1):
        hour = FIRST + number
        league.close(hour, str(60000 + 100 * number))
        league.now = hour_start(hour) + timedelta(minutes=12)
        if number == 3:
            league.buy("Ada", "600", "60310")
        if number == 10:
            league.deposit("Ada", "250")
        if number == 15:
            league.buy("Ada", "-200", "61520")


@pytest.fixture
def league(aws: None) -> Iterator[OperatedLeague]:
    """One trader at his first hour; tests act on it."""
    with league_of_one() as made:
        yield made


class TestStatus:
    def test_it_is_one_screen(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = said(capsys, "status")
        assert len(text.splitlines()) <= 24
        assert max(map(len, text.splitlines())) <= 120
        assert line(text, "board") == f"board      {run_of(LAST)} revision 0, up to date"
        assert "3 joined, 3 active, 0 retired, 3 ranked in 24h" in line(text, "traders")
        assert line(text, "run").endswith("1 of 1 shards marked, ranked")
        assert line(text, "events") == "events     0 waiting, 0 in work, no dead letters"
        assert line(text, "switches") == "switches   none of 6 set"

    def test_a_board_that_is_late_is_called_so(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = a_day.now
        a_day.now = hour_start(LAST + 1) + timedelta(minutes=9)
        early = line(said(capsys, "status"), "board")
        a_day.now += timedelta(minutes=2)
        late = line(said(capsys, "status"), "board")
        a_day.now = before
        assert early.endswith("1 h behind")
        assert late.endswith("1 h behind — LATE")

    def test_dead_letters_switches_and_containers_are_on_it(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        league.send_dead("events", "{}", "{}")
        run("switch", "pause-mail", "on", *WHY)
        now = wiring.machine_now()
        leases, until = wiring.stores().leases, now + timedelta(minutes=1)
        leases.acquire(Lease("ingest", "slot 0", "c1", until, "ready"), now)
        leases.acquire(Lease("ingest", "prices", "c1", until), now)
        note = {"version": "9.9", "accounts": 7, "not_fresh": 1, "gaps": 2, "weight_used": 0.31}
        leases.acquire(Lease("gauges", "c1", "c1", until, json.dumps(note)), now)
        leases.acquire(Lease("ingest", "slot 1", "gone", now - timedelta(seconds=1)), now)
        text = said(capsys, "status")
        assert line(text, "events").endswith("2 DEAD LETTERS")
        assert line(text, "switches") == "switches   pause-mail = on"
        assert line(text, "slots") == "slots      1, 1 held by 1 containers"
        assert re.split("  +", line(text, "  c1").strip()) == [
            *("c1", "9.9", "7", "1", "2", "0.31"),
            "prices (not ready), slot 0",
        ]

    def test_before_the_first_board_it_says_so(
        self, aws: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with operated_league():
            text = said(capsys, "status")
        assert (
            line(text, "board")
            == "board      none yet: it appears at the first full hour after a link"
        )


class TestTrader:
    def test_he_is_shown_from_end_to_end(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = said(capsys, "trader", "ada")
        assert line(text, "place") == "place      seat 0, shard 0, block 0"
        assert "number 1 in slot 0, live" in line(text, "  link")
        assert line(text, "marks") == (
            f"marks      shard marked up to {run_of(LAST)}, board of {run_of(LAST)}"
        )
        assert line(text, "mark ") == "mark       mark counts"
        assert re.search(r"rank \d of 3", line(text, "24h"))
        assert "short_history until" in line(text, "7d")

    def test_no_amount_is_shown_unless_it_is_asked_for(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        closed = said(capsys, "trader", "Ada")
        amounts = [f"{amount:f}" for amount in a_day.accounts["Ada"].held.values()]
        value = re.search(r"value (\S+) USDT", said(capsys, "trader", "Ada", "--reveal", *WHY))
        assert value is not None
        assert not [each for each in (*amounts, value[1], "USDT", "uid") if each in closed]
        opened = said(capsys, "trader", "Ada", "--reveal", *WHY)
        assert all(each.rstrip("0") in opened for each in amounts)

    def test_revealing_is_kept_with_who_and_why(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "--why" in refused(capsys, "trader", "Ada", "--reveal")
        said(capsys, "trader", "Ada", "--reveal", "--why", "he asked us to", "--who", "olga")
        kept = said(capsys, "acts")
        assert re.search(r"olga \(.+\) +trader Ada --reveal +he asked us to", kept)

    def test_nobody_of_that_name_is_said(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert refused(capsys, "trader", "Zoe") == "operate: no trader is called 'Zoe'\n"


class TestRank:
    def test_the_number_is_the_boards_to_the_last_digit(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in a_day.accounts:
            text = said(capsys, "rank", name)
            shown = re.search(r"^shown +(\S+) %", text, re.MULTILINE)
            board = re.search(r"^board +(\S+) %, rank (\d): the same$", text, re.MULTILINE)
            assert shown is not None
            assert board is not None
            assert shown[1] == board[1]
            ahead = [int(each) for each in re.findall(r"(\d+) by", line(text, "ahead"))]
            assert int(board[2]) == 1 + sum(ahead)

    def test_it_has_every_hour_and_hides_the_amounts(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = said(capsys, "rank", "Ada", "--window", "24h", "--hour", run_of(LAST))
        rows = [each for each in text.splitlines() if each.lstrip().startswith("2026-")]
        assert len(rows) == 25
        assert line(text, "start").split()[1] == "1.00000000"
        assert "deposits 0.2" in line(text, "flows")
        revealed = said(capsys, "rank", "Ada", "--reveal", *WHY)
        assert "deposits 250.00000000" in line(revealed, "flows")

    def test_an_hour_that_is_not_there_is_said(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said_so = refused(capsys, "rank", "Ada", "--hour", "2020-01-01T00")
        assert "no numbers of 2020-01-01T00" in said_so

    @pytest.mark.parametrize("hour", ["noon", "2026-03-01T12:30", "2026-03-01T12+01:00"])
    def test_what_is_no_hour_is_said(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str], hour: str
    ) -> None:
        with pytest.raises(SystemExit):
            run("rank", "Ada", "--hour", hour)
        assert "2026-03-01T12" in capsys.readouterr().err

    def test_a_window_that_is_none_is_said(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            run("rank", "Ada", "--window", "90d")
        assert "24h" in capsys.readouterr().err

    def test_who_is_not_ranked_learns_why(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = said(capsys, "rank", "Ada", "--window", "7d")
        assert "short_history until" in line(text, "not ranked")


class TestBlock:
    def test_a_stored_block_is_printed(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = said(capsys, "block", "0", "ranks", run_of(LAST), *WHY)
        assert text.startswith("kind R (ranks)\n")
        assert len(text.splitlines()) == 5

    def test_one_that_is_not_there_is_said(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "no HOUR block 9" in refused(capsys, "block", "9", "hour", run_of(LAST), *WHY)

    def test_it_has_balances_and_needs_a_reason(
        self, a_day: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "--why" in refused(capsys, "block", "0", "hour", run_of(LAST))


class TestSettings:
    def test_they_come_from_a_file(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        path = settings_file(league, tmp_path)
        wiring.point_at(None)
        forget_what_is_built()
        assert "stage sandbox" in said(capsys, "--settings", str(path), "status")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("no json", "no settings can be read there"),
            ("[1]", "not a JSON object of names and texts"),
            ('{"LEAGUE_STAGE": "moon"}', "stage 'moon' is none of"),
            ('{"LEAGUE_REGION": "x"}', "LEAGUE_STAGE is not set"),
        ],
    )
    def test_a_file_that_has_none_is_refused(
        self, aws: None, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, reason: str
    ) -> None:
        path = tmp_path / "settings.json"
        path.write_text(text)
        assert reason in refused(capsys, "--settings", str(path), "status")

    def test_without_any_the_missing_one_is_named(
        self, aws: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        wiring.point_at(None)
        forget_what_is_built()
        assert refused(capsys, "status") == "operate: LEAGUE_STAGE is not set\n"


def test_help_explains_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--help")
    assert ended.value.code == 0
    text = capsys.readouterr().out
    commands = "status trader rank block corrections dead-letters acts switch tick reconcile drain"
    commands += " redrive rebuild-hour bring-back rebuild-holdings rebuild-seats rebuild-history"
    for name in commands.split():
        assert re.search(rf"^    {name} +\S.*", text, re.MULTILINE) or f"    {name}\n" in text
