"""The market the sandbox exchange trades on: prices, candles, 24 h figures and the public tape.

Every answer is a pure function of the seed (or of the folder of candles), the time asked for and
what was set by hand, so the order of questions never matters. Times are ms UTC; "at t" means from
what happened strictly before t. Users' orders and fills are left to the exchange.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from sandbox.exchange.catalogue import TRADING, SymbolSpec
from sandbox.exchange.intervals import DAY_MS, HOUR_MS, MINUTE_MS, next_open, open_of
from sandbox.exchange.listed_paths import ListedPaths
from sandbox.exchange.live_paths import LivePaths
from sandbox.exchange.path import OTHERS_PER_MS, STEP_MS, PathSource, Summary, first_id_of
from sandbox.exchange.tape import TapeTrade, as_trades, between

BREAK = "BREAK"
# The state of a pair that is no longer there; exchangeInfo never shows it.
DELISTED = "DELISTED"


@dataclass(frozen=True, slots=True)
class Candle:
    """One candle. Times in ms, `close_time` the last ms inside; `taker_*` is what takers bought."""

    open_time: int
    close_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    taker_base: Decimal
    taker_quote: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class DayStats:
    """The last 24 hours of a pair, beginning at a full minute. Ids are -1 where nothing traded."""

    symbol: str
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    volume: Decimal
    quote_volume: Decimal
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


class Market:
    """Everything the exchange knows about prices.

    All methods raise KeyError for an unknown pair and LookupError for a time before its first
    trade.
    """

    def __init__(self, source: PathSource, seed: int, *, shift_ms: int = 0) -> None:
        """`shift_ms`: how much later a recorded candle happens here than in its file."""
        self._listings = ListedPaths(source, seed)
        self.symbols: Mapping[str, SymbolSpec] = self._listings.symbols
        self.shift_ms = shift_ms
        self.closed = False
        self._paths = LivePaths(source, seed)
        self._paths = LivePaths(self._listings, seed)

    def price(self, symbol: str, at: int) -> Decimal:
        """The last price strictly before `at`, a multiple of the pair's tick."""
        return self._paths.ticks_before(symbol, at) * self.symbols[symbol].tick_size

    def prices(self, at: int) -> dict[str, Decimal]:
        """The last price of every listed pair, those that do not trade included."""
        return {
            name: self._paths.ticks_before(name, at) * spec.tick_size
            for name, spec in self.symbols.items()
            if self.listed(name, at)
        }

    def listed(self, symbol: str, at: int) -> bool:
        """Whether the exchange knows the pair at `at`: opened before it, and not delisted."""
        return (
            symbol in self.symbols
            and self._paths.opens_at[symbol] < at
            and not self.delisted(symbol, at)
        )

    def delisted(self, symbol: str, at: int) -> bool:
        """Whether the pair was listed and is gone."""
        return self._paths.by_hand.status(symbol, at) == DELISTED

    def delistings_after(self, at: int) -> list[tuple[str, int]]:
        """The listed pairs that will be gone, and when."""
        return [
            (symbol, gone)
            for symbol, gone in self._paths.by_hand.turns_to(DELISTED)
            if gone > at and self.listed(symbol, at)
        ]

    def status(self, symbol: str, at: int) -> str:
        """The pair's state at `at`: TRADING, HALT, BREAK, CANCEL_ONLY, …

        BREAK for every pair while the market is `closed` for maintenance.
        """
        if self.closed:
            return BREAK
        return self._paths.by_hand.status(self.symbols[symbol].name, at)

    def candles(
        self,
        symbol: str,
        interval: str,
        *,
        start: int | None,
        end: int | None,
        limit: int,
        now: int,
    ) -> list[Candle]:
        """At most `limit` candles with start ≤ open time ≤ end, ascending.

        With `start` the oldest of them, else the newest; the last one runs until `now`. A time
        without trade gives flat candles, a time in which the pair was not trading none. Raises
        KeyError for an unknown interval.
        """
        last = now - 1 if end is None else min(now - 1, end)
        if start is None:
            opens = [*islice(self._opens_backward(symbol, interval, last), limit)][::-1]
        else:
            opens = [*islice(self._opens_forward(symbol, interval, start, last), limit)]
        return [self._candle(symbol, interval, open_time, now) for open_time in opens]

    def day(self, symbol: str, at: int) -> DayStats:
        """The rolling 24 hours before `at`; they begin at the full minute."""
        spec = self.symbols[symbol]
        begin = (at - DAY_MS) // MINUTE_MS * MINUTE_MS
        found = self._paths.summary(symbol, begin, at) or self._flat(symbol, at)
        return DayStats(
            symbol=symbol,
            open=found.open * spec.tick_size,
            high=found.high * spec.tick_size,
            low=found.low * spec.tick_size,
            last=found.close * spec.tick_size,
            volume=found.steps * spec.step_size,
            quote_volume=found.value * (spec.tick_size * spec.step_size),
            open_time=begin,
            close_time=at,
            first_id=found.first_id,
            last_id=found.last_id,
            count=found.count,
        )

    def tape(self, symbol: str, *, start: int, end: int, limit: int) -> list[TapeTrade]:
        """The oldest `limit` of other people's trades in [start, end), ascending."""
        found: list[TapeTrade] = []
        first = max(start, self._paths.opens_at[symbol])
        for hour in range(first // HOUR_MS, -(-end // HOUR_MS)):
            if len(found) >= limit:
                break
            trades = between(self._paths.trades(symbol, hour), first, end)
            found += as_trades(trades[:, : limit - len(found)], self.symbols[symbol])
        return found

    def recent_tape(self, symbol: str, *, before: int, limit: int) -> list[TapeTrade]:
        """The newest `limit` of other people's trades before `before`, ascending."""
        found: list[TapeTrade] = []
        first = self._paths.opens_at[symbol]
        before = self._paths.last_traded(symbol, before)
        for hour in range((before - 1) // HOUR_MS, first // HOUR_MS - 1, -1):
            if len(found) >= limit:
                break
            trades = between(self._paths.trades(symbol, hour), first, before)
            skipped = max(trades.shape[1] - (limit - len(found)), 0)
            found = as_trades(trades[:, skipped:], self.symbols[symbol]) + found
        return found

    def trade_id(self, symbol: str, at: int) -> int:
        """The first of the sixteen ids free for users' fills at `at`; the tape's are lower."""
        if symbol not in self.symbols:
            raise KeyError(symbol)
        return first_id_of(at) + OTHERS_PER_MS

    def set_price(self, symbol: str, price: Decimal, at: int) -> None:
        """Just after `at` the pair trades at `price`, and its path goes on from there.

        Setting a coin's USDT pair moves its other pairs too. Raises ValueError where `price` is
        not a positive multiple of the tick.
        """
        tick = self.symbols[symbol].tick_size
        if price <= 0 or price % tick:
            raise ValueError(f"{symbol}: price {price} is no positive multiple of {tick}")
        self._paths.set_price(symbol, price, at)

    def set_status(self, symbol: str, status: str, at: int) -> None:
        """The pair's state from `at` on. While not TRADING it keeps its price and has no tape."""
        self._paths.set_status(self.symbols[symbol].name, status, at)

    def delist(self, symbol: str, at: int) -> None:
        """From `at` on the pair is gone; its past stays."""
        self.set_status(symbol, DELISTED, at)

    def list_pair(self, spec: SymbolSpec, price: Decimal, at: int) -> None:
        """Just after `at` the pair trades for the first time, at `price`.

        A pair that was delisted comes back, at `price` from the next full step of its path.
        Raises ValueError for one that is there, and where `price` is no multiple of the tick.
        """
        if price <= 0 or price % spec.tick_size:
            raise ValueError(f"{spec.name}: price {price} is no multiple of {spec.tick_size}")
        if spec.name not in self.symbols:
            self._listings.add(spec, price, at)
            self._paths.opens_at[spec.name] = at
        elif self.delisted(spec.name, at):
            self.set_status(spec.name, TRADING, at)
            self.set_price(spec.name, price, -(-at // STEP_MS) * STEP_MS)
        else:
            raise ValueError(f"{spec.name} is listed already")

    def dump(self) -> dict[str, Any]:
        """What was set and listed by hand, as JSON; the rest follows from the seed."""
        return self._paths.by_hand.dump() | {"listed": self._listings.dump()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Put in force what `dump` gave, in place of what was set by hand until now."""
        self._paths.reset()
        for name in self._listings.clear():
            del self._paths.opens_at[name]
        for spec, price, at in self._listings.read(state["listed"]):
            self.list_pair(spec, price, at)
        for symbol, price, at in state["prices"]:
            self.set_price(symbol, Decimal(price), at)
        for symbol, status, at in state["statuses"]:
            self.set_status(symbol, status, at)

    def _opens_forward(self, symbol: str, interval: str, start: int, last: int) -> Iterator[int]:
        at = open_of(interval, max(start, self._paths.opens_at[symbol]))
        if at < start:
            at = next_open(interval, at)
        while at <= last:
            following = next_open(interval, at)
            halt = self._paths.halt_over(symbol, at, following)
            if halt is None:
                yield at
                at = following
            elif halt[1] > last:
                return
            else:
                at = open_of(interval, halt[1])

    def _opens_backward(self, symbol: str, interval: str, last: int) -> Iterator[int]:
        at, first = open_of(interval, last), self._paths.opens_at[symbol]
        while next_open(interval, at) > first:
            halt = self._paths.halt_over(symbol, at, next_open(interval, at))
            if halt is None:
                yield at
            at = open_of(interval, (at if halt is None else halt[0]) - 1)

    def _candle(self, symbol: str, interval: str, open_time: int, now: int) -> Candle:
        spec = self.symbols[symbol]
        closes_at = next_open(interval, open_time)
        until = min(closes_at, now)
        found = self._paths.summary(symbol, open_time, until) or self._flat(symbol, until)
        unit = spec.tick_size * spec.step_size
        return Candle(
            open_time=open_time,
            close_time=closes_at - 1,
            open=found.open * spec.tick_size,
            high=found.high * spec.tick_size,
            low=found.low * spec.tick_size,
            close=found.close * spec.tick_size,
            volume=found.steps * spec.step_size,
            quote_volume=found.value * unit,
            taker_base=found.buy_steps * spec.step_size,
            taker_quote=found.buy_value * unit,
            trades=found.count,
        )

    def _flat(self, symbol: str, at: int) -> Summary:
        ticks = self._paths.ticks_before(symbol, at)
        return Summary(ticks, ticks, ticks, ticks, 0, 0, 0, 0, 0, -1, -1)
