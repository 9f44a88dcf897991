"""`make run` itself: what is in its way, and how it ends."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.standing import alone_in
from tests.acceptance.league_process import LeagueProcess

SMALL = {"TRADERS": "2", "DAYS": "1"}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[LeagueProcess]:
    league = LeagueProcess(tmp_path / "league", **SMALL)
    yield league
    league.interrupt()


def test_ctrl_c_while_preparing_leaves_no_process_behind(started: LeagueProcess) -> None:
    started.wait_for("Bringing demo traders together", 60)
    assert len(started.parts()) >= 7
    assert started.interrupt() == 0
    assert started.parts() == {}
    assert started.lines[-1] == "Stopped."


def test_a_part_that_dies_is_named_with_its_last_words(started: LeagueProcess) -> None:
    started.wait_for("Bringing demo traders together", 60)
    (exchange,) = [
        number for number, command in started.parts().items() if "sandbox.exchange" in command
    ]
    os.kill(exchange, signal.SIGKILL)
    assert started.wait(60) == 1
    said = "\n".join(started.lines)
    assert "exchange ended with code -9" in said
    assert "sandbox exchange on http://127.0.0.1:" in said
    assert started.parts() == {}


def test_a_busy_port_is_named_with_its_variable(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        league = LeagueProcess(tmp_path / "league", API_PORT=port, **SMALL)
        assert league.wait(60) == 1
    assert f"port {port} is busy" in league.lines[-1]
    assert "API_PORT" in league.lines[-1]
    assert league.parts() == {}


def test_a_run_after_an_earlier_one_starts_anew_and_says_so(tmp_path: Path) -> None:
    left = tmp_path / "tables" / "rows"
    left.parent.mkdir()
    left.touch()
    league = LeagueProcess(tmp_path, **SMALL)
    league.wait_for("Starting tables", 60)
    assert league.interrupt() == 0
    assert league.lines[0].startswith("Starting anew")
    assert not left.exists()


def test_a_second_run_beside_a_living_one_is_refused(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        league = LeagueProcess(tmp_path, **SMALL)
        assert league.wait(60) == 1
    assert league.lines[-1].startswith(f"a league already runs from {tmp_path}")


def test_a_bad_option_is_named(tmp_path: Path) -> None:
    league = LeagueProcess(tmp_path / "league", DAYS="many")
    assert league.wait(60) == 1
    assert league.lines[-1] == "DAYS=many: must be a whole number from 1 to 366"
