"""When a scheduled function is due: the cron and rate expressions of EventBridge.

Only what schedules of this league use is read: minutes and hours as `*`, numbers, lists and
steps; the other cron fields must be open. All instants are UTC.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def due(expression: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """The instants after < t ≤ until at which the schedule fires, in order.

    Raises ValueError for an expression that is not understood.
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        step = int(rate[1]) * _UNITS[rate[2]]
        first = _EPOCH + ((after - _EPOCH) // step + 1) * step
        return _every(first, step, until)
    cron = _CRON.fullmatch(expression)
    fields = cron[1].split() if cron else []
    if len(fields) != 6 or any(field not in ("*", "?") for field in fields[2:]):
        raise ValueError(f"schedule {expression!r} is not understood")
    minutes, hours = _numbers(fields[0], 60), _numbers(fields[1], 24)
    first = _EPOCH + ((after - _EPOCH) // _MINUTE + 1) * _MINUTE
    return (
        instant
        for instant in _every(first, _MINUTE, until)
        if instant.minute in minutes and instant.hour in hours
    )


def _every(first: datetime, step: timedelta, until: datetime) -> Iterator[datetime]:
    while first <= until:
        yield first
        first += step


def _numbers(field: str, size: int) -> frozenset[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        start = 0 if span == "*" else int(span)
        if step:
            numbers.update(range(start, size, int(step)))
        elif span == "*":
            numbers.update(range(size))
        else:
            numbers.add(start)
    if not numbers <= set(range(size)):
        raise ValueError(f"{field!r}: beyond {size - 1}")
    return frozenset(numbers)
