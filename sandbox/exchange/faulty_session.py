"""A connection to the WebSocket API whose answers go wrong as the rules of faults say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.exchange.delays import Delays
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fault_replies import frame_reply
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.user_stream import VERSION_PREFIX, UserSession

_REPLY_BEGINS = '{"id":'
_CUTS = (FaultKind.RESET, FaultKind.CUT)


@dataclass(frozen=True, slots=True)
class _Peek:
    """What a frame says about itself, as far as it can be read."""

    request_id: object
    method: str
    key: str | None


class FaultySession(UserSession):
    """A UserSession under the rules of faults; events of accounts come through untouched."""

    def __init__(
        self,
        exchange: Exchange,
        delays: Delays,
        *,
        address: str,
        send: Callable[[str], None],
        shows_limits: bool = True,
        microseconds: bool = False,
    ) -> None:
        super().__init__(
            exchange,
            address=address,
            send=send,
            shows_limits=shows_limits,
            microseconds=microseconds,
        )
        self._delays = delays

    def receive(self, text: str) -> bool | None:
        """Answer a frame, rightly or not; False when the connection is to be cut."""
        exchange = self._exchange
        peek = _peek(text)
        exchange.traffic.note(self._address, f"frame {peek.method}")
        uid = exchange.accounts.uid_of(peek.key or self.session_key)
        rule = exchange.rules.take(peek.method, self._address, uid)
        if rule is None:
            return super().receive(text)
        right = self._right(rule, text) if rule.carries_out else ""
        if rule.kind in _CUTS:
            return False
        reply = frame_reply(rule, peek.request_id, right, exchange.machine())
        if rule.kind is FaultKind.SLOW:
            self._delays.then(rule, lambda: self._send(reply))
        else:
            self._send(reply)
        return None

    def _right(self, rule: FaultRule, text: str) -> str:
        """The right reply, kept back; events that come with it are sent."""
        caught: list[str] = []
        send = self._send
        self._send = lambda each: (caught.append if _is_reply(each) else send)(each)
        try:
            with self._exchange.clock.skewed(rule.skew_ms):
                super().receive(text)
        finally:
            self._send = send
        return caught[0] if caught else ""


def _is_reply(frame: str) -> bool:
    return frame.startswith(_REPLY_BEGINS)


def _peek(text: str) -> _Peek:
    try:
        frame = json.loads(text)
        parameters = frame.get("params") or {}
        key = parameters.get("apiKey")
        method = str(frame.get("method")).removeprefix(VERSION_PREFIX)
        return _Peek(frame.get("id"), method, key if isinstance(key, str) else None)
    except (ValueError, AttributeError):
        return _Peek(None, "unreadable", None)
