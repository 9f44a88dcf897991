"""What an operator set by hand on top of the seeded market: prices and states of pairs.

A price set at `at` holds for every trade after `at`; a state holds from `at` on. Nothing before
`at` ever changes, whatever is set later.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from sandbox.exchange.catalogue import TRADING, SymbolSpec
from sandbox.exchange.intervals import DAY_MS
from sandbox.exchange.path import STEP_MS, Floats, Ints

_FOR_EVER = 2**62
# Pairs that are not trading in the catalogue did trade once: they have a stale price.
_TRADED_FOR_MS = 7 * DAY_MS


class _Schedule:
    """A number that changes at given times; 1 before the first."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.values: list[float] = []

    def put(self, at: int, value: float) -> None:
        place = bisect_left(self.times, at)
        if self.times[place : place + 1] == [at]:
            self.values[place] = value
        else:
            self.times.insert(place, at)
            self.values.insert(place, value)

    def after(self, at: int) -> float:
        """The number just after `at`."""
        place = bisect_right(self.times, at)
        return self.values[place - 1] if place else 1.0

    def during(self, times: Ints) -> Floats:
        """The number in force at each of `times`, those set at that very time not yet."""
        values = np.array([1.0, *self.values])
        return values[np.array(self.times, dtype=np.int64).searchsorted(times)]


class ByHand:
    """The prices and states set so far. Prices are factors on the path of a coin or of a pair."""

    def __init__(self, symbols: Mapping[str, SymbolSpec], opens_at: Mapping[str, int]) -> None:
        self._symbols = symbols
        self._prices: list[tuple[str, Decimal, int]] = []
        self._states: list[tuple[str, str, int]] = []
        self._coins: dict[str, _Schedule] = {}
        self._pairs: dict[str, _Schedule] = {}
        self._status: dict[str, list[tuple[int, str]]] = {}
        for name, spec in symbols.items():
            if spec.status != TRADING:
                self._status[name] = [(opens_at[name] + _TRADED_FOR_MS, spec.status)]

    def set_price(self, spec: SymbolSpec, price: Decimal, at: int, path_price: Decimal) -> None:
        """From just after `at` the pair goes on from `price` where its own path has `path_price`.

        Setting a coin's USDT pair moves the coin, and so all its pairs; any other pair moves alone.
        """
        wanted = float(price) / float(path_price)
        if spec.quote == "USDT":
            self._coins.setdefault(spec.base, _Schedule()).put(at, wanted)
        elif spec.base == "USDT":
            self._coins.setdefault(spec.quote, _Schedule()).put(at, 1 / wanted)
        else:
            others = self._coin(spec.base, at) / self._coin(spec.quote, at)
            self._pairs.setdefault(spec.name, _Schedule()).put(at, wanted / others)
        self._prices.append((spec.name, price, at))

    def set_status(self, symbol: str, status: str, at: int) -> None:
        """The pair's state from `at` on."""
        states = self._status.setdefault(symbol, [])
        states[:] = [state for state in states if state[0] != at]
        insort(states, (at, status))
        self._states.append((symbol, status, at))

    def status(self, symbol: str, at: int) -> str:
        """The pair's state at `at`."""
        states = self._status.get(symbol, [])
        place = bisect_right(states, at, key=lambda state: state[0])
        return states[place - 1][1] if place else TRADING

    def turns_to(self, status: str) -> list[tuple[str, int]]:
        """The pairs that get that state, and when."""
        return [
            (symbol, at)
            for symbol, states in self._status.items()
            for at, each in states
            if each == status
        ]

    def halts(self, symbol: str) -> list[tuple[int, int]]:
        """The times [from, to) without other people's trades, ascending.

        Trade comes back with the first full step of the path after the pair's return.
        """
        found: list[tuple[int, int]] = []
        since: int | None = None
        for at, status in self._status.get(symbol, []):
            if status != TRADING and since is None:
                since = at
            elif status == TRADING and since is not None:
                found.append((since, -(-at // STEP_MS) * STEP_MS))
                since = None
        return found if since is None else [*found, (since, _FOR_EVER)]

    def jumps(self, spec: SymbolSpec) -> list[int]:
        """The times at which the pair's price was set, by itself or through a coin; ascending."""
        return sorted({at for schedule in self._schedules(spec) for at in schedule.times})

    def factor_after(self, spec: SymbolSpec, at: int) -> float:
        """What the path is multiplied with just after `at`."""
        own = self._pairs[spec.name].after(at) if spec.name in self._pairs else 1.0
        return own * self._coin(spec.base, at) / self._coin(spec.quote, at)

    def factors(self, spec: SymbolSpec, times: Ints) -> Floats:
        """What the path is multiplied with for a trade at each of `times`."""
        values = np.ones(len(times))
        if spec.name in self._pairs:
            values *= self._pairs[spec.name].during(times)
        if spec.base in self._coins:
            values *= self._coins[spec.base].during(times)
        if spec.quote in self._coins:
            values /= self._coins[spec.quote].during(times)
        return values

    def dump(self) -> dict[str, Any]:
        """Everything set so far, in the order of setting; plain JSON."""
        return {
            "prices": [[name, format(price, "f"), at] for name, price, at in self._prices],
            "statuses": [list(state) for state in self._states],
        }

    def _coin(self, coin: str, at: int) -> float:
        return self._coins[coin].after(at) if coin in self._coins else 1.0

    def _schedules(self, spec: SymbolSpec) -> list[_Schedule]:
        found = [self._coins.get(spec.base), self._coins.get(spec.quote)]
        return [each for each in (*found, self._pairs.get(spec.name)) if each is not None]
