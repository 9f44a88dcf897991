"""Rank all traders at an hour of which every shard is marked."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.board import Presence, Scores, Standings, rank
from chalicelib.domain.board_blocks import rank_blocks, scores_of
from chalicelib.domain.windows import WINDOWS, Window, hour_start
from chalicelib.services.ports import (
    BoardHead,
    Boards,
    History,
    League,
    RankTask,
    Runs,
    Seat,
    Seats,
)

LISTED_AFTER_LEAVING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RankedHour:
    """What the boards of an hour were made of, and the boards; `presence` is by seat, `names` has
    those of the seats that are taken."""

    hour: int
    revision: int
    names: Mapping[int, str]
    presence: Sequence[Presence]
    scores: Mapping[Window, Scores]
    standings: Mapping[Window, Standings]


def rank_traders(
    task: RankTask, *, seats: Seats, history: History, boards: Boards, runs: Runs
) -> RankedHour:
    """Write the ranks and the boards of the task's hour, and make them the current ones.

    The same blocks and seats give the same items, so it may run again; the pointer to the
    current board moves last, and never back to an earlier hour or revision.
    """
    count = seats.count()
    blocks = range(-(-count // SEATS_PER_BLOCK))
    taken = seats.of_blocks(list(blocks))
    presence = _presence(taken, count, task.hour)
    names = {seat: each.name for seat, each in taken.items()}
    del taken  # of a million traders it is the largest thing here
    scores = _scores(task.hour, blocks, presence, history)
    standings = {window: rank(each) for window, each in scores.items()}
    ranks: dict[int, Block] = rank_blocks(standings)
    history.put_blocks({(block, Kind.RANKS, task.hour): each for block, each in ranks.items()})
    orders = {window.name: array("i", each.order.tolist()) for window, each in standings.items()}
    boards.put_orders(task.hour, task.revision, orders)
    for window, each in standings.items():
        head = BoardHead(task.hour, task.revision, len(each.order), _league(each))
        boards.publish(window.name, head)
    runs.mark_ranked(task.hour)
    return RankedHour(task.hour, task.revision, names, presence, scores, standings)


def _scores(
    hour: int, blocks: Sequence[int], presence: Sequence[Presence], history: History
) -> dict[Window, Scores]:
    """The columns of each window; the blocks they come from are gone when this returns."""
    keys = [(block, Kind.SCORES, hour) for block in blocks]
    keys += [(block, Kind.RANKS, hour - 1) for block in blocks]
    stored = history.blocks(keys)
    marked = {key[0]: block for key, block in stored.items() if key[1] is Kind.SCORES}
    last_ranks = {key[0]: block for key, block in stored.items() if key[1] is Kind.RANKS}
    return {window: scores_of(window, presence, marked, last_ranks) for window in WINDOWS}


def _presence(taken: Mapping[int, Seat], count: int, hour: int) -> list[Presence]:
    return [_presence_of(taken.get(seat), hour) for seat in range(count)]


def _presence_of(seat: Seat | None, hour: int) -> Presence:
    if seat is None:
        return Presence.EMPTY
    now = hour_start(hour)
    if seat.retired_at is None or seat.retired_at >= now:
        return Presence.LISTED if seat.listed else Presence.UNLISTED
    if seat.listed and now - seat.retired_at <= LISTED_AFTER_LEAVING:
        return Presence.LEFT
    return Presence.GONE


def _league(standings: Standings) -> League:
    return League(
        joined=standings.joined,
        active=standings.active,
        retired=standings.retired,
        ranked=standings.ranked,
        median=standings.median,
    )
