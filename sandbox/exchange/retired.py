"""What the exchange used to offer: gone paths answer with a page, gone methods with an error."""

from __future__ import annotations

from sandbox.exchange.api_error import retired_method
from sandbox.exchange.pages import page

RETIRED_PREFIX = "/api/v1/"
RETIRED_PATHS = frozenset({"/api/v3/userDataStream"})
RETIRED_METHODS = frozenset({"userDataStream.start", "userDataStream.ping", "userDataStream.stop"})
GONE_PAGE = page("410 Gone")


def is_retired(path: str) -> bool:
    """Whether a REST path was taken away for good."""
    return path.startswith(RETIRED_PREFIX) or path in RETIRED_PATHS


def check_method(method: str) -> None:
    """Raises the refusal of a WebSocket method that was taken away."""
    if method in RETIRED_METHODS:
        raise retired_method()
