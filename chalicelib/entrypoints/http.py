"""What all routes share: JSON answers, caching, problem documents.

The only module that knows status codes.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, ParamSpec

from chalice import Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.config import VERSION as VERSION
from chalicelib.domain.errors import (
    Conflict,
    DeliveryFailed,
    ExchangeError,
    InvalidRequest,
    LeagueError,
    MissingPrice,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Paused,
    PaymentDeclined,
    StoreUnavailable,
    TooLarge,
    TooOften,
)
from chalicelib.domain.visible import ANYONE, Eyes, Part, only_visible
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.entrypoints.parameters import Query

_log = logging.getLogger(__name__)

_STATUS: dict[type[LeagueError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    Paused: HTTPStatus.SERVICE_UNAVAILABLE,
    InvalidRequest: HTTPStatus.BAD_REQUEST,
    Conflict: HTTPStatus.CONFLICT,
    PaymentDeclined: HTTPStatus.PAYMENT_REQUIRED,
    MissingPrice: HTTPStatus.SERVICE_UNAVAILABLE,
    DeliveryFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ExchangeError: HTTPStatus.BAD_GATEWAY,
    LeagueError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
TRY_AGAIN_S = 5
"""Seconds after which a failed call, or a board that is due, is worth another try."""
_PAUSED_S = 300
"""The same for what an operator has paused."""

_VARY: dict[str, str | list[str]] = {"Vary": "Authorization"}
_PRIVATE: dict[str, str | list[str]] = {"Cache-Control": "private, no-store", **_VARY}

P = ParamSpec("P")


class Answer(BaseModel):
    """An object that a route answers with: what is not named here stays private."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Answer):
    """A problem document (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong and what to do, in a sentence.")
    first_page: str | None = Field(
        default=None, description="Where a list begins, when a cursor is of a replaced board."
    )


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as the document of the interface describes it."""

    path: str
    summary: str
    answer: type[Answer] | None
    query: type[Query] | None = None
    problems: tuple[HTTPStatus, ...] = ()
    method: str = "get"
    body: type[BaseModel] | None = None
    status: HTTPStatus = HTTPStatus.OK
    signed_in: bool = False
    kind: str = "application/json"


Percent = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$", examples=["4.50"])]
"""A percentage with 2 decimals, as text."""


def percent(hundredths: int | None) -> str | None:
    """Hundredths of a percent as text: −101 is "-1.01"."""
    if hundredths is None:
        return None
    whole, part = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{part:02d}"


def instant(at: datetime) -> str:
    """`at` in UTC to the second: 2026-03-01T12:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_of(second: int) -> str:
    """The same for a second since 1970."""
    return instant(datetime.fromtimestamp(second, UTC))


def hour_instant(hour: int) -> str:
    """The instant at which an hour starts."""
    return instant(hour_start(hour))


def as_of(hour: int | None) -> str | None:
    """The instant of an hour's mark."""
    return None if hour is None else hour_instant(hour)


def seconds_fresh(now: datetime, hour: int | None) -> int:
    """How long an answer as of `hour` stays the newest: to the next full hour of exchange
    time, or seconds when the board of this hour is still to come."""
    if hour is None or hour < hour_of(now):
        return TRY_AGAIN_S
    return max(int((hour_start(hour + 1) - now).total_seconds()), 1)


def answer(
    request: Any,  # noqa: ANN401 (chalice has no types)
    body: Answer,
    seconds: int,
    part: Part | None,
    eyes: Eyes = ANYONE,
) -> Response:
    """What `eyes` may see of `body` by the table of `visible.py` (None: all of it is public),
    kept by caches for `seconds`; 304 where the asker has it already.

    To a request with a token it is private and not kept.
    """
    content = body.model_dump(mode="json", by_alias=True)
    if part is not None:
        content = only_visible(content, part, eyes)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return document(request, text, "application/json", seconds)


def document(
    request: Any,  # noqa: ANN401
    content: str | bytes,
    kind: str,
    seconds: int,
) -> Response:
    """`content` of that media type as a public answer: kept by caches for `seconds`, 304 where the
    asker has it already; private and not kept where the request came with a token."""
    if "authorization" in request.headers:
        return Response(content, {"Content-Type": kind, **_PRIVATE})
    whole = content.encode() if isinstance(content, str) else content
    etag = f'"{hashlib.sha256(whole).hexdigest()[:32]}"'
    headers: dict[str, str | list[str]] = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={seconds}",
        **_VARY,
    }
    if _names(request.headers.get("if-none-match", ""), etag):
        return Response("", headers, HTTPStatus.NOT_MODIFIED)
    return Response(content, {"Content-Type": kind, **headers})


def download(name: str, text: str, next_page: str | None = None) -> Response:
    """A file for the asker alone, with the address of what did not fit into it."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        **_PRIVATE,
    }
    if next_page is not None:
        headers["Link"] = f'<{next_page}>; rel="next"'
    return Response(text, headers)


def private(
    body: Answer | None,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer for the asker alone, which nobody keeps; None has no content."""
    if body is None:
        return Response("", {**_PRIVATE, **(headers or {})}, HTTPStatus.NO_CONTENT)
    kind = {"Content-Type": "application/json"}
    return Response(
        body.model_dump_json(by_alias=True), {**kind, **_PRIVATE, **(headers or {})}, status
    )


def _names(wanted: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
    return etag in tags or "*" in tags


def problem(status: HTTPStatus, detail: str, first_page: str | None = None) -> Response:
    """A problem document that no cache keeps."""
    sentence = detail[:1].upper() + detail[1:].rstrip(".") + "."
    body = Problem(title=status.phrase, status=status.value, detail=sentence, first_page=first_page)
    headers = {"Content-Type": "application/problem+json", **_PRIVATE}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(TRY_AGAIN_S)
    return Response(body.model_dump_json(exclude_none=True), headers, status)


def problem_of(error: LeagueError, first_page: str | None = None) -> Response:
    """The problem document of an error; outside the league's own doing it says to try again."""
    status = next(_STATUS[each] for each in type(error).__mro__ if each in _STATUS)
    if isinstance(error, Paused):
        made = problem(status, str(error))
        made.headers["Retry-After"] = str(_PAUSED_S)
        return made
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("route_failed", exc_info=error)
        return problem(status, "the league cannot answer just now; try again in a few seconds")
    made = problem(status, str(error), first_page)
    if isinstance(error, TooOften):
        made.headers["Retry-After"] = str(error.wait_s)
    if isinstance(error, NotSignedIn):
        made.headers["WWW-Authenticate"] = "Bearer"
    return made


def guarded(handler: Callable[P, Response]) -> Callable[P, Response]:
    """`handler`, answering with a problem document where it raises an error of the league."""

    @wraps(handler)
    def answering(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return handler(*args, **kwargs)
        except LeagueError as error:
            return problem_of(error)

    return answering


def only_problems(event: Any, get_response: Callable[[Any], Response]) -> Response:  # noqa: ANN401
    """Middleware: errors that the framework answers by itself become problem documents too."""
    response = get_response(event)
    kind = str(response.headers.get("Content-Type", ""))
    if response.status_code < HTTPStatus.BAD_REQUEST or kind == "application/problem+json":
        return response
    status = HTTPStatus(response.status_code)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        made = problem(status, f"use {response.headers.get('Allow', 'another method')} here")
        made.headers |= {"Allow": response.headers.get("Allow", "")}
        return made
    if status is HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        return problem(status, "send the body as JSON, with Content-Type: application/json")
    return problem(status, f"{status.description or status.phrase}; try again in a few seconds")
