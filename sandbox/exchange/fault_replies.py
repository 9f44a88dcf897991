"""What each kind of fault answers, as status, text and headers; sending it is left to others."""

from __future__ import annotations

from sandbox.exchange import api_error
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.fault_rules import FaultKind, FaultRule
from sandbox.exchange.pages import page
from sandbox.exchange.rest import HTML_TYPE, RestReply, to_json

_PAGES = {
    FaultKind.WAF: (403, "403 Forbidden"),
    FaultKind.GONE: (410, "410 Gone"),
    FaultKind.SERVER_ERROR: (500, "500 Internal Server Error"),
    FaultKind.UNAVAILABLE: (503, "503 Service Temporarily Unavailable"),
}
_REFUSALS = {
    FaultKind.REGION: api_error.region_refused(),
    FaultKind.MAINTENANCE: api_error.maintenance(),
    FaultKind.TIMEOUT: api_error.backend_silent(),
    FaultKind.RATE_LIMIT: api_error.too_much_weight(6_000, 0),
    FaultKind.JSON_ERROR: ApiError(200, -1000, "An unknown error occurred."),
}


def rest_reply(rule: FaultRule, right: RestReply | None) -> RestReply:
    """What a REST call under the rule is answered; `right` is the right reply of a call that was
    carried out."""
    headers = dict(right.headers) if right else {}
    refusal = _REFUSALS.get(rule.kind)
    if refusal is not None:
        if rule.kind is FaultKind.RATE_LIMIT and rule.retry_after is not None:
            headers["Retry-After"] = rule.retry_after
        return RestReply(refusal.status, to_json(refusal.body()), headers)
    if rule.kind in _PAGES:
        status, title = _PAGES[rule.kind]
        return RestReply(status, page(title), headers, HTML_TYPE)
    if rule.kind is FaultKind.LIST:
        return RestReply(200, '[{"surprise":true}]', headers)
    if rule.kind is FaultKind.EMPTY or right is None:
        return RestReply(200, "", headers)
    if rule.kind is FaultKind.TRUNCATED:
        return RestReply(right.status, first_half(right.body), headers, right.content_type)
    return right


def frame_reply(rule: FaultRule, request_id: object, right: str, now: int) -> str:
    """What a frame under the rule is answered at `now` (ms of the machine); `right` as above,
    empty when there is none."""
    refusal = _REFUSALS.get(rule.kind)
    if rule.kind in _PAGES:
        refusal = ApiError(_PAGES[rule.kind][0], -1000, "An unknown error occurred.")
    if refusal is not None:
        error = refusal.body()
        if rule.kind is FaultKind.RATE_LIMIT and (rule.retry_after or "").isdecimal():
            until = now + int(rule.retry_after or 0) * 1000
            error["data"] = {"serverTime": now, "retryAfter": until}
        return to_json({"id": request_id, "status": refusal.status, "error": error})
    if rule.kind is FaultKind.EMPTY:
        return ""
    if rule.kind is FaultKind.LIST:
        return to_json([{"id": request_id}])
    return first_half(right) if rule.kind is FaultKind.TRUNCATED else right


def first_half(text: str) -> str:
    return text[: len(text) // 2]
