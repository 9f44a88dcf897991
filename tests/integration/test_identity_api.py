"""The routes under /me that change how one signs in, and which tokens open them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from chalice.test import HTTPResponse
from openapi_schema_validator import OAS31Validator

from app import app
from chalicelib.adapters.tokens import KeyRing, TokenVerifier
from chalicelib.domain.errors import NotSignedIn
from chalicelib.domain.visible import VIEWS
from chalicelib.entrypoints import http
from chalicelib.entrypoints.identity_api import OPERATIONS
from chalicelib.entrypoints.openapi import document
from chalicelib.entrypoints.viewer import maybe_signed_in
from tests.browser import OWN, Browser, browsing
from tests.builders import NOON, trader
from tests.identity_pool import PASSWORD
from tests.lobby import Lobby
from tests.token_maker import CLIENT, ISSUER, TokenMaker, refused_tokens

NEW = "another good sentence"
NEW_EMAIL = "ada@new.example.org"
ROUTES = {
    "/me/password": {"password": PASSWORD, "new_password": NEW},
    "/me/email": {"password": PASSWORD, "email": NEW_EMAIL},
    "/me/email/confirm": {"code": "000000"},
    "/me/second-factor": {"password": PASSWORD},
    "/me/second-factor/confirm": {"code": "000000"},
    "/me/second-factor/remove": {"password": PASSWORD},
}


@pytest.fixture
def lobby() -> Lobby:
    made = Lobby()
    made.join()
    return made


@pytest.fixture
def browser(lobby: Lobby) -> Iterator[Browser]:
    with browsing(lobby) as made:
        yield made


def sign_in(browser: Browser, login: str = "Ada", password: str = PASSWORD) -> str:
    answer = browser.json("/session/sign-in", {"login": login, "password": password})
    return str(answer["access_token"])


@pytest.fixture
def token(browser: Browser) -> str:
    return sign_in(browser)


REFUSED = refused_tokens(TokenMaker(NOON))
LOOKING_AT_TOKENS = [
    (method, path)
    for path, methods in app.routes.items()
    for method in methods
    if path.startswith("/me") or path in VIEWS.keys() - {"/board", "/status"}
]
"""All routes that a token can open, or open further."""


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED)
def test_no_route_lets_in_a_token_that_is(lobby: Lobby, token: str) -> None:
    maker = TokenMaker(NOON)
    verifier = TokenVerifier(ISSUER, CLIENT, KeyRing(maker.document))
    lobby.fakes.traders.save(trader(trader_id="ADA"))
    lobby.people = replace(lobby.people, tokens=verifier)
    with browsing(lobby) as browser:
        assert browser.get("/me", maker.token()).status_code == 200
        for method, path in LOOKING_AT_TOKENS:
            refused = _ask(browser, method, path, token)
            assert refused.status_code == 401, (method, path)
            assert refused.headers["Content-Type"] == "application/problem+json"
            assert not token or token not in refused.body.decode()


def _ask(
    browser: Browser, method: str, path: str, token: str, own: Mapping[str, str] = OWN
) -> HTTPResponse:
    sent = {**own, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    address = re.sub(r"{\w+}", "Nobody", path)
    content = json.dumps(ROUTES[path]) if path in ROUTES else '{"no": "thing"}'
    body = b"" if method == "GET" else content.encode()
    return browser.client.http.request(method, address, headers=sent, body=body)


@pytest.mark.parametrize("path", ROUTES)
def test_without_a_token_nobody_is_let_in(browser: Browser, path: str) -> None:
    refused = browser.post(path, ROUTES[path])
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.headers["Cache-Control"] == "private, no-store"


CHANGING = sorted(
    (method, path) for path, found in app.routes.items() for method in found if method != "GET"
)


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_without_our_own_header_nothing_changes(
    browser: Browser, token: str, method: str, path: str
) -> None:
    """A form on another site is able to send all but this."""
    refused = _ask(browser, method, path, token, own={})
    assert refused.status_code == 403
    assert "X-League-Request" in refused.json_body["detail"]


@pytest.mark.parametrize("scheme", ["", "Basic ", "bearer", "Token "])
def test_only_a_bearer_is_let_in(browser: Browser, token: str, scheme: str) -> None:
    headers = {"Authorization": f"{scheme}{token}"}
    refused = browser.post("/me/email/confirm", {"code": "1"}, **headers)
    assert refused.status_code == 401
    accepted = browser.post("/me/email/confirm", {"code": "1"}, Authorization=f"bEARER  {token}")
    assert accepted.status_code == 400


def test_a_token_of_one_who_left_opens_nothing(lobby: Lobby, browser: Browser) -> None:
    lobby.pool.join("GONE", "Gone", "gone@example.org")
    token = lobby.pool.sign_in("GONE").access_token
    refused = browser.post("/me/email/confirm", {"code": "1"}, token)
    assert refused.status_code == 401
    assert refused.json_body["detail"] == "The membership of this access token is over."


def test_a_new_password_ends_the_session(browser: Browser, token: str) -> None:
    changed = browser.post("/me/password", ROUTES["/me/password"], token)
    assert changed.status_code == 204
    assert browser.cookies == {}
    sign_in(browser, password=NEW)


def test_a_new_address_is_confirmed_by_its_code(lobby: Lobby, browser: Browser, token: str) -> None:
    assert browser.post("/me/email", ROUTES["/me/email"], token).status_code == 202
    confirm = {"code": lobby.pool.code(NEW_EMAIL)}
    assert browser.post("/me/email/confirm", confirm, token).status_code == 204
    sign_in(browser, NEW_EMAIL)


def test_the_address_of_another_member_answers_as_a_free_one(
    lobby: Lobby, browser: Browser, token: str
) -> None:
    lobby.join("Bob", "bob@example.org")
    answers = [
        browser.post("/me/email", {"password": PASSWORD, "email": email}, token)
        for email in ("bob@example.org", NEW_EMAIL)
    ]
    first, second = [(a.status_code, dict(a.headers), a.body) for a in answers]
    assert first == second


def test_a_member_sees_how_he_signs_in(browser: Browser, token: str) -> None:
    answer = browser.get("/me/identity", token)
    assert answer.json_body == {"email": "ada@example.org", "second_factor": False}
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_second_factor_from_start_to_end(lobby: Lobby, browser: Browser, token: str) -> None:
    made = browser.json("/me/second-factor", {"password": PASSWORD}, token)
    assert made["address"].startswith("otpauth://totp/CoinMarketLeague%3AAda?secret=")
    confirm = {"code": lobby.pool.app_code(made["secret"])}
    assert browser.post("/me/second-factor/confirm", confirm, token).status_code == 204
    lobby.pool.wait(seconds=30)
    asked = browser.post("/session/sign-in", {"login": "Ada", "password": PASSWORD})
    assert "Set-Cookie" not in asked.headers
    assert asked.json_body["access_token"] is None
    step = {"challenge": asked.json_body["challenge"], "code": "000000"}
    assert browser.post("/session/sign-in", step).status_code == 400
    step["code"] = lobby.pool.app_code(made["secret"])
    fresh = browser.json("/session/sign-in", step)["access_token"]
    again = browser.post("/me/second-factor", {"password": PASSWORD}, fresh)
    assert (again.status_code, again.json_body["title"]) == (409, "Conflict")
    lobby.pool.wait(seconds=30)
    without = browser.post("/me/second-factor/remove", {"password": PASSWORD}, fresh)
    assert "authenticator app" in without.json_body["detail"]
    proof = {"password": PASSWORD, "code": lobby.pool.app_code(made["secret"])}
    assert browser.post("/me/second-factor/remove", proof, fresh).status_code == 204
    sign_in(browser)


def test_a_wrong_password_is_no_end_of_the_session(browser: Browser, token: str) -> None:
    refused = browser.post("/me/email", {"password": NEW, "email": NEW_EMAIL}, token)
    assert refused.status_code == 403
    assert refused.json_body["detail"] == "The password is not right."
    assert browser.post("/me/email", ROUTES["/me/email"], token).status_code == 202


def test_a_route_for_all_knows_a_viewer_who_has_signed_in(browser: Browser, token: str) -> None:
    def asked(**headers: str) -> SimpleNamespace:
        return SimpleNamespace(headers=headers)

    assert maybe_signed_in(asked()) is None
    viewer = maybe_signed_in(asked(authorization=f"Bearer {token}"))
    assert viewer is not None
    assert (viewer.trader.name, viewer.owner.access_token) == ("Ada", token)
    assert token not in repr(viewer)
    for bad in ("", "Bearer", f"Bearer {token}x", f"Basic {token}"):
        with pytest.raises(NotSignedIn):
            maybe_signed_in(asked(authorization=bad))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.path)
def test_every_answer_has_the_described_shape(
    lobby: Lobby, browser: Browser, token: str, operation: http.Operation
) -> None:
    described = document()["paths"][operation.path][operation.method]["responses"]
    if operation.method == "get":
        answers = [browser.get(operation.path, token), browser.get(f"{operation.path}?a=1", token)]
    else:
        sent = (ROUTES[operation.path], {"no": "thing"})
        answers = [browser.post(operation.path, each, token) for each in sent]
    for answer in answers:
        told = described[str(int(answer.status_code))]
        if answer.body:
            schema = told["content"][answer.headers["Content-Type"]]["schema"]
            whole = {**schema, "components": document()["components"]}
            OAS31Validator(whole).validate(answer.json_body)
