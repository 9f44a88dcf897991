"""The fast-forward is the live league, only faster: two hours both ways leave the same behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib.domain.block import Kind
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.windows import WINDOWS, hour_of
from sandbox.demo import AccountPart, Part
from sandbox.demo_moves import Buy, Move, PayIn, PayOut, Sell, View
from sandbox.exchange.running import USUAL_START, running_exchange
from tests.fakes import Fakes
from tests.memory_league import memory_league

START = datetime.fromtimestamp(USUAL_START / 1000, UTC)
HOURS = 2


class Script:
    """The given moves in the given hours."""

    def __init__(self, *moves: tuple[int, Move]) -> None:
        self._moves = moves

    def plan(self, view: View) -> list[Move]:
        return [move for hour, move in self._moves if hour == view.hour]


def _ada() -> Script:
    return Script(
        (0, Buy(600.5, "BTCUSDT", 0.6)),
        (0, PayOut(1210, "USDT", 0.2)),
        (0, Sell(2400.25, "BTCUSDT", 0.5)),
        (1, Buy(1500, "ETHUSDT", 1.0)),
    )


def _bob() -> Script:
    return Script((0, PayIn(1210, "USDT", Decimal(500))), (1, Buy(3599.9, "SOLUSDT", 0.7)))


def _cleo() -> Script:
    return Script((1, PayIn(1800, "ETH", Decimal("0.5"))), (1, Buy(1810, "BNBUSDT", 0.5)))


PARTS = [
    Part("ada", "", (AccountPart({"USDT": "1000"}, _ada),)),
    Part("bob", "", (AccountPart({"USDT": "300"}, _bob),)),
    Part("cleo", "", (AccountPart({"USDT": "50", "BTC": "0.1"}, _cleo),)),
]


@contextmanager
def _league_after(hours: int, *, live: bool) -> Iterator[Fakes]:
    with (
        running_exchange(start=USUAL_START) as running,
        memory_league(running, live=live) as (league, machinery),
    ):
        league.fast_forward(machinery, PARTS, hours)
        yield league.fakes


@pytest.fixture(scope="module")
def both() -> tuple[Fakes, Fakes]:
    with _league_after(HOURS, live=False) as fast:
        pass
    with _league_after(HOURS, live=True) as live:
        pass
    return fast, live


def test_the_ledgers_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    fast, live = map(_entries, both)
    assert fast == live
    assert all(fast.values())


def test_the_holdings_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    fast, live = map(_holdings, both)
    assert fast == live
    assert len(fast) == len(PARTS)


@pytest.mark.parametrize("kind", [Kind.HOUR, Kind.SCORES, Kind.RANKS])
def test_the_blocks_are_the_same(both: tuple[Fakes, Fakes], kind: Kind) -> None:
    first = hour_of(START)
    for hour in range(first + 1, first + HOURS + 1):
        fast, live = (each.history.blocks([(0, kind, hour)])[0, kind, hour] for each in both)
        for name, column in fast.columns.items():
            assert column.tobytes() == live.columns[name].tobytes(), (hour, name)


def test_the_boards_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    for window in WINDOWS:
        fast, live = (each.boards.current(window.name) for each in both)
        assert fast == live
        assert fast is not None
        orders = [each.boards.order(window.name, fast, 0, 10) for each in both]
        assert orders[0] == orders[1]


def test_the_prices_of_the_hours_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    last = hour_of(START) + HOURS
    fast, live = (each.prices.hours([last])[last] for each in both)
    assert {asset: each.price for asset, each in fast.assets.items()} == {
        asset: each.price for asset, each in live.assets.items()
    }


def _rows(fakes: Fakes) -> list[AccountHoldings]:
    return [row for seat in range(len(PARTS)) for row in fakes.holdings.of_seat(seat)]


def _entries(fakes: Fakes) -> dict[int, object]:
    return {row.seat: fakes.ledger.entries_of(row.account_id) for row in _rows(fakes)}


def _holdings(fakes: Fakes) -> dict[int, object]:
    """Rows by seat, without what names this one run: ids, and how often they were written."""
    return {
        row.seat: (
            row.amounts(),
            row.linked_at,
            row.last_event_at,
            row.last_flow_at,
            row.last_buys,
            row.doubted_at,
        )
        for row in _rows(fakes)
    }
