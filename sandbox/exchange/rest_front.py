"""REST calls as they come over the wire, and what a rule of faults does to their answers."""

from __future__ import annotations

import socket
import struct

from aiohttp import web

from sandbox.exchange.delays import Delays
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fault_replies import first_half, rest_reply
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.rest import JSON_TYPE, RestReply, RestRequest, answer

# With these socket options closing sends RST at once in place of an orderly end.
_NO_GOODBYE = struct.pack("ii", 1, 0)


class RestFront:
    """Answers /api and /sapi for one exchange."""

    def __init__(self, exchange: Exchange, delays: Delays) -> None:
        self._exchange = exchange
        self._delays = delays

    async def serve(
        self, request: web.BaseRequest, path: str, query: str, address: str
    ) -> web.StreamResponse:
        """The answer to a call, right or wrong; the connection may be gone afterwards."""
        body = "" if request.method == "GET" else (await request.read()).decode(errors="replace")
        asked = RestRequest(
            method=request.method,
            path=path,
            query=query,
            body=body,
            key=request.headers.get("X-MBX-APIKEY"),
            address=address,
            time_unit=request.headers.get("X-MBX-TIME-UNIT"),
        )
        exchange = self._exchange
        exchange.traffic.note(address, f"{request.method} {path}")
        rule = exchange.rules.take(path, address, exchange.accounts.uid_of(asked.key))
        if rule is None:
            return response(answer(exchange, asked))
        return await self._faulty(request, asked, rule)

    async def _faulty(
        self, request: web.BaseRequest, asked: RestRequest, rule: FaultRule
    ) -> web.StreamResponse:
        right: RestReply | None = None
        if rule.carries_out:
            with self._exchange.clock.skewed(rule.skew_ms):
                right = answer(self._exchange, asked)
        if rule.kind is FaultKind.RESET:
            reset(request)
            return web.Response()
        if rule.kind is FaultKind.CUT and right is not None:
            return await _cut(request, right)
        if rule.kind is FaultKind.SLOW:
            await self._delays.wait(rule, request)
        return response(rest_reply(rule, right))


def response(reply: RestReply) -> web.Response:
    return text(reply.status, reply.body, reply.content_type, reply.headers)


def text(
    status: int, body: str, content_type: str = JSON_TYPE, headers: dict[str, str] | None = None
) -> web.Response:
    return web.Response(
        status=status,
        body=body.encode(),
        headers=(headers or {}) | {"Content-Type": content_type},
    )


def reset(request: web.BaseRequest) -> None:
    """End the TCP connection with RST, whatever was still to be sent."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_GOODBYE)
    transport.abort()


async def _cut(request: web.BaseRequest, right: RestReply) -> web.StreamResponse:
    """Promise the whole answer, send its first half, and end the connection."""
    whole = right.body.encode()
    begun = web.StreamResponse(status=right.status, headers=right.headers)
    begun.content_type = right.content_type.partition(";")[0]
    begun.content_length = len(whole)
    await begun.prepare(request)
    await begun.write(first_half(right.body).encode())
    if request.transport is not None:
        request.transport.close()
    return begun
