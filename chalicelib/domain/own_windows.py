"""What a trader is told of his own windows: the parts of a number (`explained.py` finds them), why
he is not ranked, and until when (rules.md §5). Standard library only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from chalicelib.domain.block import BARRING, Flag, Kind
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import HOURS_A_DAY, LEAST_VALUE, Window, closing_hour


class Reason(Enum):
    """What stands in the way of a rank."""

    NOT_LISTED = "not_listed"
    NO_ACCOUNT = "no_account"
    BEING_CHECKED = "being_checked"
    FIRST_HOUR = "first_hour"
    SHORT_HISTORY = "short_history"
    NO_MARK_AT_THE_START = "no_mark_at_the_start"
    SMALL_START = "small_start"
    GAPS = "gaps"
    BARRED_HOUR = "barred_hour"
    WITHOUT_PRICE = "without_price"
    STALE_NOW = "stale_now"


@dataclass(frozen=True, slots=True)
class NotRanked:
    """A reason, and the hour from which it stands in the way no more if all goes on as it is
    (None: only once he, or the market, changes something)."""

    reason: Reason
    until: int | None


@dataclass(frozen=True, slots=True)
class Links:
    """What of the trader's accounts is linked now: since when any is followed, and whether one is
    being checked."""

    since: datetime | None = None
    being_checked: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """TWR, MWR in percent with 8 decimals; PnL, deposits and withdrawals (positive) of the window
    in USDT with 8 decimals; `value_at_start` in USDT. None when unknown."""

    twr: Decimal | None
    mwr: Decimal | None
    pnl: Decimal | None
    deposits: Decimal
    withdrawals: Decimal
    value_at_start: Decimal | None


@dataclass(frozen=True, slots=True)
class OwnWindow:
    """One window for its trader: `shown` in hundredths of a percent, `rank` out of `ranked`; for
    one who has no rank, `preview` is that number, or one with imported days in it, and
    `would_stand` the rank it would have today (None: ranked, or no number)."""

    shown: int | None
    capped: bool
    parts: Explained
    not_ranked: list[NotRanked]
    preview: int | None
    would_stand: int | None
    rank: int | None
    ranked: int


def hours_needed(hour: int, window: Window) -> set[int]:
    """Numbers of the HOUR blocks that `not_ranked` reads."""
    start = hour - window.hours
    return {start, start - 1} | set(range(hour - HOURS_A_DAY, hour + 1))


def not_ranked(
    window: Window,
    hour: int,
    scores: SeatReading,
    hours: Mapping[int, SeatReading],
    links: Links,
) -> list[NotRanked]:
    """What stands in the way in this window at `hour`; empty for a ranked trader.

    Where the last bad hour lies further back than a day, it counts as a day old: `until` is then
    the latest hour it may be.
    """
    now = hours[hour].flags()
    if scores.rank(window) is not None:
        return []
    if scores.first_hour() is None or (now & Flag.NO_ACCOUNT and links.since is None):
        return [_without_marks(window, links)]
    found = [*_start(window, hour, scores, hours)]
    if scores.hours_that_bar(window):
        found.append(_gone(window, hour, hours, Reason.BARRED_HOUR, _bars))
    if not found and scores.marks_that_count(window) < window.least_marks:
        found.append(_gone(window, hour, hours, Reason.GAPS, _is_gap))
    if now & Flag.UNPRICED:
        found.append(NotRanked(Reason.WITHOUT_PRICE, None))
    elif not now & (Flag.COUNTS | Flag.PAUSED | Flag.NO_ACCOUNT):
        found.append(NotRanked(Reason.STALE_NOW, None))
    return found


def _without_marks(window: Window, links: Links) -> NotRanked:
    """Of one whom no hour has marked since he linked: his first mark is that of the hour that
    closes next after it."""
    if links.since is not None:
        return NotRanked(Reason.FIRST_HOUR, closing_hour(links.since) + window.hours)
    return NotRanked(Reason.BEING_CHECKED if links.being_checked else Reason.NO_ACCOUNT, None)


def _start(
    window: Window, hour: int, scores: SeatReading, hours: Mapping[int, SeatReading]
) -> list[NotRanked]:
    """What is wrong with the mark at the start of the window."""
    began = scores.first_hour()
    if began is not None and began > hour - window.hours:
        return [NotRanked(Reason.SHORT_HISTORY, began + window.hours)]
    start = hour - window.hours
    base = next((hours[h] for h in (start, start - 1) if Flag.MARK in hours[h].flags()), None)
    if base is None:
        return [_gone(window, hour, hours, Reason.NO_MARK_AT_THE_START, _is_gap)]
    if (base.value(Kind.HOUR) or 0) < LEAST_VALUE:
        if _is_small(hours[hour]):
            return [NotRanked(Reason.SMALL_START, None)]
        return [_gone(window, hour, hours, Reason.SMALL_START, _is_small)]
    return []


def _gone(
    window: Window,
    hour: int,
    hours: Mapping[int, SeatReading],
    reason: Reason,
    is_bad: Callable[[SeatReading], bool],
) -> NotRanked:
    """The reason ends when the last bad hour leaves the window."""
    last_day = range(hour, hour - HOURS_A_DAY, -1)
    last = next((each for each in last_day if is_bad(hours[each])), hour - HOURS_A_DAY)
    return NotRanked(reason, max(last + window.hours, hour) + (reason in _WHOLE_HOURS))


_WHOLE_HOURS = frozenset({Reason.SMALL_START, Reason.NO_MARK_AT_THE_START})
"""Reasons about a mark that the window may not start with: it starts an hour after the bad one."""


def _bars(reading: SeatReading) -> bool:
    return bool(reading.flags() & BARRING)


def _is_gap(reading: SeatReading) -> bool:
    return Flag.COUNTS not in reading.flags()


def _is_small(reading: SeatReading) -> bool:
    return (reading.value(Kind.HOUR) or 0) < LEAST_VALUE
