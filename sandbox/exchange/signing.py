"""What a signature covers and whether it is right, on the bytes as they were sent.

REST: raw query then raw body, without the `signature` pair wherever it stands. WebSocket API: all
parameters but `signature`, sorted by name, not percent-encoded.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import unquote_plus

SIGNATURE = "signature"
_PREFIX = "signature="


def _without_signature(raw: str) -> tuple[str, str | None]:
    if _PREFIX not in raw:
        return raw, None
    kept: list[str] = []
    found: str | None = None
    for pair in raw.split("&"):
        if pair.startswith(_PREFIX):
            found = unquote_plus(pair[len(_PREFIX) :])
        else:
            kept.append(pair)
    return "&".join(kept), found


def rest_signed_text(raw_query: str, raw_body: str) -> tuple[str, str | None]:
    """The text a REST signature covers, and the signature itself (None when not sent)."""
    query, in_query = _without_signature(raw_query)
    body, in_body = _without_signature(raw_body)
    return query + body, in_query if in_query is not None else in_body


def socket_signed_text(parameters: Mapping[str, str]) -> str:
    """The text a WebSocket API signature covers: `k=v` by name, joined with `&`."""
    return "&".join(
        f"{name}={parameters[name]}" for name in sorted(parameters) if name != SIGNATURE
    )


def hmac_signature(secret: str, text: str) -> str:
    """Lower-case hexadecimal HMAC-SHA256 of `text`."""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def hmac_matches(secret: str, text: str, signature: str) -> bool:
    """Whether `signature` is the right one; the case of its digits does not matter."""
    return hmac.compare_digest(hmac_signature(secret, text).encode(), signature.lower().encode())
