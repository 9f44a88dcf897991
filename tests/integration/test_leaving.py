"""DELETE /me: a member leaves."""

import pytest

from tests.browser import OWN, Browser, browsing
from tests.identity_pool import PASSWORD
from tests.lobby import Lobby


@pytest.fixture
def lobby() -> Lobby:
    made = Lobby()
    made.join("Ada")
    return made


def leave(browser: Browser, token: str, password: str = PASSWORD) -> tuple[int, dict[str, object]]:
    """Status and JSON of the answer."""
    headers = {**OWN, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    body = f'{{"password": "{password}"}}'.encode()
    response = browser.client.http.request("DELETE", "/me", headers=headers, body=body)
    return int(response.status_code), response.json_body


def test_who_leaves_is_told_what_is_gone_and_what_stays(lobby: Lobby) -> None:
    with browsing(lobby) as browser:
        token = browser.json("/session/sign-in", {"login": "Ada", "password": PASSWORD})
        status, told = leave(browser, token["access_token"])
        assert status == 200
        assert "without a name" in str(told["stays"])
        assert browser.get("/me", token["access_token"]).status_code == 401
        assert browser.get("/traders/Ada").status_code == 404
        again = browser.post("/session/sign-in", {"login": "Ada", "password": PASSWORD})
        assert again.status_code == 401


def test_a_stolen_token_does_not_make_anybody_leave(lobby: Lobby) -> None:
    with browsing(lobby) as browser:
        token = browser.json("/session/sign-in", {"login": "Ada", "password": PASSWORD})
        status, told = leave(browser, token["access_token"], "some other password")
        assert (status, told["detail"]) == (403, "The password is not right.")
        assert browser.get("/traders/Ada").status_code == 200
