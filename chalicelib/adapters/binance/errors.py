"""What Binance's refusals and failures mean: the domain's errors, and what may be tried again.

One function decides for REST and WebSocket. Messages hold codes and Binance's own words,
never an address with its signature.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from requests import Response

from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    KeyRevoked,
    OrderRejected,
    RateLimited,
    RegionRefused,
    SymbolGone,
)

TIMESTAMP_OUTSIDE = -1021
ALREADY_SUBSCRIBED = -2035
NUMBERS_USED_UP = -2042
UNKNOWN_END = frozenset({-1000, -1001, -1006, -1007})
"""It may have been carried out or not."""

_TOO_MUCH = {-1003, -1015}
_SIGNATURE_WRONG = -1022
_KEY_IS_DEAD = {_SIGNATURE_WRONG, -2008, -2014, -2015}
_INVALID_SYMBOL = -1121
_ORDER_REFUSED = {-1013, -2010, -2011}
_TRY_LATER = {-1000, -1001, -1006, -1007, -1008, -1016, TIMESTAMP_OUTSIDE}
_BANNED, _REGION_NOT_SERVED = 418, 451
_LONGEST_PAUSE = timedelta(days=3)  # the longest ban there is
_PAUSE = {_BANNED: timedelta(minutes=2)}  # where a refusal does not say how long
_LEAST_PAUSE = timedelta(seconds=1)
_BAN_END = re.compile(r"banned until (\d{13})\b")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success: HTTP status (0: none came), Binance's code (0: none),
    its words, and when it said to come back."""

    status: int
    code: int
    message: str
    retry_at: datetime | None = None


def refusal_of(response: Response | None, error: Exception, now: datetime) -> Refusal:
    """What a REST call that raised `error` says; `response` is None when no answer came."""
    if response is None:
        return Refusal(0, 0, type(error).__name__)
    try:
        told = body_refusal(json.loads(response.text), response.status_code)
    except ValueError:
        told = None
    code, message = (told.code, told.message) if told else (0, "an answer of an unknown shape")
    return Refusal(
        response.status_code,
        code,
        message,
        retry_after(response.headers.get("Retry-After"), now) or _end_in_words(message),
    )


def body_refusal(body: Any, status: int = 200) -> Refusal | None:  # noqa: ANN401  JSON
    """The refusal that a JSON body is, whatever its status; None for anything else."""
    if not isinstance(body, dict) or "code" not in body:
        return None
    try:
        code = int(body["code"])
    except (TypeError, ValueError):
        return Refusal(status, 0, f"code {body['code']!r}")
    message = str(body.get("msg") or body.get("message") or "")
    if status < 300 and code in (0, 200) and body.get("success") is not False:
        return None
    return Refusal(status, code, message[:200])


def frame_refusal(frame: Mapping[str, Any]) -> Refusal:
    """The refusal that an answer on the WebSocket API is."""
    error = frame.get("error")
    error = error if isinstance(error, dict) else {}
    data = error.get("data")
    until = data.get("retryAfter") if isinstance(data, dict) else None
    status, code = frame.get("status"), error.get("code")
    return Refusal(
        status if isinstance(status, int) else 0,
        code if isinstance(code, int) else 0,
        str(error.get("msg") or "")[:200],
        _instant(until),
    )


def translate(refusal: Refusal, asked: str, now: datetime) -> ExchangeError:
    """The domain's error for a refusal of what was `asked`, by the machine's time `now`.

    ExchangeUnavailable and RateLimited may be tried again, with a newly signed request; after
    `TIMESTAMP_OUTSIDE` only with the server's time. All others never.
    """
    words = f"{asked}: HTTP {refusal.status}, code {refusal.code}: {refusal.message}"
    if refusal.status in (_BANNED, 429) or refusal.code in _TOO_MUCH:
        banned = refusal.status == _BANNED
        return RateLimited(words, _pause_end(refusal, now), banned=banned)
    if refusal.status == _REGION_NOT_SERVED:
        return RegionRefused(f"the exchange does not serve this address's region: {words}")
    if refusal.code in _KEY_IS_DEAD:
        return KeyRevoked(words, wrong_signature=refusal.code == _SIGNATURE_WRONG)
    if refusal.code == _INVALID_SYMBOL:
        return SymbolGone(words)
    if refusal.code in _ORDER_REFUSED:
        return OrderRejected(words)
    if refusal.code in _TRY_LATER or refusal.code == 0 or refusal.status >= 500:
        return ExchangeUnavailable(words)
    return ExchangeError(words)


def retry_after(seconds: str | None, now: datetime) -> datetime | None:
    """`Retry-After` of REST and of handshakes: relative seconds; 0 was seen and says nothing."""
    if seconds is None or not seconds.isdecimal() or not int(seconds):
        return None
    return now + min(timedelta(seconds=int(seconds[:9])), _LONGEST_PAUSE)


def _pause_end(refusal: Refusal, now: datetime) -> datetime:
    until = refusal.retry_at or now + _PAUSE.get(refusal.status, _to_next_minute(now))
    return min(max(until, now + _LEAST_PAUSE), now + _LONGEST_PAUSE)


def _to_next_minute(now: datetime) -> timedelta:
    return timedelta(seconds=60 - now.timestamp() % 60)


def _end_in_words(message: str) -> datetime | None:
    """The end of a ban as its message gives it, for a reply without the header."""
    found = _BAN_END.search(message)
    return _instant(int(found[1])) if found else None


def _instant(milliseconds: object) -> datetime | None:
    """`retryAfter` of the WebSocket API: absolute epoch milliseconds."""
    if not isinstance(milliseconds, int) or not 0 < milliseconds < 10**14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
