"""What came too late for its mark is noted; what came in time costs one look at the runs."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.corrections import Correction
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.ledger import ChangeKind, LedgerEntry
from chalicelib.domain.windows import hour_start
from chalicelib.services.link_account import Membership, unlink_account
from chalicelib.services.note_corrections import Recorded, note_corrections
from chalicelib.services.record_account_event import record_account_events
from tests.builders import EXCHANGE, account_holdings, fill, trader
from tests.fakes import FakeFrameParser, FakeLedger, FakeRuns
from tests.late_league import (
    FIRST,
    LINKED,
    NEWCOMER,
    START,
    Books,
    LateLeague,
    buy,
    late_league,
    league_books,
    movement,
    named,
)
from tests.where import record_stores

SOON = START + timedelta(minutes=20)
CLOSES = FIRST + 1


@pytest.fixture
def league() -> LateLeague:
    return late_league()


@pytest.fixture
def ann(league: LateLeague) -> Books:
    return league_books(league)("ANN")


def noted(league: LateLeague) -> list[tuple[str, int, str]]:
    due = league.stores.corrections.of_shard(0)
    return [(each.account_id, each.hour, each.entry_id) for each in due]


def test_a_fill_in_time_notes_nothing(league: LateLeague, ann: Books) -> None:
    league.record([ann.happens(buy(SOON, 1))])
    assert noted(league) == []


def test_an_event_that_comes_after_its_run_began_is_noted(league: LateLeague, ann: Books) -> None:
    league.begin(CLOSES)
    league.record([ann.happens(buy(SOON, 1))])
    assert league.stores.corrections.of_shard(0) == [
        Correction("ANN", 0, CLOSES, "T#BTCUSDT#1", noted_in=CLOSES)
    ]


def test_an_hour_that_was_never_opened_has_turned_when_a_later_one_was(
    league: LateLeague, ann: Books
) -> None:
    league.begin(CLOSES + 3)
    league.record([ann.happens(buy(SOON, 1))])
    assert noted(league) == [("ANN", CLOSES, "T#BTCUSDT#1")]


def test_a_row_that_is_there_already_is_noted_all_the_same(league: LateLeague, ann: Books) -> None:
    said = ann.happens(buy(SOON, 1))
    league.stores.ledger.add("ANN", [buy(SOON, 1)])
    league.begin(CLOSES)
    league.record([said])
    league.record([said])
    assert noted(league) == [("ANN", CLOSES, "T#BTCUSDT#1")]


def test_a_history_row_in_time_that_names_a_movement_of_the_hour_before_is_noted(
    league: LateLeague, ann: Books
) -> None:
    moved = movement(hour_start(CLOSES) - timedelta(minutes=5), 1)
    league.record([ann.happens(moved)])
    league.close(CLOSES)
    told = named(moved, hour_start(CLOSES) + timedelta(minutes=4), ChangeKind.CONVERT)
    league.record([ann.found(told)])
    assert noted(league) == [("ANN", CLOSES, told.entry_id)]


def test_all_late_entries_of_a_batch_start_where_the_first_of_them_touches(
    league: LateLeague, ann: Books
) -> None:
    later = SOON + timedelta(hours=1)
    league.begin(CLOSES + 1)
    in_time = buy(SOON + timedelta(hours=2), 3)
    league.record([ann.happens(each) for each in (buy(later, 2), buy(SOON, 1), in_time)])
    assert noted(league) == [("ANN", CLOSES, "T#BTCUSDT#1"), ("ANN", CLOSES, "T#BTCUSDT#2")]


@pytest.mark.parametrize("empty", [False, True])
def test_a_late_link_is_noted_whatever_it_holds(league: LateLeague, empty: bool) -> None:
    dan = league_books(league)(NEWCOMER)
    if empty:
        dan.held.clear()
    league.begin(CLOSES)
    league.record([dan.linked(SOON)])
    assert noted(league) == [(NEWCOMER, CLOSES, "link#1")]


@pytest.mark.parametrize(("begun", "found"), [(CLOSES - 1, []), (CLOSES, ["unlink#1"])])
def test_an_unlinking_that_ends_late_is_noted(
    league: LateLeague, begun: int, found: list[str]
) -> None:
    stores = league.stores
    league.begin(begun)
    members = Membership(
        traders=stores.traders,
        seats=stores.seats,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        runs=stores.runs,
        corrections=stores.corrections,
        new_id=str,
    )
    stores.traders.save(trader(trader_id="T0", name="ANN"))
    unlink_account(stores.accounts.get("ANN"), SOON, members)
    assert [entry_id for _, _, entry_id in noted(league)] == found


class CountingLedger(FakeLedger):
    """Knows how often its rows were read."""

    reads = 0

    def entries(self, account_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        self.reads += 1
        return super().entries(account_id, start, end)


def test_a_batch_looks_at_the_runs_once_and_reads_no_ledger_for_fills_in_time(
    league: LateLeague,
) -> None:
    ledger = CountingLedger()
    ledger._entries = league.stores.ledger._entries
    ledger._checkpoints = league.stores.ledger._checkpoints
    league.stores.ledger = ledger
    books = [league_books(league)(name) for name in ("ANN", "BOB", "CYD")]
    said = [
        each.happens(*(buy(SOON + timedelta(seconds=order), 10 * order + n) for n in range(2)))
        for order, each in enumerate(books * 4)
    ]
    league.stores.runs.newest_asked = 0
    league.record(said)
    fills = 2 * len(said)
    assert ledger.reads == 0
    assert league.stores.runs.newest_asked == 1
    # one consistent read of a small item is a unit: half of one for each of two fills
    assert league.stores.runs.newest_asked / fills <= 0.5


def test_positions_alone_do_not_look_at_the_runs(league: LateLeague, ann: Books) -> None:
    said = ann.happens(buy(SOON, 1))
    league.stores.runs.newest_asked = 0
    items = list(said.items[1:])
    parsers = {EXCHANGE: FakeFrameParser(league.contents)}
    record_account_events(items, parsers, record_stores(league.stores))
    assert league.stores.runs.newest_asked == 0


class SilentRuns(FakeRuns):
    """Cannot be reached."""

    def newest_begun(self) -> int | None:
        raise StoreUnavailable("the table does not answer")


def test_what_could_not_be_noted_comes_again(league: LateLeague, ann: Books) -> None:
    said = ann.happens(buy(SOON, 1))
    league.begin(CLOSES)
    runs, league.stores.runs = league.stores.runs, SilentRuns()
    league.record([said])
    assert [each.frame for each in league.waiting] == [each.frame for each in said.items]
    league.stores.runs = runs
    league.record([])
    assert noted(league) == [("ANN", CLOSES, "T#BTCUSDT#1")]


def test_before_the_first_run_nothing_is_late() -> None:
    stores = LateLeague().stores
    row = account_holdings(linked_at=LINKED)
    note_corrections([Recorded(row, [fill(executed_at=SOON)])], record_stores(stores))
    assert stores.corrections.noted == 0
