import logging
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.switches import Switch, Switched
from chalicelib.services.known_switches import BELIEVED, KnownSwitches
from tests.builders import NOON
from tests.fake_switches import FakeSwitchStore

MAIL = Switched(frozenset({Switch.MAIL}))


class Process:
    """One process at a time that the test sets."""

    def __init__(self) -> None:
        self.store = FakeSwitchStore()
        self.time: datetime = NOON
        self.known = KnownSwitches(self.store.read, lambda: self.time)

    def later(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def process() -> Process:
    return Process()


def test_nothing_is_read_before_the_first_question(process: Process) -> None:
    assert process.store.reads == 0
    assert process.known.now() == Switched()
    assert process.store.reads == 1


def test_what_was_read_is_believed_for_a_while(process: Process) -> None:
    process.known.now()
    process.store.put(Switch.MAIL, "on")
    process.later(BELIEVED.total_seconds() - 1)
    assert (process.known.now(), process.store.reads) == (Switched(), 1)
    process.later(1)
    assert (process.known.now(), process.store.reads) == (MAIL, 2)
    assert process.known.is_paused(Switch.MAIL)


def test_a_store_that_cannot_be_read_at_first_switches_nothing(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.store.put(Switch.MAIL, "on")
    process.store.fail = True
    assert process.known.now() == Switched()
    assert [each.message for each in caplog.records] == ["switches_not_read"]


def test_a_store_that_cannot_be_read_any_more_leaves_what_is_known(process: Process) -> None:
    process.store.put(Switch.MAIL, "on")
    process.known.now()
    process.store.fail = True
    process.later(3600)
    assert process.known.now() == MAIL


def test_a_store_that_cannot_be_read_is_not_asked_by_everyone(process: Process) -> None:
    process.store.fail = True
    for _ in range(50):
        process.known.now()
    assert process.store.reads == 1


def test_a_change_is_logged_once(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    process.known.now()
    process.store.put(Switch.MAIL, "on")
    for _ in range(3):
        process.later(60)
        process.known.now()
    assert [each.message for each in caplog.records] == ["switched"]
