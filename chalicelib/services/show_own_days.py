"""Show a trader what he made each day, and what he had at its end."""

from collections.abc import Iterable
from datetime import date

from chalicelib.domain.account import Trader, block_of
from chalicelib.domain.block import Kind
from chalicelib.domain.own_days import Closing, OwnDay, closing, flows_of, own_days
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import (
    date_of_day,
    day_of_date,
    day_of_hour,
    day_start_hour,
)
from chalicelib.services.ports import BlockKey, History


def show_own_days(
    trader: Trader, days: Iterable[date], hour: int | None, history: History
) -> dict[date, OwnDay]:
    """By calendar date, for those of `days` of which something is stored, as of the mark of
    `hour`; the running day ends there."""
    if hour is None:
        return {}
    wanted = [day_of_date(day) for day in days]
    block, today = block_of(trader.seat), day_of_hour(hour)
    full = sorted({day for each in wanted for day in (each - 1, each) if day < today})
    keys: list[BlockKey] = [(block, Kind.DAY, day) for day in full]
    hours = range(day_start_hour(today) + 1, hour + 1) if today in wanted else range(0)
    keys += [(block, Kind.HOUR, each) for each in hours]
    found = history.blocks([*keys, (block, Kind.SCORES, hour)])

    def reading(kind: Kind, number: int) -> SeatReading:
        known = found.get((block, kind, number))
        return SeatReading(trader.seat, {} if known is None else {kind: known})

    closings: dict[int, Closing] = {}
    for day in full:
        each = reading(Kind.DAY, day)
        closings[day] = closing(each, Kind.DAY, flows_of([each], Kind.DAY))
    if hours:
        flows = flows_of((reading(Kind.HOUR, each) for each in hours), Kind.HOUR)
        closings[today] = closing(reading(Kind.HOUR, hour), Kind.HOUR, flows)
    began = reading(Kind.SCORES, hour).first_hour()
    # a mark of 24:00 belongs to the day that ends with it
    first_day = None if began is None else day_of_hour(began - 1)
    made = own_days(closings, first_day)
    return {date_of_day(day): made[day] for day in wanted if day in made}
