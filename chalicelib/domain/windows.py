"""Hours and days as whole numbers, and the three windows of the league.

An hour number counts full hours since 1970-01-01T00:00Z; hour h is the instant at which
that hour starts, so a mark of hour h holds what happened before it. A day number counts
days likewise.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.errors import InvalidRequest

HOURS_A_DAY = 24
LEAST_VALUE = 100.0
"""USDT at a window's start, to be ranked in it."""

LONGEST_SPAN = 366
_DEFAULT_DAYS = 7
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
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


def run_of(hour: int) -> str:
    """What the run of an hour is called in the logs: "2026-03-01T12" for the mark of noon."""
    return f"{hour_start(hour):%Y-%m-%dT%H}"


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


def calendar_days(first: date | None, last: date | None, today: date) -> range:
    """Day numbers from `first` to `last`, both included.

    Default: until today, from seven days before the last. Raises InvalidRequest when `first`
    is after `last`, the span is longer than 366 days, or a date is none of 1900 … 2999: what is
    read around a span must have dates too.
    """
    for given in (first, last):
        if given is not None and not _FIRST_YEAR <= given.year <= _LAST_YEAR:
            raise InvalidRequest(
                f"{given.isoformat()} is out of reach; ask for dates from {_FIRST_YEAR} to"
                f" {_LAST_YEAR}"
            )
    end = day_of_date(last or today)
    start = end - _DEFAULT_DAYS if first is None else day_of_date(first)
    if start > end:
        raise InvalidRequest(
            f"from {date_of_day(start)} is after to {date_of_day(end)}; swap the two dates"
        )
    if end - start + 1 > LONGEST_SPAN:
        raise InvalidRequest(
            f"from {date_of_day(start)} to {date_of_day(end)} there are {end - start + 1} days;"
            f" ask for at most {LONGEST_SPAN}"
        )
    return range(start, end + 1)
