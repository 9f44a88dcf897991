import pytest

from chalicelib.domain.block import NO_POINT, Block
from chalicelib.domain.days import slow_block, slow_days, slow_hours
from chalicelib.domain.performance import Fall, fall_of, joined
from chalicelib.domain.trend import FLAT
from chalicelib.domain.windows import day_of_hour, day_start_hour
from tests.unit.domain.timeline import START, Timeline, raw, still, timeline

MIDNIGHT = day_start_hour(day_of_hour(START) + 1)


def rising(length: int, first: int = MIDNIGHT) -> Timeline:
    """Marks of 1000, 1001, … from `first` on."""
    return timeline([still(str(1000 + number)) for number in range(length)], first)


def slow_of(found: Timeline, hour: int) -> Block:
    return slow_block(hour, found.hours, found.days)


def points(block: Block, name: str, count: int) -> list[int]:
    return list(block.columns[name][:count])


def test_a_day_holds_its_closing_mark_and_its_range() -> None:
    found = timeline([still(value) for value in ("1000", "800", "1200", *["900"] * 22)], MIDNIGHT)
    day = found.days[day_of_hour(MIDNIGHT)]
    assert day.columns["value"][0] == 900
    assert (day.columns["low"][0], day.columns["high"][0]) == pytest.approx((0.8, 1.2))
    assert day.columns["fall"][0] == pytest.approx(0.25)


def test_a_day_has_its_opening_mark_inside() -> None:
    found = timeline([still("2000"), *[still("1000")] * 24], MIDNIGHT)
    assert found.days[day_of_hour(MIDNIGHT)].columns["fall"][0] == 0.5


def test_the_next_day_starts_at_the_closing_mark() -> None:
    found = timeline([still("2000"), *[still("1000")] * 49], MIDNIGHT)
    assert found.days[day_of_hour(MIDNIGHT) + 1].columns["fall"][0] == 0


def test_slow_rows_reach_28_times_6_hours_and_30_days_back() -> None:
    hours, days = slow_hours(MIDNIGHT + 7), slow_days(MIDNIGHT + 7)
    assert (hours[0], hours[-1], len(hours)) == (MIDNIGHT + 6 - 162, MIDNIGHT + 6, 28)
    assert (days[-1], len(days)) == (day_of_hour(MIDNIGHT) - 1, 30)


def test_the_trend_of_7_days_ends_at_the_renewal() -> None:
    trend = points(slow_of(rising(200), MIDNIGHT + 199), "trend_7d", 28)
    assert (trend[0], trend[-1]) == (0, 100)
    assert trend == sorted(trend)
    assert NO_POINT not in trend


def test_the_trend_of_30_days_is_daily_and_ends_at_the_renewal() -> None:
    found = rising(24 * 3 + 7)
    trend = points(slow_of(found, MIDNIGHT + 78), "trend_30d", 30)
    assert trend == [NO_POINT] * 25 + [0, 31, 62, 92, 100]


def test_at_midnight_the_last_daily_point_is_the_days_end_once() -> None:
    found = rising(24 * 2 + 1)
    trend = points(slow_of(found, MIDNIGHT + 48), "trend_30d", 30)
    assert trend == [NO_POINT] * 27 + [0, 50, 100]


def test_a_line_that_does_not_move_lies_in_the_middle() -> None:
    found = timeline([still("1000")] * 13, MIDNIGHT)
    assert points(slow_of(found, MIDNIGHT + 12), "trend_7d", 28)[-3:] == [FLAT] * 3


def test_moves_below_2_decimals_are_not_drawn() -> None:
    found = timeline([still("1000"), *[still("1000.04")] * 12], MIDNIGHT)
    assert points(slow_of(found, MIDNIGHT + 12), "trend_7d", 28)[-3:] == [FLAT] * 3


def test_falls_are_folded_over_whole_days_in_their_order() -> None:
    values = [str(1000 + 37 * (number % 11) - number) for number in range(24 * 7 + 1)]
    found = timeline([still(value) for value in values], MIDNIGHT)
    slow = slow_of(found, MIDNIGHT + 24 * 7)
    index = [found.hours[MIDNIGHT + number].columns["index"][0] for number in range(25, 24 * 7)]
    expected: Fall = fall_of(found.hours[MIDNIGHT + 24].columns["index"][0])
    for each in [*index, found.hours[MIDNIGHT + 24 * 7].columns["index"][0]]:
        expected = joined(expected, fall_of(each))
    stored = Fall(*(slow.columns[f"{name}_6"][0] for name in ("high", "low", "fall")))
    assert stored == expected


def test_a_slow_block_made_later_in_its_hours_is_the_same() -> None:
    found = rising(80)
    assert raw(slow_of(found, MIDNIGHT + 72)) == raw(slow_of(found, MIDNIGHT + 77))
