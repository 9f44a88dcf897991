"""Other people's trades: the points of a path unfolded into single prints.

A point says how much was traded, how often and how much of it by buying takers; here it becomes
that many trades, whose quantities sum to it exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.path import (
    BUY_COUNT,
    BUY_STEPS,
    COUNT,
    FIRST_ID,
    IDS_PER_MS,
    LAST_ID,
    STEPS,
    TICKS,
    TIME,
    Ints,
    Summary,
    first_id_of,
    share_out,
    time_of_id,
)

# Rows of a tape: TIME is shared with the points, so that both are cut in the same way.
TRADE_ID, TRADE_TICKS, TRADE_STEPS, BUYER_MAKER = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class TapeTrade:
    """One public trade. `time` is in ms; `quote_quantity` is price × quantity, exact."""

    id: int
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    time: int
    is_buyer_maker: bool


def unfold(points: Ints, random: np.random.Generator) -> Ints:
    """The trades of `points`: five rows (TIME, TRADE_ID …), ascending in time and id."""
    points = points[:, points[COUNT] > 0]
    counts = points[COUNT]
    total = int(counts.sum())
    trades = np.empty((5, total), dtype=np.int64)
    if total == 0:
        return trades
    point = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    bought = place < points[BUY_COUNT][point]
    sizes = _sizes(points, random)
    shuffled = np.lexsort((random.random(total), point))
    trades[TIME] = _times(points, point, place, random)
    trades[TRADE_ID] = _ids(trades[TIME])
    trades[TRADE_TICKS] = points[TICKS][point]
    trades[TRADE_STEPS] = sizes[shuffled]
    trades[BUYER_MAKER] = ~bought[shuffled]
    return trades


def split_point(points: Ints, at: int, trades_of: Callable[[int], Ints]) -> Ints:
    """`points` with the one that goes on over `at` cut in two, so that nothing straddles `at`.

    `trades_of(time)` gives the tape around `time`.
    """
    place = int(points[TIME].searchsorted(at)) - 1
    if place < 0 or points[COUNT, place] < 2 or points[LAST_ID, place] < first_id_of(at):
        return points
    trades = trades_of(int(points[TIME, place]))
    first, last = points[FIRST_ID, place], points[LAST_ID, place]
    own = trades[:, (trades[TRADE_ID] >= first) & (trades[TRADE_ID] <= last)]
    early = _as_point(own[:, own[TIME] < at])
    late = _as_point(own[:, own[TIME] >= at])
    return np.concatenate((points[:, :place], early, late, points[:, place + 1 :]), axis=1)


def between(trades: Ints, start: int, end: int) -> Ints:
    """The trades with start ≤ time < end."""
    first, last = trades[TIME].searchsorted((start, end))
    return trades[:, first:last]


def summarise(trades: Ints) -> Summary | None:
    """A run of trades as one; None if there are none."""
    if trades.shape[1] == 0:
        return None
    ticks, steps = trades[TRADE_TICKS], trades[TRADE_STEPS]
    bought = steps * (1 - trades[BUYER_MAKER])
    return Summary(
        open=int(ticks[0]),
        high=int(ticks.max()),
        low=int(ticks.min()),
        close=int(ticks[-1]),
        steps=int(steps.sum()),
        value=int((steps * ticks).sum()),
        buy_steps=int(bought.sum()),
        buy_value=int((bought * ticks).sum()),
        count=trades.shape[1],
        first_id=int(trades[TRADE_ID, 0]),
        last_id=int(trades[TRADE_ID, -1]),
    )


def as_trades(trades: Ints, spec: SymbolSpec) -> list[TapeTrade]:
    """The rows as records in the pair's own units."""
    records = []
    for trade_id, ticks, steps, maker in trades[1:].T.tolist():
        price, quantity = ticks * spec.tick_size, steps * spec.step_size
        time = time_of_id(trade_id)
        records.append(TapeTrade(trade_id, price, quantity, price * quantity, time, bool(maker)))
    return records


def _sizes(points: Ints, random: np.random.Generator) -> Ints:
    # The takers who buy come first in each point, so (point, side) are groups in a row.
    groups = np.stack((points[BUY_COUNT], points[COUNT] - points[BUY_COUNT])).T.ravel()
    steps = np.stack((points[BUY_STEPS], points[STEPS] - points[BUY_STEPS])).T.ravel()
    filled = groups > 0
    lengths, left = groups[filled], (steps - groups)[filled]
    return 1 + share_out(left, lengths, random.exponential(size=int(lengths.sum())) + 1e-9)


def _times(points: Ints, point: Ints, place: Ints, random: np.random.Generator) -> Ints:
    first = points[TIME]
    span = (points[LAST_ID] - points[FIRST_ID]) // IDS_PER_MS
    counts = points[COUNT]
    # One trade in each equal piece between the first and the last: never many in a millisecond.
    inner = np.maximum(counts[point] - 2, 1)
    ratio = (place - 1 + random.random(len(point))) / inner
    offset = np.minimum(np.floor(ratio * span[point]).astype(np.int64), span[point] - 1)
    offset = np.where(place == counts[point] - 1, span[point], offset)
    offset = np.where(place == 0, 0, offset)
    times: Ints = first[point] + offset
    return times


def _ids(times: Ints) -> Ints:
    index = np.arange(len(times))
    new = np.diff(times, prepend=times[0] - 1) != 0
    within = index - np.maximum.accumulate(np.where(new, index, 0))
    ids: Ints = first_id_of(0) + times * IDS_PER_MS + within
    return ids


def _as_point(trades: Ints) -> Ints:
    found = summarise(trades)
    if found is None:
        return np.empty((8, 0), dtype=np.int64)
    buys = int((1 - trades[BUYER_MAKER]).sum())
    row = (
        int(trades[TIME, 0]),
        found.first_id,
        found.last_id,
        found.open,
        found.steps,
        found.buy_steps,
        found.count,
        buys,
    )
    return np.array([row], dtype=np.int64).T
