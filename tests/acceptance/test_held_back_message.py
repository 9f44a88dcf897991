"""A message that the queue held back for two hours: the board after it is as if it had come in
time.

A day and some hours of a league in one process, beside a real sandbox exchange, once with every
message in time and once with those of a bold hour held back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from chalicelib.domain.block import Kind
from chalicelib.domain.windows import WINDOWS, day_of_hour
from chalicelib.services.ports import StreamItem
from sandbox.demo import AccountPart, Part
from sandbox.demo_moves import Buy, Move, PayIn, Sell, View
from sandbox.exchange.running import USUAL_START, running_exchange
from sandbox.fast_forward import FastForward
from tests.fakes import Fakes
from tests.memory_league import memory_league

HOURS = 29
BOLD = 25
"""The hour of the bold trades; 24 hours of marks lie behind it."""

HELD = (BOLD, BOLD + 1)
FIRST = USUAL_START // 3_600_000
BOLD_SEAT, LATECOMER = 0, 2


@dataclass
class Script:
    """The given moves in the given hours since joining."""

    moves: dict[int, list[Move]]

    def plan(self, view: View) -> list[Move]:
        return self.moves.get(view.hour, [])


def _bold() -> Script:
    return Script(
        {
            2: [Buy(600, "BTCUSDT", 0.5)],
            BOLD: [Sell(300, "BTCUSDT", 1.0), PayIn(900, "USDT", Decimal(700))],
            BOLD + 1: [Buy(1200, "SOLUSDT", 0.9)],
        }
    )


def _calm() -> Script:
    return Script({1: [Buy(900, "ETHUSDT", 0.4)], BOLD: [Buy(1500, "BTCUSDT", 0.2)]})


PARTS = [
    Part("bold", "", (AccountPart({"USDT": "2000"}, _bold),)),
    Part("calm", "", (AccountPart({"USDT": "1000", "BTC": "0.05"}, _calm),)),
    Part("latecomer", "", (AccountPart({"USDT": "500", "ETH": "1"}, _calm, linked=BOLD),)),
]


@dataclass
class Holding:
    """A queue that keeps what is of some seats for a while."""

    take: Callable[[], list[StreamItem]]
    seats: frozenset[int] = frozenset()
    kept: list[StreamItem] = field(default_factory=list)
    held_back: int = 0

    def __call__(self) -> list[StreamItem]:
        items = [*self.kept, *self.take()]
        self.kept = [item for item in items if item.seat in self.seats]
        self.held_back = max(self.held_back, len(self.kept))
        return [item for item in items if item.seat not in self.seats]


@dataclass
class Lived:
    """What a league left behind, and the shown numbers of each hour as they were published."""

    fakes: Fakes
    shown: list[list[int]]
    held_back: int


def _live(held: frozenset[int]) -> Lived:
    with running_exchange(start=USUAL_START) as running, memory_league(running) as (league, do):
        holding = Holding(league.events.take)
        league.events.take = holding  # type: ignore[method-assign]
        demo = FastForward(PARTS, HOURS, do)
        shown = []
        for number in range(HOURS):
            holding.seats = held if number in HELD else frozenset()
            start = do.clock.now()
            demo.hour(number, start.replace(minute=0, second=0, microsecond=0))
            demo.finish()
            shown.append(_shown(league.fakes, FIRST + number + 1))
        for each in demo.linked:
            each.actor.close()
        return Lived(league.fakes, shown, holding.held_back)


def _shown(fakes: Fakes, hour: int) -> list[int]:
    scores = fakes.history.blocks([(0, Kind.SCORES, hour)])[0, Kind.SCORES, hour]
    return list(scores.columns["shown_24h"][: len(PARTS)])


@pytest.fixture(scope="module")
def both() -> tuple[Lived, Lived]:
    return _live(frozenset()), _live(frozenset({BOLD_SEAT}))


def test_boards_published_meanwhile_did_not_know(both: tuple[Lived, Lived]) -> None:
    in_time, late = both
    assert late.held_back > 2
    assert late.shown[:BOLD] == in_time.shown[:BOLD]
    assert late.shown[HELD[-1]] != in_time.shown[HELD[-1]]


def test_the_next_hour_is_as_if_the_message_had_come_in_time(both: tuple[Lived, Lived]) -> None:
    in_time, late = both
    assert late.shown[HELD[-1] + 1 :] == in_time.shown[HELD[-1] + 1 :]
    for window in WINDOWS:
        heads = [each.fakes.boards.current(window.name) for each in both]
        assert heads[0] is not None
        assert heads[0] == heads[1]
        orders = [each.fakes.boards.order(window.name, heads[0], 0, 9) for each in both]
        assert orders[0] == orders[1]


def test_every_mark_is_as_if_the_message_had_come_in_time(both: tuple[Lived, Lived]) -> None:
    _same_marks(*both)


def test_a_link_that_was_held_back_is_marked_from_its_own_hour_on(
    both: tuple[Lived, Lived],
) -> None:
    late = _live(frozenset({LATECOMER}))
    _same_marks(both[0], late)
    (record,) = late.fakes.corrections.kept(0, 0, FIRST + HOURS)
    assert (record.seat, record.from_hour) == (LATECOMER, FIRST + BOLD + 1)
    assert "link#1" in record.entry_ids


def _same_marks(one: Lived, other: Lived) -> None:
    keys = [(0, kind, FIRST + n) for kind in (Kind.HOUR, Kind.SCORES) for n in range(1, HOURS + 1)]
    keys += [(0, Kind.DAY, day_of_hour(FIRST)), (0, Kind.SLOW, 0)]
    first, second = (each.fakes.history.blocks(keys) for each in (one, other))
    assert first.keys() == second.keys()
    for key, block in first.items():
        for name, column in block.columns.items():
            assert column.tobytes() == second[key].columns[name].tobytes(), (key, name)
        assert block.notes == second[key].notes


def test_the_correction_can_be_read(both: tuple[Lived, Lived]) -> None:
    in_time, late = both
    assert in_time.fakes.corrections.kept(0, 0, FIRST + HOURS) == []
    (record,) = late.fakes.corrections.kept(0, 0, FIRST + HOURS)
    at = FIRST + HELD[-1] + 1
    assert (record.seat, record.at_hour, record.from_hour) == (BOLD_SEAT, at, FIRST + BOLD + 1)
    assert record.before["24h"] == late.shown[HELD[-1]][BOLD_SEAT]
    assert record.after is not None
    assert record.after["24h"] == in_time.shown[HELD[-1]][BOLD_SEAT]
