"""The mark: one hour of the 256 traders of a block, in columns.

Takes each trader's hour from `hour.py`, and the block of the hour before; leaves windows to
`scores.py` and days to `days.py`. Pure: the same input gives the same bytes.

    hour_block(hour, previous, seats, notes) -> Block of Kind.HOUR
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Flag, Kind
from chalicelib.domain.columns import Floats, Truths, column, flagged, integers, known, pack
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.money import EXACT
from chalicelib.domain.performance import INDEX_FLOOR, PAUSE_AT, Chain, Point, follow
from chalicelib.domain.windows import hour_start

UNPRICED_HOURS = 168
"""Hours in a row with a holding that never had a price, after which it unranks (7 days)."""

_LONGEST = 2**16 - 1
_LARGEST = 10**18
"""Flows of an hour are held at this many units (10 000 M USDT), so that sums stay exact."""

_QUALITY = Flag.STALE | Flag.PARTIAL | Flag.UNPRICED | Flag.THIN
_NOT_COUNTED = Flag.STALE | Flag.PARTIAL | Flag.PAUSED


def hour_block(
    hour: int,
    previous: Block | None,
    seats: Mapping[int, TraderHour],
    notes: Mapping[str, object] | None = None,
) -> Block:
    """The HOUR block of mark `hour`: `previous` is that of hour − 1 (None: nothing is known).

    `seats`: by place in the block (seat % 256) the hour of each trader with a linked account at
    any time of it. A seat whose chain has begun and that is not among them has no account.

    Value: of the mark; without a mark, where the chain goes on from. A negative value is no
    mark. The index grows by value / last value; it is 1 at the first mark.
    """
    rows = _Rows(hour, known(previous, Kind.HOUR))
    for place, found in seats.items():
        rows.take(place, found)
    return rows.block(notes)


class _Rows:
    """The columns of the hour while they are filled, seat by seat, then all at once."""

    def __init__(self, hour: int, previous: Block) -> None:
        self._hour = hour
        self._carried = column(previous, "value").copy()
        self._index = column(previous, "index").copy()
        self._paused = flagged(previous, Flag.PAUSED)
        self._before_unpriced = integers(previous, "unpriced")
        self._worth = np.full(SEATS_PER_BLOCK, np.nan)
        self._linked = np.zeros(SEATS_PER_BLOCK, dtype=bool)
        self._flags = np.zeros(SEATS_PER_BLOCK, dtype=np.int64)
        self._unvalued = np.zeros(SEATS_PER_BLOCK, dtype=bool)
        self._flows = np.zeros((3, SEATS_PER_BLOCK), dtype=np.int64)

    def take(self, place: int, found: TraderHour) -> None:
        """Note one trader's hour, and lead his chain over its flows."""
        if found.points:
            self._follow(place, found.points)
            self._flows[:, place] = _flow_units(found.points, self._hour)
        if found.thin_fills:
            self._flags[place] |= Flag.THIN
        if found.account_gap:
            self._flags[place] |= Flag.NO_ACCOUNT
        worth = found.valuation
        if worth is not None:
            self._linked[place] = True
            self._unvalued[place] = bool(worth.not_valued)
            if worth.value >= 0:
                self._worth[place] = float(worth.value)
                self._flags[place] |= worth.flags()

    def _follow(self, place: int, points: Sequence[Point]) -> None:
        index = float(self._index[place])
        if np.isnan(index):
            self._paused[place] = points[-1].value_after <= PAUSE_AT
            return
        start = Chain(float(self._carried[place]), index, bool(self._paused[place]))
        after = follow(start, points)
        self._carried[place], self._index[place] = after.value, after.index
        self._paused[place] = after.paused

    def block(self, notes: Mapping[str, object] | None) -> Block:
        """The finished block."""
        marked = ~np.isnan(self._worth)
        unpriced = np.where(self._unvalued, np.minimum(self._before_unpriced + 1, _LONGEST), 0)
        index = self._grown_index(marked)
        begun = ~np.isnan(index)
        flags = self._flags
        flags |= np.where(marked, int(Flag.MARK), 0)
        flags |= np.where(self._paused, int(Flag.PAUSED), 0)
        flags |= np.where(begun & ~self._linked, int(Flag.NO_ACCOUNT), 0)
        flags |= np.where(unpriced > UNPRICED_HOURS, int(Flag.UNPRICED), 0)
        counts = marked & ((flags & int(_NOT_COUNTED)) == 0)
        flags |= np.where(counts, int(Flag.COUNTS), 0)
        columns = {
            "value": np.where(marked, self._worth, self._carried),
            "index": index,
            "deposits": self._flows[0],
            "withdrawals": self._flows[1],
            "weighted": self._flows[2],
            "flags": flags,
            "unpriced": unpriced,
        }
        return pack(Kind.HOUR, columns, notes)

    def _grown_index(self, marked: Truths) -> Floats:
        grows = marked & ~self._paused & (self._carried > 0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            grown = np.maximum(self._index * (self._worth / self._carried), INDEX_FLOOR)
        index = np.where(grows, grown, self._index)
        return np.where(marked & np.isnan(index), 1.0, index)


def _flow_units(points: Sequence[Point], hour: int) -> tuple[int, int, int]:
    """Deposits and withdrawals in 1e-8 USDT; Σ F × time since the hour's start in 1e-6 USDT·h."""
    start = hour_start(hour - 1)
    deposits = withdrawals = weighted = Decimal(0)
    with localcontext(EXACT):
        for point in points:
            deposits += max(point.net_flow, Decimal(0))
            withdrawals -= min(point.net_flow, Decimal(0))
            weighted += point.net_flow * ((point.at - start) // timedelta(microseconds=1))
        # microseconds × 1e6 units / 3.6e9 microseconds an hour
        return _units(deposits * 10**8), _units(withdrawals * 10**8), _units(weighted / 3600)


def _units(amount: Decimal) -> int:
    whole = int(amount.to_integral_value(ROUND_HALF_EVEN))
    return max(-_LARGEST, min(whole, _LARGEST))
