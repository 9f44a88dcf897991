import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import NO_NUMBER
from chalicelib.domain.columns import Floats
from chalicelib.domain.league_number import LeagueNumbers, eight, hundredths, league_numbers
from chalicelib.domain.money import eight_decimals, shown_percent
from chalicelib.domain.performance import INDEX_FLOOR


def one(number: float) -> Floats:
    return np.array([number], dtype=np.float64)


def numbers(
    v_start: float,
    v_end: float,
    *,
    index: float,
    net: float = 0,
    weighted: float = 0,
    deposits: float = 0,
    withdrawals: float = 0,
    i_start: float = 1,
) -> LeagueNumbers:
    return league_numbers(
        v_start=one(v_start),
        v_end=one(v_end),
        i_start=one(i_start),
        i_end=one(index),
        net_flow=one(net),
        weighted_flow=one(weighted),
        deposits=one(deposits),
        withdrawals=one(withdrawals),
    )


@pytest.mark.parametrize(
    ("end", "percent"), [(1010.05, 101), (989.95, -101), (999.96, 0), (1000, 0), (2000, 10000)]
)
def test_a_percentage_is_rounded_half_away_from_zero(end: float, percent: int) -> None:
    assert hundredths(eight(one((end / 1000 - 1) * 100)))[0] == percent


@pytest.mark.parametrize(
    ("percent", "shown"),
    [("1.004999995", 101), ("1.004999994", 100), ("-1.004999995", -101), ("0.0049999949", 0)],
)
def test_rounding_goes_over_8_decimals(percent: str, shown: int) -> None:
    assert hundredths(eight(one(float(percent))))[0] == shown


def test_unknown_stays_unknown() -> None:
    assert math.isnan(eight(one(math.nan))[0])
    assert hundredths(one(math.nan))[0] == NO_NUMBER


@pytest.mark.parametrize("percent", [9e7, 1e9, 1e14])
def test_huge_percentages_keep_what_a_float_can_hold(percent: float) -> None:
    assert hundredths(eight(one(percent)))[0] == percent * 100


def test_what_no_integer_holds_is_held_at_its_greatest() -> None:
    assert hundredths(eight(one(1e300)))[0] == 2**62
    assert hundredths(one(-math.inf))[0] == -(2**62)


def test_a_window_that_starts_at_the_floor_has_no_number() -> None:
    found = numbers(100, 110, index=1, i_start=INDEX_FLOOR)
    assert found.shown[0] == NO_NUMBER
    assert not found.capped[0]


def test_a_window_that_ends_at_the_floor_lost_everything() -> None:
    assert numbers(1000, 0, index=INDEX_FLOOR).shown[0] == -10000


def test_without_a_start_there_is_no_number() -> None:
    found = numbers(math.nan, 1000, index=1, i_start=math.nan)
    assert (found.shown[0], found.capped[0]) == (NO_NUMBER, False)


def test_deposits_up_to_the_start_leave_the_twr() -> None:
    found = numbers(1000, 1995, index=1.045, net=1000, weighted=500, deposits=1000)
    assert found.mwr[0] == -33333333
    assert (found.shown[0], found.capped[0]) == (450, False)


@pytest.mark.parametrize("start", ["1000", "0.1", "123456.78", "100.00000001"])
def test_the_smallest_amount_beyond_the_start_makes_the_lower_number_count(start: str) -> None:
    more = float(Decimal(start) + Decimal("0.00000001"))
    value = float(start)
    found = numbers(value, 2 * value, index=1.1, net=more, weighted=more, deposits=more)
    assert found.capped[0]
    found = numbers(value, 2 * value, index=1.1, net=value, weighted=value, deposits=value)
    assert not found.capped[0]


def test_withdrawals_lower_what_may_be_deposited() -> None:
    found = numbers(1000, 1100, index=1.1, net=0, weighted=900, deposits=500, withdrawals=500)
    assert not found.capped[0]
    found = numbers(1000, 1100, index=1.1, net=1, weighted=900, deposits=501, withdrawals=500)
    assert found.capped[0]


def test_profit_taken_out_and_a_small_deposit_cost_nothing() -> None:
    found = numbers(
        1000,
        1000.01,
        index=3,
        net=-1999.99,
        weighted=-2000 * 18 / 24 + 0.01 * 4 / 24,
        deposits=0.01,
        withdrawals=2000,
    )
    assert math.isnan(found.mwr[0])
    assert (found.shown[0], found.capped[0]) == (20000, False)


def test_mwr_below_minus_100_percent_is_unknown() -> None:
    assert math.isnan(numbers(100, 0, index=0.5, net=100, weighted=-1).mwr[0])


def test_mwr_of_exactly_minus_100_percent_stays() -> None:
    assert numbers(0.3, 0, index=0.5, net=0).mwr[0] == -100 * 10**8


amounts = st.floats(0.01, 1e7)


@settings(max_examples=100)
@given(
    amounts, amounts, st.floats(0, 1e7), st.floats(0, 1e7), st.floats(1e-8, 1e4), st.floats(-1, 1)
)
def test_the_league_number_never_exceeds_the_twr(
    v_start: float, v_end: float, deposits: float, withdrawals: float, index: float, share: float
) -> None:
    found = numbers(
        v_start,
        v_end,
        index=index,
        net=deposits - withdrawals,
        weighted=share * (deposits + withdrawals),
        deposits=deposits,
        withdrawals=withdrawals,
    )
    assert found.shown[0] <= hundredths(found.twr)[0]
    assert found.capped[0] == (found.shown[0] < hundredths(found.twr)[0])


@settings(max_examples=100)
@given(st.decimals("-100", "1000000", places=8))
def test_rounding_in_columns_is_that_of_money(percent: Decimal) -> None:
    found = eight(one(float(percent)))
    assert Decimal(int(found[0])).scaleb(-8) == eight_decimals(percent)
    assert Decimal(int(hundredths(found)[0])).scaleb(-2) == shown_percent(percent)
