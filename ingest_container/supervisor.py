"""Runs the container's parts, each on threads of its own, and stops them in order.

A part that fails is logged and started again; nothing that has come in is lost by it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread

from ingest_container.followed import Followed
from ingest_container.forwarder import USUAL_LIMITS, Forwarder, ForwarderLimits
from ingest_container.outside import Outside
from ingest_container.prices import PriceKeeper
from ingest_container.session import SlotSession

_INTAKE_ENDS_WITHIN_S = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds of machine time between heartbeats, live and in fast-forward, and between a
    part's failure and its next start."""

    heartbeat: float = 5
    fast_heartbeat: float = 0.1
    restart: float = 5


USUAL_RHYTHM = Rhythm()


class Supervisor:
    """The whole container."""

    def __init__(
        self,
        outside: Outside,
        slots: Sequence[int] = (0,),
        rhythm: Rhythm = USUAL_RHYTHM,
        limits: ForwarderLimits = USUAL_LIMITS,
    ) -> None:
        """Nothing runs before `start`."""
        self._rhythm = rhythm
        self._fast = False
        self._stopping = Event()
        self.forwarder = Forwarder(outside.events, self._on_lost, limits)
        self.prices = PriceKeeper(outside)
        self._price_stream = outside.price_stream()
        self.sessions = [
            SlotSession(slot, outside, self.forwarder, self._heartbeat) for slot in slots
        ]
        self._intake: list[Thread] = []
        self._outlet: list[Thread] = []

    def start(self) -> None:
        """Start all threads."""
        self._outlet = [self._thread("forwarder", self.forwarder.run)]
        self._intake = [
            self._thread("prices", self.prices.run),
            self._thread("price-stream", lambda: self._price_stream.run(self.prices.on_quotes)),
        ]
        for session in self.sessions:
            self._intake += [
                self._thread(f"slot-{session.slot}", session.run),
                self._thread(f"stream-{session.slot}", session.stream.run),
            ]

    def stop(self, seconds: float) -> bool:
        """Stop taking in, send what is left, end; whether all was sent within `seconds`."""
        self._stopping.set()
        self._price_stream.close()
        self.prices.close()
        for session in self.sessions:
            session.stream.close()
            session.close()
        intake_ends_at = time.monotonic() + _INTAKE_ENDS_WITHIN_S
        for thread in self._intake:
            thread.join(max(0.0, intake_ends_at - time.monotonic()))
        self.forwarder.close(seconds)
        for thread in self._outlet:
            thread.join(seconds + 1)
        left = self.forwarder.buffered()
        _log.info("stopped", extra={"frames_left": left})
        return left == 0

    def set_fast(self, fast: bool) -> None:
        """Fast-forward: hold frames until a flush, look at rosters often, keep no live prices."""
        self._fast = fast
        for session in self.sessions:
            session.manual_days = fast
            session.look_now()
        self.prices.rest(fast)
        self.forwarder.hold(fast)

    def flush(self, seconds: float) -> bool:
        """Do what an hour's end asks for; whether the queue has all frames within `seconds`."""
        ticked = []
        for session in self.sessions:
            done = Event()
            session.tick(done.set)
            ticked.append(done)
        in_time = [done.wait(seconds) for done in ticked]
        return all(in_time) and self.forwarder.flush(seconds)

    def state(self) -> dict[str, object]:
        """What the container is doing, for people and for the demo."""
        followed = [each for session in self.sessions for each in session.followed()]
        return {
            "mode": "fast" if self._fast else "live",
            "buffered": self.forwarder.buffered(),
            "frames": sum(session.frames for session in self.sessions),
            "streaming": sum(each.streaming for each in followed),
            "slots": [
                {
                    "slot": session.slot,
                    "accounts": {
                        each.account.account_id: _described(each) for each in session.followed()
                    },
                }
                for session in self.sessions
            ],
            "last_errors": {
                name: error
                for name, error in (
                    ("forwarder", self.forwarder.last_error),
                    ("prices", self.prices.last_error),
                )
                if error
            },
        }

    def _heartbeat(self) -> float:
        return self._rhythm.fast_heartbeat if self._fast else self._rhythm.heartbeat

    def _on_lost(self, account_id: str) -> None:
        for session in self.sessions:
            session.lost(account_id)

    def _thread(self, name: str, run: Callable[[], None]) -> Thread:
        # a daemon: one that waits for a free minute of weight must not hold up the end
        thread = Thread(target=self._guard, args=(name, run), name=name, daemon=True)
        thread.start()
        return thread

    def _guard(self, name: str, run: Callable[[], None]) -> None:
        while True:
            try:
                run()
            except Exception:  # the edge: a part that fails is started again
                _log.exception("part_failed", extra={"part": name})
            else:
                return
            if self._stopping.wait(self._rhythm.restart):
                return


def _described(followed: Followed) -> dict[str, object]:
    doubt = followed.in_doubt_since
    return {
        "stage": followed.stage.value,
        "streaming": followed.streaming,
        "frames": followed.frames,
        "in_doubt_since": doubt.isoformat() if doubt else None,
        "last_error": followed.last_error,
    }
