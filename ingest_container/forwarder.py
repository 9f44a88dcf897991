"""Carries what the streams bring to the queue: several items to a message, none forgotten.

Items stay in bounded memory until the queue has confirmed them; a refused batch is sent again.
In fast-forward they are held until a flush. Leaves to its callers what a dropped item means.
"""

import logging
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Condition

from chalicelib.domain.errors import DeliveryFailed, InvalidRequest, StoreUnavailable
from chalicelib.services.ports import Events, StreamItem

_ITEM_BYTES = 300  # what an item weighs besides its frame

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForwarderLimits:
    """Seconds of machine time, and how much is kept."""

    linger: float = 0.2
    first_pause: float = 0.5
    longest_pause: float = 10
    most_bytes: int = 64 * 1024 * 1024
    most_items: int = 1000  # in one sending


USUAL_LIMITS = ForwarderLimits()


class Forwarder:
    """A queue in memory before the Events queue; `run` empties it, `put` is for any thread."""

    def __init__(
        self,
        events: Events,
        on_lost: Callable[[str], None],
        limits: ForwarderLimits = USUAL_LIMITS,
    ) -> None:
        """Nothing is sent before `run`. `on_lost` is told the account of an item that is gone."""
        self._events = events
        self._on_lost = on_lost
        self._limits = limits
        self._changed = Condition()
        self._waiting: deque[StreamItem] = deque()
        self._bytes = 0
        self._taken = 0
        self._done = 0
        self._flush_to = 0
        self._held = False
        self._give_up_at: float | None = None
        self.last_error = ""

    def put(self, item: StreamItem) -> bool:
        """Take an item; False when memory is full and the item was dropped."""
        with self._changed:
            fits = self._bytes + _size(item) <= self._limits.most_bytes
            if fits:
                self._waiting.append(item)
                self._bytes += _size(item)
                self._taken += 1
                self._changed.notify_all()
        if not fits:
            _log.error("frame_dropped", extra={"account_id": item.account_id})
            self._on_lost(item.account_id)
        return fits

    def buffered(self) -> int:
        """Items that the queue has not confirmed."""
        with self._changed:
            return len(self._waiting)

    def left(self) -> dict[str, int]:
        """The same by account."""
        with self._changed:
            return Counter(item.account_id for item in self._waiting)

    def hold(self, held: bool) -> None:
        """While held, send at a flush only (or when memory is half full)."""
        with self._changed:
            self._held = held
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Send all that was taken so far; whether the queue confirmed it within `seconds`."""
        with self._changed:
            target = self._flush_to = self._taken
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._done >= target, seconds)

    def close(self, seconds: float) -> None:
        """Make `run` send what is left, trying for so many seconds, and return."""
        with self._changed:
            self._give_up_at = time.monotonic() + seconds
            self._changed.notify_all()

    def run(self) -> None:
        """Send what comes until `close`."""
        while True:
            batch = self._next_batch()
            if not batch or not self._deliver(batch):
                return

    def attempt(self) -> bool:
        """Without waiting, try once to send what comes next; False when the queue refused it. In
        place of `run`, for whoever has no thread for it."""
        with self._changed:
            batch = list(islice(self._waiting, self._limits.most_items))
        if batch and not self._sent(batch):
            return False
        self._confirmed(batch)
        return True

    def _next_batch(self) -> list[StreamItem]:
        """What to send next; empty when all is sent and the forwarder closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._due() or self._give_up_at is not None)
            if not self._urgent():
                self._changed.wait_for(self._urgent, self._limits.linger)
            return list(islice(self._waiting, self._limits.most_items))

    def _due(self) -> bool:
        if not self._waiting:
            return False
        return not self._held or self._flush_to > self._done or self._filling_up()

    def _urgent(self) -> bool:
        full = len(self._waiting) >= self._limits.most_items
        flushing = self._flush_to > self._done
        return full or flushing or self._held or self._give_up_at is not None

    def _filling_up(self) -> bool:
        return self._bytes > self._limits.most_bytes // 2

    def _deliver(self, batch: Sequence[StreamItem]) -> bool:
        """Send until confirmed; False when closing and out of time."""
        pause = self._limits.first_pause
        while not self._sent(batch):
            if not self._wait_to_try_again(pause):
                return False
            pause = min(pause * 2, self._limits.longest_pause)
        self._confirmed(batch)
        return True

    def _confirmed(self, batch: Sequence[StreamItem]) -> None:
        with self._changed:
            for _ in batch:
                self._bytes -= _size(self._waiting.popleft())
            self._done += len(batch)
            self._changed.notify_all()

    def _wait_to_try_again(self, pause: float) -> bool:
        """Wait, less when closing; False when closing and out of time."""
        jitter = 0.5 + random.random() / 2  # noqa: S311  spreads tries, guards nothing
        with self._changed:
            if self._give_up_at is None:
                self._changed.wait_for(lambda: self._give_up_at is not None, pause * jitter)
                return True
            if time.monotonic() >= self._give_up_at:
                return False
            self._changed.wait(self._limits.first_pause * jitter)
            return True

    def _sent(self, batch: Sequence[StreamItem]) -> bool:
        try:
            self._events.send(batch)
        except (DeliveryFailed, StoreUnavailable) as error:
            self.last_error = str(error)
            _log.warning("queue_refused", extra={"items": len(batch), "reason": str(error)})
            return False
        except InvalidRequest as error:
            return self._sent_one_by_one(batch, error)
        self.last_error = ""
        _log.debug("forwarded", extra={"traces": [item.trace for item in batch]})
        return True

    def _sent_one_by_one(self, batch: Sequence[StreamItem], error: InvalidRequest) -> bool:
        """Some item can never be sent: name it, and send the others."""
        if len(batch) == 1:
            extra = {"account_id": batch[0].account_id, "reason": str(error)}
            _log.error("frame_refused", extra=extra)
            self._on_lost(batch[0].account_id)
            return True
        results = [self._sent([item]) for item in batch]
        return all(results)


def _size(item: StreamItem) -> int:
    return _ITEM_BYTES + len(item.frame or "")
