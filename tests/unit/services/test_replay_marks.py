"""A late event changes the marks that it touches, as if it had come in time, and only those."""

from array import array
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import COLUMNS, Block, Kind
from chalicelib.domain.corrections import Corrected, Correction
from chalicelib.domain.ledger import ChangeKind
from chalicelib.domain.windows import closing_hour, day_of_hour, hour_start
from chalicelib.services.ports import BlockKey
from chalicelib.services.replay_marks import MOST_HOURS, replay_marks
from tests.fakes import FakeCorrections, FakeHistory
from tests.late_league import (
    FIRST,
    NEWCOMER,
    SEATS,
    START,
    LateLeague,
    Said,
    buy,
    content,
    late_league,
    league_books,
    league_prices,
    movement,
    named,
    sell,
)

LAST = FIRST + 9

_HOURLY = (Kind.HOUR, Kind.SCORES)
_KINDS = ("buy", "sell", "deposit", "withdrawal", "swap")

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(SEATS)),
        st.sampled_from(_KINDS),
        st.integers(1, 8 * 60 - 1),
        st.integers(0, 4),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda event: event[2],
)


def _said(league: LateLeague, events: Sequence[tuple[str, str, int, int, bool]]) -> list[Said]:
    """What the exchange says of the events, in the order of time; a newcomer's link is first."""
    books = {name: league_books(league)(name) for name in SEATS}
    said = [books[NEWCOMER].linked(START + timedelta(seconds=30))]
    for number, (name, kind, minute, _, _) in enumerate(sorted(events, key=lambda e: e[2])):
        at = START + timedelta(minutes=minute)
        if kind in ("buy", "sell"):
            said.append(books[name].happens({"buy": buy, "sell": sell}[kind](at, number)))
            continue
        moved = movement(at, number, f"{'-' if kind == 'withdrawal' else ''}{200 + number}")
        told = ChangeKind.CONVERT if kind == "swap" else ChangeKind(kind)
        said.append(books[name].happens(moved))
        said.append(books[name].found(named(moved, at + timedelta(minutes=9), told)))
    return said


def _live(league: LateLeague, said: Sequence[Said], held_back: Sequence[tuple[int, bool]]) -> None:
    """Let the hours pass; each message comes so many hours late, and (True) between the run's
    beginning and the mark."""
    for hour in range(FIRST + 1, LAST + 1):
        due = [
            (each, between)
            for each, (late, between) in zip(said, held_back, strict=True)
            if min(closing_hour(each.at) + late, LAST - 1) == hour
        ]
        league.record([each for each, between in due if not between])
        league.begin(hour)
        league.record([each for each, between in due if between])
        league.mark(hour)
        league.rank(hour)


@given(events=EVENTS, data=st.data())
@settings(max_examples=20, deadline=None)
def test_however_late_events_come_the_next_board_is_as_if_they_had_come_in_time(
    events: list[tuple[str, str, int, int, bool]], data: st.DataObject
) -> None:
    in_time, late = late_league(), late_league()
    said = _said(in_time, events)
    _said(late, events)
    delays = st.lists(
        st.tuples(st.integers(0, 5), st.booleans()), min_size=len(said), max_size=len(said)
    )
    held_back = data.draw(delays)
    _live_knowing(in_time, said)
    _live(late, said, held_back)
    assert late.waiting == []
    assert late.written(LAST) == in_time.written(LAST)
    assert late.board(LAST) == in_time.board(LAST)
    assert late.stores.corrections.of_shard(0) == []


def _live_knowing(league: LateLeague, said: Sequence[Said]) -> None:
    """All that happened before an hour's end, and what the history will say of it."""
    for hour in range(FIRST + 1, LAST + 1):
        margin = timedelta(minutes=30)
        league.record([e for e in said if closing_hour(e.at) == hour])
        soon = [e for e in said if hour_start(hour) <= e.at < hour_start(hour) + margin]
        league.record([e for e in soon if e.items[0].found])
        league.close(hour)


def _told_late(back: int, hours: int = 6) -> tuple[LateLeague, Said]:
    """A league so many hours on, and a buy of Ann's that its last hours knew nothing of."""
    league = late_league()
    end = FIRST + hours
    said = league_books(league)("ANN").happens(buy(hour_start(end - back) + timedelta(1 / 96), 1))
    for hour in range(FIRST + 1, end + 1):
        league.close(hour)
    return league, said


def _others(block: Block, place: int) -> object:
    """The columns without one place."""
    kept: dict[str, bytes] = {}
    for column in COLUMNS[block.kind]:
        numbers = array(column.code, block.columns[column.name])
        del numbers[place * column.width : (place + 1) * column.width]
        kept[column.name] = numbers.tobytes()
    return kept


def test_a_late_event_leaves_every_other_trader_and_the_hours_before_alone() -> None:
    league, said = _told_late(back=3)
    before = deepcopy(league.stores.history._blocks)
    league.record([said])
    league.begin(FIRST + 7)
    league.mark(FIRST + 7)
    after = league.stores.history._blocks
    changed = {key for key, block in before.items() if content(after[key]) != content(block)}
    midnight = day_of_hour(FIRST)
    assert changed == {
        (0, Kind.SLOW, 0),
        (0, Kind.DAY, midnight),
        *((0, kind, hour) for kind in _HOURLY for hour in (FIRST + 4, FIRST + 5, FIRST + 6)),
    }
    for key in changed:
        assert _others(before[key], SEATS["ANN"]) == _others(after[key], SEATS["ANN"])


class CountingHistory(FakeHistory):
    """Knows which blocks were written, one by one."""

    def __init__(self, stored: FakeHistory) -> None:
        super().__init__()
        self._blocks = stored._blocks
        self.written: list[BlockKey] = []

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        for key, block in blocks.items():
            super().put_blocks({key: block})
            self.written.append(key)


def test_a_late_event_costs_two_blocks_an_hour_of_its_block_alone() -> None:
    league, said = _told_late(back=4)
    league.record([said])
    league.begin(FIRST + 7)
    counting = CountingHistory(league.stores.history)
    league.stores.history = counting
    league.mark(FIRST + 7)
    again = [key for key in counting.written if key[2] not in (FIRST + 7, 0)]
    days = [key for key in again if key[1] is Kind.DAY]
    assert {key[0] for key in again} == {0}
    assert len(again) - len(days) == 4 * 2
    assert len(days) <= 1


class Breaks(Exception):
    """The process ends here."""


class BreakingHistory(CountingHistory):
    """Lets so many blocks through."""

    def __init__(self, stored: FakeHistory, left: "Left") -> None:
        super().__init__(stored)
        self._left = left

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        for key, block in blocks.items():
            self._left.take()
            super().put_blocks({key: block})


class BreakingCorrections(FakeCorrections):
    """Lets so many writes through."""

    def __init__(self, stored: FakeCorrections, left: "Left") -> None:
        super().__init__()
        self._due, self._kept = stored._due, stored._kept
        self._left = left

    def keep(self, corrected: Corrected) -> None:
        self._left.take()
        super().keep(corrected)

    def remove(self, corrections: Sequence[Correction]) -> None:
        self._left.take()
        super().remove(corrections)


class Left:
    """How many writes are left until the process ends."""

    def __init__(self, writes: int) -> None:
        self.writes = writes

    def take(self) -> None:
        if self.writes == 0:
            raise Breaks
        self.writes -= 1


def test_broken_off_at_any_write_and_run_again_it_ends_in_the_same_bytes() -> None:
    prepared, said = _told_late(back=3)
    prepared.record([said])
    prepared.begin(FIRST + 7)
    straight = deepcopy(prepared)
    straight.mark(FIRST + 7)
    breaks = 0
    for writes in range(100):
        broken, left = deepcopy(prepared), Left(writes)
        stores = broken.stores
        whole = stores.history, stores.corrections
        stores.history = BreakingHistory(stores.history, left)
        stores.corrections = BreakingCorrections(stores.corrections, left)
        try:
            broken.mark(FIRST + 7)
        except Breaks:
            breaks += 1
        stores.history, stores.corrections = whole
        broken.mark(FIRST + 7)
        assert broken.written(FIRST + 7) == straight.written(FIRST + 7)
        assert stores.corrections.kept(0, 0, LAST) == straight.stores.corrections.kept(0, 0, LAST)
        assert stores.corrections.of_shard(0) == []
        if left.writes:
            break
    assert breaks > 8


class LaggingHistory(FakeHistory):
    """Answers with what an item was before it was replaced, as a store may for a moment."""

    def __init__(self, stored: FakeHistory) -> None:
        super().__init__()
        self._blocks = dict(stored._blocks)
        self.really = stored

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        self.really.put_blocks(blocks)
        super().put_blocks({key: each for key, each in blocks.items() if key not in self._blocks})


def test_the_hour_goes_on_from_the_new_marks_where_the_store_still_has_the_old() -> None:
    straight, said = _told_late(back=3)
    straight.record([said])
    straight.begin(FIRST + 7)
    lagging = deepcopy(straight)
    straight.mark(FIRST + 7)
    lagging.stores.history = history = LaggingHistory(lagging.stores.history)
    lagging.mark(FIRST + 7)
    lagging.stores.history = history.really
    assert lagging.written(FIRST + 7) == straight.written(FIRST + 7)


def test_the_record_says_what_changed_from_when_and_by_what() -> None:
    league, said = _told_late(back=3)
    league.record([said])
    before = league.shown(FIRST + 6, SEATS["ANN"])
    league.begin(FIRST + 7)
    league.mark(FIRST + 7)
    (record,) = league.stores.corrections.kept(0, FIRST + 6, FIRST + 6)
    assert (record.account_id, record.seat, record.clamped) == ("ANN", 0, False)
    assert (record.touched_hour, record.from_hour) == (FIRST + 4, FIRST + 4)
    assert record.entry_ids == ("T#BTCUSDT#1",)
    assert record.before == {"24h": before, "7d": None, "30d": None}
    after = league.shown(FIRST + 6, SEATS["ANN"])
    assert record.after == {"24h": after, "7d": None, "30d": None}
    assert after != before


def test_published_boards_stay_as_they_are() -> None:
    league, said = _told_late(back=3)
    ranks = deepcopy(league.block(Kind.RANKS, FIRST + 5))
    board = league.board(FIRST + 6)
    league.record([said])
    league.begin(FIRST + 7)
    league.mark(FIRST + 7)
    assert league.board(FIRST + 6) == board
    assert league.block(Kind.RANKS, FIRST + 5) == ranks


def test_a_task_that_comes_twice_leaves_late_events_to_the_next_hour() -> None:
    league, said = _told_late(back=3)
    league.record([said])
    shown = league.shown(FIRST + 6, SEATS["ANN"])
    league.mark(FIRST + 6)
    assert league.shown(FIRST + 6, SEATS["ANN"]) == shown
    assert len(league.stores.corrections.of_shard(0)) == 1


def test_hours_without_prices_hold_up_neither_the_shard_nor_lose_the_correction(
    caplog: pytest.LogCaptureFixture,
) -> None:
    league, said = _told_late(back=3)
    league.record([said])
    league.stores.prices._hours.clear()
    league.close(FIRST + 7)
    assert len(league.stores.corrections.of_shard(0)) == 1
    assert "correction_without_prices" in caplog.text


@pytest.mark.parametrize("expired", [True, False])
def test_older_than_the_stored_sums_it_is_as_if_it_had_come_in_time(expired: bool) -> None:
    hours = 84
    late, in_time = late_league(), late_league()
    said = []
    for league in (late, in_time):
        books = [league_books(league)(name) for name in ("ANN", "BOB")]
        early = [
            books[0].happens(movement(START + timedelta(hours=2, minutes=20), 1)),
            books[0].happens(buy(START + timedelta(hours=3, minutes=20), 2)),
            books[1].happens(movement(START + timedelta(hours=40, minutes=5), 3, "-900")),
        ]
        said.append(early)
    in_time.record(said[1])
    for league in (late, in_time):
        for hour in range(FIRST + 1, FIRST + hours):
            league.stores.prices.put_hour(hour, league_prices(hour))
        league.close(FIRST + hours)
    if expired:
        for hour in range(FIRST, FIRST + hours - 72):
            for block in (0, 1):
                late.stores.history.forget(block, Kind.SCORES, hour)
    late.record(said[0][:1])
    late.close(FIRST + hours + 1)
    late.record(said[0][1:])
    for league in (late, in_time):
        if league is in_time:
            league.close(FIRST + hours + 1)
        league.close(FIRST + hours + 2)
    kept = {
        key: found
        for key, found in in_time.written(FIRST + hours + 2).items()
        if key[1] is not Kind.SCORES or key[2] > FIRST + hours - 70
    }
    found = late.written(FIRST + hours + 2)
    assert {key: found[key] for key in kept} == kept
    assert late.board(FIRST + hours + 2) == in_time.board(FIRST + hours + 2)


def test_events_older_than_the_marks_are_clamped_and_the_record_says_so() -> None:
    league = late_league()
    marked: list[int] = []

    def mark(hour: int, seated: object, history: object) -> None:
        marked.append(hour)

    rows = {SEATS["ANN"]: league.stores.holdings.of_seat(SEATS["ANN"])}
    due = [Correction("ANN", SEATS["ANN"], FIRST - 2000, "T#BTCUSDT#1", FIRST)]
    stores = league.stores
    replay_marks(
        due, FIRST, rows, history=stores.history, corrections=stores.corrections, mark=mark
    )
    (record,) = league.stores.corrections.kept(0, FIRST, FIRST)
    assert record.clamped
    assert (record.from_hour, marked) == (
        FIRST - MOST_HOURS,
        list(range(FIRST - MOST_HOURS, FIRST + 1)),
    )
