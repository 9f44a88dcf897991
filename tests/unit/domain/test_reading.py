"""Reading one seat's numbers out of blocks."""

import pytest

from chalicelib.domain.block import Block, Flag, Kind, Standing
from chalicelib.domain.reading import SeatReading, Status
from chalicelib.domain.windows import DAY, MONTH, WEEK
from tests.builders import block

SEAT = 256 + 17


def reading(*blocks: Block) -> SeatReading:
    """SEAT in these blocks."""
    return SeatReading(SEAT, {each.kind: each for each in blocks})


def hour(flags: Flag) -> Block:
    """An hour's block in which SEAT has a value, an index and these flags."""
    return block(Kind.HOUR, flags={17: flags}, index={17: 1.5}, value={17: 1000.0})


def test_numbers_are_those_of_the_seats_place() -> None:
    scores = block(
        Kind.SCORES,
        shown_7d={16: 1, 17: -250},
        drawdown_7d={17: 310},
        standing_7d={17: Standing.RANKED | Standing.CAPPED},
    )
    ranks = block(Kind.RANKS, rank_7d={17: 4}, change_7d={17: -2})
    seat = reading(scores, ranks)
    assert (seat.shown(WEEK), seat.drawdown(WEEK), seat.capped(WEEK)) == (-250, 310, True)
    assert (seat.rank(WEEK), seat.rank_change(WEEK)) == (4, -2)


@pytest.mark.parametrize("blocks", [[], [block(Kind.SCORES), block(Kind.RANKS), block(Kind.HOUR)]])
def test_what_is_not_known_is_none(blocks: list[Block]) -> None:
    seat = reading(*blocks)
    assert (seat.shown(DAY), seat.drawdown(DAY), seat.capped(DAY)) == (None, None, False)
    assert (seat.rank(DAY), seat.rank_change(DAY)) == (None, None)
    assert (seat.index(Kind.HOUR), seat.value(Kind.HOUR)) == (None, None)


def test_the_trend_of_a_day_lies_in_the_scores_and_longer_ones_in_the_slow_block() -> None:
    scores = block(Kind.SCORES, trend_24h={17 * 24: 5, 17 * 24 + 23: 100, 18 * 24: 9})
    slow = block(Kind.SLOW, trend_7d={17 * 28: 7}, trend_30d={17 * 30: 8})
    seat = reading(scores, slow)
    assert seat.trend(DAY) == [5, *[None] * 22, 100]
    assert (seat.trend(WEEK)[0], seat.trend(MONTH)[0]) == (7, 8)
    assert (len(seat.trend(WEEK)), len(seat.trend(MONTH))) == (28, 30)


def test_the_trend_is_empty_before_it_was_made() -> None:
    assert reading().trend(MONTH) == []


def test_an_index_without_a_mark_is_not_a_point() -> None:
    assert reading(hour(Flag(0))).index(Kind.HOUR) is None
    assert reading(hour(Flag.MARK)).index(Kind.HOUR) == 1.5


@pytest.mark.parametrize(
    ("flags", "rank", "marks", "status"),
    [
        (Flag.MARK, 3, 24, Status.ACTIVE),
        (Flag.MARK, 0, 5, Status.NOT_RANKED_YET),
        (Flag.MARK | Flag.STALE, 3, 24, Status.STALE),
        (Flag.MARK | Flag.PARTIAL, 0, 5, Status.STALE),
        (Flag(0), 0, 5, Status.STALE),
        (Flag(0), 0, 0, Status.NOT_RANKED_YET),
        (Flag.NO_ACCOUNT, 0, 5, Status.NOT_RANKED_YET),
    ],
    ids=["ranked", "newcomer", "old prices", "partial", "no mark", "never", "unlinked"],
)
def test_the_status_on_the_board(flags: Flag, rank: int, marks: int, status: Status) -> None:
    scores = block(Kind.SCORES, counted_24h={17: marks})
    seat = reading(hour(flags), scores, block(Kind.RANKS, rank_24h={17: rank}))
    assert seat.status(DAY, retired=False) is status


def test_who_retired_is_retired_whatever_the_mark_says() -> None:
    assert reading(hour(Flag.STALE)).status(DAY, retired=True) is Status.RETIRED
