"""Takes the league through weeks in minutes, in the real pipeline.

Exchange time stands still and jumps from event to event. Each simulated hour: what traders do, at
its instants; the minute prices that flows and the mark need; one flush of ingest. Then, while the
next hour is traded: record; the tick; shard tasks and rank, until the queues are empty.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from chalicelib.domain.windows import minute_at_or_after
from sandbox.demo import AccountPart, Part, hour_within
from sandbox.demo_moves import Move, PayIn, PayOut
from sandbox.floor import Linked
from sandbox.hour_worker import HourWorker
from sandbox.machinery import Machinery
from sandbox.runner import SCHEDULE_DELAY
from sandbox.waiting import wait_until

LINK_SECOND = 30.0
UNLINK_SECOND = 1200.0
FIRST_SECOND = 15.0
"""Nobody acts before the tick of the last hour."""

SECONDS_FOR_FRAMES = 20

Action = Callable[[], object]


class FastForward:
    """The demo's hours, one after the other."""

    def __init__(self, parts: Sequence[Part], hours: int, machinery: Machinery) -> None:
        """`hours` is the length of the demo that the parts are written for."""
        self.linked: list[Linked] = []
        self.moves = 0
        self._do = machinery
        self._worker = HourWorker(machinery.runner)
        self._hours = hours
        self._to_link: dict[int, list[tuple[str, AccountPart]]] = {}
        self._to_unlink: dict[int, list[Linked]] = {}
        self._agenda: list[tuple[int, int, Action]] = []
        self._order = count()
        self._frames_before = self._received() - self._delivered()
        self._collected = self._received()
        self._joined = False
        for part in parts:
            for account in part.accounts:
                hour = hour_within(account.linked, hours)
                self._to_link.setdefault(hour, []).append((part.name, account))

    def hour(self, number: int, start: datetime) -> None:
        """Take the exchange through the hour that begins at `start`, number `number` from 0, and
        begin to close it in the league. The hour before is closed when this returns."""
        end = start + timedelta(hours=1)
        self._fill_agenda(number, start)
        while self._agenda:
            at_ms, _, action = heapq.heappop(self._agenda)
            self._do.clock.move_to(at_ms)
            action()
        self._do.clock.move_to(_ms(end))
        self._do.market.take(self._do.prices.keep(end))
        self._collect()
        self._do.clock.move_to(_ms(end + SCHEDULE_DELAY))
        self._worker.finish()
        if end.hour == 0:
            self._do.runner.drain("record")
            self._do.ingest.compare()
        self._worker.begin(end, self._do.floor.shards() + 1)

    def finish(self) -> None:
        """Return once the last hour is closed. Raises what went wrong in it."""
        self._worker.finish()

    def _collect(self) -> None:
        """Have every event so far in the queue: all frames at ingest, from there on."""
        expected = self._delivered() + self._frames_before
        if expected == self._collected and not self._joined:
            return
        wait_until(
            lambda: self._received() >= expected,
            f"{expected} frames at ingest",
            seconds=SECONDS_FOR_FRAMES,
            every=0.002,
        )
        self._worker.wait_recorded()
        self._do.ingest.flush()
        self._collected, self._joined = expected, False

    def _delivered(self) -> int:
        return int(self._do.bank.get("events")["delivered"])

    def _received(self) -> int:
        return int(self._do.ingest.state()["frames"])

    def _fill_agenda(self, number: int, start: datetime) -> None:
        joining, leaving_now = self._to_link.pop(number, []), self._to_unlink.pop(number, [])
        if joining or leaving_now:
            self._worker.finish()  # nobody comes or goes while the hour before is closed
        if joining:
            self._put(start, LINK_SECOND, lambda: self._link(joining, number, start))
        for leaving in leaving_now:
            self._put(start, UNLINK_SECOND, partial(self._unlink, leaving))
        for each in self.linked:
            self._plan(each, start)

    def _put(self, start: datetime, second: float, action: Action) -> None:
        at_ms = _ms(start) + int(second * 1000)
        heapq.heappush(self._agenda, (at_ms, next(self._order), action))

    def _plan(self, linked: Linked, start: datetime, first_second: float = FIRST_SECOND) -> None:
        market = self._do.market
        for move in linked.actor.plan(start.hour, market.listings, market.moved):
            second = max(move.second, first_second)
            self._put(start, second, partial(self._move, linked, move))

    def _move(self, linked: Linked, move: Move) -> None:
        if linked not in self.linked:
            return
        done = linked.actor.act(move, self._do.market.listings, self._do.bank)
        self.moves += done
        if done and isinstance(move, PayIn | PayOut):
            self._price_flow()

    def _price_flow(self) -> None:
        """Have the minute stored at which a flow of now is valued."""
        minute = minute_at_or_after(self._do.clock.now())
        if minute.minute:
            self._put(minute, 0, partial(self._do.prices.keep, minute))

    def _link(
        self, joining: Sequence[tuple[str, AccountPart]], number: int, start: datetime
    ) -> None:
        linked = [self._do.floor.link(name, part) for name, part in joining]
        self._do.floor.wait_live(linked)
        self._joined = True
        self._price_flow()
        self.linked += linked
        for each, (_, part) in zip(linked, joining, strict=True):
            self._plan(each, start, LINK_SECOND)
            if part.unlinked is not None:
                hour = max(hour_within(part.unlinked, self._hours), number + 1)
                self._to_unlink.setdefault(hour, []).append(each)

    def _unlink(self, leaving: Linked) -> None:
        self._collect()
        self._do.runner.drain("record")
        self._do.floor.unlink(leaving)
        self.linked.remove(leaving)
        self._price_flow()


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
