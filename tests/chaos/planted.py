"""Bugs planted on purpose: a guard dropped, a retry forgotten. A schedule must show each of them.

A planted bug is a store or a queue that lacks what the product relies on, put in place of the right
one; the product's own lines are changed in `in_the_product`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any, Final

from chalicelib.domain.corrections import Correction
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import Fill, LedgerEntry
from chalicelib.services import record_account_event
from chalicelib.services.ports import BoardHead
from ingest_container.forwarder import Forwarder
from ingest_container.session import SlotSession
from tests.chaos.backing import Backing, MakesBacking, memory
from tests.chaos.faults import Plan
from tests.chaos.mail import Box, Parcel
from tests.fakes import FakeBoards, FakeCorrections, FakeDoubts, FakeHoldings, FakeLedger, FakeRuns


class AnyVersion(FakeHoldings):
    """Writes over whatever another has written meanwhile."""

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        stored = self._rows.get((old.seat, old.account_id), old)
        super().replace(stored, new)


class NotIfAbsent(FakeHoldings):
    """Begins a link anew each time that it is told of."""

    def create(self, row: AccountHoldings) -> None:
        self._write(row)


class OneFillOfAnOrder(FakeLedger):
    """Knows fills by their order, where an order may have several."""

    def add(self, account_id: str, entries: Sequence[LedgerEntry]) -> None:
        super().add(
            account_id,
            [replace(e, trade_id=e.order_id) if isinstance(e, Fill) else e for e in entries],
        )


class AnyHour(FakeBoards):
    """Makes current whatever comes, of an earlier hour too."""

    def publish(self, window: str, head: BoardHead) -> None:
        self._heads[window] = head


class NoNotes(FakeCorrections):
    """Forgets what came too late for its mark."""

    def note(self, corrections: Sequence[Correction]) -> None:
        """Nothing is kept."""


class NoDoubts(FakeDoubts):
    """Forgets whose books are to be compared."""

    def put(self, slot: int, account_id: str, at: datetime) -> None:
        """Nothing is kept."""


class DoneAtOnce(FakeRuns):
    """Holds an hour for marked when its run begins."""

    def done(self, hour: int) -> set[int]:
        return set(self.shards(hour) or [])


class OneTry(Box):
    """Hands a message out once, done or not."""

    def hand_out(self) -> list[Parcel]:
        taken = super().hand_out()
        for each in taken:
            self.parcels.remove(each)
        return taken

    def done(self, parcels: Iterable[Parcel]) -> None:
        """They are gone already."""


def with_store(name: str, store: Callable[[], object]) -> MakesBacking:
    """The stores in memory, but for this one."""

    def make(machine: Callable[[], datetime], random: Random, plan: Plan) -> Backing:
        backing = memory(machine, random, plan)
        changed: dict[str, Any] = {name: store()}
        return replace(backing, stores=replace(backing.stores, **changed))

    return make


def one_try(machine: Callable[[], datetime], random: Random, plan: Plan) -> Backing:
    """The stores in memory, and a queue that gives up at once."""
    backing = memory(machine, random, plan)
    box = OneTry(machine, random, backing.event_box.batch)
    backing.events.box = box  # type: ignore[attr-defined]
    return replace(backing, event_box=box)


STORES: Final[dict[str, MakesBacking]] = {
    "a row is written over without looking": with_store("holdings", AnyVersion),
    "a link's row is not written if absent": with_store("holdings", NotIfAbsent),
    "a fill's key lacks the trade": with_store("ledger", OneFillOfAnOrder),
    "an older board may become current": with_store("boards", AnyHour),
    "late events are not noted": with_store("corrections", NoNotes),
    "doubts are not noted": with_store("doubts", NoDoubts),
    "an hour counts as marked too early": with_store("runs", DoneAtOnce),
    "a failed message does not come again": one_try,
}


def _forgetful(self: Forwarder) -> bool:
    """Takes every batch for sent."""
    with self._changed:
        batch = list(self._waiting)
    self._sent(batch)
    self._confirmed(batch)
    return True


def _deaf(self: SlotSession, account_ids: Sequence[str], *, streaming: bool = False) -> None:
    """A gap changes nothing."""
    for each in account_ids:
        if each in self._followed:
            self._followed[each].streaming = streaming


PRODUCT: Final[dict[str, tuple[object, str, object]]] = {
    "a refused batch is taken for sent": (Forwarder, "attempt", _forgetful),
    "a gap is not noticed": (SlotSession, "_on_gap", _deaf),
    "corrections are not looked for": (
        record_account_event,
        "note_corrections",
        lambda recorded, stores: None,
    ),
}


@contextmanager
def in_the_product(name: str) -> Iterator[None]:
    """The product with this bug."""
    owner, attribute, wrong = PRODUCT[name]
    right = getattr(owner, attribute)
    setattr(owner, attribute, wrong)
    try:
        yield
    finally:
        setattr(owner, attribute, right)
