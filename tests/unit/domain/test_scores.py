from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Block, Standing
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.performance import Point, maximum_drawdown
from chalicelib.domain.scores import score_hours, scores_block
from chalicelib.domain.sums import SUMS, sum_hours, summed_again
from chalicelib.domain.windows import WINDOWS, day_start_hour
from tests.unit.domain.timeline import (
    START,
    Timeline,
    flow,
    instant,
    raw,
    shown,
    standing,
    still,
    timeline,
    worth,
)

RANKED = Standing.RANKED
Seats = dict[int, TraderHour]


def hours_at(values: Sequence[str], *points: tuple[float, str, str]) -> list[Seats]:
    """Marks of seat 0 with these values, from START on, and flows (hours since START, value
    before, net flow) in the hours they fall in."""
    made = []
    for number, value in enumerate(values):
        inside = tuple(
            flow(before, net_flow, instant(hours))
            for hours, before, net_flow in points
            if number - 1 <= hours < number
        )
        made.append({0: TraderHour(worth(value), inside)})
    return made


def last(found: Timeline) -> Block:
    return found.scores[max(found.scores)]


def drawdown(scores: Block, window: str = "24h") -> int:
    return int(scores.columns[f"drawdown_{window}"][0])


CASES = {
    "deposit in the middle": (
        hours_at(["1000"] * 12 + ["1100"] + ["2000"] * 11 + ["1995"], (12, "1100", "1000")),
        "4.50",
        False,
    ),
    "leave and return": (
        hours_at(
            ["1000"] * 6 + ["1200"] + ["0"] * 12 + ["600"] * 5 + ["630"],
            (6, "1200", "-1200"),
            (18, "0", "600"),
        ),
        "26.00",
        False,
    ),
    "two accounts, a third joins": (
        hours_at(["2000"] * 12 + ["2200"] + ["10200"] * 12, (12, "2200", "8000")),
        "3.33",
        True,
    ),
    "profit taken out and a small deposit": (
        hours_at(
            ["1000"] * 6 + ["3000"] + ["1000"] * 17 + ["1000.01"],
            (6, "3000", "-2000"),
            (20, "1000", "0.01"),
        ),
        "200.00",
        False,
    ),
    "short history": (hours_at(["1000"] * 21), None, False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_worked_cases_of_the_rules_in_columns(name: str) -> None:
    hours, number, capped = CASES[name]
    scores = last(timeline(hours))
    assert shown(scores) == number
    assert bool(standing(scores) & Standing.CAPPED) is capped


def test_a_day_of_marks_is_ranked() -> None:
    scores = last(timeline(hours_at(["1000"] * 24 + ["1010.05"])))
    assert (shown(scores), standing(scores)) == ("1.01", RANKED)


def test_the_longer_windows_wait_for_their_base() -> None:
    scores = last(timeline(hours_at(["1000"] * 25)))
    assert (shown(scores, "7d"), shown(scores, "30d")) == (None, None)


def test_less_than_100_usdt_at_the_start_is_not_ranked() -> None:
    scores = last(timeline(hours_at(["99.99"] + ["200"] * 24)))
    assert (shown(scores), standing(scores)) == ("100.02", Standing(0))


def test_100_usdt_at_the_start_is_enough() -> None:
    assert standing(last(timeline(hours_at(["100"] + ["90"] * 24)))) == RANKED


def test_a_flow_at_the_start_counts_whole_and_one_at_the_end_does_not() -> None:
    hours = hours_at(["1000"] + ["1500"] * 24, (0, "1000", "500"), (24, "1500", "700"))
    scores = last(timeline(hours))
    assert scores.columns["deposits_24h"][0] == 500 * 10**8
    assert scores.columns["weighted_24h"][0] == 500 * 24 * 10**6


def with_gaps(*gaps: int, value: str = "1000", length: int = 25) -> list[Seats]:
    hours = hours_at([value] * length)
    for gap in gaps:
        hours[gap] = still("-1")
    return hours


def test_one_missing_mark_of_24_is_excused() -> None:
    assert standing(last(timeline(with_gaps(7)))) == RANKED


def test_two_missing_marks_of_24_are_not() -> None:
    scores = last(timeline(with_gaps(7, 8)))
    assert (shown(scores), standing(scores)) == ("0.00", Standing(0))


def test_without_an_end_mark_there_is_no_number() -> None:
    assert shown(last(timeline(with_gaps(24)))) is None


def test_a_missing_base_gives_way_to_the_mark_an_hour_older() -> None:
    hours = hours_at(["500", "0"] + ["1100"] * 24, (0.5, "500", "500"))
    hours[1] = {0: TraderHour(worth("-1"), hours[1][0].points)}
    scores = last(timeline(hours))
    assert shown(scores) == "10.00"
    assert standing(scores) == RANKED


def test_flows_before_a_missing_base_count_when_the_window_begins_there() -> None:
    hours = hours_at(["500", "0"] + ["1150"] * 24, (0.5, "550", "600"))
    hours[1] = {0: TraderHour(worth("-1"), hours[1][0].points)}
    scores = last(timeline(hours))
    assert scores.columns["deposits_24h"][0] == 0
    assert standing(scores) == RANKED | Standing.CAPPED
    assert shown(scores) == f"{50 / (500 + 600 * 24.5 / 25) * 100:.2f}"


def test_a_base_two_hours_older_is_none() -> None:
    hours = [*hours_at(["1000"]), still("-1"), still("-1"), *hours_at(["1000"] * 24)]
    assert shown(last(timeline(hours))) is None


@pytest.mark.parametrize("quality", [{"partial": True}, {"stale": Decimal(51)}])
def test_a_partial_or_stale_end_has_a_number_and_no_rank(quality: dict[str, object]) -> None:
    hours = hours_at(["1000"] * 25)
    hours[24] = {0: TraderHour(worth("1000", **quality))}
    scores = last(timeline(hours))
    assert (shown(scores), standing(scores)) == ("0.00", Standing(0))


def test_one_partial_hour_inside_is_excused() -> None:
    hours = hours_at(["1000"] * 25)
    hours[10] = {0: TraderHour(worth("1000", partial=True))}
    assert standing(last(timeline(hours))) == RANKED


def test_a_partial_base_is_excused_by_the_mark_before_it() -> None:
    hours = hours_at(["1000"] * 26)
    hours[1] = {0: TraderHour(worth("1000", partial=True))}
    assert standing(last(timeline(hours))) == RANKED
    hours[0] = hours[1]
    assert standing(last(timeline(hours))) == Standing(0)


@pytest.mark.parametrize(
    "hour",
    [
        TraderHour(worth("1000", thin=Decimal(501))),
        TraderHour(worth("1000"), thin_fills=True),
        TraderHour(worth("1000"), account_gap=True),
        TraderHour(None),
    ],
)
def test_one_such_hour_bars_from_the_rank(hour: TraderHour) -> None:
    hours = hours_at(["1000"] * 25)
    hours[24 - 1] = {0: hour}
    assert not standing(last(timeline(hours))) & RANKED


def test_a_barred_hour_stops_barring_when_it_leaves_the_window() -> None:
    hours = hours_at(["1000"] * 27)
    hours[1] = {0: TraderHour(worth("1000"), thin_fills=True)}
    found = timeline(hours)
    assert standing(found.scores[START + 24]) == Standing(0)
    assert standing(found.scores[START + 25]) == RANKED


def test_an_hour_without_account_at_the_start_is_never_excused() -> None:
    hours = hours_at(["1000"] * 26)
    hours[1] = {0: TraderHour(None)}
    scores = last(timeline(hours))
    assert (shown(scores), standing(scores)) == ("0.00", Standing(0))


def test_a_paused_hour_bars_from_the_rank() -> None:
    hours = hours_at(
        ["1000"] * 10 + ["0"] + ["500"] * 14, (9.5, "1000", "-1000"), (10.5, "0", "500")
    )
    assert not standing(last(timeline(hours))) & RANKED


def test_a_holding_without_a_price_for_7_days_bars_until_it_is_gone() -> None:
    hours = hours_at(["1000"] * 26)
    hours[24] = {0: TraderHour(worth("1000", unpriced=True))}
    found = timeline(hours)
    assert standing(found.scores[START + 24]) == Standing(0)
    assert standing(found.scores[START + 25]) == RANKED


def test_who_left_inside_the_window_keeps_the_last_number() -> None:
    hours = hours_at(["1000"] * 24 + ["1100"])
    left = TraderHour(None, (flow("1200", "-1200", instant(24.5)),), account_gap=True)
    found = timeline([*hours, {0: left}, *([{}] * 26)])
    for hours_later in (1, 2, 24):
        scores = found.scores[START + 24 + hours_later]
        assert (shown(scores), standing(scores)) == ("10.00", Standing.LAST)
    assert shown(found.scores[START + 24 + 26]) is None


def test_the_drawdown_of_24_hours_has_its_base_inside() -> None:
    scores = last(timeline(hours_at(["2000"] + ["1000"] * 24)))
    assert drawdown(scores) == 5000


def test_the_drawdown_of_24_hours_forgets_what_is_older() -> None:
    assert drawdown(last(timeline(hours_at(["2000"] + ["1000"] * 25)))) == 0


def test_the_longer_drawdowns_reach_back_to_whole_days() -> None:
    midnight = day_start_hour(START // 24 + 1) - START
    values = ["1000"] * (24 * 8)
    values[midnight] = "2000"
    found = timeline(hours_at(values))
    seven_days_on = START + midnight + 6 * 24
    assert drawdown(found.scores[seven_days_on + 23], "7d") == 5000
    after = found.scores[seven_days_on + 24]
    assert drawdown(after, "7d") == 0


def test_the_trend_has_24_hourly_points_from_0_to_100() -> None:
    hours = hours_at([str(1000 + number) for number in range(25)])
    hours[20] = still("-1")
    trend = list(last(timeline(hours)).columns["trend_24h"][:24])
    assert (trend[0], trend[-1], trend[19], len(trend)) == (0, 100, -1, 24)


def test_the_first_hour_is_that_of_the_first_mark() -> None:
    found = timeline([{}, *hours_at(["1000"] * 3)])
    assert last(found).columns["first_hour"][0] == START + 1


def test_scores_read_the_bases_and_the_last_day() -> None:
    read = score_hours(1000)
    assert set(range(976, 1001)) <= set(read)
    assert {975, 832, 831, 280, 279} <= set(read)
    assert len(read) == 30


def test_making_the_scores_again_gives_identical_bytes() -> None:
    found = timeline(hours_at(["1000"] * 20 + ["1100"] * 10, (3.3, "1000", "250.123")))
    end = START + 29
    again = scores_block(end, found.scores[end - 1], found.hours, found.slow)
    assert raw(again) == raw(found.scores[end])


def test_after_the_stored_scores_expired_the_next_hours_are_the_same() -> None:
    hours = hours_at(["1000"] * 40 + ["1100"] * 30, (3.3, "1000", "250.123"), (45.1, "9", "-3"))
    found = timeline(hours)
    middle, end = START + 50, START + 69
    before = summed_again(middle, found.hours, found.scores[end])
    for number in range(middle + 1, end + 1):
        slow = None if number % 6 else found.slow
        before = scores_block(number, before, found.hours, slow)
    assert before.columns["shown_24h"] == found.scores[end].columns["shown_24h"]
    assert before.columns["first_hour"] == found.scores[end].columns["first_hour"]


flows = st.tuples(st.decimals("-5000", "5000", places=9), st.integers(0, 3_599_999))


@settings(max_examples=5, deadline=None)
@given(st.data())
def test_sums_carried_forward_equal_sums_made_again(data: st.DataObject) -> None:
    found = Timeline()
    length = 190
    busy = data.draw(st.dictionaries(st.integers(0, length - 1), flows, max_size=40))
    gaps = data.draw(st.sets(st.integers(0, length - 1), max_size=20))
    for number in range(length):
        points: tuple[Point, ...] = ()
        if number in busy:
            amount, milliseconds = busy[number]
            points = (Point(_inside(number, milliseconds), Decimal(6000), amount),)
        value = "-1" if number in gaps else "1000"
        found.take(START + number, {0: TraderHour(worth(value), points)})
    for end in (START + length - 1, START + 30, START + 24):
        again = summed_again(end, found.hours, last(found))
        rows = [each for each in found.hours if each in sum_hours(end)]
        assert rows
        for name in [f"{each}_{window.name}" for each in SUMS for window in WINDOWS]:
            assert again.columns[name] == found.scores[end].columns[name]
        for name in ("first_hour", "day_high", "day_low", "day_fall"):
            assert again.columns[name].tobytes() == found.scores[end].columns[name].tobytes()


def _inside(number: int, milliseconds: int) -> datetime:
    return instant(number - 1 + milliseconds / 3_600_000)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(100, 5000), min_size=25, max_size=60))
def test_the_drawdown_in_columns_is_that_of_one_trader(values: list[int]) -> None:
    scores = last(timeline(hours_at([str(each) for each in values])))
    index = [each / values[0] for each in values[-25:]]
    found = maximum_drawdown(index)
    assert found is not None
    assert abs(drawdown(scores) - found * 100) <= 0
