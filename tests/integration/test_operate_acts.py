"""What the operator's command does to a league of this process, and what it refuses to do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.adapters import messages
from chalicelib.domain.account import AccountState
from chalicelib.domain.windows import hour_start, run_of
from chalicelib.services.ports import RankTask, ShardTask
from tests.operated_league import (
    FIRST,
    WHY,
    OperatedLeague,
    aws_in_process,
    league_of_one,
    line,
    refused,
    run,
    said,
)


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with aws_in_process():
        yield


@pytest.fixture
def league(aws: None) -> Iterator[OperatedLeague]:
    """One trader at his first hour; tests act on it."""
    with league_of_one() as made:
        yield made


class TestActs:
    def test_an_hour_is_rebuilt_with_what_came_late(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        league.close(FIRST + 1)
        before = said(capsys, "block", "0", "hour", run_of(FIRST + 1), *WHY)
        league.late("Ada", hour_start(FIRST) + timedelta(minutes=30), "77")
        said(capsys, "rebuild-hour", run_of(FIRST + 1), *WHY)
        league.work()
        after = said(capsys, "block", "0", "hour", run_of(FIRST + 1), *WHY)
        assert before != after
        assert "7700000000" in after
        assert line(said(capsys, "status"), "board").startswith(
            f"board      {run_of(FIRST + 1)} revision 1"
        )
        for whose in (("--trader", "Ada"), ("--shard", "0")):
            assert "F#deposit#USDT#late" in said(capsys, "corrections", *whose)
        assert "late" not in said(capsys, "corrections", "--shard", "0", "--to", run_of(FIRST))

    def test_an_hour_rebuilt_for_nothing_is_the_same(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = ("block", "0", "scores", run_of(FIRST), *WHY)
        before = said(capsys, *asked)
        for revision in (1, 2):
            said(capsys, "rebuild-hour", *WHY)
            league.work()
            assert f"revision {revision}" in line(said(capsys, "status"), "board")
        assert said(capsys, *asked) == before
        assert sum(name.startswith("2026-03-01T12") for name in league.files.texts) <= 3

    def test_only_the_newest_hour_is_rebuilt(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        league.close(FIRST + 1)
        assert "is not the newest board" in refused(capsys, "rebuild-hour", run_of(FIRST), *WHY)
        wiring.stores().runs.begin(FIRST + 2, [0])
        assert "has begun" in refused(capsys, "rebuild-hour", *WHY)
        assert "rebuild-hour" not in said(capsys, "acts")

    def test_a_tick_goes_on_where_one_was_lost(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        league.keep_prices(hour_start(FIRST + 1), "60000")
        league.now = hour_start(FIRST + 1) + timedelta(minutes=20)
        said(capsys, "tick", *WHY)
        league.work()
        assert "up to date" in line(said(capsys, "status"), "board")

    def test_an_account_is_put_in_doubt(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said(capsys, "reconcile", "ACCOUNT-Ada", *WHY)
        assert wiring.stores().doubts.of_slot(0) == {
            "ACCOUNT-Ada": {league.now.replace(microsecond=0)}
        }
        assert "T12:00:11Z" in line(said(capsys, "trader", "Ada"), "  doubts")

    def test_only_an_account_that_lives_is_compared(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "no exchange account" in refused(capsys, "reconcile", "NONE", *WHY)
        accounts = wiring.stores().accounts
        stopped = replace(accounts.get("ACCOUNT-Ada"), state=AccountState.KEY_REVOKED)
        accounts.save(stopped)
        assert "only a live one" in refused(capsys, "reconcile", "ACCOUNT-Ada", *WHY)

    def test_switches_are_listed_set_and_taken_back(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert re.search(r"banner +off +a sentence", said(capsys, "switch"))
        said(capsys, "switch", "banner", "Back at noon.", *WHY)
        assert re.search(r"banner +Back at noon\. ", said(capsys, "switch"))
        said(capsys, "switch", "banner", "off", *WHY)
        assert re.search(r"banner +off ", said(capsys, "switch"))
        assert "there is no switch 'mail'" in refused(capsys, "switch", "mail", "on", *WHY)
        assert "on or off" in refused(capsys, "switch", "pause-mail", "yes", *WHY)
        assert "--why" in refused(capsys, "switch", "pause-mail", "on")

    def test_each_act_is_kept_newest_first(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said(capsys, "switch", "pause-mail", "on", "--why", "the mail is down", "--who", "olga")
        said(capsys, "reconcile", "ACCOUNT-Ada", "--why", "he wrote to us", "--who", "oleg")
        _, first, second = said(capsys, "acts").splitlines()
        assert re.search(r"oleg \(arn:\S+\) +reconcile ACCOUNT-Ada +he wrote to us$", first)
        assert re.search(r"olga \(arn:\S+\) +switch pause-mail on +the mail is down$", second)

    @pytest.mark.parametrize(
        "act", [("tick",), ("rebuild-hour",), ("reconcile", "A"), ("redrive", "events")]
    )
    def test_an_act_without_a_reason_is_none(
        self, capsys: pytest.CaptureFixture[str], act: tuple[str, ...]
    ) -> None:
        with pytest.raises(SystemExit):
            run(*act)
        assert "--why" in capsys.readouterr().err

    def test_a_reason_of_blanks_is_none(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "--why" in refused(capsys, "tick", "--why", "  ")


class TestDeadLetters:
    def test_they_are_told_without_what_they_say(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        item = league.accounts["Ada"].item(frame='{"secret":"SENTINEL"}')
        event = messages.join_items([messages.write_item(item)])
        league.send_dead("events", event, "rubbish SENTINEL")
        league.send_dead("tasks", messages.write_task(RankTask(FIRST)))
        events = said(capsys, "dead-letters", "events")
        assert "SENTINEL" not in events
        assert "1 items of ACCOUNT-Ada" in events
        assert "unreadable, 16 characters" in events
        assert f"task rank of {run_of(FIRST)}" in said(capsys, "dead-letters", "tasks")

    def test_they_are_put_back_and_done(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str]
    ) -> None:
        league.keep_prices(hour_start(FIRST + 1), "61000")
        league.now = hour_start(FIRST + 1) + timedelta(minutes=20)
        wiring.stores().runs.begin(FIRST + 1, [0])
        league.send_dead("tasks", messages.write_task(ShardTask(FIRST + 1, 0)))
        assert "1 dead letters are in tasks again" in said(capsys, "redrive", "tasks", *WHY)
        league.work()
        text = said(capsys, "status")
        assert "up to date" in line(text, "board")
        assert line(text, "tasks").endswith("no dead letters")

    def test_they_are_drained_to_a_file_for_oneself_and_brought_back(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        path = tmp_path / "letters"
        league.send_dead("events", *(f"letter {number}" for number in range(23)))
        assert "23 dead letters" in said(capsys, "drain", "events", "--to", str(path), *WHY)
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(path.read_text().splitlines()) == 23
        assert line(said(capsys, "status"), "events").endswith("no dead letters")
        assert "is there already" in refused(capsys, "drain", "events", "--to", str(path), *WHY)
        assert "not of tasks" in refused(capsys, "redrive", "tasks", "--from", str(path), *WHY)
        assert "23 messages" in said(capsys, "redrive", "events", "--from", str(path), *WHY)
        assert "23 waiting" in line(said(capsys, "status"), "events")

    def test_a_file_that_is_none_is_refused(
        self, league: OperatedLeague, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        path = tmp_path / "letters"
        path.write_text("rubbish")
        asked = ("redrive", "events", "--from", str(path), *WHY)
        assert "no file of drained messages" in refused(capsys, *asked)
