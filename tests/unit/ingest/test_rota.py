"""Who does what, among containers that see only each other's leases."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.ports import Lease
from chalicelib.services.streaming import CONTAINERS
from ingest_container.rota import PRICES, Rota, slot_name, slot_of
from tests.builders import NOON, at, exchange_account
from tests.fakes import FakeAccounts, FakeLeases
from tests.unit.ingest.helpers import Clock


@dataclass
class RecordingCrew:
    """Notes what it is told; the test says what is ready."""

    told: list[tuple[str, str]] = field(default_factory=list)
    missed_since: dict[str, datetime | None] = field(default_factory=dict)
    unready: set[str] = field(default_factory=set)

    def begin(self, work: str, missed_since: datetime | None) -> None:
        self.told.append(("begin", work))
        self.missed_since[work] = missed_since

    def retire(self, work: str) -> None:
        self.told.append(("retire", work))

    def resume(self, work: str) -> None:
        self.told.append(("resume", work))

    def end(self, work: str) -> None:
        self.told.append(("end", work))

    def ready(self, work: str) -> bool:
        return work not in self.unready


@dataclass
class Container:
    """A rota and the crew it speaks to."""

    rota: Rota
    crew: RecordingCrew

    def slots(self) -> list[str]:
        return [work for work in self.rota.held() if work != PRICES]


@dataclass
class Yard:
    """Containers on the same leases, by one clock."""

    slots: int = 1
    clock: Clock = field(default_factory=Clock)
    leases: FakeLeases = field(default_factory=FakeLeases)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    running: list[Container] = field(default_factory=list)

    def __post_init__(self) -> None:
        last = exchange_account(slot=self.slots - 1, state=AccountState.LIVE)
        self.accounts.save(last)

    def container(self, name: str) -> Container:
        crew = RecordingCrew()
        made = Container(Rota(self.leases, self.accounts, self.clock, name, crew), crew)
        self.running.append(made)
        return made

    def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.now += timedelta(seconds=1)
            for each in self.running:
                each.rota.beat()


def started(yard: Yard, *names: str) -> list[Container]:
    """Containers that came up one after the other and share the work."""
    made = []
    for name in names:
        made.append(yard.container(name))
        yard.pass_seconds(45)
    return made


def test_a_container_alone_does_everything() -> None:
    [one] = started(Yard(slots=3), "one")
    assert one.rota.held() == [PRICES, "slot 0", "slot 1", "slot 2"]
    assert set(one.crew.missed_since.values()) == {None}


def test_a_league_without_an_account_has_its_first_slot_followed() -> None:
    yard = Yard()
    yard.accounts = FakeAccounts()
    [one] = started(yard, "one")
    assert one.slots() == ["slot 0"]


@pytest.mark.parametrize(
    ("slots", "containers", "most"), [(2, 2, 1), (5, 2, 3), (5, 3, 2), (1, 2, 1), (20, 3, 7)]
)
def test_slots_are_shared_out_fairly(slots: int, containers: int, most: int) -> None:
    made = started(Yard(slots=slots), *"abcd"[:containers])
    held = [each.slots() for each in made]
    assert sorted(chain.from_iterable(held)) == sorted(slot_name(slot) for slot in range(slots))
    assert max(map(len, held)) == most
    assert sum(PRICES in each.rota.held() for each in made) == 1


def test_nothing_changes_hands_once_it_is_shared() -> None:
    yard = Yard(slots=5)
    made = started(yard, "one", "two")
    before = [list(each.crew.told) for each in made]
    yard.pass_seconds(600)
    assert [each.crew.told for each in made] == before


def test_a_new_slot_is_taken_at_the_next_heartbeat() -> None:
    yard = Yard(slots=1)
    [one] = started(yard, "one")
    yard.accounts.save(exchange_account(account_id="late", slot=1))
    yard.pass_seconds(10)
    assert one.slots() == ["slot 0", "slot 1"]


def test_a_slot_given_up_is_streamed_until_its_new_holder_is_ready() -> None:
    yard = Yard(slots=2)
    [one] = started(yard, "one")
    two = yard.container("two")
    two.crew.unready = {"slot 0", "slot 1"}
    yard.pass_seconds(30)
    [moved] = two.slots()
    assert one.rota.leaving() == [moved]
    assert one.crew.told[-1] == ("retire", moved)
    assert two.crew.missed_since[moved] is None
    two.crew.unready.clear()
    yard.pass_seconds(2)
    assert one.crew.told[-1] == ("end", moved)
    assert one.rota.leaving() == []


def test_a_slot_given_up_is_streamed_no_longer_than_the_limit() -> None:
    yard = Yard(slots=2)
    [one] = started(yard, "one")
    two = yard.container("two")
    two.crew.unready = {"slot 0", "slot 1"}
    yard.pass_seconds(30 + 80)
    assert one.crew.told[-1] == ("end", two.slots()[0])


def test_a_slot_that_nobody_takes_is_ours_again() -> None:
    yard = Yard(slots=2)
    [one] = started(yard, "one")
    yard.leases.acquire(Lease(CONTAINERS, "container two", "two", at(seconds=75)), yard.clock.now)
    yard.pass_seconds(10)
    assert len(one.slots()) == 1
    yard.pass_seconds(30)
    assert one.slots() == ["slot 0", "slot 1"]
    assert one.crew.told[-1] == ("resume", "slot 1")


def test_the_work_of_a_container_that_died_is_taken_within_40_seconds() -> None:
    yard = Yard(slots=2)
    one, two = started(yard, "one", "two")
    died_with = one.rota.held()
    died_at = yard.clock.now
    yard.running.remove(one)
    yard.pass_seconds(40)
    assert two.rota.held() == [PRICES, "slot 0", "slot 1"]
    for work in died_with:
        since = two.crew.missed_since[work]
        assert since is not None
        assert died_at - timedelta(seconds=10) <= since <= died_at


def test_what_is_given_up_at_the_end_is_taken_at_the_next_heartbeat() -> None:
    yard = Yard(slots=2)
    one, two = started(yard, "one", "two")
    two.crew.unready = {PRICES, "slot 0", "slot 1"}
    yard.running.remove(one)
    one.rota.give_up_all()
    assert not one.rota.handed_over()
    yard.pass_seconds(10)
    assert two.rota.held() == [PRICES, "slot 0", "slot 1"]
    assert not one.rota.handed_over()
    two.crew.unready.clear()
    yard.pass_seconds(1)
    assert one.rota.handed_over()
    assert {("end", PRICES), ("end", "slot 0")} <= set(one.crew.told)
    assert two.crew.missed_since[PRICES] is None


def test_a_container_that_is_the_last_does_not_wait_at_its_end() -> None:
    [one] = started(Yard(), "one")
    one.rota.give_up_all()
    assert one.rota.handed_over()
    assert one.rota.leaving() == [PRICES, "slot 0"]


def test_the_living_are_counted() -> None:
    yard = Yard(slots=2)
    one, two = started(yard, "one", "two")
    assert one.rota.containers == two.rota.containers == ["one", "two"]
    yard.running.remove(one)
    yard.pass_seconds(40)
    assert two.rota.containers == ["two"]


def test_tables_that_do_not_answer_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    yard = Yard()
    [one] = started(yard, "one")
    told = list(one.crew.told)

    def refuse(lease: Lease, now: datetime) -> bool:
        raise StoreUnavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(yard.leases, "acquire", refuse)
        yard.pass_seconds(120)
    yard.pass_seconds(10)
    assert one.crew.told == told
    assert one.rota.held() == [PRICES, "slot 0"]


def test_a_lease_that_was_lost_is_left_to_its_new_holder() -> None:
    yard = Yard()
    [one] = started(yard, "one")
    yard.running.clear()
    yard.clock.now += timedelta(seconds=60)  # a long pause of the machine
    two = yard.container("two")
    two.rota.beat()
    assert two.slots() == ["slot 0"]
    yard.running.append(one)
    yard.pass_seconds(12)
    assert one.slots() == []
    assert one.crew.told[-1] == ("end", "slot 0")


def test_a_beat_between_heartbeats_writes_nothing_when_all_is_settled() -> None:
    yard = Yard()
    [one] = started(yard, "one")
    assert one.rota.beat() is False
    assert 0 < one.rota.pause() <= 10
    before = yard.leases.of_group(CONTAINERS)
    yard.clock.now += timedelta(seconds=1)
    one.rota.beat()
    assert yard.leases.of_group(CONTAINERS) == before


def test_work_has_names() -> None:
    assert (slot_of(slot_name(12)), slot_of(PRICES)) == (12, None)
    assert Yard().clock.now == NOON
