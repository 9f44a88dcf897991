"""Pairs listed by hand while the exchange is open, beside those its source has from the start.

Such a pair begins with one price. Its path is drawn like a bridge from day to day around that
price; the pairs of one coin move together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from sandbox.exchange.catalogue import SymbolSpec, make_spec
from sandbox.exchange.intervals import DAY_MS
from sandbox.exchange.path import (
    FIRST_ID,
    LAST_ID,
    STEP_MS,
    STEPS_PER_DAY,
    TICKS,
    TIME,
    Floats,
    Ints,
    PathSource,
    Recent,
    first_id_of,
    make_points,
    random_for,
)

DAY_VALUE_USDT = 20_000_000
_DAILY_MOVE = 0.03
_STEP_MOVE = 0.0005
_TRADES_A_STEP = 2
_DAYS_KEPT = 100


@dataclass(frozen=True, slots=True)
class _Listing:
    spec: SymbolSpec
    price: Decimal
    at: int


class ListedPaths:
    """A source of paths with more pairs than the one it was made from."""

    def __init__(self, source: PathSource, seed: int) -> None:
        self._source = source
        self._seed = seed
        self._listings: dict[str, _Listing] = {}
        self._points: Recent[tuple[str, int], Ints] = Recent(_DAYS_KEPT)
        self.symbols: dict[str, SymbolSpec] = dict(source.symbols)

    def opens_at(self, symbol: str) -> int:
        listing = self._listings.get(symbol)
        return self._source.opens_at(symbol) if listing is None else listing.at

    def points(self, symbol: str, day: int) -> Ints:
        listing = self._listings.get(symbol)
        if listing is None:
            return self._source.points(symbol, day)
        return self._points.get((symbol, day), lambda: self._make(listing, day))

    def add(self, spec: SymbolSpec, price: Decimal, at: int) -> None:
        """The pair begins at `at` with `price`, a multiple of its tick."""
        self._listings[spec.name] = _Listing(spec, price, at)
        self.symbols[spec.name] = spec

    def clear(self) -> list[str]:
        """Forget what was added; returns the names of those pairs."""
        names = list(self._listings)
        for name in names:
            del self.symbols[name]
        self._listings.clear()
        self._points.clear()
        return names

    def dump(self) -> list[dict[str, Any]]:
        """What was added, as JSON."""
        return [
            {
                "base": each.spec.base,
                "quote": each.spec.quote,
                "tick": format(each.spec.tick_size, "f"),
                "step": format(each.spec.step_size, "f"),
                "price": format(each.price, "f"),
                "at": each.at,
            }
            for each in self._listings.values()
        ]

    @staticmethod
    def read(dumped: Iterable[Mapping[str, Any]]) -> Iterator[tuple[SymbolSpec, Decimal, int]]:
        """What `dump` wrote, as the arguments of `add`."""
        for each in dumped:
            spec = new_spec(each["base"], each["quote"], each["tick"], each["step"])
            yield spec, Decimal(each["price"]), each["at"]

    def _make(self, listing: _Listing, day: int) -> Ints:
        spec, random = listing.spec, random_for(self._seed, listing.spec.name, day, "points")
        counts = random.poisson(_TRADES_A_STEP, STEPS_PER_DAY).astype(np.int64)
        starts = day * DAY_MS + np.arange(STEPS_PER_DAY, dtype=np.int64) * STEP_MS
        traded = (counts > 0) & (starts > listing.at)
        first = self._walk(spec.base, listing.at // DAY_MS)
        opening = first[listing.at % DAY_MS // STEP_MS]
        factors = np.exp(self._walk(spec.base, day)[traded] - opening)
        ticks = np.rint(factors * float(listing.price / spec.tick_size)).astype(np.int64)
        usual = DAY_VALUE_USDT / DAY_MS * STEP_MS / max(float(listing.price), 1e-9)
        steps = np.rint(usual / float(spec.step_size) * random.standard_exponential(len(ticks)))
        steps = np.maximum(steps.astype(np.int64), counts[traded])
        points = make_points(random, starts[traded], np.maximum(ticks, 1), steps, counts[traded])
        if listing.at // DAY_MS != day:
            return points
        return np.concatenate((_opening_row(listing), points), axis=1)

    def _walk(self, coin: str, day: int) -> Floats:
        """The coin's logarithm over a day's steps, from this day's own level to the next one's."""
        begin, end = (
            float(random_for(self._seed, coin, each, "level").normal(0, _DAILY_MOVE))
            for each in (day, day + 1)
        )
        noise = random_for(self._seed, coin, day, "steps").normal(0, _STEP_MOVE, STEPS_PER_DAY)
        walk = noise.cumsum()
        passed = np.arange(1, STEPS_PER_DAY + 1) / STEPS_PER_DAY
        path: Floats = begin + walk + passed * (end - begin - walk[-1])
        return path


def new_spec(base: str, quote: str, tick: str, step: str) -> SymbolSpec:
    """The rules of a pair listed by hand."""
    return make_spec(base, quote, tick, step, DAY_VALUE_USDT)


def _opening_row(listing: _Listing) -> Ints:
    """The first price, without a trade of its own, so that it holds just after the opening."""
    row = np.zeros((8, 1), dtype=np.int64)
    row[TIME] = listing.at
    row[FIRST_ID] = row[LAST_ID] = first_id_of(listing.at)
    row[TICKS] = int(listing.price / listing.spec.tick_size)
    return row
