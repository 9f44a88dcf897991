from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.windows import (
    WINDOWS,
    closing_hour,
    date_of_day,
    day_of_date,
    day_of_hour,
    day_start_hour,
    hour_of,
    hour_start,
    minute_at_or_after,
)
from tests.builders import NOON, at


def test_the_windows_are_those_of_the_rules() -> None:
    assert [(each.hours, each.least_marks) for each in WINDOWS] == [
        (24, 23),
        (168, 160),
        (720, 684),
    ]


def test_an_hour_starts_at_its_full_hour() -> None:
    assert hour_start(hour_of(NOON)) == NOON
    assert hour_of(NOON - timedelta(microseconds=1)) == hour_of(NOON) - 1


def test_what_happens_at_a_full_hour_belongs_to_the_next_mark() -> None:
    assert closing_hour(at(milliseconds=-1)) == hour_of(NOON)
    assert closing_hour(NOON) == hour_of(NOON) + 1


@pytest.mark.parametrize(
    ("instant", "minute"),
    [
        (at(minutes=5), at(minutes=5)),
        (at(minutes=5, milliseconds=1), at(minutes=6)),
        (at(minutes=5) - timedelta(microseconds=1), at(minutes=5)),
        (at(minutes=59, seconds=59), at(hours=1)),
    ],
)
def test_a_flow_takes_the_first_full_minute_at_or_after_it(
    instant: datetime, minute: datetime
) -> None:
    assert minute_at_or_after(instant) == minute


def test_a_day_starts_at_midnight_utc() -> None:
    midnight = hour_of(datetime(2026, 3, 1, tzinfo=UTC))
    assert day_start_hour(day_of_hour(midnight)) == midnight
    assert day_of_hour(midnight - 1) == day_of_hour(midnight) - 1


def test_days_and_dates_are_one_to_one() -> None:
    leap_day = date(2024, 2, 29)
    assert date_of_day(day_of_date(leap_day)) == leap_day
    assert day_of_date(date(1970, 1, 1)) == 0
