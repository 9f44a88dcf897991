"""How demo traders come into the league and leave it: by the routes that people use.

Each signs up, reads his code in the inbox, confirms, signs in and links his accounts; `Door` is
what a browser and a mailbox would be to him.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from chalicelib.domain.account import KeyPair
from sandbox.cloud import ORIGIN_SECRET

EXCHANGE = "binance"
_TOKEN_LASTS_S = 600.0  # of the quarter of an hour that it is good for
_TIMEOUT_S = 60


class Turned(Exception):
    """The league did not let a demo trader do something; the message says what it answered."""


class Door(Protocol):
    """The league's API, and the letters that it sends."""

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, Any]:
        """Status and JSON of the answer (None without content)."""

    def letters(self, to: str) -> list[str]:
        """The texts of the letters to that address, newest first."""


class HttpDoor:
    """The running API and inbox."""

    def __init__(self, api: str, cloud: str) -> None:
        """Their addresses."""
        self._api = api
        self._cloud = cloud
        self._session = requests.Session()
        self._session.trust_env = False

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, Any]:
        """Status and JSON of the answer."""
        answer = self._session.request(
            method, f"{self._api}{path}", json=body, headers=dict(headers), timeout=_TIMEOUT_S
        )
        return answer.status_code, answer.json() if answer.content else None

    def letters(self, to: str) -> list[str]:
        """The texts of the letters to that address, newest first."""
        asked = {"to": to}
        answer = self._session.get(f"{self._cloud}/sandbox/inbox", params=asked, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return [letter["text"] for letter in answer.json()["letters"]]


@dataclass(slots=True)
class Member:
    """A demo trader at the league's door; `number` tells his internet address from the others'."""

    door: Door
    name: str
    password: str
    number: int
    _token: str = field(default="", repr=False)
    _token_until: float = 0.0

    @property
    def email(self) -> str:
        """His address; example.org is nobody's."""
        return f"{self.name.lower()}@example.org"

    def join(self) -> None:
        """Sign up, and confirm with the code that came. Raises Turned."""
        asked = {"name": self.name, "email": self.email, "password": self.password}
        self._do("POST", "/session/sign-up", asked)
        self._do("POST", "/session/confirm", {"name": self.name, "code": self._mailed_code()})

    def link(self, pair: KeyPair) -> str:
        """Link an exchange account by a key with its secret; returns the account's id."""
        asked = {"exchange": EXCHANGE, "api_key": pair.api_key, "secret": pair.secret}
        return str(self._do("POST", "/me/accounts", asked, signed_in=True)["id"])

    def key_pair(self) -> tuple[str, str]:
        """A key pair made by the league: its id, and the public half to register."""
        found = self._do("POST", "/me/accounts/key-pair", {"exchange": EXCHANGE}, signed_in=True)
        return str(found["key_pair_id"]), str(found["public_key"])

    def link_pair(self, key_pair_id: str, api_key: str) -> str:
        """Link by such a pair, once the exchange gave its public half a key."""
        asked = {"exchange": EXCHANGE, "api_key": api_key, "key_pair_id": key_pair_id}
        return str(self._do("POST", "/me/accounts", asked, signed_in=True)["id"])

    def unlink(self, account_id: str) -> None:
        """End the link."""
        self._do("DELETE", f"/me/accounts/{account_id}", None, signed_in=True)

    def _mailed_code(self) -> str:
        """That of the newest letter."""
        letters = self.door.letters(self.email)
        if not letters:
            raise Turned(f"{self.name}: no letter came to {self.email}; the code was not mailed")
        code = re.search(r"\b[0-9]{6}\b", letters[0])
        if code is None:
            raise Turned(f"{self.name}: the newest letter to {self.email} holds no code")
        return code[0]

    def _signed_in(self) -> str:
        if time.monotonic() >= self._token_until:
            asked = {"login": self.name, "password": self.password}
            self._token = str(self._do("POST", "/session/sign-in", asked)["access_token"])
            self._token_until = time.monotonic() + _TOKEN_LASTS_S
        return self._token

    def _do(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        *,
        signed_in: bool = False,
    ) -> Any:  # noqa: ANN401 (whatever JSON holds)
        headers = {
            "X-League-Request": "1",
            "Content-Type": "application/json",
            "CloudFront-Viewer-Address": f"[2001:db8:{self.number:x}::1]:443",
            "X-Origin-Secret": ORIGIN_SECRET,
        }
        if signed_in:
            headers["Authorization"] = f"Bearer {self._signed_in()}"
        status, content = self.door.call(method, path, body, headers)
        if status >= 300:
            said = content.get("detail", "") if isinstance(content, dict) else ""
            raise Turned(f"{self.name}: {method} {path} answered {status}: {said}")
        return content


def password_of(seed: int, name: str) -> str:
    """A demo trader's password, the same for the same seed."""
    return hashlib.sha256(f"{seed}/{name}/password".encode()).hexdigest()[:20]
