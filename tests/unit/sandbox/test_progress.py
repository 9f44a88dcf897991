"""How far the preparation is."""

import io

import pytest

from sandbox.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_than_on_a_terminal_there_is_a_line_a_day() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for hour in range(1, 49):
        progress.hour(hour, 48, "5 moves")
    assert out.getvalue().splitlines() == [f"day {day} of 2 · 5 moves" for day in (0, 1, 2)]


def test_a_line_is_never_longer_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    out = _Terminal()
    Progress(out).say("x" * 50)
    assert out.getvalue().count("x") == 19


def test_a_terminal_has_one_moving_line_that_names_what_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = _Terminal()
    progress = Progress(out)
    progress.say("Opening accounts")
    progress.hour(24, 48, "5 moves")
    assert "\n" not in out.getvalue()
    assert "[############------------] day 1 of 2 · 0 s · 5 moves" in out.getvalue()
    progress.end("done")
    assert out.getvalue().endswith("done\n")
