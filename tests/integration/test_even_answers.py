"""How long an answer takes tells as little of who is known as the answer itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.services.pace import Pace
from tests.browser import Browser, browsing
from tests.identity_pool import PASSWORD
from tests.integration.test_session_api import QUESTIONS, Question
from tests.lobby import EMAIL, Lobby

MAILING = ("/session/sign-up", "/session/resend", "/session/forgot")
SECONDS = {"SignUp": 0.41, "AdminGetUser": 0.05}
"""What calls of the provider take; the others take a tenth. A letter of our own takes 0.13."""


class Watch:
    """Machine time that passes with the calls that are made."""

    def __init__(self, lobby: Lobby) -> None:
        self._lobby = lobby
        self._waited = 0.0

    def __call__(self) -> float:
        calls = sum(SECONDS.get(each, 0.1) for each in self._lobby.pool.calls)
        return calls + 0.13 * len(self._lobby.mail.sent) + self._waited

    def wait(self, seconds: float) -> None:
        self._waited += seconds


@pytest.fixture
def lobby() -> Lobby:
    made = Lobby()
    made.join()
    made.sign_up("Waiting", "wait@example.org")
    made.pool.wait(hours=1)
    return made


@pytest.fixture
def watch(lobby: Lobby) -> Watch:
    return Watch(lobby)


@pytest.fixture
def browser(lobby: Lobby, watch: Watch) -> Iterator[Browser]:
    lobby.people = replace(lobby.people, pace=Pace(watch, watch.wait, 1.0))
    with browsing(lobby) as made:
        yield made


def spent(
    browser: Browser, watch: Watch, path: str, content: dict[str, str], token: str | None = None
) -> float:
    began = watch()
    assert browser.post(path, content, token).status_code == 202
    return watch() - began


OF_LETTERS = {name: each for name, each in QUESTIONS.items() if each.path in MAILING}


@pytest.mark.parametrize("question", OF_LETTERS.values(), ids=OF_LETTERS)
def test_what_mails_a_letter_takes_as_long_for_nobody(
    browser: Browser, watch: Watch, question: Question
) -> None:
    known = spent(browser, watch, question.path, question.known)
    assert known == pytest.approx(spent(browser, watch, question.path, question.unknown))
    assert known == pytest.approx(1.0)


def test_a_new_address_that_is_anothers_takes_as_long_as_a_free_one(
    lobby: Lobby, browser: Browser, watch: Watch
) -> None:
    lobby.join("Bob", "bob@example.org")
    token = lobby.owner("Bob").access_token
    asked = {"password": PASSWORD}
    anothers = spent(browser, watch, "/me/email", asked | {"email": EMAIL}, token)
    free = spent(browser, watch, "/me/email", asked | {"email": "free@example.org"}, token)
    assert anothers == pytest.approx(free)


def test_without_the_pace_it_would_show(lobby: Lobby, watch: Watch) -> None:
    """That the clock of these tests is able to tell one from the other."""
    question = QUESTIONS["sign-up, a member's address"]
    with browsing(lobby) as hasty:
        known = spent(hasty, watch, question.path, question.known)
        unknown = spent(hasty, watch, question.path, question.unknown)
    assert abs(known - unknown) > 0.1
