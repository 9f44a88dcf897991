"""The user pool and the post office over HTTP, as a WSGI part of the local cloud.

POST /                                      a call of the user pool (X-Amz-Target names it)
GET  /<pool>/.well-known/jwks.json          the keys its tokens are signed with
POST /v2/email/outbound-emails              a letter, as SES takes it
GET  /sandbox/inbox?to=ADDRESS              the letters that were sent
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from sandbox.identity.service import TARGET, UserPoolService
from sandbox.inbox import Inbox

StartResponse = Callable[..., Any]

_KEYS = "/.well-known/jwks.json"
_OUTBOUND = "/v2/email/outbound-emails"
_INBOX = "/sandbox/inbox"


def machine_now() -> datetime:
    """The machine's time: codes and tokens follow it, not the exchange's."""
    return datetime.now(UTC)


class PeopleServer:
    """Everything about people; `serves` says which requests are for it."""

    def __init__(self) -> None:
        self._inbox = Inbox(machine_now)
        self._pool = UserPoolService(machine_now, self._inbox.put)

    def serves(self, environment: dict[str, Any]) -> bool:
        """Whether the request is for the pool or the post office."""
        path: str = environment["PATH_INFO"]
        named = environment.get("HTTP_X_AMZ_TARGET", "").startswith(TARGET)
        return named or path in (_OUTBOUND, _INBOX) or path.endswith(_KEYS)

    def __call__(self, environment: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """The answer, as JSON."""
        status, content = self._answer(environment)
        body = json.dumps(content).encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("Content-Length", str(len(body))),
        ]
        start(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    def _answer(self, environment: dict[str, Any]) -> tuple[int, Any]:
        path: str = environment["PATH_INFO"]
        if path.endswith(_KEYS):
            return 200, self._pool.key_set()
        if path == _INBOX:
            asked = parse_qs(environment.get("QUERY_STRING", ""))
            return 200, {"letters": self._inbox.letters(asked.get("to", [""])[0])}
        length = int(environment.get("CONTENT_LENGTH") or 0)
        sent = json.loads(environment["wsgi.input"].read(length) or b"{}")
        if path == _OUTBOUND:
            self._inbox.take_from_ses(sent)
            return 200, {"MessageId": "kept"}
        action = environment["HTTP_X_AMZ_TARGET"].removeprefix(TARGET)
        return self._pool.answer(action, sent)
