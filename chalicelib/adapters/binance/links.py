"""One WebSocket at a time to Binance: connect, read with a time limit, notice silence.

websocket-client does the protocol and answers pings; its own loop is not used, since it hides
lost connections and knows no back-off.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import websocket

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.errors import Refusal, retry_after, translate
from chalicelib.domain.errors import ExchangeError, ExchangeUnavailable
from chalicelib.services.exchange_contact import ExchangeContact

_LOST = (websocket.WebSocketException, OSError, ValueError)
_PING = websocket.ABNF.OPCODE_PING
_TEXT = websocket.ABNF.OPCODE_TEXT
_CLOSE = websocket.ABNF.OPCODE_CLOSE


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """Limits in seconds. Binance pings every 20 s and cuts a connection after 24 h.

    `overlap`: so long both connections are read once the new one has all accounts, since what
    was sent on the old one before that may arrive after it.
    """

    connect: float = 10
    silence: float = 60
    answer: float = 30
    least_life: float = 20 * 3600
    most_life: float = 22 * 3600
    overlap: float = 2
    first_pause: float = 1
    longest_pause: float = 60
    look: float = 0.1


USUAL_TIMES = LinkTimes()


@dataclass(frozen=True, slots=True)
class StreamEnvironment:
    """What a stream works with: the budget of its address, the exchange's time for stamps and
    how to set it right, the machine's time, limits, chance for jitter, and who is told what
    came of it."""

    budget: WeightBudget
    exchange_now: Callable[[], datetime]
    resync: Callable[[], object]
    machine: Callable[[], datetime]
    times: LinkTimes = USUAL_TIMES
    chance: Callable[[], float] = random.random
    contact: ExchangeContact = field(default_factory=lambda: ExchangeContact(_machine_now))

    def open(self, address: str) -> "Link":
        """A new connection. Raises what `Link` raises."""
        try:
            link = Link(address, self.machine, self.times)
        except ExchangeError as error:
            self.contact.failed(error)
            raise
        self.contact.answered()
        return link


class Link:
    """One open connection, for one thread. Every method raises ExchangeUnavailable when it is
    lost."""

    def __init__(self, address: str, machine: Callable[[], datetime], times: LinkTimes) -> None:
        """Connect. Raises RateLimited when the exchange says to stay away for a while."""
        self._machine = machine
        self._times = times
        try:
            self._socket = websocket.create_connection(
                address, timeout=times.connect, redirect_limit=0, skip_utf8_validation=True
            )
        except websocket.WebSocketBadStatusException as error:
            raise translate(_handshake(error, machine()), "connect", machine()) from error
        except _LOST as error:
            raise ExchangeUnavailable(f"connect: {type(error).__name__}") from error
        self.opened_at = machine()
        self._heard_at = machine()

    def receive(self, seconds: float) -> str | None:
        """The next text frame; None when there was none within `seconds`.

        Raises ExchangeUnavailable also after a minute without a word from the server.
        """
        try:
            self._socket.settimeout(seconds)
            kind, frame = self._socket.recv_data_frame(True)
        except websocket.WebSocketTimeoutException:
            if self._machine() - self._heard_at > timedelta(seconds=self._times.silence):
                raise ExchangeUnavailable("the connection has gone silent") from None
            return None
        except _LOST as error:
            raise ExchangeUnavailable(f"connection lost: {type(error).__name__}") from error
        if kind == _CLOSE:
            raise ExchangeUnavailable("the exchange closed the connection")
        if kind in (_TEXT, _PING):
            self._heard_at = self._machine()
        return str(frame.data, "utf-8", "replace") if kind == _TEXT else None

    def send(self, text: str) -> None:
        """Send one text frame."""
        try:
            self._socket.settimeout(self._times.connect)
            self._socket.send(text)
        except _LOST as error:
            raise ExchangeUnavailable(f"connection lost: {type(error).__name__}") from error

    def close(self) -> None:
        """Drop the connection without waiting for a goodbye."""
        self._socket.shutdown()  # type: ignore[no-untyped-call]


class Backoff:
    """Pauses between tries: doubled each time, with jitter so that clients spread out."""

    def __init__(self, times: LinkTimes, chance: Callable[[], float] = random.random) -> None:
        """`chance` gives numbers from 0 to 1."""
        self._times = times
        self._chance = chance
        self._next = times.first_pause

    def pause(self) -> float:
        """Seconds to wait before the next try."""
        seconds = self._next * (0.5 + self._chance() / 2)
        self._next = min(self._next * 2, self._times.longest_pause)
        return seconds

    def reset(self) -> None:
        """A try succeeded."""
        self._next = self._times.first_pause


def _machine_now() -> datetime:
    return datetime.now(UTC)


def _handshake(error: websocket.WebSocketBadStatusException, now: datetime) -> Refusal:
    headers = error.resp_headers or {}
    retry_at = retry_after(headers.get("retry-after"), now)
    return Refusal(error.status_code, 0, "the handshake was refused", retry_at)
