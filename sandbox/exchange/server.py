"""The HTTP and WebSocket front of the exchange: one port on loopback, one event loop."""

from __future__ import annotations

import asyncio
import json
from decimal import InvalidOperation
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from sandbox.exchange.admin import Action, Admin
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.delays import Delays
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fault_switches import FaultSwitches
from sandbox.exchange.faults import Faults
from sandbox.exchange.faulty_session import FaultySession
from sandbox.exchange.front_page import front_page
from sandbox.exchange.market_stream import MarketFeed, MarketSession
from sandbox.exchange.rest import HTML_TYPE, NOT_FOUND_PAGE, to_json
from sandbox.exchange.rest_front import RestFront, text
from sandbox.exchange.sockets import MARKET, USER, Connection, Session, Sockets
from sandbox.exchange.time_unit import wants_microseconds
from sandbox.exchange.user_stream import UserSession

HOST = "127.0.0.1"
LOOK_EVERY_S = 0.25
FEED_EVERY_S = 1.0
KEEP_ALIVE_S = 3_600.0
_MISTAKES = (LookupError, ValueError, TypeError, InvalidOperation, ApiError)


class SandboxServer:
    """Serves one exchange. All of it runs in the event loop that started it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.sockets = Sockets(exchange.limits)
        self.feed = MarketFeed(exchange)
        self._delays = Delays(exchange.rules)
        self._rest = RestFront(exchange, self._delays)
        faults = Faults(exchange, self.sockets, self.feed)
        admin = Admin(exchange, faults.end_streams_of)
        self.actions: dict[tuple[str, str], Action] = (
            admin.actions | faults.actions | FaultSwitches(exchange).actions
        )
        exchange.limits.bans.on_ban = self.sockets.cut_user_streams
        self.port = 0
        self._runner: web.ServerRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback. Raises OSError when the port is taken."""
        server = web.Server(self._handle, keepalive_timeout=KEEP_ALIVE_S, access_log=None)
        self._runner = web.ServerRunner(server)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.port = self._runner.addresses[0][1]
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._feed())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._delays.stop()
        self.sockets.abort_all()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        address = request.headers.get("X-Forwarded-For", HOST).partition(",")[0].strip()
        if path.startswith(("/api/", "/sapi/")):
            return await self._rest.serve(request, path, query, address)
        if path == "/ws-api/v3":
            self.exchange.traffic.note(address, f"connect {USER}")
            return await self._user_stream(request, query, address)
        if path == "/stream" or path == "/ws" or path.startswith("/ws/"):
            self.exchange.traffic.note(address, f"connect {MARKET}")
            return await self._market_stream(request, path, query, address)
        if path.startswith("/sandbox/"):
            return await self._admin(request, path, query)
        if path == "/":
            return text(200, front_page(self.address), HTML_TYPE)
        return text(404, NOT_FOUND_PAGE, HTML_TYPE)

    async def _user_stream(
        self, request: web.BaseRequest, query: str, address: str
    ) -> web.StreamResponse:
        flags = dict(parse_qsl(query))
        try:
            microseconds = wants_microseconds(flags.get("timeUnit"))
        except ApiError as refusal:
            return text(refusal.status, to_json(refusal.body()))
        opened: list[UserSession] = []

        def make_session(connection: Connection) -> Session:
            opened.append(
                FaultySession(
                    self.exchange,
                    self._delays,
                    address=address,
                    send=connection.send,
                    shows_limits=flags.get("returnRateLimits") != "false",
                    microseconds=microseconds,
                )
            )
            return opened[0]

        try:
            return await self.sockets.serve(
                request, kind=USER, address=address, make_session=make_session
            )
        finally:
            for session in opened:
                session.end()

    async def _market_stream(
        self, request: web.BaseRequest, path: str, query: str, address: str
    ) -> web.StreamResponse:
        combined = path == "/stream"
        names = dict(parse_qsl(query)).get("streams", "") if combined else unquote(path[4:])
        opened: list[MarketSession] = []

        def make_session(connection: Connection) -> Session:
            session = MarketSession(
                streams=names.split("/"),
                combined=combined,
                send=connection.send,
                machine=self.exchange.machine,
            )
            self.feed.join(session)
            opened.append(session)
            return session

        try:
            return await self.sockets.serve(
                request, kind=MARKET, address=address, make_session=make_session
            )
        finally:
            for session in opened:
                self.feed.leave(session)

    async def _admin(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        action = self.actions.get((request.method, path))
        if action is None:
            return text(404, to_json({"error": f"no {request.method} {path}"}))
        raw = await request.read()
        try:
            body = dict(json.loads(raw)) if raw else dict(parse_qsl(query))
            return text(200, to_json(action(body)))
        except _MISTAKES as mistake:
            return text(400, to_json({"error": f"{type(mistake).__name__}: {mistake}"}))

    async def _watch(self) -> None:
        """Fill resting orders as a running clock passes prices that cross them."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.exchange.clock.running:
                self.exchange.look_at_market()

    async def _feed(self) -> None:
        while True:
            await asyncio.sleep(FEED_EVERY_S)
            self.feed.tick()
