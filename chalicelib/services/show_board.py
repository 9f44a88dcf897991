"""Show a page of a window's board, or the traders whose names start with something."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.account import block_of
from chalicelib.domain.block import Kind
from chalicelib.domain.errors import Conflict, InvalidRequest
from chalicelib.domain.reading import SeatReading, Status
from chalicelib.domain.windows import DAY, WINDOWS, Window
from chalicelib.services.ports import BoardHead, Boards, History, League, Seat, Seats, Traders

LONGEST_SEARCH = 1000
"""How many names of one beginning can be paged through."""

_NOBODY = League(joined=0, active=0, retired=0, ranked=0, median=None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts (from 0), and on which board."""

    hour: int
    revision: int
    place: int


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One trader on the board; percentages are hundredths. `shown` is by window name."""

    name: str
    exchanges: tuple[str, ...]
    rank: int | None
    rank_change: int | None
    shown: dict[str, int | None]
    capped: bool
    drawdown: int | None
    trend: list[int | None]
    status: Status
    followers: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page, whose board is that of `hour` (None before the first one), and where the next
    one starts."""

    hour: int | None
    league: League
    rows: list[BoardRow]
    next_page: Place | None


def show_board(
    window: Window,
    limit: int,
    *,
    start: Place | None,
    prefix: str | None,
    boards: Boards,
    seats: Seats,
    history: History,
    traders: Traders,
) -> BoardPage:
    """`limit` rows of the current board from `start` on, in its order.

    With `prefix`: the traders whose case-folded names start with it, by name, with the ranks
    they have; those who retired long ago are among them, the unlisted are not.
    Raises Conflict when `start` is on a board that was replaced since.
    """
    head = boards.current(window.name)
    if start is not None and (head is None or (start.hour, start.revision) != _edition(head)):
        raise Conflict("the board was renewed since this page was made; begin at the first page")
    if head is None:
        return BoardPage(None, _NOBODY, [], None)
    place = start.place if start else 0
    if prefix:
        found, more = _search(prefix, place, limit, traders)
    else:
        found = boards.order(window.name, head, place, limit)
        more = place + len(found) < head.length and bool(found)
    next_page = Place(head.hour, head.revision, place + limit) if more else None
    return BoardPage(head.hour, head.league, _rows(found, window, head, seats, history), next_page)


def _edition(head: BoardHead) -> tuple[int, int]:
    return (head.hour, head.revision)


def _search(prefix: str, place: int, limit: int, traders: Traders) -> tuple[list[int], bool]:
    if place >= LONGEST_SEARCH:
        raise InvalidRequest(
            f"only {LONGEST_SEARCH} names are shown of a search; give q more of the name"
        )
    end = min(place + limit, LONGEST_SEARCH)
    names = traders.starting_with(prefix, end + 1)
    return [seat for _, seat in names[place:end]], end < min(len(names), LONGEST_SEARCH)


def _rows(
    found: Sequence[int], window: Window, head: BoardHead, seats: Seats, history: History
) -> list[BoardRow]:
    who = seats.of_seats(found)
    shown = [who[seat] for seat in found if seat in who and who[seat].listed]
    return board_rows(shown, window, head.hour, history)


def board_rows(
    shown: Sequence[Seat], window: Window, hour: int, history: History
) -> list[BoardRow]:
    """What the board of `hour` shows of these seats, in this order."""
    readings = _read([each.seat for each in shown], window, hour, history)
    return [_row(each, readings[each.seat], window) for each in shown]


def _read(
    seats: Sequence[int], window: Window, hour: int, history: History
) -> dict[int, SeatReading]:
    """The seats in the blocks that a row of this window is made of, read at once."""
    numbers = {Kind.HOUR: hour, Kind.SCORES: hour, Kind.RANKS: hour}
    if window is not DAY:
        numbers[Kind.SLOW] = 0
    places = sorted({block_of(seat) for seat in seats})
    blocks = history.blocks(
        [(block, kind, number) for block in places for kind, number in numbers.items()]
    )
    return {
        seat: SeatReading(
            seat,
            {
                kind: blocks[block_of(seat), kind, number]
                for kind, number in numbers.items()
                if (block_of(seat), kind, number) in blocks
            },
        )
        for seat in seats
    }


def _row(seat: Seat, reading: SeatReading, window: Window) -> BoardRow:
    return BoardRow(
        name=seat.name,
        exchanges=seat.exchanges,
        rank=reading.rank(window),
        rank_change=reading.rank_change(window),
        shown={each.name: reading.shown(each) for each in WINDOWS},
        capped=reading.capped(window),
        drawdown=reading.drawdown(window),
        trend=reading.trend(window),
        status=reading.status(window, retired=seat.retired_at is not None),
        followers=seat.followers,
    )
