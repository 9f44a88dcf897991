"""An explanation agrees with the board to the last digit, whatever the hours were."""

import random
from decimal import Decimal
from math import isclose, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.days import slow_block
from chalicelib.domain.errors import NotFound
from chalicelib.domain.scores import scores_block
from chalicelib.domain.windows import DAY, MONTH, WEEK, Window
from chalicelib.services.explain_rank import RankExplained, RankStores, explain_rank
from chalicelib.services.ports import RankTask
from chalicelib.services.rank_traders import rank_traders
from chalicelib.services.show_board import show_board
from tests.builders import seat, trader
from tests.fakes import Fakes
from tests.read_side import HOUR

SEATS = 6


class Past:
    """Hours of a few traders: marks, flows and gaps as dice have it, scored hour by hour by the
    code of the league, then ranked."""

    def __init__(self, seed: int, hours: int) -> None:
        self.dice = random.Random(seed)
        self.fakes = Fakes()
        self.value = [self.dice.choice([50.0, 150.0, 1e3, 1e6]) for _ in range(SEATS)]
        self.index = [1.0] * SEATS
        rows: dict[int, Block] = {}
        scores: Block | None = None
        for hour in range(HOUR - hours, HOUR + 1):
            rows[hour] = self._hour(alike=self.dice.random() < 0.2)
            slow = slow_block(hour, rows, {}, {"hour": hour}) if hour == HOUR else None
            scores = scores_block(hour, scores, rows, slow)
        self.fakes.history.put_blocks({(0, Kind.HOUR, hour): each for hour, each in rows.items()})
        assert scores is not None
        self.fakes.history.put_blocks({(0, Kind.SCORES, HOUR): scores})
        for number in range(SEATS):
            self.fakes.traders.next_seat()
            self.fakes.seats.put(seat(number, trader_id=f"T{number}", name=f"Trader{number}"))
        fakes = self.fakes
        rank_traders(
            RankTask(HOUR),
            seats=fakes.seats,
            history=fakes.history,
            boards=fakes.boards,
            runs=fakes.runs,
        )

    def _hour(self, *, alike: bool) -> Block:
        """One hour; `alike`: the same return for all, so that numbers tie."""
        block = empty_block(Kind.HOUR)
        same = self.dice.uniform(0.9, 1.1)
        for place in range(SEATS):
            factor = same if alike else self.dice.choice([1.0, 1.0, self.dice.uniform(0.9, 1.1)])
            self.index[place] *= factor
            self.value[place] *= factor
            if self.dice.random() < 0.05:
                self._flow(block, place)
            block.columns["value"][place] = self.value[place]
            block.columns["index"][place] = self.index[place]
            marked = Flag.MARK | Flag.COUNTS
            block.columns["flags"][place] = marked if self.dice.random() < 0.99 else Flag(0)
        return block

    def _flow(self, block: Block, place: int) -> None:
        size = round(self.dice.uniform(-0.4, 2.0) * min(self.value[place], 1e4) * 10**8)
        self.value[place] += size / 10**8
        block.columns["deposits" if size > 0 else "withdrawals"][place] = abs(size)
        block.columns["weighted"][place] = round(size / 100 * self.dice.random())

    def explained(self, number: int, window: Window, hour: int = HOUR) -> RankExplained:
        who = trader(trader_id=f"T{number}", name=f"Trader{number}", seat=number)
        stores = RankStores(self.fakes.history, self.fakes.seats, self.fakes.accounts)
        return explain_rank(who, window, hour, stores)

    def board(self, window: Window) -> dict[str, tuple[int | None, int | None, bool]]:
        fakes = self.fakes
        page = show_board(
            window,
            100,
            start=None,
            prefix=None,
            boards=fakes.boards,
            seats=fakes.seats,
            history=fakes.history,
            traders=fakes.traders,
        )
        return {row.name: (row.rank, row.shown[window.name], row.capped) for row in page.rows}

    def check(self, window: Window) -> int:
        """Each trader's explanation against the board's row; how many were ranked."""
        ranked = 0
        for name, (rank, shown, capped) in self.board(window).items():
            found = self.explained(int(name.removeprefix("Trader")), window)
            assert (found.rank, found.shown, found.on_board) == (rank, shown, shown)
            assert found.agrees
            if shown is not None:
                assert found.capped == capped
            if rank is not None:
                ranked += 1
                assert found.ahead is not None
                assert found.ahead.rank == rank
                assert_factors_make_the_twr(found)
            else:
                assert found.reasons
        return ranked


def assert_factors_make_the_twr(found: RankExplained) -> None:
    product = prod(row.factor for row in found.rows if row.factor is not None)
    assert found.twr is not None
    percent = Decimal(found.twr).scaleb(-8)
    assert isclose((product - 1) * 100, float(percent), rel_tol=1e-9, abs_tol=2e-8)


@given(st.integers(0, 2**32))
@settings(max_examples=12)
def test_a_days_rank_is_explained_to_the_last_digit(seed: int) -> None:
    Past(seed, 27).check(DAY)


def test_a_weeks_too_and_who_has_no_month_behind_him_learns_why() -> None:
    past = Past(3, 171)
    assert past.check(DAY) > 1
    assert past.check(WEEK) > 1
    assert past.check(MONTH) == 0


def test_the_first_row_is_the_base_and_the_last_the_hour() -> None:
    found = Past(5, 27).explained(0, DAY)
    assert [found.rows[0].hour, found.rows[-1].hour] in ([HOUR - 24, HOUR], [HOUR - 25, HOUR])
    assert (found.rows[0].factor, found.rows[0].deposits) == (None, 0)


def test_a_board_that_says_something_else_is_found_out() -> None:
    past = Past(7, 27)
    block = past.fakes.history.blocks([(0, Kind.SCORES, HOUR)])[0, Kind.SCORES, HOUR]
    block.columns["shown_24h"][0] += 1
    past.fakes.history.put_blocks({(0, Kind.SCORES, HOUR): block})
    assert not past.explained(0, DAY).agrees


def test_an_hour_without_numbers_is_not_there() -> None:
    with pytest.raises(NotFound, match="three days"):
        Past(9, 27).explained(0, DAY, HOUR - 5)
