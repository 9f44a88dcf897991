"""The whole container: what it does is assigned by the rota, and carried by the forwarder.

Stops in order: leases are given up, frames go on until others are ready for them, then the
rest is sent.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import ExchangeUnavailable, StoreUnavailable
from chalicelib.services.import_account import ImportSources
from chalicelib.services.reconcile_account import Sources
from ingest_container.crew import ThreadCrew
from ingest_container.followed import Followed
from ingest_container.forwarder import USUAL_LIMITS, Forwarder, ForwarderLimits
from ingest_container.gauges import Gauges
from ingest_container.importer import Importer
from ingest_container.outside import Outside
from ingest_container.parts import Parts
from ingest_container.reconciler import MostTraded, Reconciler
from ingest_container.rota import USUAL_TIMES, Rota, RotaTimes
from ingest_container.session import SlotSession

_INTAKE_ENDS_WITHIN_S = 5
_LOOK_FOR_OTHERS_EVERY_S = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds of machine time between looks at a roster, live and in fast-forward, and between
    a part's failure and its next start; and the times of the leases."""

    heartbeat: float = 5
    fast_heartbeat: float = 0.1
    restart: float = 5
    rota: RotaTimes = USUAL_TIMES


USUAL_RHYTHM = Rhythm()


class Supervisor:
    """The whole container."""

    def __init__(
        self,
        outside: Outside,
        rhythm: Rhythm = USUAL_RHYTHM,
        limits: ForwarderLimits = USUAL_LIMITS,
        parts: Callable[[float], Parts] = Parts,
    ) -> None:
        """Nothing runs before `start`. `parts` makes what runs the parts, with the pause in
        seconds before one that failed is started again."""
        self.container = secrets.token_hex(6)
        self._rhythm = rhythm
        self._outside = outside
        self._weight_a_minute = 0
        self._fast = False
        self._intake = parts(rhythm.restart)
        self._outlet = parts(rhythm.restart)
        self._clerk = parts(rhythm.restart)
        self.forwarder = Forwarder(outside.events, self._on_lost, limits)
        sources = Sources(outside.exchange, outside.ledger, outside.holdings, MostTraded(outside))
        self.books = Reconciler(outside, sources, self._on_revoked)
        leisurely = ImportSources(
            outside.exchange.at_leisure(),
            outside.ledger,
            outside.holdings,
            outside.imports,
            sources.symbols,
        )
        self.imports = Importer(outside, leisurely, self._everyone)
        self._crew = ThreadCrew(outside, self.forwarder, self._intake, self._heartbeat, self.books)
        self._gauges = Gauges(outside, self.container, self._everyone, self._crew.gaps)
        self._rota = Rota(
            outside.leases,
            outside.accounts,
            outside.machine,
            self.container,
            self._crew,
            rhythm.rota,
        )

    @property
    def sessions(self) -> list[SlotSession]:
        """Those of the slots that are streamed here."""
        return self._crew.sessions()

    def start(self) -> None:
        """Start all threads."""
        self._outlet.start("forwarder", self.forwarder.run)
        self._intake.start("books", self.books.run)
        self._intake.start("imports", self.imports.run)
        self._intake.start("gauges", self._gauges.run)
        self._clerk.start("rota", self._keep_leases)

    def stop(self, seconds: float) -> bool:
        """Give everything up, wait until others are ready for it, send what is left, end;
        whether all was sent within `seconds` of the end of the intake."""
        self._clerk.stopping.set()
        if self._clerk.join(_INTAKE_ENDS_WITHIN_S):
            self._hand_over()
        self._intake.stopping.set()
        slots = self._crew.slots_of_accounts()
        self._crew.end_all()
        self.books.close()
        self.imports.close()
        self._gauges.close()
        self._intake.join(_INTAKE_ENDS_WITHIN_S)
        self._outlet.stopping.set()
        self.forwarder.close(seconds)
        self._outlet.join(seconds + 1)
        left = self.forwarder.left()
        self._note_lost(left, slots)
        _log.info("stopped", extra={"frames_left": sum(left.values())})
        return not left

    def set_fast(self, fast: bool) -> None:
        """Fast-forward: hold frames until a flush, look at rosters often, keep no live prices."""
        self._fast = fast
        self._crew.set_fast(fast)
        self.books.by_hand(fast)
        self.imports.rest(fast)
        self.forwarder.hold(fast)

    def flush(self, seconds: float) -> bool:
        """Do what an hour's end asks for; whether the queue has all frames within `seconds`."""
        return self._crew.tick(seconds) and self.forwarder.flush(seconds)

    def compare_books(self) -> int:
        """Compare all books that grew or are waited for, now; how many. All frames must have
        been recorded."""
        before = self.books.compared
        self._crew.compare_all()
        self.books.drain()
        return self.books.compared - before

    def state(self) -> dict[str, object]:
        """What the container is doing, for people and for the demo."""
        sessions = self._crew.sessions()
        followed = [each for session in sessions for each in session.followed()]
        errors = {"forwarder": self.forwarder.last_error, "prices": self._crew.price_error()}
        return {
            "mode": "fast" if self._fast else "live",
            "container": self.container,
            "containers": self._rota.containers,
            "leases": self._rota.held(),
            "handing_over": self._rota.leaving(),
            "weight_a_minute": self._weight_a_minute,
            "buffered": self.forwarder.buffered(),
            "frames": self._crew.frames(),
            "books_waiting": self.books.waiting(),
            "imports_waiting": self.imports.waiting(),
            "streaming": sum(each.streaming for each in followed),
            "slots": [
                {
                    "slot": session.slot,
                    "accounts": {
                        each.account.account_id: _described(each) for each in session.followed()
                    },
                }
                for session in sessions
            ],
            "last_errors": {name: error for name, error in errors.items() if error},
        }

    def _keep_leases(self) -> None:
        while not self._clerk.stopping.wait(self._rota.pause()):
            self.beat()

    def beat(self) -> None:
        """What is due of the leases."""
        if self._rota.beat():
            self._weight_a_minute = self._outside.share_weight(len(self._rota.containers))

    def _hand_over(self) -> None:
        """Keep streaming while others take the work over, as long as the limit allows."""
        self._rota.give_up_all()
        limit = self._rhythm.rota.hand_over
        ends_at = time.monotonic() + limit
        while not self._rota.handed_over() and time.monotonic() < ends_at:
            time.sleep(min(_LOOK_FOR_OTHERS_EVERY_S, limit / 10))

    def _note_lost(self, left: Mapping[str, int], slots: Mapping[str, int]) -> None:
        """Say whose frames the queue would not take, and leave a doubt to who comes next."""
        for account_id, items in sorted(left.items()):
            _log.error("frames_lost", extra={"account_id": account_id, "items": items})
        try:
            for account_id in left.keys() & slots.keys():
                self._outside.doubts.put(slots[account_id], account_id, self._outside.now())
        except (StoreUnavailable, ExchangeUnavailable) as error:
            _log.warning("doubts_not_noted", extra={"reason": str(error)})

    def _everyone(self) -> list[Followed]:
        return [each for session in self._crew.sessions() for each in session.followed()]

    def _heartbeat(self) -> float:
        return self._rhythm.fast_heartbeat if self._fast else self._rhythm.heartbeat

    def _on_revoked(self, followed: Followed, reason: str) -> None:
        self._crew.revoked(followed.account.account_id, reason)

    def _on_lost(self, account_id: str) -> None:
        self._crew.lost(account_id)


def _described(followed: Followed) -> dict[str, object]:
    doubt = followed.in_doubt_since
    return {
        "stage": followed.stage.value,
        "streaming": followed.streaming,
        "frames": followed.frames,
        "in_doubt_since": doubt.isoformat() if doubt else None,
        "last_error": followed.last_error,
    }
