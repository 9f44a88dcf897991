"""Whoever reads everything public and the whole tape, and what he can tell of a guarded trader.

Two observers. One has the lists of a profile; the other fits the hourly returns to prices too.
Each is shown to succeed where there is something to find, so that what he does not find counts.
"""

from decimal import Decimal

import numpy as np
import pytest

from sandbox.exchange.order_desk import OrderDesk
from tests.unmasking.league import FIRST, HOUR_MS, MIDDLE, THIN, PublicLeague
from tests.unmasking.story import beliefs, rows_of
from tests.unmasking.tape import DenseTape, Density, SandboxTape, Tape
from tests.unmasking.trial import Attempt, Rows, attempts, cast, factor, fewest

LIQUID_DAY = 1e8
"""What a coin trades in 24 h, in USDT, at the lower end of the liquid tier."""

SPARSE_DAY = 1e6
LEAST_CANDIDATES, LEAST_FACTOR = 20, 10


@pytest.fixture(scope="module")
def league() -> PublicLeague:
    """Four days of traders with up to 40 orders."""
    return PublicLeague(cast({1: 4, 5: 4, 10: 4, 20: 3, 40: 5}, seed=8), hours=96, seed=3)


@pytest.fixture(scope="module")
def liquid(league: PublicLeague) -> DenseTape:
    return DenseTape(league.exchange, day_value=LIQUID_DAY, seed=5)


@pytest.fixture(scope="module")
def by_lists(league: PublicLeague, liquid: DenseTape) -> list[Attempt]:
    return attempts(league, liquid)


@pytest.fixture(scope="module")
def patient(league: PublicLeague, liquid: DenseTape) -> list[Attempt]:
    return attempts(league, liquid, with_returns=True)


def held(found: list[Attempt]) -> float:
    """The share of attacks whose range has the true balance."""
    return sum(each.holds for each in found) / len(found)


class TestTheTape:
    def test_an_order_that_took_several_levels_is_one_order_again(
        self, league: PublicLeague
    ) -> None:
        tape = SandboxTape(league.exchange)
        placed = max((each for of in league.placed.values() for each in of), key=lambda o: o.value)
        desk: OrderDesk = league.exchange.desk
        prints = desk.fills.of_symbol(placed.pair, from_id=0)
        assert sum(each.executed_at == placed.at_ms for each in prints) > 1
        orders = tape.hour(placed.pair, placed.hour)
        own = orders.those((orders.at_ms == placed.at_ms) & (orders.buys == placed.buys))
        assert own.value == pytest.approx([placed.value])

    @pytest.mark.parametrize("pair", ["BTCUSDT", "DOGEUSDT"])
    def test_the_sandboxs_tape_sums_to_its_candle(self, league: PublicLeague, pair: str) -> None:
        hour = FIRST + 5
        orders = SandboxTape(league.exchange).hour(pair, hour)
        assert orders.value.sum() == pytest.approx(traded(league, pair, hour), rel=1e-9)

    @pytest.mark.parametrize("pair", ["BTCUSDT", "DOGEUSDT"])
    def test_the_dense_tape_sums_to_what_a_liquid_pair_trades(
        self, league: PublicLeague, liquid: DenseTape, pair: str
    ) -> None:
        spec = league.exchange.market.symbols[pair]
        part = sum(liquid.hour(pair, FIRST + hour).value.sum() for hour in range(24))
        whole = sum(traded(league, pair, FIRST + hour) for hour in range(24))
        assert part == pytest.approx(whole * LIQUID_DAY / spec.day_value_usdt, rel=0.01)
        assert part == pytest.approx(LIQUID_DAY, rel=0.3)

    def test_its_orders_are_as_large_as_stated(self, liquid: DenseTape) -> None:
        values = np.concatenate([liquid.hour("SOLUSDT", FIRST + n).value for n in range(12)])
        stated = Density()
        assert values.mean() == pytest.approx(stated.mean, rel=0.1)
        assert np.log(values).std() == pytest.approx(stated.spread, rel=0.1)


def traded(league: PublicLeague, pair: str, hour: int) -> float:
    """What the candle of an hour says."""
    start = hour * HOUR_MS
    market = league.exchange.market
    candles = market.candles(pair, "1h", start=start, end=None, limit=1, now=start + HOUR_MS)
    own = league.exchange.desk.fills.of_symbol(pair, from_id=0)
    users = sum(float(each.quote_quantity) for each in own if each.executed_at // HOUR_MS == hour)
    return float(candles[0].quote_volume) + users


class TestListsAndTape:
    """The promise: nobody can tell which order was yours, nor your balance to a factor of ten."""

    def test_at_least_twenty_orders_are_left_for_each_row(self, by_lists: list[Attempt]) -> None:
        assert [each for each in by_lists if fewest(each) < LEAST_CANDIDATES] == []

    def test_the_balance_stays_open_by_more_than_a_factor_of_ten(
        self, by_lists: list[Attempt]
    ) -> None:
        assert [each for each in by_lists if factor(each) <= LEAST_FACTOR] == []

    def test_the_same_holds_on_the_sandboxs_own_tape(self) -> None:
        pairs = ("BTCUSDT", "SOLUSDT", "DOGEUSDT")
        busy = PublicLeague(cast({40: 2}, seed=9, pairs=pairs), hours=48, seed=4, spans=0)
        found = attempts(busy, SandboxTape(busy.exchange))
        assert min(map(fewest, found)) >= LEAST_CANDIDATES
        assert min(map(factor, found)) > LEAST_FACTOR

    def test_he_is_right_as_often_as_he_says(self, by_lists: list[Attempt]) -> None:
        assert held(by_lists) >= 0.9

    def test_he_finds_them_where_the_tape_is_sparse(self, league: PublicLeague) -> None:
        found = attempts(league, DenseTape(league.exchange, day_value=SPARSE_DAY, seed=5))
        busy = [each for each in found if each.part.orders >= 20]
        assert held(found) >= 0.9
        assert sum(each.unmasks for each in busy) >= 0.8 * len(busy)

    def test_he_finds_them_where_the_list_is_exact(
        self, league: PublicLeague, liquid: DenseTape
    ) -> None:
        found = attempts(league, liquid, Rows.EXACT)
        assert held(found) >= 0.9
        assert all(each.unmasks for each in found)
        assert np.median([n for each in found if each.found for n in each.found.candidates]) <= 2

    def test_he_finds_one_whose_orders_are_large_for_the_pair(self) -> None:
        rich = PublicLeague(
            cast({40: 1}, seed=8, money=(300_000, 300_000)), hours=96, seed=3, spans=0
        )
        found = attempts(rich, DenseTape(rich.exchange, day_value=LIQUID_DAY, seed=5))
        assert all(each.unmasks for each in found)

    @pytest.mark.parametrize("pairs", [MIDDLE, THIN])
    def test_lists_of_less_traded_pairs_tell_no_hour(self, pairs: tuple[str, ...]) -> None:
        few = PublicLeague(cast({10: 1}, seed=8, pairs=pairs), hours=48, seed=3, spans=0)
        rows = rows_of(few.watched[few.parts[0].name].guarded)
        assert bool(rows) == (pairs is MIDDLE)
        assert {row.end - row.start for row in rows} <= {24}


class TestThePatientObserver:
    """Returns are public by the hour; whoever fits them to prices knows far more."""

    def test_what_he_learns_of_each_trade_is_true_within_what_he_says(
        self, league: PublicLeague, liquid: Tape
    ) -> None:
        away = []
        for part in league.parts:
            watched = league.watched[part.name]
            rows = rows_of(watched.guarded)
            known = beliefs(watched, rows, league, with_returns=True)
            placed = sorted(league.placed[part.name], key=lambda each: each.at_ms)
            for row, belief, order in zip(rows, known, placed, strict=True):
                closing = league.price(row.pair, row.end)
                orders = liquid.hour(row.pair, row.start)
                own = orders.those(np.isclose(orders.value, order.value, rtol=1e-12))
                part_of = order.value / float(part.balance)
                worth = part_of * closing / float(own.price[0]) * (0.999 if row.buys else 1)
                paid = part_of * (1 if row.buys else 0.999)
                missed = np.array([worth, worth - paid]) - belief.mean
                away.append(float(missed @ belief.precision @ missed))
        # Two squared standard deviations are expected of two numbers.
        assert 1 < np.mean(away) < 3

    def test_he_is_right_as_often_as_he_says(self, patient: list[Attempt]) -> None:
        assert held(patient) >= 0.9

    def test_he_leaves_fewer_orders_than_lists_do(
        self, patient: list[Attempt], by_lists: list[Attempt]
    ) -> None:
        assert all(map(np.less, map(fewest, patient), map(fewest, by_lists)))

    def test_he_unmasks_a_trader_of_ten_liquid_trades(self) -> None:
        """So the promise does not promise against him."""
        calm = PublicLeague(cast({10: 3}, seed=8), hours=240, seed=3, spans=0)
        found = attempts(
            calm, DenseTape(calm.exchange, day_value=LIQUID_DAY, seed=5), with_returns=True
        )
        assert all(each.unmasks for each in found)

    def test_one_trade_in_a_liquid_pair_leaves_the_balance_open(
        self, patient: list[Attempt]
    ) -> None:
        single = [each for each in patient if each.part.orders == 1]
        assert min(map(factor, single)) > LEAST_FACTOR


def test_the_traders_of_the_experiment_are_ordinary_ones(league: PublicLeague) -> None:
    assert all(Decimal(500) <= part.balance <= 30_000 for part in league.parts)
    assert {len(each) for each in league.placed.values()} == {1, 5, 10, 20, 40}
    largest = max(each.value for of in league.placed.values() for each in of)
    assert largest <= LIQUID_DAY / 8_000
