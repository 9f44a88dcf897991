"""Explain a trader his numbers: what each is made of, and why he has no rank where he has none."""

from collections.abc import Mapping

from chalicelib.domain.account import Trader, block_of
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.explained import explained
from chalicelib.domain.own_windows import NotRanked, OwnWindow, Reason, hours_needed, not_ranked
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import WINDOWS, Window
from chalicelib.services.ports import BlockKey, BoardHead, Boards, History


def explain_windows(trader: Trader, boards: Boards, history: History) -> dict[str, OwnWindow]:
    """By window name, as of the current boards; empty before the first."""
    heads = {window: boards.current(window.name) for window in WINDOWS}
    found: dict[str, OwnWindow] = {}
    for window, head in heads.items():
        if head is not None:
            found[window.name] = _window(trader, window, head, boards, history)
    return found


def _window(
    trader: Trader, window: Window, head: BoardHead, boards: Boards, history: History
) -> OwnWindow:
    block, hour = block_of(trader.seat), head.hour
    needed = hours_needed(hour, window)
    keys: list[BlockKey] = [(block, Kind.HOUR, each) for each in needed]
    keys += [(block, Kind.SCORES, hour), (block, Kind.RANKS, hour)]
    blocks = history.blocks(keys)
    scores = _reading(trader.seat, blocks, [Kind.SCORES, Kind.RANKS], hour)
    hours = {each: _reading(trader.seat, blocks, [Kind.HOUR], each) for each in needed}
    reasons = not_ranked(window, hour, scores, hours)
    if not trader.visibility.listed:
        reasons = [NotRanked(Reason.NOT_LISTED, None), *reasons]
    shown = scores.shown(window)
    ranked = scores.rank(window) is not None
    place = None if ranked or shown is None else would_stand(shown, window, head, boards, history)
    rows = {number: each for (_, kind, number), each in blocks.items() if kind is Kind.HOUR}
    return OwnWindow(
        shown=shown,
        capped=scores.capped(window),
        parts=explained(window, trader.seat, hour, blocks.get((block, Kind.SCORES, hour)), rows),
        not_ranked=reasons,
        would_stand=place,
    )


def _reading(
    seat: int, blocks: Mapping[BlockKey, Block], kinds: list[Kind], number: int
) -> SeatReading:
    keys = {kind: (block_of(seat), kind, number) for kind in kinds}
    return SeatReading(seat, {kind: blocks[key] for kind, key in keys.items() if key in blocks})


def would_stand(
    shown: int, window: Window, head: BoardHead, boards: Boards, history: History
) -> int:
    """The rank that a number (hundredths of a percent) would have on the board: behind those with
    the same. Looks at as few places of the board as halving needs."""
    first, last = 0, head.league.ranked
    while first < last:
        middle = (first + last) // 2
        other = _shown_at(middle, window, head, boards, history)
        if other is not None and other < shown:
            last = middle
        else:
            first = middle + 1
    return first + 1


def _shown_at(
    place: int, window: Window, head: BoardHead, boards: Boards, history: History
) -> int | None:
    seats = boards.order(window.name, head, place, 1)
    if not seats:
        return None
    key: BlockKey = (block_of(seats[0]), Kind.SCORES, head.hour)
    return _reading(seats[0], history.blocks([key]), [Kind.SCORES], head.hour).shown(window)
