"""The path of one pair's price through a day, in whole ticks and steps.

A path is a list of points. A point is the moment of a trade that may move the price, together with
the trades that follow it at the same price within `STEP_MS`. Everything the market tells (price,
candles, 24 h figures, tape) is a sum over points, so all of it agrees to the last digit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.intervals import DAY_MS, HOUR_MS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEP_MS = 10_000
STEPS_PER_HOUR = HOUR_MS // STEP_MS
STEPS_PER_DAY = DAY_MS // STEP_MS

TIME, FIRST_ID, LAST_ID, TICKS, STEPS, BUY_STEPS, COUNT, BUY_COUNT = range(8)

# Ids carry their time: 32 to a millisecond, the lower half for other people's trades.
_ID_EPOCH_MS = 1_500_000_000_000
IDS_PER_MS = 32
OTHERS_PER_MS = 16

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class PathSource(Protocol):
    """Where paths come from: a pure function of the seed (or of files), the pair and the day."""

    @property
    def symbols(self) -> Mapping[str, SymbolSpec]:
        """The pairs it has paths for, by name."""

    def opens_at(self, symbol: str) -> int:
        """The first millisecond from which the pair has a path."""

    def points(self, symbol: str, day: int) -> Ints:
        """The points of the UTC day number `day`: eight rows (TIME …), ascending in time."""


class Recent(Generic[Key, Value]):
    """The last `size` results asked for; what fell out is made again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The kept result of `key`, made now where there is none."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        value = self._kept[key] = make()
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def random_for(seed: int, *key: str | int) -> np.random.Generator:
    """A generator that depends on `seed` and `key` alone, whatever was drawn before."""
    numbers = [crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return np.random.Generator(np.random.SFC64([abs(seed), int(seed < 0), *numbers]))


def first_id_of(time: int) -> int:
    """The lowest trade id of the millisecond `time`."""
    return (time - _ID_EPOCH_MS) * IDS_PER_MS


def time_of_id(trade_id: int) -> int:
    """The millisecond in which the trade with that id happened."""
    return trade_id // IDS_PER_MS + _ID_EPOCH_MS


def share_out(totals: Ints, lengths: Ints, weights: Floats) -> Ints:
    """Whole numbers in groups of `lengths`; group i sums to `totals[i]`, in ratio of `weights`."""
    running = np.cumsum(weights)
    last = np.cumsum(lengths) - 1
    before = np.concatenate(([0.0], running[last[:-1]]))
    ratio = (running - np.repeat(before, lengths)) / np.repeat(running[last] - before, lengths)
    reached = np.floor(ratio * np.repeat(totals, lengths) + 0.5).astype(np.int64)
    parts = np.diff(reached, prepend=0)
    parts[last[:-1] + 1] = reached[last[:-1] + 1]
    return parts


def make_points(
    random: np.random.Generator, starts: Ints, ticks: Ints, steps: Ints, counts: Ints
) -> Ints:
    """Points from price, volume and trade count of the pieces of STEP_MS that open at `starts`.

    A piece without trades is a point too, at its start; the caller leaves out those it does not
    want. `steps` must be at least `counts`: no trade is smaller than one step.
    """
    size = len(starts)
    rows = np.empty((8, size), dtype=np.int64)
    third = STEP_MS // 3
    offset = random.integers(0, third, size, dtype=np.int64)
    spread = random.integers(third, 2 * third, size, dtype=np.int64)
    traded = counts > 0
    rows[TIME] = starts + np.where(traded, offset, 0)
    rows[FIRST_ID] = (rows[TIME] - _ID_EPOCH_MS) * IDS_PER_MS
    rows[LAST_ID] = rows[FIRST_ID] + np.where(counts > 1, spread, 0) * IDS_PER_MS
    rows[TICKS], rows[STEPS], rows[COUNT] = ticks, steps, counts
    # Takers buy a little more often while the price rises.
    leaning = 0.5 + 0.08 * np.sign(np.diff(ticks, prepend=ticks[:1]))
    buys = _near(random, counts * leaning, counts / 4)
    buys = np.minimum(buys, counts)
    bought = np.rint(steps * (buys / np.maximum(counts, 1))).astype(np.int64)
    bought = np.clip(bought, buys, steps - (counts - buys))
    rows[BUY_STEPS] = np.where(buys == 0, 0, np.where(buys == counts, steps, bought))
    rows[BUY_COUNT] = buys
    return rows


def draw_counts(random: np.random.Generator, expected: Floats) -> Ints:
    """Numbers of trades with the given expectations (at least one of them above 0)."""
    if expected.max() < 4:
        return random.poisson(expected)
    return _near(random, expected, expected)


def _near(random: np.random.Generator, mean: Floats, variance: Floats) -> Ints:
    # Whole numbers near a bell curve: good enough here, and cheaper than an exact drawing.
    drawn = mean + np.sqrt(variance) * random.standard_normal(len(mean))
    numbers: Ints = np.maximum(np.rint(drawn), 0).astype(np.int64)
    return numbers


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of points amounts to: ticks, steps, and values in ticks × steps."""

    open: int
    high: int
    low: int
    close: int
    steps: int
    value: int
    buy_steps: int
    buy_value: int
    count: int
    first_id: int
    last_id: int

    def then(self, later: Summary) -> Summary:
        """This run followed by `later`. Ids are -1 where a run has no trade."""
        return Summary(
            open=self.open,
            high=max(self.high, later.high),
            low=min(self.low, later.low),
            close=later.close,
            steps=self.steps + later.steps,
            value=self.value + later.value,
            buy_steps=self.buy_steps + later.buy_steps,
            buy_value=self.buy_value + later.buy_value,
            count=self.count + later.count,
            first_id=self.first_id if self.count else later.first_id,
            last_id=later.last_id if later.count else self.last_id,
        )


class DayPath:
    """The points of one pair and day, with running sums: any run of them is summed at once."""

    __slots__ = ("_sums", "points", "ticks", "times")

    def __init__(self, points: Ints) -> None:
        self.points = points
        self.times: Ints = points[TIME]
        self.ticks: Ints = points[TICKS]
        sums = np.zeros((5, points.shape[1] + 1), dtype=np.int64)
        added = (
            points[STEPS],
            points[STEPS] * self.ticks,
            points[BUY_STEPS],
            points[BUY_STEPS] * self.ticks,
            points[COUNT],
        )
        for row, values in zip(sums, added, strict=True):
            np.cumsum(values, out=row[1:])
        self._sums = sums

    def before(self, at: int) -> int:
        """How many points lie before `at`."""
        return int(self.times.searchsorted(at))

    def summary(self, first: int, end: int) -> Summary | None:
        """The points [first, end) as one; None if there are none."""
        if first >= end:
            return None
        steps, value, buy_steps, buy_value, count = (
            self._sums[:, end] - self._sums[:, first]
        ).tolist()
        ticks = self.ticks[first:end]
        first_id = last_id = -1
        if count:
            counts = self._sums[4]
            opener = int(counts.searchsorted(counts[first], side="right")) - 1
            closer = int(counts.searchsorted(counts[end])) - 1
            first_id = int(self.points[FIRST_ID, opener])
            last_id = int(self.points[LAST_ID, closer])
        return Summary(
            open=int(ticks[0]),
            high=int(ticks.max()),
            low=int(ticks.min()),
            close=int(ticks[-1]),
            steps=steps,
            value=value,
            buy_steps=buy_steps,
            buy_value=buy_value,
            count=count,
            first_id=first_id,
            last_id=last_id,
        )
