"""The session routes: from sign-up to sign-out, and what no answer tells."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie

import pytest
from chalice.test import HTTPResponse
from openapi_schema_validator import OAS31Validator

from app import app
from chalicelib.entrypoints import http
from chalicelib.entrypoints.openapi import document
from chalicelib.entrypoints.session_api import OPERATIONS
from tests.browser import Browser, browsing
from tests.builders import at
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, Lobby

NEW = "another good sentence"
ADA = {"name": "Ada", "email": EMAIL, "password": PASSWORD}


@pytest.fixture
def lobby() -> Lobby:
    return Lobby()


@pytest.fixture
def browser(lobby: Lobby) -> Iterator[Browser]:
    with browsing(lobby) as made:
        yield made


@pytest.fixture
def member(lobby: Lobby, browser: Browser) -> Browser:
    """Ada's browser, not signed in."""
    browser.json("/session/sign-up", ADA)
    browser.json("/session/confirm", {"name": "Ada", "code": lobby.pool.code()})
    return browser


def sign_in(browser: Browser, login: str = "Ada", password: str = PASSWORD) -> str:
    answer = browser.json("/session/sign-in", {"login": login, "password": password})
    return str(answer["access_token"])


def told(response: HTTPResponse) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells."""
    return response.status_code, dict(response.headers), response.body


def test_from_sign_up_to_sign_out(lobby: Lobby, browser: Browser) -> None:
    sent = browser.post("/session/sign-up", ADA)
    assert sent.status_code == 202
    assert browser.json("/session/resend", {"name": "ada"}) == sent.json_body
    confirmed = browser.json("/session/confirm", {"name": "ada", "code": lobby.pool.code()})
    assert confirmed == {"name": "Ada"}
    signed_in = browser.json("/session/sign-in", {"login": EMAIL, "password": PASSWORD})
    assert (signed_in["name"], signed_in["expires_in_s"]) == ("Ada", 900)
    refreshed = browser.json("/session/refresh")
    assert refreshed["name"] == "Ada"
    assert browser.post("/session/sign-out").status_code == 204
    assert browser.cookies == {}
    assert browser.post("/session/refresh").status_code == 401


def test_the_refresh_token_is_in_the_cookie_alone(member: Browser) -> None:
    for path, content in (
        ("/session/sign-in", {"login": "Ada", "password": PASSWORD}),
        ("/session/refresh", None),
    ):
        response = member.post(path, content)
        [cookie] = SimpleCookie(response.headers["Set-Cookie"]).values()
        assert cookie.key == "league_refresh"
        assert cookie["path"] == "/api/session"
        assert cookie["httponly"] is True
        assert cookie["secure"] is True
        assert cookie["samesite"] == "Strict"
        assert cookie["max-age"] == "2592000"
        assert not cookie["domain"]
        assert cookie.value.encode() not in response.body
        assert response.headers["Cache-Control"] == "private, no-store"
        assert len(response.headers["Set-Cookie"]) < 4096


def test_the_cookie_changes_with_every_refresh(member: Browser) -> None:
    sign_in(member)
    first = dict(member.cookies)
    member.json("/session/refresh")
    assert member.cookies["league_refresh"].value != first["league_refresh"].value
    stolen = Browser(member.client, cookies=first)
    refused = stolen.post("/session/refresh")
    assert refused.status_code == 401
    assert "Set-Cookie" not in refused.headers
    member.json("/session/refresh")


def test_signing_out_ends_the_session_and_needs_none(lobby: Lobby, member: Browser) -> None:
    sign_in(member)
    kept = dict(member.cookies)
    for _ in range(2):
        over = member.post("/session/sign-out")
        assert (over.status_code, over.body) == (204, b"")
        assert "Max-Age=0" in over.headers["Set-Cookie"]
    assert Browser(member.client, cookies=kept).post("/session/refresh").status_code == 401


SESSION_ROUTES = {
    "/session/sign-up": ADA,
    "/session/confirm": {"name": "Ada", "code": "123456"},
    "/session/resend": {"name": "Ada"},
    "/session/sign-in": {"login": "Ada", "password": PASSWORD},
    "/session/refresh": {},
    "/session/sign-out": {},
    "/session/forgot": {"login": "Ada"},
    "/session/reset": {"login": "Ada", "code": "123456", "password": NEW},
}


@pytest.mark.parametrize("path", SESSION_ROUTES)
def test_without_our_own_header_nothing_happens(lobby: Lobby, member: Browser, path: str) -> None:
    sign_in(member)
    calls = len(lobby.pool.calls)
    refused = member.post(path, SESSION_ROUTES[path], X_League_Request=None)
    assert refused.status_code == 403
    assert "X-League-Request" in refused.json_body["detail"]
    assert len(lobby.pool.calls) == calls
    assert "Set-Cookie" not in refused.headers
    member.json("/session/refresh")


@pytest.mark.parametrize("path", SESSION_ROUTES)
def test_no_other_site_may_read_an_answer(member: Browser, path: str) -> None:
    answer = member.post(path, SESSION_ROUTES[path], Origin="https://elsewhere.example.org")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert app.routes[path]["POST"].cors is None


@dataclass(frozen=True)
class Question:
    """The same request of somebody who is known and of somebody who is not."""

    path: str
    known: dict[str, str]
    unknown: dict[str, str]


CODE = "000000"
QUESTIONS = {
    "sign-up, a member's address": Question(
        "/session/sign-up",
        {"name": "Eve", "email": EMAIL, "password": PASSWORD},
        {"name": "Bob", "email": "bob@example.org", "password": PASSWORD},
    ),
    "sign-up, an address that waits": Question(
        "/session/sign-up",
        {"name": "Eve", "email": "wait@example.org", "password": PASSWORD},
        {"name": "Bob", "email": "bob@example.org", "password": PASSWORD},
    ),
    "confirm, a member's name": Question(
        "/session/confirm", {"name": "Ada", "code": CODE}, {"name": "Bob", "code": CODE}
    ),
    "confirm, a name that waits": Question(
        "/session/confirm", {"name": "Waiting", "code": CODE}, {"name": "Bob", "code": CODE}
    ),
    "resend, a name that waits": Question("/session/resend", {"name": "Waiting"}, {"name": "Bob"}),
    "resend, a member's name": Question("/session/resend", {"name": "Ada"}, {"name": "Bob"}),
    "sign-in, a member's name": Question(
        "/session/sign-in",
        {"login": "Ada", "password": NEW},
        {"login": "Bob", "password": NEW},
    ),
    "sign-in, a member's address": Question(
        "/session/sign-in",
        {"login": EMAIL, "password": NEW},
        {"login": "bob@example.org", "password": NEW},
    ),
    "sign-in before confirming, by name": Question(
        "/session/sign-in",
        {"login": "Waiting", "password": PASSWORD},
        {"login": "Bob", "password": PASSWORD},
    ),
    "sign-in before confirming, by address": Question(
        "/session/sign-in",
        {"login": "wait@example.org", "password": PASSWORD},
        {"login": "bob@example.org", "password": PASSWORD},
    ),
    "forgot, a member's name": Question("/session/forgot", {"login": "Ada"}, {"login": "Bob"}),
    "forgot, a member's address": Question(
        "/session/forgot", {"login": EMAIL}, {"login": "bob@example.org"}
    ),
    "forgot, an address that waits": Question(
        "/session/forgot", {"login": "wait@example.org"}, {"login": "bob@example.org"}
    ),
    "reset, a member's name": Question(
        "/session/reset",
        {"login": "Ada", "code": CODE, "password": NEW},
        {"login": "Bob", "code": CODE, "password": NEW},
    ),
    "reset, a member's address": Question(
        "/session/reset",
        {"login": EMAIL, "code": CODE, "password": NEW},
        {"login": "bob@example.org", "code": CODE, "password": NEW},
    ),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_route_tells_who_is_known(lobby: Lobby, member: Browser, question: Question) -> None:
    waiting = {"name": "Waiting", "email": "wait@example.org", "password": PASSWORD}
    member.json("/session/sign-up", waiting)
    if question.path == "/session/reset":
        member.json("/session/forgot", {"login": "Ada"})
    lobby.pool.wait(hours=1)
    for times in range(12):  # limits come at the same try
        known = told(member.post(question.path, question.known))
        unknown = told(member.post(question.path, question.unknown))
        assert known == (*unknown[:2], unknown[2].replace(b"'Bob'", b"'Eve'")), f"at try {times}"


def test_an_address_that_is_known_holds_its_name_like_any_other(member: Browser) -> None:
    for name, email in (("Eve", EMAIL), ("Bob", "bob@example.org")):
        member.json("/session/sign-up", {"name": name, "email": email, "password": PASSWORD})
    again = [
        member.post("/session/sign-up", {"name": n, "email": "x@example.org", "password": PASSWORD})
        for n in ("Eve", "Bob")
    ]
    assert [each.status_code for each in again] == [409, 409]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "ADA"}, "the name 'ADA' is taken"),
        ({"name": "a b"}, "cannot be used"),
        ({"name": "Admin"}, "is reserved"),
        ({"email": "nowhere"}, "write it like ada@example.org"),
        ({"password": "short"}, "has 5 characters"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(
    member: Browser, change: dict[str, str], said: str
) -> None:
    bob = {"name": "Bob", "email": "bob@example.org", "password": PASSWORD}
    refused = member.post("/session/sign-up", bob | change)
    assert refused.status_code in (400, 409)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert said.lower() in refused.json_body["detail"].lower()
    member.json("/session/sign-up", bob)


SENTINEL = "SENTINEL-of-somebody"


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        ("", 400, "not JSON"),
        ("{", 400, "not JSON"),
        ("[" * 8000, 400, "not JSON"),
        (json.dumps({"login": "\ud800", "password": "x"}), 400, "not JSON"),
        ("[]", 400, "no object"),
        ('"text"', 400, "no object"),
        ({}, 400, "send login and password, or challenge and code"),
        ({"login": "Ada"}, 400, "send login and password"),
        ({"login": "Ada", "password": SENTINEL, "code": "1"}, 400, "send login and password"),
        ({"login": "Ada", "password": 7}, 400, "the field password should be a valid string"),
        ({"login": ["Ada"], "password": SENTINEL}, 400, "the field login"),
        ({"login": "Ada", "password": "x" * 257}, 400, "at most 256"),
        ({"login": "Ada", "password": SENTINEL, SENTINEL: 1}, 400, "a field here that is not"),
        ({"challenge": SENTINEL, "code": "1"}, 400, "the challenge is not one"),
        ({"challenge": "bnVsbA==", "code": "1"}, 400, "the challenge is not one"),
        ({"challenge": "WzEsMl0=", "code": "1"}, 400, "the challenge is not one"),
        (
            {"challenge": "WyJBREEiLCAieHh4eHh4eHh4eHh4eHh4eHh4eHgiXQ==", "code": "1"},
            401,
            "is over",
        ),
        ("x" * 10_000_000, 413, "more than 8192 bytes"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_unquoted(
    member: Browser, content: object, status: int, said: str
) -> None:
    refused = member.post("/session/sign-in", content)
    assert refused.status_code == status
    assert said.lower() in refused.json_body["detail"].lower()
    assert SENTINEL.encode() not in refused.body


def test_a_body_of_another_kind_is_refused(member: Browser) -> None:
    refused = member.post("/session/sign-in", "login=Ada", Content_Type="text/plain")
    assert refused.status_code == 415
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json_body["detail"].startswith("Send the body as JSON")


@pytest.mark.parametrize(
    "cookie",
    ["", "league_refresh=", "league_refresh=x", "other=1", "league_refresh", ";;;=", "a[]=1"],
)
def test_a_cookie_of_no_session_is_no_session(browser: Browser, cookie: str) -> None:
    refused = browser.post("/session/refresh", Cookie=cookie)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert browser.post("/session/sign-out", Cookie=cookie).status_code == 204


def test_a_code_is_used_once_and_late_is_too_late(lobby: Lobby, browser: Browser) -> None:
    browser.json("/session/sign-up", ADA)
    late, code = "/session/confirm", lobby.pool.code()
    lobby.pool.wait(hours=24)
    assert browser.post(late, {"name": "Ada", "code": code}).status_code == 400
    browser.json("/session/resend", {"name": "Ada"})
    code = lobby.pool.code()
    browser.json(late, {"name": "Ada", "code": code})
    again = browser.post(late, {"name": "Ada", "code": code})
    assert again.status_code == 400
    assert again.json_body["detail"] == "The code is not right or too old; ask for a new one."


def test_a_forgotten_password_is_reset(lobby: Lobby, member: Browser) -> None:
    sign_in(member)
    member.json("/session/forgot", {"login": "Ada"})
    wanted = {"login": "Ada", "code": lobby.pool.code(), "password": NEW}
    assert member.post("/session/reset", wanted).status_code == 204
    assert member.cookies == {}
    sign_in(member, password=NEW)


def test_tries_are_limited_by_name_and_by_address(lobby: Lobby, member: Browser) -> None:
    guess = {"login": "Ada", "password": NEW}
    answers = [member.post("/session/sign-in", guess).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    refused = member.post("/session/sign-in", guess)
    assert int(refused.headers["Retry-After"]) == 600
    assert refused.json_body["detail"] == "This was tried too often; wait 10 minutes."
    elsewhere = Browser(member.client, "198.51.100.7")
    assert elsewhere.post("/session/sign-in", guess).status_code == 429
    statuses = [
        member.post("/session/sign-in", {"login": f"Bob{n}", "password": NEW}).status_code
        for n in range(60)
    ]
    assert statuses == [401] * 48 + [429] * 12
    assert elsewhere.post("/session/sign-in", {"login": "Bob", "password": NEW}).status_code == 401
    lobby.pool.wait(minutes=15)
    sign_in(member)


def test_one_address_refreshes_only_so_often(member: Browser) -> None:
    cookie = "league_refresh=of-nobody"
    answers = [member.post("/session/refresh", Cookie=cookie).status_code for _ in range(241)]
    assert set(answers[:240]) == {401}
    assert answers[240] == 429
    other = Browser(member.client, "192.0.2.2")
    assert other.post("/session/refresh", Cookie=cookie).status_code == 401


def test_names_that_were_never_confirmed_are_free_after_an_hour(
    lobby: Lobby, browser: Browser
) -> None:
    browser.json("/session/sign-up", ADA)
    other = ADA | {"email": "other@example.org"}
    assert browser.post("/session/sign-up", other).status_code == 409
    lobby.now = at(hours=1, milliseconds=1)
    browser.json("/session/sign-up", other)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.path)
def test_every_answer_has_the_described_shape(
    lobby: Lobby, member: Browser, operation: http.Operation
) -> None:
    described = document()["paths"][operation.path]["post"]["responses"]
    sign_in(member)
    good = member.post(operation.path, SESSION_ROUTES[operation.path])
    bad = member.post(operation.path, {"no": "thing"}, X_League_Request=None)
    for answer in (good, bad):
        told_of = described[str(int(answer.status_code))]
        if answer.body:
            schema = told_of["content"][answer.headers["Content-Type"]]["schema"]
            whole = {**schema, "components": document()["components"]}
            OAS31Validator(whole).validate(answer.json_body)
