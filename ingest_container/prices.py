"""Keeps the league's prices: a list each minute of the exchange's time, and the newest one.

The list of a minute holds the last prices strictly before it. Symbols are read again each
hour; the parser of frames finds them in the store.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

from chalicelib.domain.errors import ExchangeError, StoreUnavailable
from chalicelib.domain.market import PriceList, Quote, Symbol, price_list
from ingest_container.outside import Outside

LATEST_EVERY = timedelta(seconds=15)
SYMBOLS_EVERY = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_STRAGGLERS = timedelta(seconds=2)  # tickers of a minute that come just after it
_LOOK_EVERY_S = 0.5
_UNSAVED = 120
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


class PriceKeeper:
    """Told of quotes by the price stream, and looks at the clocks itself; two threads."""

    def __init__(self, outside: Outside) -> None:
        """Nothing is asked before `run` or `look`."""
        self._outside = outside
        self._lock = Lock()
        self._stopping = Event()
        self._symbols: Mapping[str, Symbol] = {}
        self._symbols_at = _LONG_AGO
        self._quotes: dict[str, Quote] = {}
        self._minute: datetime | None = None
        self._previous: PriceList | None = None
        self._unsaved: list[PriceList] = []
        self._latest_at = _LONG_AGO
        self._idle = False
        self.last_error = ""

    def rest(self, idle: bool) -> None:
        """While idle (fast-forward), keep the symbols alone; then start with fresh quotes."""
        with self._lock:
            self._idle = idle
            self._quotes = {}
            self._minute = None

    def on_quotes(self, at: datetime, quotes: Mapping[str, Quote]) -> None:
        """Take in changed quotes of exchange time `at`; called by the price stream."""
        minute = _minute_of(at)
        with self._lock:
            if self._idle:
                return
            next_one = self._minute
            if next_one is not None and minute >= next_one:
                self._close_minute(next_one)
            self._quotes.update(quotes)
            if next_one is not None and minute > next_one:
                self._close_minute(minute)  # the clock jumped: the first prices after that

    def run(self) -> None:
        """Look at the clocks until `close`. May be called again after it raised."""
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(_LOOK_EVERY_S)

    def close(self) -> None:
        """Make `run` return."""
        self._stopping.set()

    def ready(self) -> bool:
        """Whether the next minute will be stored, as far as it depends on the keeper."""
        with self._lock:
            return self._idle or self._minute is not None

    def look(self) -> None:
        """Do what the clocks say is due; what fails is tried at the next look."""
        try:
            self._refresh_symbols()
            if not self._idle:
                self._seed()
                now = self._outside.now()
                self._catch_up(_minute_of(now - _STRAGGLERS))
                self._look_at_exchange_time(now)
            self._save()
            self.last_error = ""
        except (ExchangeError, StoreUnavailable) as error:
            self.last_error = str(error)
            _log.warning("prices_not_kept", extra={"reason": str(error)})

    def _refresh_symbols(self) -> None:
        if self._outside.machine() - self._symbols_at >= SYMBOLS_EVERY:
            symbols = self._outside.exchange.symbols()
            self._outside.prices.put_symbols(symbols)
            self._symbols = symbols
            self._symbols_at = self._outside.machine()

    def _seed(self) -> None:
        """Quiet symbols never come by the stream: ask for all once."""
        if self._minute is not None:
            return
        seed = self._outside.exchange.quotes()
        previous = self._outside.prices.latest()
        now = self._outside.now()
        with self._lock:
            self._quotes = seed | self._quotes
            self._previous = self._previous or previous
            self._minute = _minute_of(now) + _MINUTE

    def _catch_up(self, due: datetime) -> None:
        """After a jump of the clock, or a silence of minutes, ask for all quotes anew: what the
        stream said last is as old as the gap. The minute that was next keeps what it knew."""
        with self._lock:
            next_one = self._minute
        if next_one is None or due <= next_one:
            return
        quotes = self._outside.exchange.quotes()
        with self._lock:
            if self._minute == next_one:
                self._close_minute(next_one)
                self._quotes.update(quotes)

    def _look_at_exchange_time(self, now: datetime) -> None:
        due = _minute_of(now - _STRAGGLERS)
        with self._lock:
            next_one = self._minute
            if next_one is None:
                return
            if due >= next_one:
                self._close_minute(due)
            if self._outside.machine() - self._latest_at < LATEST_EVERY:
                return
            latest = self._list(now)
        self._outside.prices.put_latest(latest)
        self._latest_at = self._outside.machine()

    def _close_minute(self, minute: datetime) -> None:
        """Make the list of `minute` from what is known, and wait for the next one."""
        prices = self._list(minute)
        self._previous = prices
        self._unsaved = [*self._unsaved, prices][-_UNSAVED:]
        self._minute = minute + _MINUTE

    def _list(self, taken_at: datetime) -> PriceList:
        return price_list(self._symbols.values(), self._quotes, taken_at, self._previous)

    def _save(self) -> None:
        while True:
            with self._lock:
                if not self._unsaved:
                    return
                prices = self._unsaved[0]
            self._outside.prices.put_minute(prices)
            with self._lock:
                if self._unsaved and self._unsaved[0] is prices:
                    self._unsaved.pop(0)


def _minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
