"""From what the answers tell of each trade to the balance, by the whole public tape.

A trade of a known share of a balance is an order of a known size, so every order on the tape of
the hour stands for a balance. If B is right, each row has its own order among the others; so the
chance of the tape, against the chance of the same tape without him, is the sum over its orders of
how likely he would have made this one, divided by how many of others' orders one expects there.
Over all rows these are multiplied. That is all the information there is in sizes, hours and prices
(Bayes), and the attacker throws nothing away that he could use, but for two simplifications: rows
are taken one by one, and the round amounts that people like are not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.unmasking.story import FEE, Belief, Row
from tests.unmasking.tape import Orders, Tape, together

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_BALANCE, MOST_BALANCE = 100.0, 10_000_000.0
"""USDT. Who has less has no rank; who has more is none of 20 candidates in any case."""

MOST_OF_IT = 0.9
_STEP = 0.001
"""Of the logarithm of a balance; finer than anything the returns tell."""

_FINEST = 0.01
"""Either end of the range is known no better, since rows taken one by one do not show what they
err in together."""

_NOT_ONE_ORDER = 0.01
"""He may have missed something: a row that is no single order of the tape."""

_PRICE_STEPS = 400
_FAR, _NOTHING = 6.0, 1e-6
"""Standard deviations, and the part of the most likely, beyond which nothing is looked at."""

_PRICE_MOVES = 0.05
_BY_HAND = 300_000
"""Fewer sums than this are done one by one, more by way of Fourier."""
_SMOOTH = np.array([1, 4, 6, 4, 1]) / 16


@dataclass(frozen=True, slots=True)
class Found:
    """What is left: 90 % of the attacker's belief in the balance lies in `least` … `most`
    (USDT, the narrowest such range), and 90 % of that in each row's order on `candidates`
    orders, in the order of the rows."""

    least: float
    most: float
    candidates: tuple[int, ...]

    @property
    def factor(self) -> float:
        """How far the range goes."""
        return self.most / self.least

    def holds(self, balance: float) -> bool:
        """Whether the true balance lies in the range."""
        return self.least <= balance <= self.most


def attack(rows: Sequence[Row], told: Sequence[Belief], tape: Tape, quiet: Sequence[int]) -> Found:
    """What the tape adds to `told`. `quiet`: hours from which he learns how large other people's
    orders are, those in which a row of the pair lies left out."""
    grid = np.arange(np.log(LEAST_BALANCE), np.log(MOST_BALANCE), _STEP)
    usual = {}
    for pair in sorted({row.pair for row in rows}):
        own = {hour for row in rows if row.pair == pair for hour in range(row.start, row.end)}
        usual[pair] = _Usual(pair, tape, [hour for hour in quiet if hour not in own] or quiet)
    chances = [
        _RowChances(row, belief, tape, usual[row.pair], grid)
        for row, belief in zip(rows, told, strict=True)
    ]
    total = sum((np.log(each.ratio) for each in chances), np.zeros(len(grid)))
    belief = np.exp(total - total.max())
    belief /= belief.sum()
    first, last = _narrowest(belief)
    return Found(
        float(np.exp(grid[first] - _FINEST)),
        float(np.exp(grid[last] + _FINEST)),
        tuple(each.candidates(belief) for each in chances),
    )


def _narrowest(belief: Floats) -> tuple[int, int]:
    """The shortest run of places that holds 90 %."""
    upto = np.concatenate(([0.0], np.cumsum(belief)))
    last = np.minimum(np.searchsorted(upto, upto[:-1] + MOST_OF_IT), len(belief))
    reaches = upto[last] - upto[:-1] >= MOST_OF_IT - 1e-9
    first = int(np.argmin(np.where(reaches, last - np.arange(len(belief)), len(belief) + 1)))
    return first, int(last[first]) - 1


class _Usual:
    """How other people's orders of a pair are spread over the logarithm of their value."""

    _WIDTH = 0.1

    def __init__(self, pair: str, tape: Tape, quiet: Sequence[int]) -> None:
        values = np.log(together(tape.hour(pair, hour) for hour in quiet).value)
        low, high = np.floor(values.min()), np.ceil(values.max())
        edges = np.arange(low, high + self._WIDTH, self._WIDTH)
        counts = np.histogram(values, edges)[0] + 0.5 / len(edges)
        smooth = np.convolve(np.pad(counts, 2, "edge"), _SMOOTH, "valid")
        self._density = smooth / smooth.sum() / self._WIDTH
        self._middles = edges[:-1] + self._WIDTH / 2

    def density(self, log_value: Floats) -> Floats:
        """The share of orders per unit of the logarithm."""
        found: Floats = np.exp(np.interp(log_value, self._middles, np.log(self._density)))
        return found


class _RowChances:
    """One row on the tape: for every balance, how much likelier the tape is with his order on
    it (`ratio`), and how the belief in a balance spreads over the orders."""

    def __init__(self, row: Row, belief: Belief, tape: Tape, usual: _Usual, grid: Floats) -> None:
        self._grid = grid
        orders = _possible(row, tape)
        self._count = len(orders)
        log_value = np.log(orders.value)
        low, high = _shares(row, belief)
        shares = np.arange(low, high, _STEP, dtype=np.float64) + _STEP / 2
        grade, self._levels = _levels(row, belief.closing / orders.price, belief)
        self._kernels = np.stack([_likely(shares, row, level, belief) for level in self._levels])
        weights = np.bincount(grade, minlength=len(self._levels)) / max(self._count, 1)
        norm = float((weights @ self._kernels).sum()) * _STEP
        self._grade = grade
        best = self._kernels.max(axis=1)
        self._worthwhile = [
            level for level in np.unique(grade) if best[level] > _NOTHING * best.max()
        ]
        self._place = np.floor((log_value - low - grid[0]) / _STEP).astype(np.int64)
        expected = self._count * usual.density(log_value)
        self._weight = 1 / (expected * max(norm, 1e-300))
        self.ratio = (1 - _NOT_ONE_ORDER) * self._sum_over_orders() + _NOT_ONE_ORDER

    def _sum_over_orders(self) -> Floats:
        """Sum over orders of kernel(log value − log balance) × weight, on the grid."""
        width, size = self._kernels.shape[1], len(self._grid)
        total = np.zeros(size + 2 * width)
        for level, places, weights in self._by_level():
            # An order at place p stands for the balances at p − s, s the place of its share.
            kernel = self._kernels[level][::-1]
            if len(places) * width < _BY_HAND:
                reached = places[:, np.newaxis] + np.arange(width)
                spread = weights[:, np.newaxis] * kernel
                total += np.bincount(reached.ravel(), spread.ravel(), minlength=len(total))
            else:
                binned = np.bincount(places, weights, minlength=size + width)
                total += _convolved(binned.astype(np.float64), kernel, len(total))
        found: Floats = total[width - 1 : width - 1 + size]
        return found

    def _by_level(self) -> Iterator[tuple[int, Ints, Floats]]:
        """The orders that stand for a balance of the grid, level by level."""
        end = len(self._grid) + self._kernels.shape[1]
        inside = (self._place >= 0) & (self._place < end)
        for level in self._worthwhile:
            chosen = inside & (self._grade == level)
            yield level, self._place[chosen], self._weight[chosen]

    def candidates(self, belief: Floats) -> int:
        """The fewest orders that together hold 90 % of the belief in this row's order; all of
        them where so much cannot be told from none of them being it."""
        share = belief * (1 - _NOT_ONE_ORDER) / self.ratio
        width, size = self._kernels.shape[1], len(self._grid)
        padded = np.concatenate((np.zeros(width), share, np.zeros(width)))
        held: list[Floats] = [np.zeros(1)]
        for level, places, weights in self._by_level():
            kernel = self._kernels[level]
            if len(places) * width < _BY_HAND:
                reached = padded[places[:, np.newaxis] + width - np.arange(width)]
                held.append(reached @ kernel * weights)
            else:
                held.append(_convolved(share, kernel, size + width)[places] * weights)
        ranked = np.cumsum(np.sort(np.concatenate(held))[::-1])
        return min(int(np.searchsorted(ranked, MOST_OF_IT)) + 1, self._count)


def _possible(row: Row, tape: Tape) -> Orders:
    """The orders of the row's hours on its side; where the list is exact, of its second and
    prices alone."""
    orders = together(tape.hour(row.pair, hour) for hour in range(row.start, row.end))
    wanted = orders.buys == row.buys
    if row.fills:
        second, prices = row.fills[0][0], [price for _, price in row.fills]
        wanted &= orders.at_ms // 1000 == second
        wanted &= (orders.price >= min(prices) * (1 - 1e-9)) & (
            orders.price <= max(prices) * (1 + 1e-9)
        )
    return orders.those(wanted)


def _shares(row: Row, belief: Belief) -> tuple[float, float]:
    """The row's range of his first value, in logarithms, without what the answers rule out."""
    least, most = (share * belief.opened for share in row.size)
    spread = float(np.linalg.inv(belief.precision)[0, 0]) ** 0.5
    low, high = (belief.mean[0] + side * _FAR * spread for side in (-1, 1))
    if max(low, least) < min(high, most):
        least, most = max(low / (1 + _PRICE_MOVES), least), min(high * (1 + _PRICE_MOVES), most)
    return float(np.log(least)), float(np.log(most))


def _levels(row: Row, moved: Floats, belief: Belief) -> tuple[Ints, Floats]:
    """Orders in grades of how the price moved after them, as finely as the row's cost is known:
    each order's grade, and the middle of each grade."""
    cost_known = (1 / belief.precision[1, 1]) ** 0.5
    step = max(cost_known / row.size[1] / 2, 1e-6)
    low, high = float(moved.min(initial=1.0)), float(moved.max(initial=1.0))
    count = int(min(max(np.ceil((high - low) / step), 1), _PRICE_STEPS))
    edges = np.linspace(low, high + 1e-12, count + 1)
    grade = np.clip(np.searchsorted(edges, moved, "right") - 1, 0, count - 1)
    return grade.astype(np.int64), (edges[:-1] + edges[1:]) / 2


def _likely(shares: Floats, row: Row, moved: float, belief: Belief) -> Floats:
    """How likely his order is one of `shares` (logarithms; of his first value) after which the
    price moved so: even over the logarithm of the row's range, times what the answers tell."""
    cost = np.exp(shares)
    worth = cost * moved * (1 - FEE if row.buys else 1)
    paid = cost * (1 if row.buys else 1 - FEE)
    away = np.stack((worth, worth - paid)) - belief.mean[:, np.newaxis]
    distance = np.einsum("ik,ij,jk->k", away, belief.precision, away)
    found: Floats = np.exp(-np.minimum(distance, 2 * 300) / 2) / (shares[-1] - shares[0] + _STEP)
    return found


def _convolved(one: Floats, other: Floats, size: int) -> Floats:
    """The first `size` places of the convolution of the two."""
    length = 1 << int(np.ceil(np.log2(len(one) + len(other))))
    product = np.fft.rfft(one, length) * np.fft.rfft(other, length)
    found: Floats = np.maximum(np.fft.irfft(product, length)[:size], 0.0)
    return np.pad(found, (0, size - len(found)))
