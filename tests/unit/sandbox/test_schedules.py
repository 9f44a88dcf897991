"""The cron and rate expressions of EventBridge."""

from datetime import UTC, datetime

import pytest

from sandbox.schedules import due

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _minutes(expression: str, until: datetime) -> list[str]:
    return [instant.strftime("%H:%M") for instant in due(expression, NINE, until)]


@pytest.mark.parametrize(
    ("expression", "fired"),
    [
        ("cron(0,2,5 * * * ? *)", ["09:02", "09:05", "10:00", "10:02", "10:05"]),
        ("cron(0/20 * * * ? *)", ["09:20", "09:40", "10:00"]),
        ("cron(*/25 * * * ? *)", ["09:25", "09:50", "10:00"]),
        ("cron(7 10,11 * * ? *)", ["10:07"]),
        ("rate(30 minutes)", ["09:30", "10:00"]),
        ("rate(1 hour)", ["10:00"]),
    ],
)
def test_a_schedule_fires_at_its_instants(expression: str, fired: list[str]) -> None:
    assert _minutes(expression, NINE.replace(hour=10, minute=10)) == fired


def test_the_start_is_left_out_and_the_end_is_included() -> None:
    assert list(due("cron(0 * * * ? *)", NINE, NINE)) == []
    ten = NINE.replace(hour=10)
    assert list(due("cron(0 * * * ? *)", NINE, ten)) == [ten]


@pytest.mark.parametrize(
    "expression",
    ["cron(0 * * * ?)", "cron(0 * 1 * ? *)", "every hour", "cron(61 * * * ? *)", "rate(1 week)"],
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"not understood|beyond"):
        list(due(expression, NINE, NINE))
