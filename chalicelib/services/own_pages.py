"""Pages of a trader's own lists: newest first, as of the second of the first page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.windows import (
    calendar_days,
    date_of_day,
    day_of_hour,
    day_start_hour,
    hour_of,
    hour_start,
)

ROWS_A_PAGE = 50
_SECOND = timedelta(seconds=1)


class Dated(Protocol):
    """A row of such a list."""

    @property
    def at(self) -> datetime:
        """When it happened."""


R = TypeVar("R", bound=Dated)


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Where a page starts: the list as of a second (since 1970), a day, and rows of it to leave
    out."""

    second: int
    day: int
    rows: int


@dataclass(frozen=True, slots=True)
class OwnSpan:
    """The days asked for, and the instants between which rows are read for a page."""

    days: range
    second: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OwnPage(Generic[R]):
    """Rows of the days of `span`, newest first, and where the next page starts."""

    span: OwnSpan
    rows: list[R]
    next_page: OwnPlace | None


def own_span(
    first: date | None, last: date | None, start: OwnPlace | None, now: datetime
) -> OwnSpan:
    """The span of a page that begins at `start`, from day `first` to `last`.

    Raises InvalidRequest for a span that `calendar_days` refuses, and for a start that lies
    outside it or in the future.
    """
    second = start.second if start else int(now.timestamp())
    days = calendar_days(first, last, date_of_day(day_of_hour(hour_of(now))))
    if start is not None and (second > now.timestamp() or start.day not in days):
        raise InvalidRequest("this cursor is not one of this list; begin at the first page")
    newest = start.day if start else days[-1]
    shown = datetime.fromtimestamp(second, UTC) + _SECOND
    until = min(shown, hour_start(day_start_hour(newest + 1)))
    return OwnSpan(days, second, hour_start(day_start_hour(days[0])), until)


def own_page(
    newest_first: Iterable[R], span: OwnSpan, start: OwnPlace | None, limit: int
) -> OwnPage[R]:
    """`limit` rows from `start` on; no more than one further row is taken from `newest_first`,
    whose rows are those of the span."""
    page: list[R] = []
    day, place = -1, 0
    for row in newest_first:
        of_row = day_of_hour(hour_of(row.at))
        day, place = (day, place + 1) if of_row == day else (of_row, 0)
        if start is not None and day == start.day and place < start.rows:
            continue
        if len(page) == limit:
            return OwnPage(span, page, OwnPlace(span.second, day, place))
        page.append(row)
    return OwnPage(span, page, None)
