"""Candle intervals on the exchange's clock (ms, UTC): where a candle opens and where the next one.

Weeks open on Monday, months on their first day; all others are even pieces of the epoch.
"""

from __future__ import annotations

from datetime import UTC, datetime

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_WEEK_MS = 7 * DAY_MS
_FIRST_MONDAY_MS = 4 * DAY_MS
_MONTH = "1M"
_EVEN = {
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS,
    "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    "1w": _WEEK_MS,
}
INTERVALS = (*_EVEN, _MONTH)


def open_of(interval: str, at: int) -> int:
    """Open time of the candle that contains `at`. Raises KeyError for an unknown interval."""
    if interval == _MONTH:
        first = datetime.fromtimestamp(at / 1000, UTC).replace(
            day=1, hour=0, minute=0, second=0, microsecond=0
        )
        return int(first.timestamp()) * 1000
    length = _EVEN[interval]
    offset = _FIRST_MONDAY_MS if interval == "1w" else 0
    return at - (at - offset) % length


def next_open(interval: str, open_time: int) -> int:
    """Open time of the candle after the one that opens at `open_time`."""
    if interval == _MONTH:
        return open_of(interval, open_time + 31 * DAY_MS)
    return open_time + _EVEN[interval]
