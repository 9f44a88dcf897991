"""The life of WebSocket connections: pings, cuts, notices, and connections turned away.

All of it runs on the machine's clock. What is said on a connection is left to its session.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import WSMsgType, web

from sandbox.exchange.api_error import ApiError
from sandbox.exchange.events import Event
from sandbox.exchange.limits import Limits

CONNECT_WEIGHT = 2
LOOK_EVERY_S = 0.25
MOST_BYTES = 1 << 20
USER, MARKET = "user", "market"


@dataclass(slots=True)
class SocketSettings:
    """Seconds on the machine's clock; `life_s` is a day on the real exchange."""

    ping_every_s: float = 20.0
    pong_within_s: float = 60.0
    life_s: float = 86_400.0


class Session(Protocol):
    """What a connection talks to; `receive` returns False to have the connection cut."""

    def receive(self, text: str) -> bool | None: ...

    def notify(self, event: Event) -> None: ...


class Connection:
    """One open WebSocket: an outbox, and the pings not yet answered."""

    def __init__(self, number: int, kind: str, address: str, request: web.BaseRequest) -> None:
        self.number = number
        self.kind = kind
        self.address = address
        self.session: Session | None = None
        self.frozen = False
        self.swallowed = 0  # frames that came while frozen
        self._request = request
        self._socket = web.WebSocketResponse(
            autoping=False, compress=False, max_msg_size=MOST_BYTES
        )
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._unanswered: dict[bytes, float] = {}

    def send(self, text: str) -> None:
        """Queue a frame; a frozen connection swallows it, as it does what comes in."""
        if not self.frozen:
            self._outbox.put_nowait(text)

    def abort(self) -> None:
        """Cut the TCP connection without a goodbye."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def close(self) -> None:
        await self._socket.close()

    async def hold(
        self, make_session: Callable[[Connection], Session], settings: SocketSettings
    ) -> web.WebSocketResponse:
        """Serve the connection until either side ends it."""
        await self._socket.prepare(self._request)
        self.session = make_session(self)
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._live(settings))]
        try:
            await self._read(self.session)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._socket

    async def _read(self, session: Session) -> None:
        async for message in self._socket:
            if self.frozen:
                self.swallowed += 1
                continue
            if message.type is WSMsgType.TEXT:
                if session.receive(message.data) is False:
                    self.abort()
            elif message.type is WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                # Only the echo of a ping counts as a sign of life.
                self._unanswered.pop(bytes(message.data), None)

    async def _write(self) -> None:
        while True:
            text = await self._outbox.get()
            try:
                await self._socket.send_str(text)
            except ConnectionError:
                return

    async def _live(self, settings: SocketSettings) -> None:
        clock = asyncio.get_running_loop().time
        born = pinged = clock()
        while True:
            await asyncio.sleep(min(LOOK_EVERY_S, settings.ping_every_s))
            if self.frozen:
                continue
            now = clock()
            if now - born >= settings.life_s:
                await self.close()
                return
            oldest = min(self._unanswered.values(), default=now)
            if now - oldest >= settings.pong_within_s:
                self.abort()
                return
            if now - pinged >= settings.ping_every_s:
                pinged = now
                payload = str(int(now * 1000)).encode()
                self._unanswered[payload] = now
                await self._socket.ping(payload)


class Sockets:
    """All open connections, and what the admin may do to them."""

    def __init__(self, limits: Limits) -> None:
        self.settings = SocketSettings()
        self._limits = limits
        self._connections: dict[int, Connection] = {}
        self._numbers = itertools.count(1)
        self._refusals = 0
        self._refusal_status = 503
        self._refusal_headers: dict[str, str] = {}
        self._stalls = 0
        self._stalled: list[asyncio.Event] = []

    async def serve(
        self,
        request: web.BaseRequest,
        *,
        kind: str,
        address: str,
        make_session: Callable[[Connection], Session],
    ) -> web.StreamResponse:
        """Hold one connection until it ends, or turn it away at the handshake."""
        if self._stalls > 0:
            return await self._stall(request)
        refused = self._refusal(address)
        if refused is not None:
            return refused
        connection = Connection(next(self._numbers), kind, address, request)
        self._connections[connection.number] = connection
        try:
            return await connection.hold(make_session, self.settings)
        finally:
            del self._connections[connection.number]

    def chosen(
        self, *, number: int | None = None, kind: str | None = None, address: str | None = None
    ) -> list[Connection]:
        """Open connections, all or those of one number, kind and address."""
        return [
            each
            for each in self._connections.values()
            if number in (None, each.number)
            and kind in (None, each.kind)
            and address in (None, each.address)
        ]

    def refuse(self, count: int, status: int, retry_after: str | None = None) -> None:
        """Turn the next `count` connects away with the HTTP status."""
        self._refusals, self._refusal_status = count, status
        self._refusal_headers = {} if retry_after is None else {"Retry-After": retry_after}

    def stall(self, count: int) -> None:
        """Accept the next `count` connects and never answer them; 0 cuts those that wait."""
        self._stalls = count
        if not count:
            for waiting in self._stalled:
                waiting.set()

    def cut_user_streams(self, address: str) -> None:
        """Cut the connections to the WebSocket API of an address, as a ban does."""
        for connection in self.chosen(kind=USER, address=address):
            connection.abort()

    def abort_all(self) -> None:
        self.stall(0)
        for connection in self.chosen():
            connection.abort()

    async def _stall(self, request: web.BaseRequest) -> web.Response:
        self._stalls -= 1
        cut = asyncio.Event()
        self._stalled.append(cut)
        await cut.wait()
        self._stalled.remove(cut)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _refusal(self, address: str) -> web.Response | None:
        if self._refusals > 0:
            self._refusals -= 1
            return web.Response(
                status=self._refusal_status, text="no connection now", headers=self._refusal_headers
            )
        if not self._limits.connection_allowed(address):
            wait = str(self._limits.connects.seconds_left())
            return web.Response(status=429, headers={"Retry-After": wait})
        try:
            self._limits.use_weight(address, CONNECT_WEIGHT)
        except ApiError as refusal:
            return web.Response(status=refusal.status, headers=self._limits.retry_after(refusal))
        return None
