"""Changing how one signs in: each change is proven anew."""

from collections.abc import Callable

import pytest

from chalicelib.domain.errors import (
    Conflict,
    InvalidRequest,
    NotAllowed,
    NotSignedIn,
    TooOften,
    WrongCode,
)
from chalicelib.services.change_credentials import change_email, change_password, confirm_email
from chalicelib.services.delete_member import Exit, delete_member
from chalicelib.services.prove_owner import Owner, Proof
from chalicelib.services.second_factor import (
    confirm_second_factor,
    remove_second_factor,
    start_second_factor,
)
from chalicelib.services.sign_in import refresh_session, sign_in
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, PROOF, Lobby

NEW = "another good sentence"
NEW_EMAIL = "ada@new.example.org"

Change = Callable[[Lobby, Owner, Proof], object]
CHANGES: dict[str, Change] = {
    "password": lambda lobby, owner, proof: change_password(
        owner, proof, NEW, lobby.gate, lobby.people
    ),
    "e-mail": lambda lobby, owner, proof: change_email(
        owner, proof, NEW_EMAIL, lobby.gate, lobby.people
    ),
    "start": lambda lobby, owner, proof: start_second_factor(
        owner, "Ada", proof, lobby.gate, lobby.people
    ),
    "remove": lambda lobby, owner, proof: remove_second_factor(
        owner, proof, lobby.gate, lobby.people
    ),
    "membership": lambda lobby, owner, proof: delete_member(
        lobby.fakes.traders.get(owner.trader_id),
        owner,
        proof,
        lobby.now,
        lobby.gate,
        Exit(
            lobby.members,
            lobby.fakes.follows,
            lobby.fakes.imports,
            lobby.fakes.secrets,
            lobby.people,
        ),
    ),
}


@pytest.fixture
def lobby() -> Lobby:
    made = Lobby()
    made.join()
    return made


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_token_without_the_password_changes_nothing(lobby: Lobby, change: Change) -> None:
    owner = lobby.owner()
    lobby.pool.letters.clear()
    with pytest.raises(NotAllowed, match="password is not right"):
        change(lobby, owner, Proof("not the password"))
    lobby.pool.wait(minutes=1)
    assert lobby.sign_in(EMAIL).trader.trader_id == owner.trader_id
    assert lobby.pool.letters == []


@pytest.mark.parametrize("change", [CHANGES[n] for n in CHANGES if n != "start"])
def test_with_a_second_factor_its_code_is_needed_too(lobby: Lobby, change: Change) -> None:
    owner = lobby.owner()
    secret = lobby.pool.use_second_factor(lobby.sign_in().session)
    lobby.pool.wait(seconds=30)
    with pytest.raises(InvalidRequest, match="authenticator app"):
        change(lobby, owner, PROOF)
    with pytest.raises(WrongCode):
        change(lobby, owner, Proof(PASSWORD, "000000"))
    change(lobby, owner, Proof(PASSWORD, lobby.pool.app_code(secret)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_stolen_token_guesses_ten_passwords_an_hour(lobby: Lobby, change: Change) -> None:
    owner = lobby.owner()
    for _ in range(10):
        with pytest.raises(NotAllowed):
            change(lobby, owner, Proof("not the password"))
    with pytest.raises(TooOften):
        change(lobby, owner, PROOF)


def test_proving_leaves_no_session_behind(lobby: Lobby) -> None:
    change_email(lobby.owner(), PROOF, NEW_EMAIL, lobby.gate, lobby.people)
    assert lobby.pool.calls.count("RevokeToken") == 1


def test_a_new_password_ends_all_sessions(lobby: Lobby) -> None:
    elsewhere, owner = lobby.sign_in(), lobby.owner()
    change_password(owner, PROOF, NEW, lobby.gate, lobby.people)
    with pytest.raises(NotSignedIn):
        refresh_session(elsewhere.session.refresh_token, lobby.entrance)
    with pytest.raises(NotSignedIn):
        sign_in("Ada", PASSWORD, lobby.entrance)
    lobby.sign_in(password=NEW)


def test_a_new_address_counts_by_its_code_and_the_old_one_is_told(lobby: Lobby) -> None:
    owner = lobby.owner()
    change_email(owner, PROOF, NEW_EMAIL.upper(), lobby.gate, lobby.people)
    lobby.sign_in(EMAIL)
    with pytest.raises(WrongCode):
        confirm_email(owner, "000000", lobby.gate, lobby.people)
    assert lobby.mail.sent == []
    confirm_email(owner, lobby.pool.code(NEW_EMAIL), lobby.gate, lobby.people)
    lobby.sign_in(NEW_EMAIL)
    [letter] = lobby.mail.sent
    assert letter.to == EMAIL
    assert "was changed" in letter.text


def test_the_address_of_another_member_is_not_told_apart(lobby: Lobby) -> None:
    lobby.join("Bob", "bob@example.org")
    owner = lobby.owner()
    change_email(owner, PROOF, "bob@example.org", lobby.gate, lobby.people)
    [letter] = lobby.mail.sent
    assert letter.to == "bob@example.org"
    with pytest.raises(WrongCode):
        confirm_email(owner, "123456", lobby.gate, lobby.people)
    assert lobby.sign_in("bob@example.org").trader.name == "Bob"


def test_a_second_factor_is_set_up_confirmed_and_removed(lobby: Lobby) -> None:
    owner = lobby.owner()
    made = start_second_factor(owner, "Ada", PROOF, lobby.gate, lobby.people)
    assert made.address == (
        f"otpauth://totp/CoinMarketLeague%3AAda?secret={made.secret}&issuer=CoinMarketLeague"
    )
    assert made.secret not in repr(made)
    lobby.sign_in()
    with pytest.raises(WrongCode):
        confirm_second_factor(owner, "000000", lobby.gate, lobby.people)
    code = lobby.pool.app_code(made.secret)
    confirm_second_factor(owner, code, lobby.gate, lobby.people)
    lobby.challenge()
    with pytest.raises(Conflict, match="remove it first"):
        start_second_factor(owner, "Ada", PROOF, lobby.gate, lobby.people)
    lobby.pool.wait(seconds=30)
    proof = Proof(PASSWORD, lobby.pool.app_code(made.secret))
    remove_second_factor(owner, proof, lobby.gate, lobby.people)
    lobby.sign_in()
