"""Instants as tables keep them: whole milliseconds since 1970, as text that sorts.

An exchange tells nothing finer; what is finer is cut.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970, the part of one cut off."""
    return (at - _EPOCH) // _MILLISECOND


def instant(number: int | str) -> datetime:
    """The instant, UTC, of that many milliseconds (a number, or its text)."""
    return _EPOCH + int(number) * _MILLISECOND


def up_to_millisecond(at: datetime) -> datetime:
    """`at`, or the next full millisecond: no stored instant lies between the two."""
    return _EPOCH - (_EPOCH - at) // _MILLISECOND * _MILLISECOND


def sortable(at: datetime) -> str:
    """Thirteen digits, so that text sorts as time does (until the year 2286)."""
    return f"{milliseconds(at):013d}"


def whole_seconds(at: datetime) -> int:
    """Whole seconds since 1970: what an expiry is given in."""
    return milliseconds(at) // 1000
