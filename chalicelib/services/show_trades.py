"""Show a trader's trades as he lets others see them."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from chalicelib.domain.account import Trader, TradesView, block_of
from chalicelib.domain.block import Kind
from chalicelib.domain.counted import counted
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import Fill, LedgerEntry
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.trade_rows import ClosedHour, TradeRow, exact_rows, guarded_rows
from chalicelib.domain.windows import (
    DAY,
    calendar_days,
    date_of_day,
    day_of_hour,
    day_start_hour,
    hour_of,
    hour_start,
)
from chalicelib.services.ports import BlockKey, Ledger
from chalicelib.services.public_traders import ReadStores

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class TradesPlace:
    """Where a page starts: the list as of an hour's mark, a day, and rows of it to leave out.
    No finer than a row that shows its day alone."""

    hour: int
    day: int
    rows: int


@dataclass(frozen=True, slots=True)
class TradesPage:
    """Rows from `last` back to `first`, and where the next page starts. `hour` is that of the
    mark they are as of."""

    first: date
    last: date
    hour: int | None
    view: TradesView
    rows: list[TradeRow]
    next_page: TradesPlace | None


def show_trades(
    trader: Trader,
    view: TradesView,
    first: date | None,
    last: date | None,
    *,
    start: TradesPlace | None,
    now: datetime,
    stores: ReadStores,
) -> TradesPage:
    """A page of the trades of a trader as others see them in `view`, newest first, as of the
    last ranked mark (or that of `start`); empty when they are hidden.

    Raises InvalidRequest for a span that `calendar_days` refuses, and for a start
    that lies outside it or in the future.
    """
    head = stores.boards.current(DAY.name)
    newest = head.hour if head else None
    hour = start.hour if start else newest
    today = day_of_hour(hour_of(now) if hour is None else hour)
    days = calendar_days(first, last, date_of_day(today))
    if start is not None and (newest is None or start.hour > newest or start.day not in days):
        raise InvalidRequest("this cursor is not one of this list; begin at the first page")
    rows: list[TradeRow] = []
    next_page = None
    if view is not TradesView.HIDDEN and hour is not None:
        entries = _days(trader, days, hour, start, stores)
        rows_by_day = (
            (day, _rows(each, trader, view, stores, day_over=day < day_of_hour(hour)))
            for day, each in entries
        )
        rows, next_page = _page(rows_by_day, hour, start)
    return TradesPage(date_of_day(days[0]), date_of_day(days[-1]), hour, view, rows, next_page)


def _days(
    trader: Trader, days: range, hour: int, start: TradesPlace | None, stores: ReadStores
) -> Iterator[tuple[int, list[LedgerEntry]]]:
    """The days with entries, newest first, and the entries that count in each."""
    last = start.day if start else days[-1]
    since = hour_start(day_start_hour(days[0]))
    until = hour_start(min(hour, day_start_hour(last + 1)))
    accounts = [row.account_id for row in stores.holdings.of_seat(trader.seat)]
    streams = [_of_account(each, since, until, stores.ledger) for each in accounts]
    newest_first = heapq.merge(*streams, key=lambda pair: pair[1].at, reverse=True)
    for day, pairs in groupby(newest_first, key=lambda pair: day_of_hour(hour_of(pair[1].at))):
        by_account: dict[str, list[LedgerEntry]] = {}
        for account, entry in pairs:
            by_account.setdefault(account, []).append(entry)
        yield day, [each for entries in by_account.values() for each in counted(entries)]


def _of_account(
    account: str, since: datetime, until: datetime, ledger: Ledger
) -> Iterator[tuple[str, LedgerEntry]]:
    if since < until:
        for entry in ledger.newest_first(account, since, until):
            yield account, entry


def _page(
    rows_by_day: Iterable[tuple[int, list[TradeRow]]], hour: int, start: TradesPlace | None
) -> tuple[list[TradeRow], TradesPlace | None]:
    page: list[TradeRow] = []
    for day, rows in rows_by_day:
        left_out = start.rows if start and start.day == day else 0
        end = left_out + ROWS_A_PAGE - len(page)
        page += rows[left_out:end]
        if len(rows) > end:
            return page, TradesPlace(hour, day, end)
    return page, None


def _rows(
    entries: Sequence[LedgerEntry],
    trader: Trader,
    view: TradesView,
    stores: ReadStores,
    *,
    day_over: bool,
) -> list[TradeRow]:
    if view is TradesView.EXACT:
        return exact_rows(entries)
    hours = sorted({hour_of(each.executed_at) for each in entries if isinstance(each, Fill)})
    if not hours:
        return []
    return guarded_rows(entries, _closed_hours(hours, trader.seat, stores), day_over=day_over)


def _closed_hours(hours: Sequence[int], seat: int, stores: ReadStores) -> Mapping[int, ClosedHour]:
    """What is stored of these hours, all of one day: the closing prices, and the value at the
    opening mark, or where that is too old to be kept by the hour, at the day's."""
    closing = stores.prices.hours([hour + 1 for hour in hours])
    block, day_before = block_of(seat), day_of_hour(hours[0]) - 1
    keys: list[BlockKey] = [(block, Kind.HOUR, hour) for hour in hours]
    blocks = stores.history.blocks([*keys, (block, Kind.DAY, day_before)])
    result = {}
    for hour in hours:
        if hour + 1 in closing:
            opening = blocks.get((block, Kind.HOUR, hour))
            opening = opening or blocks.get((block, Kind.DAY, day_before))
            known = SeatReading(seat, {opening.kind: opening} if opening else {})
            value = known.value(opening.kind) if opening else None
            result[hour] = ClosedHour(
                closing[hour + 1], None if value is None else Decimal(repr(value))
            )
    return result
