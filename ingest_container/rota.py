"""Which part of the common work this container does: its share of the slots, maybe the prices.

Containers never talk to each other. Each holds plain leases, renews them at its heartbeat, and
reads from those of the others who lives, what is free, and who is ready to take something over.
A lease that was given up was handed over; one that merely ended lost its holder, and frames with
it. All instants are the machine's.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.ports import Accounts, Lease, Leases
from chalicelib.services.streaming import CONTAINERS

PRICES = "prices"
READY = "ready"
"""The note of a holder who needs his predecessor no more."""
_SLOT = "slot "
_CONTAINER = "container "

_log = logging.getLogger(__name__)


class Crew(Protocol):
    """Who does the work that the rota assigns: `PRICES`, or a slot by `slot_name`."""

    def begin(self, work: str, missed_since: datetime | None) -> None:
        """Start it. Since `missed_since` nobody may have done it; None when it was handed over."""

    def retire(self, work: str) -> None:
        """Go on alone with what must not be interrupted: another is taking it over."""

    def resume(self, work: str) -> None:
        """It is ours again."""

    def end(self, work: str) -> None:
        """Stop it."""

    def ready(self, work: str) -> bool:
        """Whether it is done as well as a predecessor could."""


@dataclass(frozen=True, slots=True)
class RotaTimes:
    """Seconds: between heartbeats, how long a lease runs, and how long work that was given up
    is still done while nobody else is ready for it."""

    heartbeat: float = 10
    lease: float = 30
    hand_over: float = 80


USUAL_TIMES = RotaTimes()


class Rota:
    """One container's leases; for one thread."""

    def __init__(
        self,
        leases: Leases,
        accounts: Accounts,
        machine: Callable[[], datetime],
        container: str,
        crew: Crew,
        times: RotaTimes = USUAL_TIMES,
    ) -> None:
        """`container` is this container's own name among the others. Nothing is held yet."""
        self._leases = leases
        self._accounts = accounts
        self._machine = machine
        self._container = container
        self._crew = crew
        self._times = times
        self._notes: dict[str, str] = {}  # of the work that is held
        self._leaving: dict[str, datetime] = {}  # work given up, and how long it is still done
        self._beat_at: datetime | None = None
        self.containers: list[str] = []

    def held(self) -> list[str]:
        """The work that is ours."""
        return sorted(self._notes)

    def leaving(self) -> list[str]:
        """The work that was given up and that nobody else is ready for."""
        return sorted(self._leaving)

    def pause(self) -> float:
        """Seconds until the next `beat`: sooner where something changes hands."""
        if self._beat_at is None:
            return 0
        left = self._times.heartbeat - (self._machine() - self._beat_at).total_seconds()
        unsettled = self._leaving or any(note != READY for note in self._notes.values())
        return max(0.0, min(left, self._times.heartbeat / 10) if unsettled else left)

    def beat(self) -> bool:
        """A heartbeat when one is due, else what should not wait for it; after `pause` seconds
        again. True after a heartbeat; what could not be stored is done at the next."""
        now = self._machine()
        due = self._beat_at is None or now - self._beat_at >= _seconds(self._times.heartbeat)
        try:
            if due:
                self._heartbeat(now)
            else:
                self._settle(now)
        except StoreUnavailable as error:
            _log.warning("leases_not_read", extra={"reason": str(error)})
        return due

    def give_up_all(self) -> None:
        """Release everything at once, and go on with it until others are ready."""
        now = self._machine()
        for name in [self._own_name(), *self.held()]:
            try:
                self._leases.release(self._lease(name, now))
            except StoreUnavailable as error:  # it ends by itself
                _log.warning("lease_not_released", extra={"lease": name, "reason": str(error)})
        for work in self.held():
            self._leave(work, now)

    def handed_over(self) -> bool:
        """After `give_up_all`: whether others are ready for all of it, or nobody is there."""
        now = self._machine()
        try:
            seen = self._read(now)
        except StoreUnavailable as error:
            _log.warning("leases_not_read", extra={"reason": str(error)})
            return False
        self._leave_to_others(seen, now)
        alone = set(self.containers) <= {self._container}
        return alone or not self._leaving

    def _heartbeat(self, now: datetime) -> None:
        self._beat_at = now
        self._renew(now)
        seen = self._read(now)
        self._leave_to_others(seen, now)
        slots = [slot_name(slot) for slot in range(max(1, self._accounts.slots()))]
        share = -(-len(slots) // max(1, len(self.containers)))
        mine = [work for work in self.held() if work != PRICES]
        for work in mine[share:]:
            self._leases.release(self._lease(work, now))
            self._leave(work, now)
        room = share - len(mine)
        for work in [PRICES, *slots]:
            if work in self._notes or (work != PRICES and room <= 0):
                continue
            if self._take(work, seen.get(work), now) and work != PRICES:
                room -= 1

    def _settle(self, now: datetime) -> None:
        """Tell the others what has become ready, and leave to them what they are ready for."""
        for work, note in self._notes.items():
            if note != READY and self._crew.ready(work):
                self._keep(work, now)
        if self._leaving:
            self._leave_to_others(self._read(now), now)

    def _renew(self, now: datetime) -> None:
        if not self._notes:  # whoever holds something needs no other sign of life
            self._leases.acquire(self._lease(self._own_name(), now), now)
        for work in self.held():
            if not self._keep(work, now):
                _log.warning("lease_lost", extra={"work": work})
                self._leave(work, now)

    def _keep(self, work: str, now: datetime) -> bool:
        note = READY if self._crew.ready(work) else ""
        kept = self._leases.acquire(self._lease(work, now, note), now)
        if kept:
            self._notes[work] = note
        return kept

    def _read(self, now: datetime) -> dict[str, Lease]:
        """All leases by name; who holds one that runs is alive."""
        seen = {lease.name: lease for lease in self._leases.of_group(CONTAINERS)}
        self.containers = sorted({lease.holder for lease in seen.values() if lease.until > now})
        return seen

    def _leave_to_others(self, seen: dict[str, Lease], now: datetime) -> None:
        for work, until in list(self._leaving.items()):
            lease = seen.get(work)
            taken = lease is not None and lease.holder != self._container and lease.until > now
            if (taken and lease is not None and lease.note == READY) or now >= until:
                _log.info("work_handed_over", extra={"work": work, "taken": taken})
                del self._leaving[work]
                self._crew.end(work)

    def _take(self, work: str, lease: Lease | None, now: datetime) -> bool:
        """Take it if it is free; True when it is ours."""
        if lease is not None and lease.holder != self._container and lease.until > now:
            return False
        if not self._leases.acquire(self._lease(work, now), now):
            return False
        _log.info("work_taken", extra={"work": work, "given_up": lease is None})
        if self._leaving.pop(work, None) is not None:
            self._crew.resume(work)
        else:
            lost = None if lease is None else lease.until - _seconds(self._times.lease)
            self._crew.begin(work, lost)
        self._notes[work] = ""
        return True

    def _leave(self, work: str, now: datetime) -> None:
        del self._notes[work]
        self._leaving[work] = now + _seconds(self._times.hand_over)
        self._crew.retire(work)

    def _lease(self, name: str, now: datetime, note: str = "") -> Lease:
        until = now + _seconds(self._times.lease)
        return Lease(CONTAINERS, name, self._container, until, note)

    def _own_name(self) -> str:
        return f"{_CONTAINER}{self._container}"


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def slot_name(slot: int) -> str:
    """The slot as a piece of work."""
    return f"{_SLOT}{slot}"


def slot_of(work: str) -> int | None:
    """The slot that this work is; None for the prices."""
    return int(work.removeprefix(_SLOT)) if work.startswith(_SLOT) else None
