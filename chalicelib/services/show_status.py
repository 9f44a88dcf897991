"""Show how the league itself does."""

from dataclasses import dataclass

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.windows import DAY
from chalicelib.services.ports import Boards, History, Seats

_BLOCKS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class LeagueStatus:
    """The last ranked hour (None before the first), how many traders are active, and of how
    many the mark of that hour is fresh: there, whole, and at prices that are not old."""

    hour: int | None
    active: int
    fresh: int


def show_status(*, boards: Boards, seats: Seats, history: History) -> LeagueStatus:
    """The state of the league as of its last board; reads one small block per 256 seats."""
    head = boards.current(DAY.name)
    if head is None:
        return LeagueStatus(None, 0, 0)
    count = -(-seats.count() // SEATS_PER_BLOCK)
    fresh = 0
    for first in range(0, count, _BLOCKS_AT_ONCE):
        numbers = range(first, min(first + _BLOCKS_AT_ONCE, count))
        blocks = history.blocks([(number, Kind.HOUR, head.hour) for number in numbers])
        fresh += sum(_is_fresh(flags) for b in blocks.values() for flags in b.columns["flags"])
    return LeagueStatus(head.hour, head.league.active, fresh)


def _is_fresh(flags: int) -> bool:
    return Flag(flags) & (Flag.MARK | Flag.STALE | Flag.PARTIAL) == Flag.MARK
