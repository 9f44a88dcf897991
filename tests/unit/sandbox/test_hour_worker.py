"""One hour is closed while the next is traded, and never two at once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import pytest

from sandbox.hour_worker import HourWorker

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE_S = 5


@dataclass
class _Functions:
    """Notes what is called; `tick` waits until it may go on, or fails."""

    called: list[str] = field(default_factory=list)
    may_tick: Event = field(default_factory=Event)
    broken: bool = False

    def fire(self, name: str, at: datetime) -> None:
        assert self.may_tick.wait(PATIENCE_S)
        if self.broken:
            raise ValueError("no prices")
        self.called.append(f"{name} {at:%H}")

    def drain(self, name: str, messages: int | None = None) -> int:
        self.called.append(f"{name} {messages}")
        return 1


def test_an_hour_is_recorded_ticked_and_worked_in_order() -> None:
    functions = _Functions()
    worker = HourWorker(functions)
    worker.begin(NOON, tasks=2)
    worker.wait_recorded()
    assert functions.called == ["record None"]
    functions.may_tick.set()
    worker.finish()
    assert functions.called == ["record None", "tick 12", "work 2"]


def test_what_goes_wrong_is_raised_where_it_is_waited_for() -> None:
    functions = _Functions(broken=True)
    functions.may_tick.set()
    worker = HourWorker(functions)
    worker.begin(NOON, tasks=2)
    with pytest.raises(ValueError, match="no prices"):
        worker.finish()


def test_there_is_nothing_to_wait_for_at_first() -> None:
    worker = HourWorker(_Functions())
    worker.wait_recorded()
    worker.finish()
