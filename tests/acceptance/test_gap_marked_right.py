"""An hour without ingest leaves the same marks behind as one with it.

Two leagues see the same lives. In one of them every event of one hour is lost and the line is
cut; what happened is found by comparing books, and the hour is marked again.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.block import Kind
from chalicelib.domain.counted import counted
from chalicelib.domain.ledger import BalanceChange, LedgerEntry
from chalicelib.domain.windows import WINDOWS, hour_of
from sandbox.demo import AccountPart, Part
from sandbox.demo_moves import Buy, Move, PayIn, PayOut, Sell, View
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.running import USUAL_START, running_exchange
from sandbox.fast_forward import FastForward
from sandbox.machinery import Machinery
from sandbox.waiting import wait_until
from tests.fakes import Fakes
from tests.integration.binance_helpers import PATIENCE_S
from tests.memory_league import memory_league

START = datetime.fromtimestamp(USUAL_START / 1000, UTC)
HOURS = 4
LOST_HOUR = 1


class Script:
    """The given moves in the given hours."""

    def __init__(self, *moves: tuple[int, Move]) -> None:
        self._moves = moves

    def plan(self, view: View) -> list[Move]:
        return [move for hour, move in self._moves if hour == view.hour]


def _ada() -> Script:
    return Script(
        (0, Buy(600.5, "BTCUSDT", 0.6)),
        (1, PayOut(1210, "USDT", 0.2)),
        (1, Sell(2400.25, "BTCUSDT", 0.5)),
        (1, Buy(2500, "SOLUSDT", 0.2)),
        (1, Sell(2600, "SOLUSDT", 1.0)),
        (2, Buy(1500, "ETHUSDT", 1.0)),
    )


def _bob() -> Script:
    return Script(
        (1, PayIn(1210, "USDT", Decimal(500))),
        (1, Buy(3599.9, "SOLUSDT", 0.7)),
        (3, PayIn(100, "ETH", Decimal(1))),
    )


PARTS = [
    Part("ada", "", (AccountPart({"USDT": "1000", "BNB": "2"}, _ada),)),
    Part("bob", "", (AccountPart({"USDT": "300", "EUR": "200"}, _bob),)),
    Part("cleo", "", (AccountPart({"USDT": "50", "BTC": "0.1"}, Script),)),
]


def live_otherwise(exchange: Exchange) -> None:
    """What else can happen to the three, without a trade."""
    ada, bob, cleo = exchange.accounts.accounts
    at, wallet = exchange.now(), exchange.wallet
    wallet.convert(ada, ("BNB", Decimal(1)), ("USDT", Decimal(600)), at=at)
    exchange.earn.subscribe(ada, "USDT", Decimal(100), at=at)
    wallet.pay_dividend(bob, "USDT", Decimal(3), at=at)
    wallet.transfer(bob, "MAIN_FUNDING", "EUR", Decimal(50), at=at)
    wallet.change_unexplained(cleo, {"USDT": Decimal(25)}, at=at)


@contextmanager
def league_after(*, losing: bool) -> Iterator[Fakes]:
    with (
        running_exchange(start=USUAL_START) as running,
        memory_league(running) as (league, machinery),
    ):
        demo = FastForward(PARTS, HOURS, machinery)
        try:
            for number in range(HOURS):
                if number == LOST_HOUR:
                    running.admin.post("events", lose=losing)
                    running.call(live_otherwise)
                if number == LOST_HOUR + 2:
                    compare(machinery)
                demo.hour(number, START + timedelta(hours=number))
                if number == LOST_HOUR and losing:
                    running.admin.post("events", lose=False)
                    running.admin.post("connections/drop", kind="user")
                    wait_for_streams(machinery)
            demo.finish()
        finally:
            for each in demo.linked:
                each.actor.close()
        yield league.fakes


def wait_for_streams(machinery: Machinery) -> None:
    wait_until(
        lambda: (
            machinery.ingest.state()["streaming"] == len(PARTS)
            and machinery.ingest.state()["books_waiting"] == len(PARTS)
        ),
        "every account to stream again",
        seconds=PATIENCE_S,
    )


def compare(machinery: Machinery) -> None:
    """Compare the books, and let the hour that runs have what was found."""
    machinery.ingest.flush()
    machinery.runner.drain("record")
    machinery.ingest.compare()
    machinery.runner.drain("record")


@pytest.fixture(scope="module")
def both() -> tuple[Fakes, Fakes]:
    with league_after(losing=False) as whole:
        pass
    with league_after(losing=True) as lost:
        pass
    return whole, lost


def test_no_fill_is_missing(both: tuple[Fakes, Fakes]) -> None:
    for seat in range(len(PARTS)):
        whole, lost = (
            [e.entry_id for e in entries(fakes, seat) if not isinstance(e, BalanceChange)]
            for fakes in both
        )
        assert whole == lost
    assert len([e for e in entries(both[0], 0) if not isinstance(e, BalanceChange)]) >= 5


def test_every_flow_is_counted_once_at_its_instant(both: tuple[Fakes, Fakes]) -> None:
    for seat in range(len(PARTS)):
        whole, lost = (
            Counter(
                (e.at, e.asset, e.quantity, e.is_flow)
                for e in entries(fakes, seat)
                if isinstance(e, BalanceChange)
            )
            for fakes in both
        )
        assert whole == lost


def test_the_holdings_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    for seat in range(len(PARTS)):
        [whole], [lost] = (fakes.holdings.of_seat(seat) for fakes in both)
        assert whole.amounts() == lost.amounts()
        assert lost.doubted_at is None


def test_the_marks_of_all_hours_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    first = hour_of(START)
    for hour in range(first + 1, first + HOURS + 1):
        whole, lost = (
            fakes.history.blocks([(0, Kind.HOUR, hour)])[0, Kind.HOUR, hour] for fakes in both
        )
        for name, column in whole.columns.items():
            assert column.tobytes() == lost.columns[name].tobytes(), (hour - first, name)


def test_the_last_boards_are_the_same(both: tuple[Fakes, Fakes]) -> None:
    for window in WINDOWS:
        whole, lost = (fakes.boards.current(window.name) for fakes in both)
        assert whole == lost
        assert whole is not None


def entries(fakes: Fakes, seat: int) -> list[LedgerEntry]:
    [row] = fakes.holdings.of_seat(seat)
    return counted(fakes.ledger.entries_of(row.account_id))
