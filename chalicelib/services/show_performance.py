"""Show a trader's cumulative return day by day beside BTC's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chalicelib.domain.account import Trader, block_of
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.market import PriceList
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.series import DayMark, DayPoint, cumulative
from chalicelib.domain.windows import (
    DAY,
    calendar_days,
    date_of_day,
    day_of_hour,
    hour_of,
    hour_start,
)
from chalicelib.services.ports import BlockKey
from chalicelib.services.public_traders import ReadStores
from chalicelib.services.show_imported import with_imported

_BTC = "BTC"


@dataclass(frozen=True, slots=True)
class Performance:
    """One point per day from `first` to `last`; a day without a mark has no number."""

    first: date
    last: date
    hour: int | None
    days: list[DayPoint]


def show_performance(
    trader: Trader,
    first: date | None,
    last: date | None,
    *,
    now: datetime,
    stores: ReadStores,
) -> Performance:
    """The line from `first` to `last`, by default the last seven days and the running one.

    A full day's point is its mark of 24:00, the running day's the last ranked mark; before the
    first link it is what was imported. Raises
    InvalidRequest for a span that `calendar_days` refuses.
    """
    head = stores.boards.current(DAY.name)
    hour = head.hour if head else None
    today = day_of_hour(hour_of(now) if hour is None else hour)
    days = calendar_days(first, last, date_of_day(today))
    block = block_of(trader.seat)
    keys: list[BlockKey] = [(block, Kind.DAY, day) for day in days if day < today]
    running = hour if today in days else None
    latest: PriceList | None = None
    if running is not None:
        keys.append((block, Kind.HOUR, running))
        latest = stores.prices.hours([running]).get(running)
    blocks = stores.history.blocks(keys)
    marks = [
        _running_mark(trader.seat, running, blocks, latest)
        if day == today and running is not None
        else _day_mark(trader.seat, day, blocks.get((block, Kind.DAY, day)))
        for day in days
    ]
    if any(mark.index is None for mark in marks):
        marks = with_imported(marks, stores.imports.line(trader.trader_id))
    return Performance(
        first=date_of_day(days[0]), last=date_of_day(days[-1]), hour=hour, days=cumulative(marks)
    )


def _day_mark(seat: int, day: int, block: Block | None) -> DayMark:
    if block is None:
        return DayMark(date_of_day(day), None, None)
    btc = block.notes.get("btc")
    return DayMark(
        date_of_day(day),
        SeatReading(seat, {Kind.DAY: block}).index(Kind.DAY),
        Decimal(btc) if isinstance(btc, str) else None,
    )


def _running_mark(
    seat: int, hour: int, blocks: Mapping[BlockKey, Block], latest: PriceList | None
) -> DayMark:
    block = blocks.get((block_of(seat), Kind.HOUR, hour))
    known = {} if block is None else {Kind.HOUR: block}
    btc = latest.assets.get(_BTC) if latest else None
    return DayMark(
        hour_start(hour).date(),
        SeatReading(seat, known).index(Kind.HOUR),
        btc.price if btc else None,
    )
