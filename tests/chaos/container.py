"""A real ingest container without threads: whoever has it turns it, part by part."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.services.exchange_ports import QuotesListener, StreamListener
from ingest_container.followed import Stage
from ingest_container.forwarder import ForwarderLimits
from ingest_container.outside import Outside
from ingest_container.parts import Parts
from ingest_container.supervisor import Supervisor
from tests.chaos.wire import Line, WiredStreams

SENT_WITHIN_S = 0.0


class HandParts(Parts):
    """Keeps what would run in threads; at the end all of it is run to its end, in this one."""

    def __init__(self, restart_s: float) -> None:
        super().__init__(restart_s)
        self.runs: dict[str, Callable[[], None]] = {}

    def start(self, name: str, run: Callable[[], None]) -> None:
        """One of that name that was there has been closed: let it end first."""
        self.finish(name)
        self.runs[name] = run

    def finish(self, name: str) -> None:
        """Run a part that was closed to its end."""
        run = self.runs.pop(name, None)
        if run is not None:
            run()

    def join(self, seconds: float) -> bool:
        """All parts were closed."""
        for name in list(self.runs):
            self.finish(name)
        return True


class NoPriceStream:
    """A market that says nothing."""

    def run(self, listener: QuotesListener) -> None:
        """Returns at once."""

    def close(self) -> None:
        """Nothing runs."""


@dataclass(eq=False)
class Container:
    """One container and its line to the exchange."""

    name: str
    line: Line
    exchange: BinanceExchange
    streams: WiredStreams
    machine: Callable[[], datetime]
    outside: Callable[["Container"], Outside]
    leaving: bool = False
    supervisor: Supervisor = field(init=False)
    _parts: list[HandParts] = field(default_factory=list)
    _stream_due: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        def parts(restart_s: float) -> HandParts:
            self._parts.append(HandParts(restart_s))
            return self._parts[-1]

        limits = ForwarderLimits(linger=0, first_pause=0)
        self.supervisor = Supervisor(self.outside(self), limits=limits, parts=parts)
        self.supervisor.start()

    def user_stream(self, listener: StreamListener) -> BinanceUserStream:
        """A stream on this container's line."""
        return BinanceUserStream("", self.streams, listener)

    def turn(self) -> None:
        """Everything that is due now, once, in the order of the container's threads."""
        supervisor = self.supervisor
        if self.leaving:
            if supervisor._rota.handed_over():
                self.stop()
                return
        elif supervisor._rota.pause() == 0:
            supervisor.beat()
        self._end_closed()
        for session in supervisor.sessions:
            if self._stream_due.get(session.slot, self.machine()) <= self.machine():
                seconds = session.stream.turn()  # type: ignore[attr-defined]
                self._stream_due[session.slot] = self.machine() + timedelta(seconds=seconds)
            while not session._inbox.empty():
                session.turn(0)
            session.turn(0)
        if supervisor._crew._prices is not None:
            keeper, _, watch = supervisor._crew._prices
            keeper.rest(True)
            keeper.look()
            watch.look()
        supervisor.books.compare_due()
        supervisor.imports.look()
        supervisor.imports.import_due()
        while supervisor.forwarder.buffered() and supervisor.forwarder.attempt():
            pass

    def leave(self) -> None:
        """Begin to stop: others may take the work over."""
        if not self.leaving:
            self.leaving = True
            self.supervisor._rota.give_up_all()

    def stop(self) -> None:
        """Stop for good, once others are ready or it took too long."""
        self.leaving = True
        self.ended = self.supervisor.stop(SENT_WITHIN_S)
        self.line.cut()

    ended: bool | None = None

    def settled(self) -> bool:
        """Whether everything streams and nothing waits."""
        supervisor = self.supervisor
        return (
            all(session.ready() for session in supervisor.sessions)
            and all(
                each.stage in (Stage.STREAM, Stage.STOPPED)
                for session in supervisor.sessions
                for each in session.followed()
            )
            and not supervisor.books.waiting()
            and not supervisor.imports.waiting()
            and not supervisor.forwarder.buffered()
        )

    def next_due(self) -> datetime | None:
        """When the next comparison or import that waits is due."""
        books = [case.due for case in self.supervisor.books._cases.values()]
        imports = [case.due for case in self.supervisor.imports._cases.values()]
        return min([*books, *imports], default=None)

    def _end_closed(self) -> None:
        """Run the parts of slots that were handed over to their end."""
        open_slots = {session.slot for session in self.supervisor.sessions}
        for parts in self._parts:
            for name in list(parts.runs):
                kind, _, slot = name.partition("-")
                if kind in ("slot", "stream") and int(slot) not in open_slots:
                    parts.finish(name)
