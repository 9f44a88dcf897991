"""Signing up and confirming."""

import pytest

from chalicelib.domain.errors import Conflict, InvalidRequest, StoreUnavailable, TooOften, WrongCode
from chalicelib.services.identity_ports import SignUp
from chalicelib.services.link_account import join_league
from chalicelib.services.sign_up import resend_code
from tests.builders import NOON, at
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, Lobby


@pytest.fixture
def lobby() -> Lobby:
    return Lobby()


def test_who_confirms_his_address_is_a_trader_with_the_next_seat(lobby: Lobby) -> None:
    join_league("First", NOON, lobby.members)
    lobby.sign_up("Ada_L")
    lobby.now = at(minutes=7)
    trader = lobby.confirm("ada_l")
    assert (trader.name, trader.seat, trader.joined_at) == ("Ada_L", 1, at(minutes=7))
    assert lobby.fakes.traders.by_name("ADA_L") == trader
    assert lobby.fakes.seats.of_seats([1])[1].listed
    assert lobby.sign_in("Ada_L").trader == trader


def test_nobody_joins_before_he_confirms(lobby: Lobby) -> None:
    lobby.sign_up()
    assert lobby.fakes.traders.handed_out == 0
    assert lobby.fakes.traders.starting_with("Ada", 5) == []


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("no", EMAIL, PASSWORD),
        ("Admin", EMAIL, PASSWORD),
        ("Ada", "nowhere", PASSWORD),
        ("Ada", EMAIL, "short"),
        ("Ada_Lovelace", EMAIL, "ada_lovelace"),
    ],
)
def test_what_cannot_be_used_leaves_nothing_behind(
    lobby: Lobby, name: str, email: str, password: str
) -> None:
    with pytest.raises(InvalidRequest):
        lobby.sign_up(name, email, password)
    assert lobby.fakes.traders.holder_of(name) is None
    assert lobby.pool.letters == []


def test_a_taken_name_is_refused_in_any_case_and_held_for_an_hour(lobby: Lobby) -> None:
    lobby.sign_up("Ada")
    with pytest.raises(Conflict, match="if you asked for it just now"):
        lobby.sign_up("ADA", "other@example.org")
    lobby.now = at(hours=1, milliseconds=1)
    lobby.pool.wait(hours=1)
    lobby.sign_up("ADA", "other@example.org")
    lobby.confirm("Ada", lobby.pool.code("other@example.org"))
    lobby.now = at(hours=100)
    lobby.pool.wait(hours=1)
    with pytest.raises(Conflict):
        lobby.sign_up("Ada", "third@example.org")


def test_a_members_address_answers_as_any_other_and_its_owner_is_told(lobby: Lobby) -> None:
    lobby.join()
    lobby.pool.letters.clear()
    lobby.sign_up("Eve", EMAIL.upper())
    assert lobby.pool.letters == []
    [letter] = lobby.mail.sent
    assert letter.to == EMAIL
    assert "someone just tried" in letter.text
    assert "Eve" not in letter.text
    with pytest.raises(Conflict):
        lobby.sign_up("Eve", "another@example.org")  # held, as any other name is
    with pytest.raises(WrongCode):
        lobby.confirm("Eve", "123456")


def test_a_letter_that_is_not_taken_tells_nothing(lobby: Lobby) -> None:
    lobby.join()
    lobby.mail.fail = True
    lobby.sign_up("Eve", EMAIL)


def test_the_code_of_anothers_sign_up_does_not_confirm_mine(lobby: Lobby) -> None:
    """Eve signs up with Ada's address and waits for Ada to confirm it for her."""
    lobby.sign_up("Eve", EMAIL, "the password of eve")
    of_eve = lobby.pool.code()
    lobby.sign_up("Ada", EMAIL)
    of_ada = lobby.pool.code()
    with pytest.raises(WrongCode):
        lobby.confirm("Ada", of_eve if of_eve != of_ada else "x")
    lobby.confirm("Ada", of_ada)
    assert lobby.sign_in(EMAIL).trader.name == "Ada"
    with pytest.raises(WrongCode):
        lobby.confirm("Eve", of_eve)


@pytest.mark.parametrize("name", ["Nobody_here", "", "../..", "x" * 300])
def test_a_code_for_nobody_is_as_wrong_as_any(lobby: Lobby, name: str) -> None:
    with pytest.raises(WrongCode, match="not right or too old"):
        lobby.confirm(name, "123456")


def test_a_code_counts_once(lobby: Lobby) -> None:
    lobby.sign_up()
    code = lobby.pool.code()
    lobby.confirm(code=code)
    with pytest.raises(WrongCode):
        lobby.confirm(code=code)
    assert lobby.fakes.traders.handed_out == 1


def test_a_new_code_comes_to_the_one_who_waits(lobby: Lobby) -> None:
    lobby.sign_up()
    for name in ("ada", "Nobody_here"):
        resend_code(name, lobby.gate, people=lobby.people, traders=lobby.fakes.traders)
    assert [letter.to for letter in lobby.pool.letters] == [EMAIL, EMAIL]
    lobby.confirm()


def test_a_sign_up_that_failed_outside_gives_its_name_back(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: SignUp) -> None:
        raise StoreUnavailable("the identity provider: TooManyRequestsException")

    with monkeypatch.context() as broken:
        broken.setattr(lobby.pool.identity, "sign_up", fail)
        with pytest.raises(StoreUnavailable):
            lobby.sign_up()
    lobby.sign_up()
    lobby.confirm()


@pytest.mark.parametrize("way", ["code", "sign-in"])
def test_who_was_cut_off_between_code_and_seat_becomes_a_trader_later(
    lobby: Lobby, way: str
) -> None:
    lobby.sign_up()
    code, trader_id = lobby.pool.code(), lobby.fakes.traders.holder_of("Ada")
    assert trader_id is not None
    lobby.pool.identity.confirm(trader_id, code)
    trader = lobby.confirm(code=code) if way == "code" else lobby.sign_in(EMAIL).trader
    assert (trader.trader_id, trader.name, trader.seat) == (trader_id, "Ada", 0)
    assert lobby.sign_in("Ada").trader == trader


def test_who_was_cut_off_and_lost_his_name_gets_one_beside_it(lobby: Lobby) -> None:
    lobby.sign_up()
    trader_id = lobby.fakes.traders.holder_of("Ada")
    assert trader_id is not None
    lobby.pool.identity.confirm(trader_id, lobby.pool.code())
    lobby.now = at(hours=2)
    lobby.join("Ada", "other@example.org")
    assert lobby.sign_in(EMAIL).trader.name == f"Ada-{trader_id[-6:].lower()}"


def test_one_address_signs_up_only_so_often(lobby: Lobby) -> None:
    for number in range(20):
        lobby.sign_up(f"Ada{number}", f"ada{number}@example.org")
    with pytest.raises(TooOften):
        lobby.sign_up("Ada20", "ada20@example.org")
    lobby.pool.wait(hours=1)
    lobby.sign_up("Ada20", "ada20@example.org")


def test_nobody_is_sent_letter_after_letter(lobby: Lobby) -> None:
    lobby.join()
    for number in range(4):
        lobby.address = f"192.0.2.{number}"
        lobby.sign_up(f"Eve{number}", EMAIL)
    with pytest.raises(TooOften):
        lobby.sign_up("Eve9", EMAIL)


def test_codes_are_tried_only_so_often(lobby: Lobby) -> None:
    for number in range(10):
        lobby.address = f"192.0.2.{number}"
        with pytest.raises(WrongCode):
            lobby.confirm("Ada", "000000")
    with pytest.raises(TooOften):
        lobby.confirm("ada", "000000")
