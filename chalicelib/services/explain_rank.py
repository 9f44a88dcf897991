"""Explain an operator a rank: the marks, flows and factors behind the number, and who is ahead.

The number is computed anew from the marks alone, by the code that made it, and held against
what the board says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from chalicelib.domain.account import SEATS_PER_BLOCK, Trader, block_of
from chalicelib.domain.block import NO_NUMBER, Block, Flag, Kind
from chalicelib.domain.columns import integers, known
from chalicelib.domain.errors import NotFound
from chalicelib.domain.own_windows import NotRanked, not_ranked
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.scores import base_of, parts_of
from chalicelib.domain.sums import SUMS, summed_again
from chalicelib.domain.windows import HOURS_A_DAY, Window, run_of
from chalicelib.services.explain_windows import links_of
from chalicelib.services.ports import Accounts, BlockKey, History, Seats

_BLOCKS_AT_ONCE: Final = 50
_Standing: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class RankStores:
    """What an explanation is read from."""

    history: History
    seats: Seats
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One hour of the window: value (USDT) and index at its mark (None: no mark), the factor by
    which the index grew since the last mark, and the hour's flows in 1e-8 USDT."""

    hour: int
    value: float | None
    index: float | None
    factor: float | None
    deposits: int
    withdrawals: int
    flags: Flag


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many ranked traders are ahead of a seat, and by what."""

    by_number: int = 0
    by_drawdown: int = 0
    by_seat: int = 0

    @property
    def rank(self) -> int:
        """The rank that this makes."""
        return 1 + self.by_number + self.by_drawdown + self.by_seat


@dataclass(frozen=True, slots=True)
class RankExplained:
    """A number and a rank, taken apart. Numbers in hundredths of a percent are `shown` (made anew
    from the marks), `on_board` and `drawdown`; `twr` and `mwr` in 1e-8 of a percent; values and
    PnL in USDT; flows in 1e-8 USDT, `weighted` in 1e-6 USDT·h. Unknown is None.

    The first row is the window's base. `rank` is the board's; `ahead` is None without one.
    """

    rows: Sequence[MarkRow]
    value_at_start: float | None
    value_at_end: float | None
    deposits: int
    withdrawals: int
    weighted: int
    pnl: float | None
    twr: int | None
    mwr: int | None
    capped: bool
    shown: int | None
    on_board: int | None
    drawdown: int | None
    rank: int | None
    ahead: Ahead | None
    reasons: Sequence[NotRanked]

    @property
    def agrees(self) -> bool:
        """Whether the board says what the marks say."""
        same_rank = self.ahead is None or self.ahead.rank == self.rank
        return self.shown == self.on_board and same_rank


def explain_rank(trader: Trader, window: Window, hour: int, stores: RankStores) -> RankExplained:
    """The trader's number and rank in the window that ends at `hour`.

    Raises NotFound for an hour of which no numbers are kept.
    """
    seat = trader.seat
    block = block_of(seat)
    keys: list[BlockKey] = [(block, Kind.SCORES, hour), (block, Kind.RANKS, hour)]
    found = {key[1]: each for key, each in stores.history.blocks(keys).items()}
    if Kind.SCORES not in found:
        raise NotFound(
            f"there are no numbers of {run_of(hour)} for him: an hour's are kept for three days "
            "after it was marked"
        )
    first = hour - max(window.hours, HOURS_A_DAY) - 1
    hours = stores.history.block_range(block, Kind.HOUR, first, hour)
    readings = {
        each: SeatReading(seat, {Kind.HOUR: hours[each]} if each in hours else {})
        for each in range(first, hour + 1)
    }
    board = SeatReading(seat, found)
    rank = board.rank(window)
    links = links_of(stores.accounts.of_trader(trader.trader_id))
    again = _made_again(seat, window, hour, hours)
    return RankExplained(
        rows=list(_rows(again.base_hour, hour, readings)),
        value_at_start=again.value_at_start,
        value_at_end=readings[hour].value(Kind.HOUR),
        deposits=again.total["deposits"],
        withdrawals=again.total["withdrawals"],
        weighted=again.total["weighted"],
        pnl=again.pnl,
        twr=again.twr,
        mwr=again.mwr,
        capped=again.capped,
        shown=again.shown,
        on_board=board.shown(window),
        drawdown=board.drawdown(window),
        rank=rank,
        ahead=None if rank is None else _ahead(seat, window, hour, stores),
        reasons=[] if rank is not None else not_ranked(window, hour, board, readings, links),
    )


@dataclass(frozen=True, slots=True)
class _Again:
    """A seat's numbers, made from the hours' marks alone; units as in `RankExplained`."""

    base_hour: int
    value_at_start: float | None
    total: Mapping[str, int]
    pnl: float | None
    twr: int | None
    mwr: int | None
    capped: bool
    shown: int | None


def _made_again(seat: int, window: Window, hour: int, hours: Mapping[int, Block]) -> _Again:
    place, start = seat % SEATS_PER_BLOCK, hour - window.hours
    row = known(hours.get(hour), Kind.HOUR)
    base = base_of(
        window, known(hours.get(start), Kind.HOUR), known(hours.get(start - 1), Kind.HOUR)
    )
    summed = summed_again(hour, hours)
    sums = {name: integers(summed, f"{name}_{window.name}") for name in SUMS}
    parts = parts_of(window, row, base, sums)
    shown = int(parts.numbers.shown[place])
    return _Again(
        base_hour=start - 1 if base.older[place] else start,
        value_at_start=_number(base.value[place]),
        total={name: int(numbers[place]) for name, numbers in parts.total.items()},
        pnl=_number(parts.pnl[place]),
        twr=_whole(parts.numbers.twr[place]),
        mwr=_whole(parts.numbers.mwr[place]),
        capped=bool(parts.numbers.capped[place]),
        shown=None if shown == NO_NUMBER else shown,
    )


def _rows(first: int, last: int, readings: dict[int, SeatReading]) -> Iterator[MarkRow]:
    before: float | None = None
    for hour in range(first, last + 1):
        reading = readings[hour]
        index = reading.index(Kind.HOUR)
        factor = index / before if index is not None and before else None
        inside = hour > first
        yield MarkRow(
            hour,
            reading.value(Kind.HOUR),
            index,
            factor,
            reading.deposits(Kind.HOUR) if inside else 0,
            reading.withdrawals(Kind.HOUR) if inside else 0,
            reading.flags(),
        )
        before = index if index is not None else before


def _ahead(seat: int, window: Window, hour: int, stores: RankStores) -> Ahead:
    """Who is ahead, counted over all ranked seats of that hour."""
    his: _Standing | None = None
    others: list[_Standing] = []
    for each, standing in _standings(window, hour, stores):
        if each == seat:
            his = standing
        else:
            others.append(standing)
    if his is None:
        return Ahead()
    better = [each for each in others if each < his]
    by_number = sum(each[0] < his[0] for each in better)
    by_drawdown = sum(each[0] == his[0] and each[1] < his[1] for each in better)
    return Ahead(by_number, by_drawdown, len(better) - by_number - by_drawdown)


def _standings(window: Window, hour: int, stores: RankStores) -> Iterator[tuple[int, _Standing]]:
    """Of every ranked seat what its place was decided by; the less comes first."""
    count = -(-stores.seats.count() // SEATS_PER_BLOCK)
    for first in range(0, count, _BLOCKS_AT_ONCE):
        numbers = range(first, min(first + _BLOCKS_AT_ONCE, count))
        kinds = (Kind.SCORES, Kind.RANKS)
        found = stores.history.blocks([(n, kind, hour) for n in numbers for kind in kinds])
        for number in numbers:
            pair = {
                kind: found[number, kind, hour] for kind in kinds if (number, kind, hour) in found
            }
            yield from _ranked_of(number, window, pair)


def _ranked_of(
    block: int, window: Window, pair: dict[Kind, Block]
) -> Iterator[tuple[int, _Standing]]:
    if Kind.RANKS not in pair:
        return
    for place, rank in enumerate(pair[Kind.RANKS].columns[f"rank_{window.name}"]):
        if rank:
            seat = block * SEATS_PER_BLOCK + place
            reading = SeatReading(seat, pair)
            drawdown = reading.drawdown(window)
            worst = 2**63 if drawdown is None else drawdown
            yield seat, (-(reading.shown(window) or 0), worst, seat)


def _number(number: float) -> float | None:
    number = float(number)
    return None if number != number else number


def _whole(number: float) -> int | None:
    found = _number(number)
    return None if found is None else int(found)
