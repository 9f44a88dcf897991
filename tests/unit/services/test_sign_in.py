"""Signing in, staying so, signing out; a forgotten password."""

import pytest

from chalicelib.domain.errors import InvalidRequest, NotSignedIn, TooOften, WrongCode
from chalicelib.services.reset_password import forget_password, reset_password
from chalicelib.services.sign_in import answer_challenge, refresh_session, sign_in, sign_out
from chalicelib.services.sign_up import resend_code
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, Lobby

NEW = "another good sentence"


@pytest.fixture
def lobby() -> Lobby:
    made = Lobby()
    made.join()
    return made


@pytest.mark.parametrize("login", ["Ada", "aDA", " ada ", EMAIL, "ADA@Example.org"])
def test_name_and_address_sign_in_in_any_case(lobby: Lobby, login: str) -> None:
    assert lobby.sign_in(login).trader.name == "Ada"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("Ada", NEW),
        (EMAIL, NEW),
        ("Nobody_here", PASSWORD),
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("Waiting", PASSWORD),
        ("waiting@example.org", PASSWORD),
        ("", PASSWORD),
        ("Ada", ""),
        ("x" * 3000, PASSWORD),
        ("@", PASSWORD),
    ],
)
def test_every_refusal_is_the_same(lobby: Lobby, login: str, password: str) -> None:
    lobby.sign_up("Waiting", "waiting@example.org")
    with pytest.raises(NotSignedIn) as refused:
        sign_in(login, password, lobby.entrance)
    assert str(refused.value) == (
        "name or password is not right, or the sign-up is not confirmed yet"
    )


def test_a_name_is_tried_ten_times_in_ten_minutes(lobby: Lobby) -> None:
    for number in range(10):
        lobby.address = f"192.0.2.{number}"
        with pytest.raises(NotSignedIn):
            sign_in("Ada", NEW, lobby.entrance)
    with pytest.raises(TooOften):
        sign_in("aDA", PASSWORD, lobby.entrance)
    lobby.pool.wait(minutes=15)
    lobby.sign_in()


def test_an_address_tries_sixty_names_in_ten_minutes(lobby: Lobby) -> None:
    for number in range(60):
        with pytest.raises(NotSignedIn):
            sign_in(f"Guess{number}", NEW, lobby.entrance)
    with pytest.raises(TooOften):
        lobby.sign_in()
    lobby.address = "192.0.2.99"
    lobby.sign_in()


def test_a_second_factor_is_asked_for_after_the_password(lobby: Lobby) -> None:
    secret = lobby.pool.use_second_factor(lobby.sign_in().session)
    lobby.pool.wait(seconds=30)
    challenge = lobby.challenge()
    with pytest.raises(WrongCode):
        answer_challenge(challenge, "000000", lobby.entrance)
    done = answer_challenge(challenge, lobby.pool.app_code(secret), lobby.entrance)
    assert done.trader.name == "Ada"
    with pytest.raises(NotSignedIn):
        sign_in("Ada", NEW, lobby.entrance)


def test_a_session_goes_on_by_its_refresh_token_until_it_is_ended(lobby: Lobby) -> None:
    first = lobby.sign_in()
    second = refresh_session(first.session.refresh_token, lobby.entrance)
    assert second.trader == first.trader
    with pytest.raises(NotSignedIn):
        refresh_session(first.session.refresh_token, lobby.entrance)
    sign_out(second.session.refresh_token, lobby.gate, lobby.people.identity)
    sign_out(second.session.refresh_token, lobby.gate, lobby.people.identity)
    with pytest.raises(NotSignedIn):
        refresh_session(second.session.refresh_token, lobby.entrance)


def forget(lobby: Lobby, login: str) -> None:
    forget_password(login, lobby.gate, people=lobby.people, traders=lobby.fakes.traders)


def reset(lobby: Lobby, login: str, code: str, password: str = NEW) -> None:
    reset_password(
        login, code, password, lobby.gate, people=lobby.people, traders=lobby.fakes.traders
    )


@pytest.mark.parametrize("login", ["Ada", EMAIL.upper()])
def test_a_forgotten_password_is_reset_and_all_sessions_end(lobby: Lobby, login: str) -> None:
    old = lobby.sign_in()
    forget(lobby, login)
    reset(lobby, login, lobby.pool.code())
    assert lobby.sign_in(password=NEW).trader == old.trader
    with pytest.raises(NotSignedIn):
        refresh_session(old.session.refresh_token, lobby.entrance)


def test_forgetting_tells_nothing_and_writes_to_members_alone(lobby: Lobby) -> None:
    lobby.sign_up("Waiting", "waiting@example.org")
    lobby.pool.letters.clear()
    for login in ("Nobody_here", "nobody@example.org", "Waiting", "waiting@example.org", ""):
        forget(lobby, login)
        with pytest.raises(WrongCode, match="not right or too old"):
            reset(lobby, login, "123456")
    assert lobby.pool.letters == []


def test_a_new_password_that_cannot_be_uses_up_no_code(lobby: Lobby) -> None:
    forget(lobby, "Ada")
    with pytest.raises(InvalidRequest):
        reset(lobby, "Ada", lobby.pool.code(), "short")
    reset(lobby, "Ada", lobby.pool.code())


def test_an_unknown_login_costs_the_calls_of_a_known_one(lobby: Lobby) -> None:
    def calls(login: str) -> list[str]:
        start = len(lobby.pool.calls)
        with pytest.raises(NotSignedIn):
            sign_in(login, NEW, lobby.entrance)
        forget(lobby, login)
        with pytest.raises(WrongCode):
            reset(lobby, login, "000000")
        resend_code(login, lobby.gate, people=lobby.people, traders=lobby.fakes.traders)
        return lobby.pool.calls[start:]

    lobby.sign_up("Waiting", "waiting@example.org")
    told = [calls(login) for login in ("Ada", EMAIL, "Waiting", "Nobody_here", "x@example.org")]
    assert told[1:] == told[:-1]
