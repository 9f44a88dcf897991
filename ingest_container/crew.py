"""The container's work on its threads: a session for each slot, and the keeper of the prices."""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event

from chalicelib.services.exchange_ports import PriceStream
from ingest_container.exchange_watch import ExchangeWatch
from ingest_container.forwarder import Forwarder
from ingest_container.outside import Outside
from ingest_container.parts import Parts
from ingest_container.prices import PriceKeeper
from ingest_container.rota import PRICES, slot_name, slot_of
from ingest_container.session import Books, SlotSession


class ThreadCrew:
    """A Crew. `begin` … `end` are the rota's, the rest is for any thread."""

    def __init__(
        self,
        outside: Outside,
        forwarder: Forwarder,
        parts: Parts,
        heartbeat: Callable[[], float],
        books: Books,
    ) -> None:
        """Nothing is begun yet. `heartbeat` and `books` are those of the sessions."""
        self._outside = outside
        self._forwarder = forwarder
        self._parts = parts
        self._heartbeat = heartbeat
        self._books = books
        self._sessions: Mapping[int, SlotSession] = {}  # replaced whole: others read it
        self._prices: tuple[PriceKeeper, PriceStream, ExchangeWatch] | None = None
        self._frames_before = self._gaps_before = 0
        self._fast = False

    def begin(self, work: str, missed_since: datetime | None) -> None:
        """Start a slot's session, or the prices."""
        slot = slot_of(work)
        if slot is None:
            self._begin_prices()
            return
        session = SlotSession(
            slot,
            self._outside,
            self._forwarder,
            self._heartbeat,
            books=self._books,
            missed_since=missed_since,
        )
        session.manual_days = self._fast
        self._sessions = {**self._sessions, slot: session}
        self._parts.start(f"slot-{slot}", session.run)
        self._parts.start(f"stream-{slot}", session.stream.run)

    def retire(self, work: str) -> None:
        """A slot's frames go on being forwarded, and prices stored: twice is harmless."""
        for session in self._session(work):
            session.retire()

    def resume(self, work: str) -> None:
        """All of the slot's work is ours again."""
        for session in self._session(work):
            session.resume()

    def end(self, work: str) -> None:
        """Close the connections; what came in is still sent."""
        for session in self._session(work):
            session.stream.close()
            session.close()
            self._frames_before += session.frames
            self._gaps_before += session.gaps
            others = {slot: each for slot, each in self._sessions.items() if each is not session}
            self._sessions = others
        if slot_of(work) is None and self._prices is not None:
            keeper, stream, watch = self._prices
            self._prices = None
            watch.close()
            stream.close()
            keeper.close()

    def ready(self, work: str) -> bool:
        """Whether all accounts of the slot stream, or the prices are known."""
        if slot_of(work) is None:
            return self._prices is not None and self._prices[0].ready()
        return all(session.ready() for session in self._session(work))

    def end_all(self) -> None:
        """Close everything that is left."""
        for session in self.sessions():
            self.end(slot_name(session.slot))
        self.end(PRICES)

    def sessions(self) -> list[SlotSession]:
        """Those of the slots, also of slots that are being handed over."""
        return sorted(self._sessions.values(), key=lambda session: session.slot)

    def slots_of_accounts(self) -> dict[str, int]:
        """In which slot each account is that is followed here."""
        return {
            each.account.account_id: session.slot
            for session in self.sessions()
            for each in session.followed()
        }

    def frames(self) -> int:
        """How many frames were received since the container started."""
        return self._frames_before + sum(session.frames for session in self.sessions())

    def gaps(self) -> int:
        """How often events may have been missed since the container started."""
        return self._gaps_before + sum(session.gaps for session in self.sessions())

    def set_fast(self, fast: bool) -> None:
        """Fast-forward: look at rosters often, end days by ticks alone, keep no live prices."""
        self._fast = fast
        for session in self.sessions():
            session.manual_days = fast
            session.look_now()
        if self._prices is not None:
            self._prices[0].rest(fast)

    def tick(self, seconds: float) -> bool:
        """Do what an hour's end asks of the slots; whether it was done within `seconds`."""
        ticked = []
        for session in self.sessions():
            done = Event()
            session.tick(done.set)
            ticked.append(done)
        return all(done.wait(seconds) for done in ticked)

    def revoked(self, account_id: str, reason: str) -> None:
        """The exchange does not take this account's key any more."""
        for session in self.sessions():
            session.revoked(account_id, reason)

    def compare_all(self) -> None:
        """Want the books compared of every account that something was recorded of since."""
        for session in self.sessions():
            session.compare_all()

    def lost(self, account_id: str) -> None:
        """A frame of this account is gone."""
        for session in self.sessions():
            session.lost(account_id)

    def price_error(self) -> str:
        """What went wrong with the prices last; empty when nothing did."""
        return self._prices[0].last_error if self._prices is not None else ""

    def _session(self, work: str) -> list[SlotSession]:
        """The session of a slot, if it is one that was begun."""
        return [session for session in self.sessions() if session.slot == slot_of(work)]

    def _begin_prices(self) -> None:
        keeper, stream = PriceKeeper(self._outside), self._outside.price_stream()
        keeper.rest(self._fast)
        watch = ExchangeWatch(self._outside)
        self._prices = keeper, stream, watch
        self._parts.start("exchange-watch", watch.run)
        self._parts.start("prices", keeper.run)
        self._parts.start("price-stream", lambda: stream.run(keeper.on_quotes))
