"""Who gets in: key, address, permission, time stamp and signature of a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import ApiKey
from sandbox.exchange.endpoints import SIGNED_NAMES, Call, Endpoint, Security
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.parameters import Parameters
from sandbox.exchange.public_keys import verifies
from sandbox.exchange.signing import hmac_matches

AHEAD_MS = 1_000
DEFAULT_RECV_WINDOW_MS = Decimal(5_000)
# A time stamp this large can only be microseconds.
FIRST_MICROSECONDS = 10**14
_RECV_WINDOW = re.compile(r"[0-9]{1,20}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in, before anyone believed it.

    `session_key` is the key its connection was logged on with; it serves where none is sent.
    """

    parameters: Parameters
    address: str
    key: str | None = None
    signed_text: str = ""
    signature: str | None = None
    session_key: ApiKey | None = None


def admit(exchange: Exchange, endpoint: Endpoint, request: Request) -> Call:
    """The call, ready to be carried out. Raises ApiError for a request that is refused."""
    _check_names(endpoint, request.parameters)
    at = exchange.now()
    if not endpoint.signed:
        return Call(exchange, request.parameters, at)
    return Call(exchange, request.parameters, at, admit_key(exchange, endpoint.security, request))


def admit_key(exchange: Exchange, security: Security, request: Request) -> ApiKey:
    """The key behind a signed request. Raises ApiError as the exchange would."""
    if exchange.market.closed:
        raise api_error.maintenance()
    session_key = request.session_key if request.key is None and not request.signature else None
    sent_key = session_key.key if session_key else request.key
    key = exchange.accounts.usable_key(sent_key, request.address)
    _check_time(request.parameters, exchange.now())
    if session_key is None:
        _check_signature(key, request)
    allowed = key.permissions
    if security is Security.TRADE and not allowed.spot_and_margin_trading:
        raise api_error.key_refused()
    if security is Security.USER_DATA and not allowed.reading:
        raise api_error.key_refused()
    return key


def _check_signature(key: ApiKey, request: Request) -> None:
    signature = request.signature
    if not signature:
        raise api_error.missing("signature")
    if key.public_key:
        right = verifies(key.public_key, request.signed_text, signature)
    else:
        right = hmac_matches(key.secret, request.signed_text, signature)
    if not right:
        raise api_error.bad_signature()


def _check_names(endpoint: Endpoint, parameters: Parameters) -> None:
    known = endpoint.names | SIGNED_NAMES if endpoint.signed else endpoint.names
    sent = list(parameters.names())
    read = sum(name in known for name in sent)
    if read < len(sent):
        raise api_error.unread_parameters(read, len(sent))


def _check_time(parameters: Parameters, now: int) -> None:
    stamp = parameters.text("timestamp")
    if stamp is None or not stamp.isdigit():
        raise api_error.missing("timestamp")
    window = DEFAULT_RECV_WINDOW_MS
    asked = parameters.text("recvWindow")
    if asked is not None:
        if not _RECV_WINDOW.fullmatch(asked):
            raise api_error.illegal_characters("recvWindow", "^[0-9]{1,20}(\\.[0-9]{1,3})?$")
        window = Decimal(asked)
        if window > api_error.RECV_WINDOW_MAX_MS:
            raise api_error.recv_window_too_large()
    sent = Decimal(stamp)
    if sent >= FIRST_MICROSECONDS:
        sent /= 1000
    if sent >= now + AHEAD_MS:
        raise api_error.ahead_of_server()
    if now - sent > window:
        raise api_error.outside_recv_window()
