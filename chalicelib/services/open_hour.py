"""Start the run of an hour, or take it up where an earlier try stopped."""

import logging
from datetime import datetime

from chalicelib.domain.account import SEATS_PER_SHARD
from chalicelib.domain.errors import ExchangeError
from chalicelib.domain.market import PriceList, price_list
from chalicelib.domain.windows import hour_start
from chalicelib.services.exchange_ports import Exchange
from chalicelib.services.ports import Prices, RankTask, Runs, Seats, ShardTask, Tasks

_log = logging.getLogger(__name__)


def open_hour(
    hour: int, *, runs: Runs, seats: Seats, prices: Prices, exchange: Exchange, tasks: Tasks
) -> None:
    """Go on with the run of `hour` at the first step that is not done.

    Freezes the list of shards, stores the hour's prices, and sends one task per shard that
    has not marked; when all have (or there is none), the rank task. Sending twice does no
    harm. Raises ExchangeError when there is neither a stored price of that minute nor an
    answer from the exchange; the next tick tries again.
    """
    if runs.ranked(hour):
        return
    shards = runs.begin(hour, list(range(-(-seats.count() // SEATS_PER_SHARD))))
    _keep_prices(hour, prices, exchange)
    done = runs.done(hour)
    missing = [shard for shard in shards if shard not in done]
    if missing:
        tasks.send(ShardTask(hour, shard) for shard in missing)
    else:
        tasks.send([RankTask(hour)])


def _keep_prices(hour: int, prices: Prices, exchange: Exchange) -> None:
    """Store the hour's prices, if they are not: those of its minute, else the exchange's own."""
    stored = prices.minute(hour_start(hour))
    if stored is not None:
        prices.put_hour(hour, stored)
    elif hour not in prices.hours([hour]):
        prices.put_hour(hour, _asked_prices(hour_start(hour), prices, exchange))


def _asked_prices(at: datetime, prices: Prices, exchange: Exchange) -> PriceList:
    latest = prices.latest()
    try:
        symbols, quotes = exchange.symbols(), exchange.quotes()
    except ExchangeError:
        _log.error("hour_without_prices", extra={"instant": at.isoformat()})
        raise
    _log.warning("hour_priced_late", extra={"instant": at.isoformat()})
    return price_list(symbols.values(), quotes, at, latest)
