"""Order, ranks and summary of one window."""

from functools import cmp_to_key

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import NO_CHANGE, NO_NUMBER, Standing
from chalicelib.domain.board import Presence, Scores, Standings, rank

Row = tuple[int, int, int, int, int]
RANKED = int(Standing.RANKED)


def row(
    shown: int = NO_NUMBER,
    drawdown: int = 0,
    *,
    standing: int = RANKED,
    presence: Presence = Presence.LISTED,
    previous: int = 0,
) -> Row:
    """One seat's numbers in one window."""
    return (shown, drawdown, standing, presence, previous)


def ranked(*rows: Row) -> Standings:
    """The standings of seats 0, 1, … with these numbers."""
    columns = np.array(rows, np.int64).reshape(len(rows), 5).T
    shown, drawdown, standing, presence, previous = columns
    return rank(
        Scores(
            shown,
            drawdown,
            standing.astype(np.uint8),
            presence.astype(np.uint8),
            previous.astype(np.int32),
        )
    )


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([row(100), row(300), row(200)], [1, 2, 0]),
        ([row(100, 50), row(100, 20), row(100, 50)], [1, 0, 2]),
        ([row(-1), row(900, standing=0), row(0)], [2, 0, 1]),
        ([row(standing=0), row(5, standing=0), row(-5)], [2, 1, 0]),
        ([row(900, presence=Presence.LEFT), row(standing=0), row(-5)], [2, 1, 0]),
        ([row(900, presence=Presence.UNLISTED), row(1)], [1]),
        ([row(900, presence=Presence.GONE), row(1), row(presence=Presence.EMPTY)], [1]),
        ([row(100, NO_NUMBER), row(100, 9000)], [1, 0]),
        ([row(2**62), row(-(2**62)), row(7)], [0, 2, 1]),
        ([], []),
    ],
    ids=[
        "greater number first",
        "lower drawdown, then smaller seat",
        "not ranked after ranked",
        "unknown after known",
        "who left comes last",
        "unlisted has no place",
        "gone has no place",
        "unknown drawdown after known",
        "numbers too far apart to pack",
        "no seats",
    ],
)
def test_the_order_of_the_board(rows: list[Row], order: list[int]) -> None:
    assert ranked(*rows).order.tolist() == order


def test_ranks_count_from_one_and_only_the_ranked() -> None:
    result = ranked(row(100), row(400), row(999, standing=0), row(9, presence=Presence.LEFT))
    assert result.ranks.tolist() == [2, 1, 0, 0]


def test_a_rank_without_a_number_is_not_given() -> None:
    assert ranked(row(NO_NUMBER)).ranks.tolist() == [0]


def test_the_change_is_last_rank_minus_this_one_and_unknown_when_either_is_missing() -> None:
    result = ranked(row(9, previous=4), row(8), row(7, previous=1, standing=0), row(6, previous=2))
    assert result.changes.tolist() == [3, NO_CHANGE, NO_CHANGE, -1]


def test_the_summary_counts_who_joined_is_active_retired_and_ranked() -> None:
    result = ranked(
        row(10),
        row(20, presence=Presence.UNLISTED),
        row(30, presence=Presence.LEFT),
        row(presence=Presence.GONE),
        row(standing=0),
        row(presence=Presence.EMPTY),
    )
    assert (result.joined, result.active, result.retired, result.ranked) == (5, 3, 2, 1)


@pytest.mark.parametrize(
    ("shown", "median"),
    [
        ([], None),
        ([NO_NUMBER], None),
        ([7], 7),
        ([7, 8], 8),
        ([-7, -8], -8),
        ([-1, 1], 0),
        ([5, NO_NUMBER, 1, 3], 3),
    ],
)
def test_the_median_of_known_numbers_rounds_half_away_from_zero(
    shown: list[int], median: int | None
) -> None:
    assert ranked(*(row(each) for each in shown)).median == median


def test_the_median_counts_the_unlisted_and_who_left_inside_the_window() -> None:
    rows = [row(1), row(2, presence=Presence.UNLISTED), row(9, presence=Presence.GONE)]
    assert ranked(*rows).median == 2


numbers = st.one_of(
    st.just(NO_NUMBER), st.integers(-300, 300), st.integers(-(2**62), 2**62), st.just(0)
)
rows = st.tuples(
    numbers,
    st.one_of(st.just(NO_NUMBER), st.integers(0, 10_000)),
    st.sampled_from([0, RANKED, RANKED | Standing.CAPPED]),
    st.sampled_from(list(Presence)),
    st.integers(0, 5),
)


def _by_hand(rows: list[Row]) -> list[int]:
    def key(seat: int) -> tuple[float, float, float, int]:
        shown, drawdown, standing, presence, _ = rows[seat]
        known = shown != NO_NUMBER
        group = 2 if presence == Presence.LEFT else 0 if standing & 1 and known else 1
        return (
            group,
            -shown if known else 2**63,
            drawdown if drawdown != NO_NUMBER else 2**63,
            seat,
        )

    def compare(one: int, other: int) -> int:
        return -1 if key(one) < key(other) else 1

    listed = [i for i, each in enumerate(rows) if each[3] in (Presence.LISTED, Presence.LEFT)]
    return sorted(listed, key=cmp_to_key(compare))


@settings(max_examples=100)
@given(st.lists(rows, max_size=40))
def test_the_order_is_that_of_sorting_by_hand(rows: list[Row]) -> None:
    assert ranked(*rows).order.tolist() == _by_hand(rows)


@settings(max_examples=25)
@given(st.lists(rows, max_size=40))
def test_the_same_columns_give_the_same_bytes(rows: list[Row]) -> None:
    one, other = ranked(*rows), ranked(*rows)
    assert one.order.tobytes() == other.order.tobytes()
    assert one.ranks.tobytes() == other.ranks.tobytes()


def test_a_hundred_thousand_seats_come_in_the_order_of_sorting_key_by_key() -> None:
    random = np.random.default_rng(7)
    count = 100_000
    shown = np.round(random.normal(0, 300, count)).astype(np.int64)
    drawdown = np.abs(np.round(random.normal(0, 80, count))).astype(np.int64)
    standing = np.full(count, RANKED, np.uint8)
    presence = np.full(count, Presence.LISTED, np.uint8)
    result = rank(Scores(shown, drawdown, standing, presence, np.zeros(count, np.int32)))
    assert (result.order == np.lexsort((drawdown, -shown))).all()
