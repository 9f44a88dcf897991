"""Nothing secret of a sign-in stays anywhere: log, error, table."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from chalice.test import HTTPResponse
from moto import mock_aws

from chalicelib import logs
from chalicelib.adapters.dynamo.tables import TABLES, Tables
from chalicelib.services.identity_ports import SignUp
from tests.browser import Browser, browsing
from tests.contract.stores import DynamoStores
from tests.lobby import Lobby

EMAIL = "marked-address@example.org"
PASSWORD = "MARKED-password-of-ada"
SECRETS = [PASSWORD, "MARKED-another-password", "MARKED-wrong-password", "MARKED-code"]


_numbers = count(1)


@dataclass
class Trail:
    """A browser over real tables, and all that was left on the way."""

    lobby: Lobby
    tables: Tables
    browser: Browser
    log: io.StringIO
    secrets: list[str] = field(default_factory=lambda: list(SECRETS))
    refusals: list[bytes] = field(default_factory=list)

    def post(self, path: str, content: object = None, token: str | None = None) -> HTTPResponse:
        """Send it, and keep what a refusal says."""
        response = self.browser.post(path, content, token)
        if response.status_code >= 400:
            self.refusals.append(response.body)
        return response

    def dump(self) -> str:
        """Everything in all tables, as text."""
        scans = (self.tables.client.scan(TableName=self.tables.name(each)) for each in TABLES)
        return json.dumps([scan["Items"] for scan in scans], default=str)


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trail]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    with mock_aws():
        # the mock may be one that the whole session shares, with the tables of an earlier test
        tables = Tables(f"secrets-{next(_numbers)}-", "eu-central-1")
        tables.create()
        stores = DynamoStores(tables, "exchange")
        lobby = Lobby()
        lobby.people = replace(lobby.people, throttle=stores.throttle)
        logs.configure("DEBUG", written)
        with browsing(lobby, stores) as browser:
            yield Trail(lobby, tables, browser, written)
    root.handlers[:] = handlers
    root.setLevel(level)


def walk(trail: Trail) -> None:
    """A life with everything that can go right and wrong."""
    pool = trail.lobby.pool
    asked = {"name": "Ada", "email": EMAIL, "password": PASSWORD}
    trail.post("/session/sign-up", asked)
    trail.post("/session/sign-up", asked)
    trail.post("/session/sign-up", asked | {"email": "MARKED-wrong-password"})
    trail.post("/session/confirm", {"name": "Ada", "code": "MARKED-code"})
    code = pool.code(EMAIL)
    trail.secrets.append(code)
    trail.post("/session/confirm", {"name": "Ada", "code": code})
    trail.post("/session/confirm", {"name": "Ada", "code": code})
    trail.post("/session/sign-up", asked | {"name": "Eve"})
    trail.post("/session/sign-in", {"login": "Ada", "password": "MARKED-wrong-password"})
    trail.post("/session/sign-in", {"login": PASSWORD, "password": PASSWORD})
    made = trail.post("/session/sign-in", {"login": EMAIL, "password": PASSWORD})
    token = made.json_body["access_token"]
    trail.secrets += [token, trail.browser.cookies["league_refresh"].value]
    trail.post("/session/refresh")
    trail.secrets.append(trail.browser.cookies["league_refresh"].value)
    trail.post("/me/email", {"password": "MARKED-wrong-password", "email": EMAIL}, token)
    trail.post("/me/email/confirm", {"code": "MARKED-code"}, token)
    trail.post("/me/email/confirm", {"code": "MARKED-code"}, token + "x")
    factor = trail.post("/me/second-factor", {"password": PASSWORD}, token).json_body
    app_code = pool.app_code(factor["secret"])
    trail.secrets += [factor["secret"], app_code]
    trail.post("/me/second-factor/confirm", {"code": "MARKED-code"}, token)
    trail.post("/me/second-factor/confirm", {"code": app_code}, token)
    challenge = trail.post("/session/sign-in", {"login": "Ada", "password": PASSWORD})
    step = {"challenge": challenge.json_body["challenge"], "code": app_code}
    trail.secrets.append(step["challenge"])
    trail.post("/session/sign-in", step)
    trail.post("/session/sign-in", {"challenge": "MARKED-code", "code": "MARKED-code"})
    trail.post("/session/forgot", {"login": EMAIL})
    reset = {"login": EMAIL, "code": "MARKED-code", "password": "MARKED-another-password"}
    trail.post("/session/reset", reset)
    trail.post("/session/reset", reset | {"password": "MARKED-wrong-password" * 10})
    trail.post("/session/reset", reset | {"code": pool.code(EMAIL)})
    trail.post("/session/sign-out")
    trail.post("/session/refresh", '{"password": "MARKED-wrong-password"')
    trail.post("/session/sign-in", '{"password": "MARKED-wrong-password"')


def test_no_secret_reaches_a_log_line_an_error_or_a_table(trail: Trail) -> None:
    walk(trail)
    dump, log, refusals = trail.dump(), trail.log.getvalue(), b"".join(trail.refusals).decode()
    assert "Ada" in dump
    assert len(trail.refusals) >= 15
    for secret in trail.secrets:
        for place in (dump, log, refusals):
            assert secret not in place
    for personal in (EMAIL, "192.0.2.1"):
        assert personal not in dump
        assert personal not in log
        assert personal not in refusals


def test_a_failure_of_the_provider_is_told_without_what_was_sent(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(person: SignUp) -> None:
        pool = trail.lobby.pool
        pool.client.sign_up(ClientId=pool.client_id, Username=7, Password=person.password)

    monkeypatch.setattr(trail.lobby.pool.identity, "sign_up", fail)
    asked = {"name": "Ada", "email": EMAIL, "password": PASSWORD}
    assert trail.post("/session/sign-up", asked).status_code == 500
    assert PASSWORD.encode() not in b"".join(trail.refusals)
    assert PASSWORD not in trail.log.getvalue()
