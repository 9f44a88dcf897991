"""Explain a trader his numbers: what each is made of, and why he has no rank where he has none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from chalicelib.domain.account import AccountState, ExchangeAccount, Trader, block_of
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.explained import explained
from chalicelib.domain.imported import ImportedLine
from chalicelib.domain.money import EXACT, shown_percent
from chalicelib.domain.own_windows import (
    Links,
    NotRanked,
    OwnWindow,
    Reason,
    hours_needed,
    not_ranked,
)
from chalicelib.domain.performance import INDEX_FLOOR
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import WINDOWS, Window, day_of_hour
from chalicelib.services.import_ports import Imports
from chalicelib.services.ports import Accounts, BlockKey, BoardHead, Boards, History


@dataclass(frozen=True, slots=True)
class WindowStores:
    """What the explanation is read from."""

    boards: Boards
    history: History
    imports: Imports
    accounts: Accounts


def explain_windows(trader: Trader, stores: WindowStores) -> dict[str, OwnWindow]:
    """By window name, as of the current boards; empty before the first."""
    heads = {window: stores.boards.current(window.name) for window in WINDOWS}
    known = {window: head for window, head in heads.items() if head is not None}
    keys = {key for window, head in known.items() for key in _keys(trader.seat, window, head.hour)}
    blocks = stores.history.blocks(sorted(keys, key=lambda key: (key[1].value, key[2])))
    line = cache(lambda: stores.imports.line(trader.trader_id))
    links = cache(lambda: links_of(stores.accounts.of_trader(trader.trader_id)))
    return {
        window.name: _window(trader, window, head, blocks, stores, line, links)
        for window, head in known.items()
    }


def _keys(seat: int, window: Window, hour: int) -> list[BlockKey]:
    block = block_of(seat)
    keys: list[BlockKey] = [(block, Kind.HOUR, each) for each in hours_needed(hour, window)]
    return [*keys, (block, Kind.SCORES, hour), (block, Kind.RANKS, hour)]


def _window(
    trader: Trader,
    window: Window,
    head: BoardHead,
    blocks: Mapping[BlockKey, Block],
    stores: WindowStores,
    line: Callable[[], ImportedLine | None],
    links: Callable[[], Links],
) -> OwnWindow:
    block, hour = block_of(trader.seat), head.hour
    needed = hours_needed(hour, window)
    scores = _reading(trader.seat, blocks, [Kind.SCORES, Kind.RANKS], hour)
    hours = {each: _reading(trader.seat, blocks, [Kind.HOUR], each) for each in needed}
    ranked = scores.rank(window) is not None
    reasons = [] if ranked else not_ranked(window, hour, scores, hours, links())
    if not trader.visibility.listed:
        reasons = [NotRanked(Reason.NOT_LISTED, None), *reasons]
    shown, preview = scores.shown(window), None
    if not ranked:
        preview = shown if shown is not None else imported_number(window, hours[hour], hour, line())
    rows = {number: each for (_, kind, number), each in blocks.items() if kind is Kind.HOUR}
    return OwnWindow(
        shown=shown,
        capped=scores.capped(window),
        parts=explained(window, trader.seat, hour, blocks.get((block, Kind.SCORES, hour)), rows),
        not_ranked=reasons,
        preview=preview,
        would_stand=None if preview is None else would_stand(preview, window, head, stores),
        rank=scores.rank(window),
        ranked=head.league.ranked,
    )


def links_of(accounts: Iterable[ExchangeAccount]) -> Links:
    """What of these accounts is linked now."""
    found = list(accounts)
    live = [each.linked_at for each in found if each.state is AccountState.LIVE]
    checking = any(each.state is AccountState.CHECKING for each in found)
    return Links(min(live, default=None), checking)


def imported_number(
    window: Window, now: SeatReading, hour: int, line: ImportedLine | None
) -> int | None:
    """The return in hundredths of a percent from an imported midnight, the last one at or before
    the window's start, to the mark of `hour` (to the link, while there is no mark). None where
    that midnight was not imported. Its index goes on in the live one."""
    start = day_of_hour(hour - window.hours) - 1
    then = next((day.index for day in line.days if day.day == start), None) if line else None
    if not then or then <= INDEX_FLOOR:
        return None
    index = now.index(Kind.HOUR)
    with localcontext(EXACT):
        ratio = Decimal(1.0 if index is None else index) / Decimal(then)
        return int(shown_percent((ratio - 1) * 100) * 100)


def _reading(
    seat: int, blocks: Mapping[BlockKey, Block], kinds: list[Kind], number: int
) -> SeatReading:
    keys = {kind: (block_of(seat), kind, number) for kind in kinds}
    return SeatReading(seat, {kind: blocks[key] for kind, key in keys.items() if key in blocks})


def would_stand(shown: int, window: Window, head: BoardHead, stores: WindowStores) -> int:
    """The rank that a number (hundredths of a percent) would have on the board: behind those with
    the same. Looks at as few places of the board as halving needs."""
    first, last = 0, head.league.ranked
    while first < last:
        middle = (first + last) // 2
        other = _shown_at(middle, window, head, stores)
        if other is not None and other < shown:
            last = middle
        else:
            first = middle + 1
    return first + 1


def _shown_at(place: int, window: Window, head: BoardHead, stores: WindowStores) -> int | None:
    seats = stores.boards.order(window.name, head, place, 1)
    if not seats:
        return None
    key: BlockKey = (block_of(seats[0]), Kind.SCORES, head.hour)
    return _reading(seats[0], stores.history.blocks([key]), [Kind.SCORES], head.hour).shown(window)
