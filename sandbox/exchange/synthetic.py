"""Seeded candles: a market made of one common factor and each coin's own, with fat tails.

Every coin has a value in USDT; a pair's price is the ratio of two of them, so crosses agree. The
value is drawn in three layers, each pinned to the one above: weeks (which pull back to the coin's
usual value), hours (Student-t, stronger in the afternoon) and steps of ten seconds. A day can thus
be made without the days before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sandbox.exchange.catalogue import SYMBOLS, SymbolSpec
from sandbox.exchange.intervals import DAY_MS, HOUR_MS
from sandbox.exchange.market import Market
from sandbox.exchange.path import (
    STEP_MS,
    STEPS_PER_DAY,
    STEPS_PER_HOUR,
    Floats,
    Ints,
    Recent,
    draw_counts,
    make_points,
    random_for,
)

# Monday, 2024-01-01: nothing was listed before.
OPENED_AT = 1_704_067_200_000
_WEEK_MS = 7 * DAY_MS
_HOURS_PER_WEEK = 168
# The path begins a week earlier, so that the first listed minute has a price before it.
_ORIGIN = OPENED_AT - _WEEK_MS
_TAILS = 4
_CROSS_NOISE = 0.00005
_CALM = 0.005
# Most is traded in the afternoon, UTC; the mean is 1.
_BUSY = 1 + 0.25 * np.sin((np.arange(24) - 9) * np.pi / 12)


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin's usual value, its volatility of a day, and how much of that all coins share."""

    value_usdt: float
    volatility: float
    common: float = 0.7


COINS: dict[str, Coin] = {
    "BTC": Coin(72_000, 0.025, 0.93),
    "ETH": Coin(2_350, 0.036, 0.85),
    "BNB": Coin(620, 0.027, 0.8),
    "SOL": Coin(92, 0.043, 0.8),
    "XRP": Coin(1.4, 0.04, 0.7),
    "DOGE": Coin(0.11, 0.052),
    "ADA": Coin(0.27, 0.045),
    "TRX": Coin(0.31, 0.022, 0.4),
    "LINK": Coin(9.4, 0.046),
    "AVAX": Coin(9.8, 0.048),
    "LTC": Coin(56, 0.037),
    "PEPE": Coin(0.0000075, 0.065, 0.6),
    "DOT": Coin(1.45, 0.047),
    "UNI": Coin(3.6, 0.05),
    "LDO": Coin(0.42, 0.057, 0.6),
    "币安人生": Coin(0.085, 0.07, 0.3),
    "ZEN": Coin(6.1, 0.06, 0.5),
    "QTUM": Coin(1.3, 0.046, 0.6),
    "DCR": Coin(21, 0.055, 0.4),
    "IOTX": Coin(0.0085, 0.055, 0.5),
    "PIVX": Coin(1.9, 0.06, 0.3),
    "WAN": Coin(1.1, 0.055, 0.3),
    "NAV": Coin(0.9, 0.06, 0.3),
    "FIS": Coin(0.12, 0.06, 0.4),
    "ARPA": Coin(0.017, 0.055, 0.5),
    "WAVES": Coin(1.1, 0.06),
    "OMG": Coin(0.24, 0.05),
    "SRM": Coin(0.037, 0.06),
    "USDC": Coin(1.0, 0.0001, 0.0),
    "FDUSD": Coin(0.9985, 0.00015, 0.0),
    "EUR": Coin(1.16, 0.004, 0.1),
    "TRY": Coin(1 / 43.5, 0.003, 0.05),
}
_NAMES = list(COINS)
_VOLATILITY = np.array([coin.volatility for coin in COINS.values()])
_COMMON = np.array([coin.common for coin in COINS.values()])
_USUAL = np.log([coin.value_usdt for coin in COINS.values()])
# Money stays near its usual value; a coin's value comes back slowly.
_PULLS = np.where(_VOLATILITY < _CALM, 0.5, 0.08)


def synthetic_market(seed: int, *, start: int, hours: int) -> Market:
    """The market of `seed`. It covers any time from OPENED_AT on, not only `hours` from `start`.

    Raises ValueError where `start` lies before OPENED_AT.
    """
    if start < OPENED_AT:
        raise ValueError(f"start {start} lies before the market's opening at {OPENED_AT}")
    source = SyntheticPaths(seed)
    source.prepare(start + hours * HOUR_MS)
    return Market(source, seed)


def trades_per_hour(day_value_usdt: float) -> float:
    """How many trades a pair has in a usual hour when a usual day trades so much: 1 to 4,200."""
    values = [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.5]
    trades = [1.0, 3.0, 12.0, 400.0, 3_300.0, 3_700.0, 4_200.0]
    return float(np.interp(np.log10(max(day_value_usdt, 1.0)), values, trades))


class SyntheticPaths:
    """The paths of all pairs of the catalogue."""

    def __init__(self, seed: int) -> None:
        self.symbols: Mapping[str, SymbolSpec] = SYMBOLS
        self._seed = seed
        self._weeks: list[Floats] = [_USUAL]
        self._hours: Recent[int, Floats] = Recent(4)
        self._values: Recent[tuple[str, int], Floats] = Recent(2 * len(COINS))
        self._points: Recent[tuple[str, int], Ints] = Recent(2 * len(SYMBOLS) + 20)

    def opens_at(self, symbol: str) -> int:
        """All pairs were listed on the same day."""
        return OPENED_AT

    def points(self, symbol: str, day: int) -> Ints:
        """The trades of a day, in steps of ten seconds; a day has at least one."""
        return self._points.get((symbol, day), lambda: self._make(self.symbols[symbol], day))

    def prepare(self, until: int) -> None:
        """Draw the weeks up to `until` (ms) now rather than at the first question."""
        self._week_start((until - _ORIGIN) // _WEEK_MS + 1)

    def _make(self, spec: SymbolSpec, day: int) -> Ints:
        random = random_for(self._seed, spec.name, day, "points")
        usual = trades_per_hour(spec.day_value_usdt)
        activity = np.clip(random.normal(1, 0.08), 0.85, 1.15) * np.repeat(_BUSY, STEPS_PER_HOUR)
        counts = draw_counts(random, usual / STEPS_PER_HOUR * activity)
        if not counts.any():
            counts[random.integers(STEPS_PER_DAY)] = 1
        traded = np.flatnonzero(counts)
        counts = counts[traded]
        base = self._value(spec.base, day)[traded]
        ratio = base - self._value(spec.quote, day)[traded]
        if "USDT" not in (spec.base, spec.quote):
            ratio += random.normal(0, _CROSS_NOISE, len(traded))
        ticks = np.maximum(np.rint(np.exp(ratio) / float(spec.tick_size)), 1).astype(np.int64)
        trade_usdt = spec.day_value_usdt / 24 / usual * random.standard_exponential(len(traded))
        steps = np.rint(counts * trade_usdt / np.exp(base) / float(spec.step_size))
        steps = np.maximum(steps.astype(np.int64), counts)
        starts = day * DAY_MS + traded * STEP_MS
        return make_points(random, starts, ticks, steps, counts)

    def _value(self, coin: str, day: int) -> Floats:
        if coin == "USDT":
            return np.zeros(STEPS_PER_DAY)
        return self._values.get((coin, day), lambda: self._make_value(coin, day))

    def _make_value(self, coin: str, day: int) -> Floats:
        """The logarithm of the coin's value at the end of each step of the day."""
        week, first = divmod((day * DAY_MS - _ORIGIN) // HOUR_MS, _HOURS_PER_WEEK)
        ends = self._hour_ends(week)[first : first + 25, _NAMES.index(coin), np.newaxis]
        random = random_for(self._seed, coin, day, "value")
        strength = COINS[coin].volatility / np.sqrt(STEPS_PER_DAY) * np.sqrt(_BUSY)
        moves = random.standard_normal((24, STEPS_PER_HOUR)) * strength[:, np.newaxis]
        walk = moves.cumsum(axis=1)
        passed = np.arange(1, STEPS_PER_HOUR + 1) / STEPS_PER_HOUR
        path: Floats = ends[:-1] + walk + passed * (ends[1:] - ends[:-1] - walk[:, -1:])
        return path.ravel()

    def _hour_ends(self, week: int) -> Floats:
        return self._hours.get(week, lambda: self._make_hour_ends(week))

    def _make_hour_ends(self, week: int) -> Floats:
        begin, end = self._week_start(week), self._week_start(week + 1)
        random = random_for(self._seed, week, "hours")
        nervous = np.repeat(np.exp(random.normal(0, 0.3, 7)), 24) * np.tile(np.sqrt(_BUSY), 7)
        moves = _shocks(random, _HOURS_PER_WEEK) * nervous[:, np.newaxis] * _VOLATILITY / 24**0.5
        moves += (end - begin - moves.sum(axis=0)) / _HOURS_PER_WEEK
        return np.concatenate((begin[np.newaxis], begin + moves.cumsum(axis=0)))

    def _week_start(self, week: int) -> Floats:
        while len(self._weeks) <= week:
            random = random_for(self._seed, len(self._weeks), "week")
            away = (self._weeks[-1] - _USUAL) * (1 - _PULLS)
            self._weeks.append(_USUAL + away + _shocks(random, 1)[0] * _VOLATILITY * 7**0.5)
        return self._weeks[week]


def _shocks(random: np.random.Generator, count: int) -> Floats:
    """Moves of all coins with variance 1 each: a common part and their own, both with fat tails."""
    drawn = random.standard_t(_TAILS, (count, 1 + len(COINS))) * ((_TAILS - 2) / _TAILS) ** 0.5
    moves: Floats = drawn[:, :1] * np.sqrt(_COMMON) + drawn[:, 1:] * np.sqrt(1 - _COMMON)
    return moves
