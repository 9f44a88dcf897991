"""TWR, MWR and the league number of many traders at once (rules.md §4), and their rounding.

eight(percent)      -> percent in units of its 8th decimal, rounded once
hundredths(eighths) -> the number that is shown, compared and ranked
league_numbers(...) -> LeagueNumbers(twr, mwr, shown, capped)
"""

from dataclasses import dataclass

import numpy as np

from chalicelib.domain.block import NO_NUMBER
from chalicelib.domain.columns import Floats, Integers, Truths
from chalicelib.domain.performance import INDEX_FLOOR, pnl

_EIGHTHS = 1e8
_EIGHTHS_PER_HUNDREDTH = 1_000_000
_EXACT_TO = 2.0**53
_LARGEST = 2.0**62
_TOTAL_LOSS = -100 * _EIGHTHS
_NOISE = 1e-5
"""Of a unit of the 8th decimal: a float this close below a tie is the tie."""

_FLOW_UNIT = 1e-8
"""USDT: what the sums of flows are counted in."""


@dataclass(frozen=True, slots=True)
class LeagueNumbers:
    """Of each trader: TWR and MWR in 1e-8 of a percent (whole numbers, NaN unknown), the shown
    number in hundredths of a percent (NO_NUMBER unknown), and whether it is capped."""

    twr: Floats
    mwr: Floats
    shown: Integers
    capped: Truths


def eight(percent: Floats) -> Floats:
    """`percent` rounded to 8 decimals, half away from zero, as whole numbers of 1e-8 percent.

    A tie that binary fractions leave a hair too low is still a tie. NaN stays.
    """
    size = np.abs(percent) * _EIGHTHS
    whole = np.where(size < _EXACT_TO, np.floor(size + (0.5 + _NOISE) + size * 1e-15), size)
    signed: Floats = np.copysign(whole, percent) + 0.0
    return signed


def hundredths(eighths: Floats) -> Integers:
    """Numbers of 8 decimals (see `eight`) with 2, half away from zero: what is shown.

    Exact to 9e7 percent; beyond it as exact as the float, and held at 4.6e16 percent.
    NO_NUMBER for NaN.
    """
    size = np.abs(np.nan_to_num(eighths, nan=0.0))
    small = np.minimum(size, _EXACT_TO).astype(np.int64)
    exact = (small + _EIGHTHS_PER_HUNDREDTH // 2) // _EIGHTHS_PER_HUNDREDTH
    wide = np.minimum(np.rint(size / _EIGHTHS_PER_HUNDREDTH), _LARGEST).astype(np.int64)
    shown = np.where(size < _EXACT_TO, exact, wide)
    return np.where(np.isnan(eighths), NO_NUMBER, np.where(eighths < 0, -shown, shown))


def league_numbers(
    *,
    v_start: Floats,
    v_end: Floats,
    i_start: Floats,
    i_end: Floats,
    net_flow: Floats,
    weighted_flow: Floats,
    deposits: Floats,
    withdrawals: Floats,
) -> LeagueNumbers:
    """The numbers of a window; amounts in USDT, NaN for a start or end that is not there.

    `net_flow` is ΣF and `weighted_flow` Σ w·F with w the share of the window left; `deposits`
    and `withdrawals` (positive) are the sums of the flows of either sign.

    TWR = I_end / I_start − 1, null where the index starts at its floor, −100 % where it ends
    there. MWR = PnL / (V_start + Σ w·F), null where the denominator is not above 0 or the
    result is below −100 %. Shown is TWR; where the deposits exceed max(0, V_start −
    withdrawals), by more than a flow is rounded, it is the lower of TWR and MWR (MWR null: PnL
    / (V_start + deposits)), and capped if that shows less than TWR.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        twr = np.where(i_end <= INDEX_FLOOR, -1.0, i_end / i_start - 1.0)
        twr = np.where((i_start > INDEX_FLOOR) & np.isfinite(v_end), twr, np.nan)
        gain = pnl(v_start, v_end, net_flow)
        invested = v_start + weighted_flow
        mwr = eight(np.where(invested > 0, gain / invested, np.nan) * 100)
        mwr = np.where(mwr < _TOTAL_LOSS, np.nan, mwr)
        on_all_money = eight(gain / (v_start + deposits) * 100)
        twr = eight(twr * 100)
        lower = np.fmin(twr, np.where(np.isnan(mwr), on_all_money, mwr))
    limited = _deposits_exceed(v_start, deposits, withdrawals) & ~np.isnan(twr)
    shown = hundredths(np.where(limited, lower, twr))
    return LeagueNumbers(twr, mwr, shown, limited & (shown < hundredths(twr)))


def _deposits_exceed(v_start: Floats, deposits: Floats, withdrawals: Floats) -> Truths:
    """Whether deposits are more than what was left of the start, beyond rounding."""
    room = np.maximum(0.0, v_start - withdrawals)
    noise = 0.75 * _FLOW_UNIT + 1e-15 * (v_start + deposits + withdrawals)
    exceed: Truths = deposits - room > noise
    return exceed
