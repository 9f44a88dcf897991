"""Every route that changes something, walked by a member: the exact fields of its answer.

What the routes that only show answer to whom is in `test_who_sees_what.py`; what these answer to
others (nothing) is there, too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app import app
from tests.browser import OWN, Browser, browsing
from tests.builders import NOON, container_lease
from tests.identity_pool import PASSWORD
from tests.integration.test_who_sees_what import ACCOUNTS, ME, fields
from tests.lobby import Lobby

NEW = "another good sentence"
ACCOUNT = {each.removeprefix("accounts.") for each in ACCOUNTS if each != "accounts"}
SESSION = {"access_token", "expires_in_s", "name", "challenge"}
NOTHING: set[str] = set()
EXPECTED = {
    ("POST", "/session/sign-up"): {"detail"},
    ("POST", "/session/confirm"): {"name"},
    ("POST", "/session/resend"): {"detail"},
    ("POST", "/session/sign-in"): SESSION,
    ("POST", "/session/refresh"): SESSION,
    ("POST", "/session/sign-out"): NOTHING,
    ("POST", "/session/forgot"): {"detail"},
    ("POST", "/session/reset"): NOTHING,
    ("PATCH", "/me"): ME - {each for each in ME if each.startswith("accounts.")},
    ("DELETE", "/me"): {"removed", "stays"},
    ("POST", "/me/accounts"): ACCOUNT - {"reasons.code", "reasons.detail"},
    ("POST", "/me/accounts/key-pair"): {"key_pair_id", "public_key", "expires_at", "detail"},
    ("DELETE", "/me/accounts/{account_id}"): NOTHING,
    ("PUT", "/me/follows/{name}"): {"name", "since"},
    ("DELETE", "/me/follows/{name}"): NOTHING,
    ("POST", "/me/password"): NOTHING,
    ("POST", "/me/email"): {"detail"},
    ("POST", "/me/email/confirm"): NOTHING,
    ("POST", "/me/second-factor"): {"secret", "address"},
    ("POST", "/me/second-factor/confirm"): NOTHING,
    ("POST", "/me/second-factor/remove"): NOTHING,
}


@dataclass
class Walk:
    """A browser, the token of who has signed in, and what each route answered."""

    lobby: Lobby
    browser: Browser
    token: str = ""
    seen: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, content: object = None, at: str | None = None) -> object:
        """The JSON of a good answer of the route `path`, asked at the address `at`."""
        sent = {**OWN, "Content-Type": "application/json"}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {"Cookie": "; ".join(f"{k}={m.value}" for k, m in self.browser.cookies.items())}
        body = json.dumps(content if content is not None else {}).encode()
        http = self.browser.client.http
        response = http.request(method, at or path, headers=sent, body=body)
        self.browser.keep(response)
        assert response.status_code < 300, (path, response.body)
        answer = response.json_body if response.body else None
        self.seen[method, path] = fields(answer)
        return answer

    def sign_in(self, password: str = PASSWORD) -> None:
        """Have a new token."""
        answer = self.ask("POST", "/session/sign-in", {"login": "Ada", "password": password})
        assert isinstance(answer, dict)
        self.token = str(answer["access_token"])


@pytest.fixture
def walk() -> Iterator[Walk]:
    lobby = Lobby()
    lobby.fakes.leases.acquire(container_lease(), NOON)
    lobby.join("Bob", "bob@example.org")
    with browsing(lobby) as browser:
        yield Walk(lobby, browser)


def come_in(walk: Walk) -> None:
    asked = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    walk.ask("POST", "/session/sign-up", asked)
    walk.ask("POST", "/session/resend", {"name": "Ada"})
    code = walk.lobby.pool.code()
    walk.ask("POST", "/session/confirm", {"name": "Ada", "code": code})
    walk.sign_in()
    walk.ask("POST", "/session/refresh")
    walk.ask("POST", "/session/sign-out")
    walk.ask("POST", "/session/forgot", {"login": "Ada"})
    reset = {"login": "Ada", "code": walk.lobby.pool.code(), "password": NEW}
    walk.ask("POST", "/session/reset", reset)
    walk.sign_in(NEW)
    walk.ask("POST", "/me/password", {"password": NEW, "new_password": PASSWORD})
    walk.sign_in()


def settle(walk: Walk) -> None:
    walk.ask("PATCH", "/me", {"trades": "exact"})
    walk.ask("PUT", "/me/follows/{name}", at="/me/follows/Bob")
    walk.ask("DELETE", "/me/follows/{name}", at="/me/follows/Bob")
    walk.ask("POST", "/me/accounts/key-pair")
    linked = walk.ask("POST", "/me/accounts", {"api_key": "K" * 64, "secret": "S" * 64})
    assert isinstance(linked, dict)
    walk.ask("DELETE", "/me/accounts/{account_id}", at=f"/me/accounts/{linked['id']}")
    walk.ask("POST", "/me/email", {"password": PASSWORD, "email": "new@example.org"})
    walk.ask("POST", "/me/email/confirm", {"code": walk.lobby.pool.code("new@example.org")})


def leave(walk: Walk) -> None:
    factor = walk.ask("POST", "/me/second-factor", {"password": PASSWORD})
    assert isinstance(factor, dict)
    code = walk.lobby.pool.app_code(factor["secret"])
    walk.ask("POST", "/me/second-factor/confirm", {"code": code})
    walk.lobby.pool.wait(minutes=1)
    proof = {"password": PASSWORD, "code": walk.lobby.pool.app_code(factor["secret"])}
    walk.ask("POST", "/me/second-factor/remove", proof)
    walk.ask("DELETE", "/me", {"password": PASSWORD})


def test_each_change_answers_exactly_the_fields_that_are_his(walk: Walk) -> None:
    for part in (come_in, settle, leave):
        part(walk)
    changing = {(m, path) for path, each in app.routes.items() for m in each if m != "GET"}
    assert walk.seen.keys() == changing
    assert walk.seen == EXPECTED
