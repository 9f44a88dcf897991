"""The return: PnL, the chain of period returns, drawdown, and the three ratios (rules.md §4, §6).

Works on one trader at a time. The same rules for the columns of many traders are in `mark.py`
and `league.py`, which use the constants and generic formulas from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import reduce
from typing import Protocol, Self, TypeVar

from chalicelib.domain.money import EXACT, eight_decimals, shown_percent

INDEX_FLOOR = 1e-9
"""The index never falls below this; a window cannot start there."""

PAUSE_AT = Decimal(1)
"""USDT: a flow that leaves this or less pauses the chain."""

_DAYS_A_YEAR = 365


class Number(Protocol):
    """What PnL is computed of: a Decimal, a float, or a numpy array of them."""

    def __sub__(self, other: Self, /) -> Self: ...


N = TypeVar("N", bound=Number)


def pnl(v_start: N, v_end: N, net_flow: N) -> N:
    """Change of equity less net flow, in the unit of the arguments (USDT): V_end − V_start − ΣF."""
    return v_end - v_start - net_flow


@dataclass(frozen=True, slots=True)
class Point:
    """A flow: its instant, the trader's value just before it, and its size, both in USDT at
    the same prices. All flows of a trader at one instant are one."""

    at: datetime
    value_before: Decimal
    net_flow: Decimal

    @property
    def value_after(self) -> Decimal:
        """V⁺, the value just after the flow."""
        with localcontext(EXACT):
            return self.value_before + self.net_flow


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the chain of returns stands: the value that the next return is taken from (V⁺ of
    the last flow, or of the last mark), the index, and whether a flow paused it."""

    value: float
    index: float
    paused: bool = False


def first_mark(value: float, paused: bool = False) -> Chain:
    """The chain at the first mark after the first link, whatever moved since the link."""
    return Chain(value, 1.0, paused)


def at_value(chain: Chain, value: float) -> Chain:
    """The chain taken to `value` (USDT, not negative) by price moves and fills alone.

    The index grows by value / last value, never below its floor; it stays while the chain is
    paused, and where there was nothing to grow from.
    """
    if chain.paused or chain.value <= 0:
        return Chain(value, chain.index, chain.paused)
    return Chain(value, max(chain.index * (value / chain.value), INDEX_FLOOR))


def after_flow(chain: Chain, point: Point) -> Chain:
    """The chain just after the flow of `point`: paused if the flow leaves 1 USDT or less.

    A negative value before the flow is no mark: no return is taken over it.
    """
    index = chain.index
    if point.value_before >= 0:
        index = at_value(chain, float(point.value_before)).index
    return Chain(float(point.value_after), index, point.value_after <= PAUSE_AT)


def follow(chain: Chain, points: Iterable[Point]) -> Chain:
    """The chain after all flows of `points`, which are in order of time."""
    return reduce(after_flow, points, chain)


@dataclass(frozen=True, slots=True)
class Fall:
    """A stretch of index points: its highest and lowest, and the worst fall from a peak to a
    later point, as a ratio 0 … 1."""

    high: float
    low: float
    fall: float


def fall_of(index: float) -> Fall:
    """The stretch of one point."""
    return Fall(index, index, 0.0)


def joined(earlier: Fall, later: Fall) -> Fall:
    """The stretch made of two that follow each other; associative."""
    between = 1.0 - later.low / earlier.high
    return Fall(
        max(earlier.high, later.high),
        min(earlier.low, later.low),
        max(earlier.fall, later.fall, between),
    )


def maximum_drawdown(indices: Iterable[float]) -> Decimal | None:
    """The worst fall over the index points in order of time, in percent, positive, with 2
    decimals; None without a point."""
    falls = [fall_of(index) for index in indices]
    if not falls:
        return None
    return shown_percent(Decimal(reduce(joined, falls).fall) * 100)


@dataclass(frozen=True, slots=True)
class Ratios:
    """Risk of a row of daily returns: volatility in percent a year, Sharpe and Sortino ratio.
    None where the deviation below it is 0, or where there are too few days."""

    volatility: Decimal | None
    sharpe: Decimal | None
    sortino: Decimal | None

    def rounded(self) -> "Ratios":
        """The same with 2 decimals, as shown."""
        return Ratios(*(_two(each) for each in (self.volatility, self.sharpe, self.sortino)))


def ratios(daily: Sequence[Decimal]) -> Ratios:
    """Volatility, Sharpe and Sortino of daily returns, given as ratios (0.02 is 2 %).

    Returns count as percentages with 8 decimals. Sample deviation σ (n − 1), risk-free rate 0,
    a year of 365 days: σ × √365; mean / σ × √365; mean / downside × √365 with downside =
    √(Σ min(r, 0)² / n). All None for fewer than two days.
    """
    count = len(daily)
    if count < 2:
        return Ratios(None, None, None)
    with localcontext(EXACT):
        percents = [eight_decimals(each * 100) for each in daily]
        mean = sum(percents, Decimal(0)) / count
        squares = sum(((each - mean) ** 2 for each in percents), Decimal(0))
        deviation = (squares / (count - 1)).sqrt()
        falls = sum((min(each, Decimal(0)) ** 2 for each in percents), Decimal(0))
        below = (falls / count).sqrt()
        year = Decimal(_DAYS_A_YEAR).sqrt()
        return Ratios(
            volatility=deviation * year if deviation else None,
            sharpe=mean / deviation * year if deviation else None,
            sortino=mean / below * year if below else None,
        )


def _two(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    with localcontext(EXACT):
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP) + 0
