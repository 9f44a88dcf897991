"""Keeps the league's prices: a list each minute of the exchange's time, and the newest one.

The list of a minute holds the last prices strictly before it. What the exchange lists is read
every quarter of an hour; the parser of frames finds it in the store. While nothing is heard of
the market, minutes keep the last prices, which then count as that much older, and the newest
list stays what it was.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event, Lock

from chalicelib.domain.errors import ExchangeError, LeagueError, StoreUnavailable
from chalicelib.domain.market import PriceList, Quote, Symbol, price_list
from ingest_container.outside import Outside

LATEST_EVERY = timedelta(seconds=15)
SYMBOLS_EVERY = timedelta(minutes=15)
SILENT_AFTER = timedelta(minutes=1)
TRY_AGAIN_AFTER = timedelta(seconds=10)
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
        self._heard_at = _LONG_AGO  # by the exchange's clock
        self._behind = False  # what is known of quiet symbols may be as old as a silence
        self._ask_again_at = _LONG_AGO
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
            self._heard_at = max(self._heard_at, at)
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
        """Do what the clocks say is due; what fails is tried again later."""
        try:
            if self._outside.machine() >= self._ask_again_at:
                self._ask()
            if not self._idle:
                self._look_at_exchange_time(self._outside.now())
            self._save()
        except (ExchangeError, StoreUnavailable) as error:
            self._note(error)

    def _ask(self) -> None:
        """Ask the exchange for what is due; after a failure not again for a while."""
        try:
            self._refresh_symbols()
            if not self._idle:
                self._seed()
                self._catch_up(self._outside.now())
            self.last_error = ""
        except ExchangeError as error:
            self._ask_again_at = self._outside.machine() + TRY_AGAIN_AFTER
            self._note(error)

    def _note(self, error: LeagueError) -> None:
        self.last_error = str(error)
        _log.warning("prices_not_kept", extra={"reason": str(error)})

    def _refresh_symbols(self) -> None:
        if self._outside.machine() - self._symbols_at >= SYMBOLS_EVERY:
            symbols = self._outside.exchange.symbols()
            if symbols != self._symbols:
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
            self._heard_at, self._behind = now, False
            self._previous = self._previous or previous
            self._minute = _minute_of(now) + _MINUTE

    def _catch_up(self, now: datetime) -> None:
        """After a jump of the clock, or a silence, ask for all quotes anew: what the stream said
        last is as old as the gap. The minute that was next keeps what it knew."""
        due = _minute_of(now - _STRAGGLERS)
        with self._lock:
            next_one, silence = self._minute, now - self._heard_at
        if next_one is None or not (due > next_one or silence > SILENT_AFTER or self._behind):
            return
        with self._lock:
            if due > next_one and self._minute == next_one:
                self._close_minute(next_one)
        try:
            quotes = self._outside.exchange.quotes()
        except ExchangeError:
            self._behind = True
            raise
        with self._lock:
            self._quotes.update(quotes)
            self._heard_at, self._behind = max(self._heard_at, now), False

    def _look_at_exchange_time(self, now: datetime) -> None:
        due = _minute_of(now - _STRAGGLERS)
        with self._lock:
            next_one = self._minute
            if next_one is None:
                return
            if due >= next_one:
                self._close_minute(due)
            if self._outside.machine() - self._latest_at < LATEST_EVERY or not self._hears(now):
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
        symbols = self._symbols.values() if self._hears(taken_at) else ()
        return price_list(symbols, self._quotes, taken_at, self._previous)

    def _hears(self, at: datetime) -> bool:
        """Whether what is known of the market is as new as `at`."""
        return not self._behind and at - self._heard_at <= SILENT_AFTER

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
