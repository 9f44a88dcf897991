"""What public answers tell of each listed trade, before any tape is looked at.

Between trades a trader's value moves with the prices of what he holds, so every published return
and every published split of his money is a linear equation in what he held at first and in what
each trade moved. They are solved together by least squares. Everything is in units of his first
value, which the answers never tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from chalicelib.domain.profile import POOLED
from chalicelib.domain.windows import hour_of
from tests.unmasking.league import FIRST, Placed, PublicLeague, Watched

Floats = NDArray[np.float64]
Price = Callable[[str, int], float]

FEE = 0.001
_ROUNDING = 1e-4 / 12**0.5
"""Standard deviation of what rounding a return to 2 decimals of a percent takes away."""

_SPLIT_ROUNDING = 0.005
_HELD_AT_FIRST = 1.0
_MOVE_OF_AN_HOUR, _MOVE_OF_A_DAY = 0.02, 0.08
_RANGES = {"<1": (0.0005, 0.01), "1-5": (0.01, 0.05), "5-20": (0.05, 0.2), "20-50": (0.2, 0.5)}
_LARGEST = (0.5, 1.0)
_ANY = (0.0005, 1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list of trades: an order of the hours [start, end), and what is said of it.
    `size` is the range of its share of what he had at `start`; `fills` are the second and the
    price of each fill where the list is exact."""

    start: int
    end: int
    pair: str
    buys: bool
    size: tuple[float, float]
    fills: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Belief:
    """What the answers tell of one row, its own size range left out: mean and precision of what
    it moved at the closing price, and of how much that was worth less than what it cost.
    `opened` is his value at the start. Units of his first value. `closing` is the price of the
    pair at the end."""

    mean: Floats
    precision: Floats
    opened: float
    closing: float


def rows_of(listed: Sequence[Mapping[str, str]]) -> list[Row]:
    """The rows of a list of trades, oldest first."""
    exact: dict[tuple[str, str, str], list[tuple[int, float]]] = {}
    found = []
    for row in listed:
        if row["precision"] == "second":
            key = row["at"], row["pair"], row["side"]
            second = round(datetime.fromisoformat(row["at"]).timestamp())
            exact.setdefault(key, []).append((second, float(row["price"])))
            continue
        start = hour_of(datetime.fromisoformat(row["at"] + "T00:00:00Z" * (len(row["at"]) == 10)))
        end = start + (24 if row["precision"] == "day" else 1)
        size = _RANGES.get(row["size_pct"], _LARGEST)
        found.append(Row(start, end, _symbol(row["pair"]), row["side"] == "buy", size))
    for (_, pair, side), fills in exact.items():
        hour = fills[0][0] // 3600
        found.append(Row(hour, hour + 1, _symbol(pair), side == "buy", _ANY, tuple(sorted(fills))))
    return sorted(found, key=lambda row: row.start)


def told(placed: Sequence[Placed]) -> list[Row]:
    """The rows of one who has learned pair, side and hour of each trade otherwise, and no size."""
    return [Row(each.hour, each.hour + 1, each.pair, each.buys, _ANY) for each in placed]


def _symbol(pair: str) -> str:
    return pair.replace("/", "")


def beliefs(
    watched: Watched, rows: Sequence[Row], league: PublicLeague, *, with_returns: bool
) -> list[Belief]:
    """What the split of his money tells of each row, and with `with_returns` the returns too."""
    return _Equations(rows, league).solve(watched, with_returns=with_returns)


class _Equations:
    """The unknowns: what he held at first of each coin, then two numbers for each row."""

    def __init__(self, rows: Sequence[Row], league: PublicLeague) -> None:
        self._rows = rows
        self._closing = [league.price(row.pair, row.end) for row in rows]
        self._pairs = sorted({row.pair for row in rows})
        self._first, self._last = FIRST, league.last
        hours = range(self._first, self._last + 1)
        price = {p: np.array([league.price(p, hour) for hour in hours]) for p in self._pairs}
        unknowns = len(self._pairs) + 2 * len(rows)
        self._held = {pair: np.zeros((len(hours), unknowns)) for pair in self._pairs}
        self._value = np.zeros((len(hours), unknowns))
        for place, (pair, prices) in enumerate(price.items()):
            self._held[pair][:, place] = prices / prices[0]
            self._value[:, place] = prices / prices[0] - 1
        for number, row in enumerate(rows):
            self._add(number, row, price[row.pair])

    def _add(self, number: int, row: Row, prices: Floats) -> None:
        moved = len(self._pairs) + 2 * number
        closed = row.end - self._first
        sign = 1.0 if row.buys else -1.0
        since = prices[closed:] / prices[closed]
        self._held[row.pair][closed:, moved] += sign * since
        self._value[closed:, moved] += sign * (since - 1)
        self._value[closed:, moved + 1] += sign

    def solve(self, watched: Watched, *, with_returns: bool) -> list[Belief]:
        mean, variance = self._prior()
        precision = np.diag(1 / variance)
        weighed = mean / variance
        parts = [self._splits(watched.split)]
        if with_returns:
            parts.append(self._returns(watched))
        for sides, right in parts:
            precision += sides.T @ sides
            weighed += sides.T @ right
        covariance = np.linalg.inv(precision).astype(np.float64)
        solution = covariance @ weighed
        value = 1.0 + self._value @ solution
        return [
            self._without_prior(number, solution, covariance, value)
            for number in range(len(self._rows))
        ]

    def _prior(self) -> tuple[Floats, Floats]:
        mean = [0.0] * len(self._pairs)
        spread = [_HELD_AT_FIRST] * len(self._pairs)
        for row in self._rows:
            least, most = row.size
            mean += [(least + most) / 2, 0.0]
            of_a_move = _MOVE_OF_AN_HOUR if row.end - row.start == 1 else _MOVE_OF_A_DAY
            spread += [(most - least) / 2, most * of_a_move]
        return np.array(mean), np.array(spread) ** 2

    def _splits(self, split: Mapping[int, Mapping[str, int]]) -> tuple[Floats, Floats]:
        sides, right = [], []
        for hour, shares in split.items():
            at, value = hour - self._first, self._value[hour - self._first]
            named = {pair: shares.get(pair.removesuffix("USDT")) for pair in self._pairs}
            # Coins without a share of their own are pooled, or were less than half a percent.
            absent = sum(self._held[pair][at] for pair in self._pairs if named[pair] is None)
            rest = [(absent, shares[POOLED])] if POOLED in shares else []
            for pair, percent in named.items():
                if percent is not None or POOLED not in shares:
                    rest.append((self._held[pair][at], percent or 0))
            for held, percent in rest:
                sides.append((held - percent / 100 * value) / _SPLIT_ROUNDING)
                right.append(percent / 100 / _SPLIT_ROUNDING)
        return np.array(sides).reshape(len(sides), self._value.shape[1]), np.array(right)

    def _returns(self, watched: Watched) -> tuple[Floats, Floats]:
        known = [each for each in watched.returns if each.base >= self._first]
        base = np.array([each.base for each in known]) - self._first
        hour = np.array([each.hour for each in known]) - self._first
        ratio = np.array([each.ratio for each in known])
        sides = self._value[hour] - (1 + ratio)[:, np.newaxis] * self._value[base]
        return sides / _ROUNDING, ratio / _ROUNDING

    def _without_prior(
        self, number: int, solution: Floats, covariance: Floats, value: Floats
    ) -> Belief:
        place = len(self._pairs) + 2 * number
        both = slice(place, place + 2)
        prior_mean, prior_variance = self._prior()
        inverse = np.linalg.inv(covariance[both, both])
        # The row's own size range counts once, where its orders are weighed; that it moves
        # little within the hour is all that stays of the prior.
        prior = np.array([1 / prior_variance[place], 0.0])
        precision = inverse - np.diag(prior)
        lowest = np.linalg.eigvalsh(precision)[0]
        if lowest < _FLAT:
            precision += np.eye(2) * (_FLAT - lowest)
        weighed = inverse @ solution[both] - prior * prior_mean[both]
        opened = float(np.clip(value[self._rows[number].start - self._first], *_VALUES))
        mean = np.linalg.solve(precision, weighed)
        return Belief(mean, precision, opened, self._closing[number])


_FLAT = 1e-3
_VALUES = (0.2, 5.0)
"""Nobody's value leaves these in some days without flows; what the lists leave open may."""
