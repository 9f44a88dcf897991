"""The one list of prices that an hour's marks use, whoever needs it first."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.hour import HourPrices
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_start
from chalicelib.services.ports import Prices


def hour_prices(hour: int, prices: Prices) -> HourPrices:
    """The stored list of the full hour, and the lists by the minute, each read once.

    An hour that was never opened takes the list of its minute, else the last hour's prices,
    which then count as that much older; what it takes is stored, so that it stays.
    Raises MissingPrice when there is no list of the last hour either.
    """
    found: dict[datetime, PriceList | None] = {}

    def minute_list(minute: datetime) -> PriceList | None:
        if minute not in found:
            found[minute] = prices.minute(minute)
        return found[minute]

    return HourPrices(_hour_list(hour, prices), minute_list)


def _hour_list(hour: int, prices: Prices) -> PriceList:
    stored = prices.hours([hour, hour - 1])
    if hour in stored:
        return stored[hour]
    at = hour_start(hour)
    made = prices.minute(at)
    if made is None:
        if hour - 1 not in stored:
            raise MissingPrice(f"no prices stored for {at.isoformat()} nor an hour before")
        made = replace(stored[hour - 1], taken_at=at)
    prices.put_hour(hour, made)
    return prices.hours([hour])[hour]
