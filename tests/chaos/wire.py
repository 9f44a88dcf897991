"""The way to the sandbox exchange without a socket: REST calls and WebSocket links in one thread.

The product's own adapter stands on it; what goes wrong on the way is decided by the exchange's own
rules of faults, its bans and its limits.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.errors import Refusal, translate
from chalicelib.adapters.binance.links import Link, LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.errors import ExchangeError, ExchangeUnavailable
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.delays import Delays
from sandbox.exchange.events import server_shutdown
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fault_replies import rest_reply
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.faulty_session import FaultySession
from sandbox.exchange.rest import RestReply, RestRequest, answer
from sandbox.exchange.sockets import CONNECT_WEIGHT

HOST = "http://exchange.test"
TIMES = LinkTimes(overlap=2, look=0)


class NoAnswers(Delays):
    """An answer that is late never comes: whoever asked has given up by then."""

    def then(self, rule: FaultRule, action: Callable[[], None]) -> None:
        """Nothing comes."""


class RestWire(BaseAdapter):
    """Carries requests to the exchange, in this thread."""

    def __init__(self, exchange: Exchange, address: str) -> None:
        super().__init__()
        self._exchange = exchange
        self._address = address

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The exchange's answer, or what a broken line gives."""
        parts = urlsplit(request.url or "")
        body = request.body or ""
        asked = RestRequest(
            method=str(request.method),
            path=parts.path,
            query=parts.query,
            body=body.decode() if isinstance(body, bytes) else str(body),
            key=request.headers.get("X-MBX-APIKEY"),
            address=self._address,
            time_unit=request.headers.get("X-MBX-TIME-UNIT"),
        )
        exchange = self._exchange
        rule = exchange.rules.take(asked.path, self._address, exchange.accounts.uid_of(asked.key))
        reply = answer(exchange, asked) if rule is None else self._faulty(asked, rule)
        return _response(request, reply)

    def close(self) -> None:
        """Nothing is kept open."""

    def _faulty(self, asked: RestRequest, rule: FaultRule) -> RestReply:
        right: RestReply | None = None
        if rule.carries_out:
            with self._exchange.clock.skewed(rule.skew_ms):
                right = answer(self._exchange, asked)
        if rule.kind in (FaultKind.RESET, FaultKind.CUT):
            raise requests.ConnectionError("the connection was reset")
        if rule.kind is FaultKind.SLOW:
            raise requests.ReadTimeout("no answer within the time")
        return rest_reply(rule, right)


def _response(request: requests.PreparedRequest, reply: RestReply) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    response.headers.update(reply.headers | {"Content-Type": reply.content_type})
    response.raw = HTTPResponse(BytesIO(reply.body.encode()), preload_content=False)
    response.url = request.url or ""
    response.request = request
    return response


@dataclass(eq=False)
class WireLink:
    """One open connection to the WebSocket API, as the product's `Link` is."""

    exchange: Exchange
    address: str
    machine: Callable[[], datetime]
    opened_at: datetime = field(init=False)
    frozen: bool = False
    _out: deque[str] = field(default_factory=deque)
    _gone: bool = False

    def __post_init__(self) -> None:
        self.opened_at = self._heard_at = self.machine()
        self.session = FaultySession(
            self.exchange, NoAnswers(self.exchange.rules), address=self.address, send=self._put
        )

    def _put(self, text: str) -> None:
        if not self.frozen and not self._gone:
            self._out.append(text)

    def receive(self, seconds: float) -> str | None:
        """The next frame that has come; None when there is none."""
        if not self.frozen:
            if self._out:
                self._heard_at = self.machine()
                return self._out.popleft()
            if self._gone:
                raise ExchangeUnavailable("connection lost")
            self._heard_at = self.machine()  # of a ping
        elif self.machine() - self._heard_at > timedelta(seconds=TIMES.silence):
            raise ExchangeUnavailable("the connection has gone silent")
        return None

    def send(self, text: str) -> None:
        """Have the exchange answer a frame."""
        if self._gone:
            raise ExchangeUnavailable("connection lost")
        if not self.frozen and self.session.receive(text) is False:
            self.cut(lost=0)

    def close(self) -> None:
        """End it from this side; what was not read is lost."""
        self.cut(lost=len(self._out))

    def cut(self, lost: int) -> None:
        """End it; of what was on its way the last `lost` frames never come."""
        for _ in range(min(lost, len(self._out))):
            self._out.pop()
        if not self._gone:
            self._gone = True
            self.session.end()

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._gone


@dataclass(eq=False)
class Line:
    """All that one address has open at the exchange, and how it opens more."""

    exchange: Exchange
    address: str
    machine: Callable[[], datetime]
    links: list[WireLink] = field(default_factory=list)

    def open(self, times: LinkTimes) -> WireLink:
        """Raises what the product's `Link` raises."""
        limits, now = self.exchange.limits, self.machine()
        try:
            limits.bans.check(self.address)
            limits.use_weight(self.address, CONNECT_WEIGHT)
        except ApiError as refusal:
            until = now + timedelta(seconds=refusal.retry_after_s or 0)
            raise translate(
                Refusal(refusal.status, 0, "the handshake was refused", until), "connect", now
            ) from refusal
        self.links = [each for each in self.links if not each.gone]
        self.links.append(WireLink(self.exchange, self.address, self.machine))
        return self.links[-1]

    def cut(self, lost: int = 0) -> None:
        """Cut every connection of the address."""
        for link in self.links:
            link.cut(lost)

    def freeze(self) -> None:
        """Leave every connection half open: nothing comes any more."""
        for link in self.links:
            link.frozen = True

    def announce_shutdown(self) -> None:
        """Tell every connection that the server will go away."""
        for link in self.links:
            if not link.gone:
                link.session.notify(server_shutdown(self.exchange.now()))


@dataclass(frozen=True, slots=True)
class WiredStreams(StreamEnvironment):
    """A StreamEnvironment that opens its links here."""

    line: Any = None

    def open(self, address: str) -> Link:
        """A new connection, whatever the address is called."""
        try:
            link = self.line.open(self.times)
        except ExchangeError as error:
            self.contact.failed(error)
            raise
        self.contact.answered()
        return link  # type: ignore[no-any-return]


def wired_exchange(line: Line, wait: Callable[[float], None]) -> BinanceExchange:
    """The product's adapter on this line; `wait` lets machine time pass."""
    budget = WeightBudget(line.machine, wait)
    made = BinanceExchange(
        RestAddresses(f"{HOST}/api", f"{HOST}/sapi"),
        budget,
        line.machine,
        SapiBudget(line.machine, wait),
    )
    made._calls._connections = RestWire(line.exchange, line.address)  # type: ignore[assignment]
    return made


def wired_streams(exchange: BinanceExchange, line: Line) -> WiredStreams:
    """What the product's streams work with, on this line."""
    return WiredStreams(
        budget=exchange._budget,
        exchange_now=exchange.clock.now,
        resync=exchange.time,
        machine=line.machine,
        times=TIMES,
        chance=lambda: 0.5,
        contact=exchange.contact,
        line=line,
    )
