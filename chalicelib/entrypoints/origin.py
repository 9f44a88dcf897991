"""Only the content network may ask the API: it adds a secret to each request.

So the address of the asker, and the limits and caches that depend on what the network tells of
him, cannot be made up by going past it.
"""

import hmac
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from chalice import Response

from chalicelib import wiring
from chalicelib.entrypoints import http

HEADER: Final = "x-origin-secret"


def only_through_the_site(event: Any, get_response: Callable[[Any], Response]) -> Response:  # noqa: ANN401
    """Middleware: a request without the secret is answered before anything is looked at."""
    secrets = wiring.origin_secrets()
    if secrets is None or _is_one_of(event.headers.get(HEADER, ""), secrets):
        return get_response(event)
    return http.problem(HTTPStatus.FORBIDDEN, "this is reached through the site's own address only")


def _is_one_of(given: str, secrets: tuple[str, ...]) -> bool:
    """Compares with each, so that time tells nothing."""
    found = [hmac.compare_digest(given.encode(), each.encode()) for each in secrets]
    return any(found)
