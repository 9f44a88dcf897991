"""Show how the league itself does, and the exchange as far as a visitor may know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.exchange_condition import ExchangeCondition
from chalicelib.domain.windows import DAY
from chalicelib.services.exchange_ports import ExchangeConditions
from chalicelib.services.ports import Boards, History, Prices, Seats

_BLOCKS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class LeagueStatus:
    """The last ranked hour (None before the first), how many traders are active, and of how
    many the mark of that hour is fresh: there, whole, and at prices that are not old."""

    hour: int | None
    active: int
    fresh: int


@dataclass(frozen=True, slots=True)
class ExchangeStatus:
    """How the exchange does (None while nobody has watched it), and the instant and the age of
    the newest prices (None before the first)."""

    condition: ExchangeCondition | None
    prices_at: datetime | None
    prices_age: timedelta | None


def show_exchange(
    exchange: str, now: datetime, *, conditions: ExchangeConditions, prices: Prices
) -> ExchangeStatus:
    """What a visitor may know of the exchange at `now`, by its own clock."""
    newest = prices.latest()
    return ExchangeStatus(
        condition=conditions.get(exchange),
        prices_at=newest.taken_at if newest else None,
        prices_age=max(now - newest.taken_at, timedelta(0)) if newest else None,
    )


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
