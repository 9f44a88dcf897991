"""REST: from the raw request to the raw reply, weights and headers included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.exchange import api_error
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.endpoints import Endpoint, Json
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.gate import Request, admit
from sandbox.exchange.parameters import Parameters, read_pairs
from sandbox.exchange.rest_account import ACCOUNT_ENDPOINTS
from sandbox.exchange.rest_history import HISTORY_ENDPOINTS
from sandbox.exchange.rest_orders import ORDER_ENDPOINTS
from sandbox.exchange.rest_public import PUBLIC_ENDPOINTS
from sandbox.exchange.retired import GONE_PAGE, is_retired
from sandbox.exchange.sapi import SAPI_ENDPOINTS
from sandbox.exchange.signing import rest_signed_text
from sandbox.exchange.time_unit import in_microseconds, wants_microseconds

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html"
NOT_FOUND_PAGE = "<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"


@dataclass(frozen=True, slots=True)
class RestRequest:
    """A request as it came over the wire; query and body are not decoded."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    key: str | None = None
    address: str = "127.0.0.1"
    time_unit: str | None = None


@dataclass(frozen=True, slots=True)
class RestReply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE


def _table(*groups: Iterable[Endpoint]) -> dict[tuple[str, str], Endpoint]:
    return {(each.method, each.path): each for group in groups for each in group}


ENDPOINTS = _table(
    PUBLIC_ENDPOINTS, HISTORY_ENDPOINTS, ACCOUNT_ENDPOINTS, ORDER_ENDPOINTS, SAPI_ENDPOINTS
)


def answer(exchange: Exchange, request: RestRequest) -> RestReply:
    """The reply to any request under /api or /sapi; a refusal is a reply too."""
    sapi = request.path.startswith("/sapi/")
    endpoint = ENDPOINTS.get((request.method, request.path))
    headers: dict[str, str] = {}
    if endpoint is None:
        retired = is_retired(request.path)
        status, shown_page = (410, GONE_PAGE) if retired else (404, NOT_FOUND_PAGE)
        reply = RestReply(status, shown_page, headers, HTML_TYPE)
    else:
        try:
            microseconds = wants_microseconds(request.time_unit) and not sapi
            result = _carry_out(exchange, endpoint, request, headers, sapi=sapi)
            shown = in_microseconds(result) if microseconds else result
            reply = RestReply(200, to_json(shown), headers)
        except ApiError as refusal:
            headers |= exchange.limits.retry_after(refusal)
            reply = RestReply(refusal.status, to_json(refusal.body()), headers)
    if not sapi:
        used = str(exchange.limits.weight.count(request.address))
        headers["x-mbx-used-weight"] = used
        headers["x-mbx-used-weight-1m"] = used
    return reply


def to_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _carry_out(
    exchange: Exchange,
    endpoint: Endpoint,
    request: RestRequest,
    headers: dict[str, str],
    *,
    sapi: bool,
) -> Json:
    try:
        values = _values(request)
        signed_text, signature = rest_signed_text(request.query, request.body)
        parameters = Parameters(values)
        weight = endpoint.weight_of(parameters)
    except ApiError:
        if not sapi:
            exchange.limits.use_weight(request.address, 1)
        raise
    if sapi:
        _use_sapi_weight(exchange, endpoint, request, weight, headers)
    else:
        exchange.limits.use_weight(request.address, weight)
    call = admit(
        exchange,
        endpoint,
        Request(parameters, request.address, request.key, signed_text, signature),
    )
    result = endpoint.handler(call)
    if endpoint.free_on_success:
        exchange.limits.weight.add(request.address, -weight)
    if endpoint.shows_order_count:
        ten_seconds, day = exchange.limits.order_counts(call.api_key.uid)
        headers["x-mbx-order-count-10s"] = str(ten_seconds)
        headers["x-mbx-order-count-1d"] = str(day)
    return result


def _values(request: RestRequest) -> dict[str, str]:
    """The parameters of query and body; the query wins, and a GET has no body."""
    in_query = read_pairs(request.query)
    if request.method == "GET" or not request.body:
        return in_query
    return read_pairs(request.body) | in_query


def _use_sapi_weight(
    exchange: Exchange,
    endpoint: Endpoint,
    request: RestRequest,
    weight: int,
    headers: dict[str, str],
) -> None:
    name, owner = "x-sapi-used-ip-weight-1m", request.address
    if endpoint.per_account:
        key = exchange.accounts.keys.get(request.key or "")
        if key is None:
            raise api_error.key_refused() if request.key else api_error.bad_key_format()
        name, owner = "x-sapi-used-uid-weight-1m", f"uid {key.uid}"
    counter = f"{endpoint.path} {owner}"
    try:
        exchange.limits.use_sapi_weight(counter, weight, per_account=endpoint.per_account)
    finally:
        headers[name] = str(exchange.limits.sapi_weight.count(counter))
