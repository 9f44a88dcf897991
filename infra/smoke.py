"""Whether a deployed stage answers as it should: a handful of questions from outside."""

from collections.abc import Iterator
from typing import Final

from infra.outside import Outside, StoppedEarly

_TRIES: Final = 30
_EVERY_S: Final = 10.0


def wrong(outside: Outside, site: str, api: str) -> Iterator[str]:
    """What does not answer as it should. `api` is the API's own address, past the network."""
    for path, status in (("/", 200), ("/t/nobody", 200), ("/how", 200), ("/no-such-page", 404)):
        found = outside.get(f"{site}{path}")
        if found.status != status:
            yield f"{path} answers {found.status}, not {status}"
        headers = {name.lower(): value for name, value in found.headers.items()}
        if "default-src 'self'" not in headers.get("content-security-policy", ""):
            yield f"{path} has no content security policy"
    status_of_api = outside.get(f"{site}/api/status").status
    if status_of_api != 200:
        yield f"/api/status answers {status_of_api}, not 200"
    past = outside.get(f"{api}status").status
    if past != 403:
        yield f"the API answers {past} past the content network, not 403"


def require_answers(outside: Outside, site: str, api: str) -> None:
    """Return when all is right; what has just been deployed gets five minutes to get about.

    Raises StoppedEarly.
    """
    for _ in range(_TRIES):
        found = list(wrong(outside, site, api))
        if not found:
            return
        outside.pause(_EVERY_S)
    raise StoppedEarly(f"deployed, but: {'; '.join(found)}")
