"""The WebSocket API: requests with an id, and the user data of many accounts on one connection.

A session is one connection without its socket: frames in by `receive`, frames out by `send`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sandbox.exchange import api_error
from sandbox.exchange.accounts import ApiKey
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.endpoints import Endpoint, Security
from sandbox.exchange.events import Event, stream_terminated
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.gate import Request, admit, admit_key
from sandbox.exchange.parameters import Parameters, socket_values
from sandbox.exchange.public_keys import ED25519, kind_of
from sandbox.exchange.rest import ENDPOINTS, to_json
from sandbox.exchange.retired import check_method
from sandbox.exchange.signing import SIGNATURE, socket_signed_text
from sandbox.exchange.time_unit import in_microseconds

SESSION_WEIGHT = 2
NO_SUBSCRIPTION = -1
VERSION_PREFIX = "v3/"
RATE_LIMITS_SWITCH = "returnRateLimits"

SOCKET_ENDPOINTS: Mapping[str, Endpoint] = {
    endpoint.socket_method: endpoint for endpoint in ENDPOINTS.values() if endpoint.socket_method
}


@dataclass(frozen=True, slots=True)
class Subscription:
    number: int
    uid: int
    key: str


@dataclass(frozen=True, slots=True)
class Logon:
    """Who a connection was logged on as, since when, and what it subscribed to by that."""

    key: ApiKey | None = None
    since: int | None = None
    subscription: int = NO_SUBSCRIPTION


class UserSession:
    """One connection to the WebSocket API."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        address: str,
        send: Callable[[str], None],
        shows_limits: bool = True,
        microseconds: bool = False,
    ) -> None:
        self._exchange = exchange
        self._address = address
        self._send = send
        self._shows_limits = shows_limits
        self._microseconds = microseconds
        self._connected_at = exchange.now()
        self._subscriptions: dict[int, Subscription] = {}
        self._next_number = 0
        self._after_reply: list[str] = []
        self._logon = Logon()
        self._own_methods: dict[str, Callable[[Request], object]] = {
            "session.logon": self._log_on,
            "session.status": lambda _: self._status(),
            "session.logout": lambda _: self._log_out(),
            "session.subscriptions": self._list,
            "userDataStream.subscribe": self._subscribe_session,
            "userDataStream.subscribe.signature": self._subscribe,
            "userDataStream.unsubscribe": self._unsubscribe,
        }

    @property
    def subscriptions(self) -> list[Subscription]:
        return list(self._subscriptions.values())

    @property
    def session_key(self) -> str | None:
        """The key the connection was logged on with."""
        return self._logon.key.key if self._logon.key else None

    def receive(self, text: str) -> bool | None:
        """Answer one frame; a refusal is an answer too, and the connection stays."""
        request_id: object = None
        shows_limits = self._shows_limits
        try:
            request_id, method, sent = _read_frame(text)
            shows_limits = sent.get(RATE_LIMITS_SWITCH, shows_limits) is not False
            result = self._answer(method, sent)
            if self._microseconds:
                result = in_microseconds(result)
            reply: dict[str, object] = {"id": request_id, "status": 200, "result": result}
        except ApiError as refusal:
            reply = {"id": request_id, "status": refusal.status, "error": self._error(refusal)}
        if shows_limits:
            reply["rateLimits"] = self._rate_limits()
        self._send(to_json(reply))
        pending, self._after_reply = self._after_reply, []
        for frame in pending:
            self._send(frame)
        return None

    def notify(self, event: Event) -> None:
        """A frame about the connection itself, which belongs to no subscription."""
        self._send(to_json({"event": event}))

    def end_subscriptions_of(self, key: str) -> None:
        """End what was opened with `key`, as after it was revoked or narrowed."""
        for subscription in self.subscriptions:
            if subscription.key == key:
                self._send(self._end(subscription))

    def end(self) -> None:
        """The connection is gone; so are its subscriptions."""
        for subscription in self.subscriptions:
            self._exchange.events.leave(subscription.uid, self)
        self._subscriptions.clear()

    def _answer(self, method: str, sent: Mapping[str, object]) -> object:
        check_method(method)
        values = socket_values(sent)
        text = socket_signed_text(values)
        values.pop(RATE_LIMITS_SWITCH, None)
        request = Request(
            Parameters(values),
            self._address,
            values.get("apiKey"),
            text,
            values.get(SIGNATURE),
            self._logon.key,
        )
        own = self._own_methods.get(method)
        if own is not None:
            self._exchange.limits.use_weight(self._address, SESSION_WEIGHT)
            return own(request)
        endpoint = SOCKET_ENDPOINTS.get(method)
        if endpoint is None:
            raise _invalid_json()
        weight = endpoint.weight_of(request.parameters)
        self._exchange.limits.use_weight(self._address, weight)
        result = endpoint.handler(admit(self._exchange, endpoint, request))
        if endpoint.free_on_success:
            self._exchange.limits.weight.add(self._address, -weight)
        return result

    def _log_on(self, request: Request) -> object:
        key = admit_key(self._exchange, Security.USER_DATA, request)
        kind = kind_of(key.public_key)
        if kind != ED25519:
            raise ApiError(400, -4056, f"{kind} API key is not supported.")
        self._logon = replace(self._logon, key=key, since=self._exchange.now())
        return self._status()

    def _log_out(self) -> object:
        subscription = self._subscriptions.get(self._logon.subscription)
        if subscription is not None:
            self._after_reply = [self._end(subscription)]
        self._logon = Logon()
        return self._status()

    def _status(self) -> object:
        logon = self._logon
        return {
            "apiKey": self.session_key,
            "authorizedSince": logon.since,
            "connectedSince": self._connected_at,
            "returnRateLimits": self._shows_limits,
            "serverTime": self._exchange.now(),
            "userDataStream": logon.subscription in self._subscriptions,
        }

    def _list(self, request: Request) -> object:
        return [{"subscriptionId": number} for number in self._subscriptions]

    def _subscribe_session(self, request: Request) -> object:
        key = self._logon.key
        if key is None:
            raise ApiError(401, -1002, "You are not authorized to execute this request.")
        if self._exchange.market.closed:
            raise api_error.maintenance()
        if not self._exchange.accounts.may_read(key.key, self._address):
            raise api_error.key_refused()
        number = self._open(key)
        self._logon = replace(self._logon, subscription=number)
        return {"subscriptionId": number}

    def _subscribe(self, request: Request) -> object:
        key = admit_key(self._exchange, Security.USER_DATA, request)
        return {"subscriptionId": self._open(key)}

    def _open(self, key: ApiKey) -> int:
        events, limits = self._exchange.events, self._exchange.limits.settings
        if any(each.uid == key.uid for each in self._subscriptions.values()) or (
            events.settings.one_connection_per_account and events.listeners(key.uid)
        ):
            raise ApiError(400, -2035, "User Data Stream subscription already active.")
        if self._next_number >= limits.subscriptions_in_a_connections_life:
            raise ApiError(400, -2042, "Subscription ids of this connection are used up.")
        if len(self._subscriptions) >= limits.subscriptions_per_connection:
            raise ApiError(
                400,
                -1191,
                "Too many subscriptions. Connection may create up to "
                f"'{limits.subscriptions_per_connection}' subscriptions at a time.",
            )
        number, self._next_number = self._next_number, self._next_number + 1
        self._subscriptions[number] = Subscription(number, key.uid, key.key)
        events.listen(key.uid, self, lambda text: self._deliver(number, text))
        return number

    def _deliver(self, number: int, event: str) -> None:
        if self._microseconds:
            event = to_json(in_microseconds(json.loads(event)))
        self._send(f'{{"subscriptionId":{number},"event":{event}}}')

    def _unsubscribe(self, request: Request) -> object:
        number = request.parameters.integer("subscriptionId")
        if number is None:
            ending = self.subscriptions
        elif number in self._subscriptions:
            ending = [self._subscriptions[number]]
        else:
            raise ApiError(400, -2036, "User Data Stream subscription not found.")
        self._after_reply = [self._end(subscription) for subscription in ending]
        return {}

    def _end(self, subscription: Subscription) -> str:
        """Stop the subscription; returns the frame that says so."""
        del self._subscriptions[subscription.number]
        self._exchange.events.leave(subscription.uid, self)
        event = stream_terminated(self._exchange.now())
        return to_json({"subscriptionId": subscription.number, "event": event})

    def _error(self, refusal: ApiError) -> dict[str, object]:
        error = refusal.body()
        if refusal.retry_after_s is not None:
            now = self._exchange.machine()
            until = now + refusal.retry_after_s * 1000
            error["data"] = {"serverTime": now, "retryAfter": until}
        return error

    def _rate_limits(self) -> list[dict[str, object]]:
        limits = self._exchange.limits
        weight = limits.settings.rate_limits()[0]
        return [weight | {"count": limits.weight.count(self._address)}]


def _read_frame(text: str) -> tuple[object, str, Mapping[str, object]]:
    """Id, method without version and parameters of a frame. Raises -1135 for anything else."""
    try:
        frame = json.loads(text)
    except ValueError:
        raise _invalid_json() from None
    if not isinstance(frame, dict):
        raise _invalid_json()
    method, sent = frame.get("method"), frame.get("params", {})
    if not isinstance(method, str) or not isinstance(sent, dict):
        raise _invalid_json()
    return frame.get("id"), method.removeprefix(VERSION_PREFIX), sent


def _invalid_json() -> ApiError:
    return api_error.ApiError(400, -1135, "Invalid JSON Request")
