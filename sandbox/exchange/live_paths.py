"""The paths as they are in force: what the source gives, changed by what was set by hand.

Holds the recent days and hours in memory; everything else is made again when asked for.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from sandbox.exchange.by_hand import ByHand
from sandbox.exchange.intervals import DAY_MS, HOUR_MS
from sandbox.exchange.path import (
    FIRST_ID,
    LAST_ID,
    TICKS,
    TIME,
    DayPath,
    Floats,
    Ints,
    PathSource,
    Recent,
    Summary,
    first_id_of,
    random_for,
)
from sandbox.exchange.tape import TRADE_ID, TRADE_TICKS, split_point, summarise, unfold

_NO_POINTS = np.empty((8, 0), dtype=np.int64)
_NO_TRADES = np.empty((5, 0), dtype=np.int64)


class LivePaths:
    """Price, volume and trades of every pair at any time, in ticks and steps."""

    def __init__(self, source: PathSource, seed: int) -> None:
        self._source = source
        self._seed = seed
        self._symbols = source.symbols
        self.opens_at = {name: source.opens_at(name) for name in source.symbols}
        self.by_hand = ByHand(self._symbols, self.opens_at)
        # Two days of every pair: what the rolling 24 hours of a running exchange touch.
        self._days: Recent[tuple[str, int], DayPath] = Recent(2 * len(self._symbols) + 20)
        self._unfolded: Recent[tuple[str, int], Ints] = Recent(len(self._symbols) + 20)
        self._whole_days: dict[tuple[str, int], Summary | None] = {}

    def ticks_before(self, symbol: str, at: int) -> int:
        """The last price strictly before `at`. Raises LookupError before the pair's opening."""
        at = self.last_traded(symbol, at)
        self._check_open(symbol, at)
        day = (at - 1) // DAY_MS
        while True:
            path = self._day(symbol, day)
            place = path.before(at)
            if place:
                return int(path.ticks[place - 1])
            day -= 1

    def last_traded(self, symbol: str, at: int) -> int:
        """`at`, or the beginning of the time without trading that it lies in."""
        for halted, back in self.by_hand.halts(symbol):
            if halted < at <= back:
                return halted
        return at

    def summary(self, symbol: str, start: int, end: int) -> Summary | None:
        """All that happened in [start, end); None if nothing did.

        `start` is a full minute, or at least not within a step of the path.
        """
        total: Summary | None = None
        start = max(start, self.opens_at[symbol])
        for day in range(start // DAY_MS, -(-end // DAY_MS)):
            first, last = max(start, day * DAY_MS), min(end, (day + 1) * DAY_MS)
            if last - first == DAY_MS:
                key = (symbol, day)
                if key not in self._whole_days:
                    self._whole_days[key] = self._part(symbol, day, first, last)
                part = self._whole_days[key]
            else:
                part = self._part(symbol, day, first, last)
            if part is not None:
                total = part if total is None else total.then(part)
        return total

    def trades(self, symbol: str, hour: int) -> Ints:
        """Other people's trades of the hour number `hour`, as rows of `tape`."""
        begin = hour * HOUR_MS
        if self.halt_over(symbol, begin, begin + HOUR_MS):
            return _NO_TRADES
        trades = self._path_trades(symbol, hour)
        spec = self._symbols[symbol]
        if self.by_hand.jumps(spec):
            trades = trades.copy()
            factors = self.by_hand.factors(spec, trades[TIME])
            trades[TRADE_TICKS] = _scaled(trades[TRADE_TICKS], factors)
        return self._without_halts(symbol, trades)

    def halt_over(self, symbol: str, start: int, end: int) -> tuple[int, int] | None:
        """The time without trading that covers all of [start, end), if there is one."""
        for halted, back in self.by_hand.halts(symbol):
            if halted <= start and end <= back:
                return halted, back
        return None

    def set_price(self, symbol: str, price: Decimal, at: int) -> None:
        """Just after `at` the pair trades at `price`, a multiple of its tick."""
        spec = self._symbols[symbol]
        self._check_open(symbol, at)
        path_price = self._path_ticks(symbol, at) * spec.tick_size
        self.by_hand.set_price(spec, price, at, path_price)
        self._forget()

    def set_status(self, symbol: str, status: str, at: int) -> None:
        """The pair's state from `at` on."""
        self._check_open(symbol, at)
        self.by_hand.set_status(symbol, status, at)
        self._forget()

    def reset(self) -> None:
        """As if nothing had been set by hand."""
        self.by_hand = ByHand(self._symbols, self.opens_at)
        self._forget()

    def _forget(self) -> None:
        self._days.clear()
        self._whole_days.clear()

    def _check_open(self, symbol: str, at: int) -> None:
        if at <= self.opens_at[symbol]:
            raise LookupError(f"{symbol} was not listed yet at {at}")

    def _part(self, symbol: str, day: int, start: int, end: int) -> Summary | None:
        path = self._day(symbol, day)
        first, last = path.before(start), path.before(end)
        if first == last or path.points[LAST_ID, last - 1] < first_id_of(end):
            return path.summary(first, last)
        # `end` falls within the last point: only its trades until then count.
        trades = self.trades(symbol, (end - 1) // HOUR_MS)
        begun = trades[TRADE_ID] >= path.points[FIRST_ID, last - 1]
        tail = summarise(trades[:, begun & (trades[TIME] < end)])
        head = path.summary(first, last - 1)
        return head.then(tail) if head and tail else head or tail

    def _day(self, symbol: str, day: int) -> DayPath:
        return self._days.get((symbol, day), lambda: DayPath(self._points(symbol, day)))

    def _points(self, symbol: str, day: int) -> Ints:
        begin, end = day * DAY_MS, (day + 1) * DAY_MS
        if self.halt_over(symbol, begin, end):
            return _NO_POINTS
        points = self._source.points(symbol, day)
        spec = self._symbols[symbol]
        jumps = [at for at in self.by_hand.jumps(spec) if self.opens_at[symbol] < at < end]
        halts = self.by_hand.halts(symbol)
        for cut in sorted({*(at + 1 for at in jumps), *(at for halt in halts for at in halt)}):
            if begin <= cut < end:
                points = split_point(points, cut, lambda at: self._path_trades_at(symbol, at))
        if jumps:
            points = points.copy()
            points[TICKS] = _scaled(points[TICKS], self.by_hand.factors(spec, points[TIME]))
            rows = [points, *(self._jump(symbol, at) for at in jumps if begin <= at)]
            points = np.concatenate(rows, axis=1)
            points = points[:, points[TIME].argsort(kind="stable")]
        return self._without_halts(symbol, points)

    def _jump(self, symbol: str, at: int) -> Ints:
        factor = self.by_hand.factor_after(self._symbols[symbol], at)
        ticks = np.array([self._path_ticks(symbol, at)], dtype=np.int64)
        row = np.zeros((8, 1), dtype=np.int64)
        row[TIME] = at
        row[FIRST_ID] = row[LAST_ID] = first_id_of(at)
        row[TICKS] = _scaled(ticks, np.array([factor]))
        return row

    def _without_halts(self, symbol: str, rows: Ints) -> Ints:
        for halted, back in self.by_hand.halts(symbol):
            rows = rows[:, (rows[TIME] < halted) | (rows[TIME] >= back)]
        return rows

    def _path_ticks(self, symbol: str, at: int) -> int:
        """The last price of the path itself at or before `at`."""
        day = at // DAY_MS
        while True:
            points = self._source.points(symbol, day)
            place = int(points[TIME].searchsorted(at, side="right"))
            if place:
                return int(points[TICKS, place - 1])
            day -= 1

    def _path_trades_at(self, symbol: str, at: int) -> Ints:
        return self._path_trades(symbol, at // HOUR_MS)

    def _path_trades(self, symbol: str, hour: int) -> Ints:
        return self._unfolded.get((symbol, hour), lambda: self._unfold(symbol, hour))

    def _unfold(self, symbol: str, hour: int) -> Ints:
        begin = hour * HOUR_MS
        points = self._source.points(symbol, begin // DAY_MS)
        first, last = points[TIME].searchsorted((begin, begin + HOUR_MS))
        return unfold(points[:, first:last], random_for(self._seed, symbol, hour, "tape"))


def _scaled(ticks: Ints, factors: Floats) -> Ints:
    return np.maximum(np.rint(ticks * factors).astype(np.int64), 1)
