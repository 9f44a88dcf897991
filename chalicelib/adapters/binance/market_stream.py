"""Last prices of all symbols from Binance's market stream `!miniTicker@arr`.

Once a second come the symbols that changed; quiet ones never do, so the list is seeded by REST.
"""

import json
import logging
from datetime import datetime
from threading import Event
from typing import Any

from chalicelib.adapters.binance.budget import Priority
from chalicelib.adapters.binance.fields import instant, text
from chalicelib.adapters.binance.links import Backoff, StreamEnvironment
from chalicelib.domain.errors import ExchangeUnavailable, InvalidRequest, RateLimited
from chalicelib.domain.market import Quote
from chalicelib.domain.money import amount
from chalicelib.services.exchange_ports import QuotesListener

_CONNECT_WEIGHT = 2

_log = logging.getLogger(__name__)


class BinancePriceStream:
    """A PriceStream; `close` may be called from any thread."""

    def __init__(self, address: str, environment: StreamEnvironment) -> None:
        """`address` is that of the market streams, without a path."""
        self._address = f"{address}/ws/!miniTicker@arr"
        self._env = environment
        self._closing = Event()

    def close(self) -> None:
        """Make `run` return."""
        self._closing.set()

    def run(self, listener: QuotesListener) -> None:
        """Tell `listener` of changed prices until `close`."""
        pauses = Backoff(self._env.times, self._env.chance)
        while not self._closing.is_set():
            try:
                self._listen(listener, pauses)
            except RateLimited as error:
                self._env.budget.pause(error.retry_at, banned=error.banned)
                _log.warning("price_stream_lost", extra={"reason": str(error)})
            except ExchangeUnavailable as error:
                _log.warning("price_stream_lost", extra={"reason": str(error)})
            self._closing.wait(pauses.pause())

    def _listen(self, listener: QuotesListener, pauses: Backoff) -> None:
        if self._env.budget.try_spend(_CONNECT_WEIGHT, Priority.STREAMS):
            return
        link = self._env.open(self._address)
        _log.info("price_stream_connected")
        try:
            while not self._closing.is_set():
                frame = link.receive(self._env.times.look)
                if frame is None:
                    continue
                try:
                    at, quotes = quotes_of(frame)
                except InvalidRequest as error:
                    _log.warning("unreadable_price_frame", extra={"reason": str(error)})
                    continue
                pauses.reset()
                if quotes:
                    listener(at, quotes)
        finally:
            link.close()


def quotes_of(frame: str) -> tuple[datetime, dict[str, Quote]]:
    """The exchange's time of a frame of tickers, and their quotes by symbol.

    Raises InvalidRequest when it cannot be read, or when the server says it will go away.
    """
    try:
        rows: Any = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("the frame is not JSON") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidRequest("the frame is no list of tickers")
    if not rows:
        raise InvalidRequest("the frame holds no ticker")
    quotes = {
        text(row, "s"): Quote(amount(row.get("c"), "c"), amount(row.get("q"), "q")) for row in rows
    }
    return max(instant(row, "E") for row in rows), quotes
