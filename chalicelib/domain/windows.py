"""Hours and days as whole numbers, and the three windows of the league.

An hour number counts full hours since 1970-01-01T00:00Z; hour h is the instant at which
that hour starts, so a mark of hour h holds what happened before it. A day number counts
days likewise.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

HOURS_A_DAY = 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A span that ends at the last full hour; ranked with at least `least_marks` of its marks."""

    name: str
    hours: int
    least_marks: int


DAY = Window("24h", 24, 23)
WEEK = Window("7d", 168, 160)
MONTH = Window("30d", 720, 684)
WINDOWS = (DAY, WEEK, MONTH)
BY_NAME = {window.name: window for window in WINDOWS}


def hour_of(at: datetime) -> int:
    """The number of the full hour that `at` (aware) lies in."""
    return (at - _EPOCH) // _HOUR


def hour_start(hour: int) -> datetime:
    """The instant, UTC, at which hour number `hour` starts."""
    return _EPOCH + hour * _HOUR


def closing_hour(at: datetime) -> int:
    """The hour whose mark is the first to hold something that happened at `at`."""
    return hour_of(at) + 1


def minute_at_or_after(at: datetime) -> datetime:
    """The first full minute at or after `at`: when a flow at `at` is priced (rules.md §4)."""
    return _EPOCH - (_EPOCH - at) // _MINUTE * _MINUTE


def day_of_hour(hour: int) -> int:
    """The number of the UTC day that hour number `hour` lies in."""
    return hour // HOURS_A_DAY


def day_start_hour(day: int) -> int:
    """The hour number at which day number `day` starts."""
    return day * HOURS_A_DAY


def date_of_day(day: int) -> date:
    """The calendar date of day number `day`."""
    return (_EPOCH + timedelta(days=day)).date()


def day_of_date(day: date) -> int:
    """The day number of a calendar date."""
    return (day - _EPOCH.date()).days
