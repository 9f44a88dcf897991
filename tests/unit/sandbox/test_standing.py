"""What a running league leaves for the commands beside it."""

from pathlib import Path

import pytest

from sandbox.standing import (
    Addresses,
    LeagueRuns,
    NoLeague,
    alone_in,
    read_keys,
    running_league,
    say_ready,
    write_keys,
)

HERE = Addresses("http://site", "http://api", "http://exchange", "http://ingest", "http://tables")


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        alone_in(tmp_path),
        pytest.raises(LeagueRuns, match="a league already runs"),
        alone_in(tmp_path),
    ):
        pass


def test_a_new_run_starts_anew_and_knows_it(tmp_path: Path) -> None:
    with alone_in(tmp_path) as anew:
        assert not anew
        (tmp_path / "tables").mkdir()
        (tmp_path / "tables" / "rows").write_text("old")
        (tmp_path / "prepared").touch()
        (tmp_path / "my notes").touch()
    with alone_in(tmp_path) as anew:
        assert anew
        assert {each.name for each in tmp_path.iterdir()} == {"lock", "my notes"}


def test_the_running_league_is_found_until_it_ends(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        with pytest.raises(NoLeague):
            running_league(tmp_path)
        say_ready(tmp_path, HERE)
        assert running_league(tmp_path) == HERE
    with pytest.raises(NoLeague, match="make run"):
        running_league(tmp_path)


def test_what_a_killed_run_left_is_no_league(tmp_path: Path) -> None:
    with alone_in(tmp_path):
        say_ready(tmp_path, HERE)
        left = (tmp_path / "league.json").read_text()
    (tmp_path / "league.json").write_text(left)
    with pytest.raises(NoLeague):
        running_league(tmp_path)


def test_keys_are_for_the_owner_of_the_machine_alone(tmp_path: Path) -> None:
    keys = {"mara": {"key": "k", "secret": "s"}}
    write_keys(tmp_path, keys)
    assert read_keys(tmp_path) == keys
    assert (tmp_path / "traders.json").stat().st_mode & 0o077 == 0


def test_without_a_demo_there_are_no_keys(tmp_path: Path) -> None:
    with pytest.raises(NoLeague, match="make run"):
        read_keys(tmp_path)
