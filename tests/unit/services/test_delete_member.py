"""Leaving the league: what is personal goes, at whichever step it is cut short."""

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import NotAllowed, NotFound, NotSignedIn, StoreUnavailable
from chalicelib.domain.follow import Follow
from chalicelib.services.delete_member import NO_NAME, Exit, delete_member
from chalicelib.services.identity_ports import Identity
from chalicelib.services.prove_owner import Owner, Proof
from chalicelib.services.sign_in import sign_in
from tests.builders import NOON, account_holdings, exchange_account
from tests.identity_pool import PASSWORD
from tests.lobby import EMAIL, PROOF, Lobby


@pytest.fixture
def lobby() -> Lobby:
    """Ada has an account that is live and one that is being checked; she and Bo follow each
    other."""
    made = Lobby()
    ada, bo = made.join("Ada"), made.join("Bob", "bob@example.org")
    for number, state in enumerate((AccountState.LIVE, AccountState.CHECKING)):
        made.fakes.accounts.save(
            exchange_account(
                account_id=f"A{number}", trader_id=ada.trader_id, seat=ada.seat, state=state
            )
        )
    made.fakes.holdings.create(
        account_holdings(account_id="A0", trader_id=ada.trader_id, seat=ada.seat)
    )
    made.fakes.secrets.make([ada.seat])
    made.fakes.follows.put(Follow(ada.trader_id, bo.trader_id, bo.seat, NOON))
    made.fakes.follows.put(Follow(bo.trader_id, ada.trader_id, ada.seat, NOON))
    return made


def exit_of(lobby: Lobby) -> Exit:
    fakes = lobby.fakes
    return Exit(lobby.members, fakes.follows, fakes.imports, fakes.secrets, lobby.people)


def leave(lobby: Lobby, owner: Owner, proof: Proof = PROOF) -> None:
    trader = lobby.fakes.traders.get(owner.trader_id)
    delete_member(trader, owner, proof, lobby.now, lobby.gate, exit_of(lobby))


def assert_gone(lobby: Lobby, owner: Owner, seat: int) -> None:
    """Nothing personal of Ada is left anywhere."""
    fakes = lobby.fakes
    with pytest.raises(NotFound):
        fakes.traders.get(owner.trader_id)
    with pytest.raises(NotFound):
        lobby.pool.identity.person(owner.trader_id)
    assert fakes.traders.holder_of("Ada") is None
    kept = fakes.seats.of_seats([seat])[seat]
    assert (kept.name, kept.listed, kept.followers) == (NO_NAME, False, 0)
    assert kept.retired_at is not None
    for account in fakes.accounts.of_trader(owner.trader_id):
        assert (account.state, account.ciphertext) == (AccountState.UNLINKED, None)
    assert fakes.secrets.of_seats([seat]) == {}
    assert fakes.follows.of_follower(owner.trader_id) == []
    assert list(fakes.follows.of_leader(owner.trader_id)) == []


def test_nothing_personal_is_left(lobby: Lobby) -> None:
    owner = lobby.owner()
    seat = lobby.fakes.traders.get(owner.trader_id).seat
    leave(lobby, owner)
    assert_gone(lobby, owner, seat)
    with pytest.raises(NotSignedIn):
        sign_in(EMAIL, PASSWORD, lobby.entrance)
    row = lobby.fakes.holdings.get(seat, "A0")
    assert row is not None
    assert row.unlinked_at is not None, "the record stays"


def test_name_and_address_may_join_again_as_somebody_new(lobby: Lobby) -> None:
    owner = lobby.owner()
    leave(lobby, owner)
    again = lobby.join("Ada")
    assert again.trader_id != owner.trader_id


def test_a_wrong_password_changes_nothing(lobby: Lobby) -> None:
    owner = lobby.owner()
    before = lobby.fakes.traders.get(owner.trader_id)
    with pytest.raises(NotAllowed):
        leave(lobby, owner, Proof("not my password at all"))
    assert lobby.fakes.traders.get(owner.trader_id) == before
    assert lobby.fakes.accounts.get("A0").ciphertext is not None


class Cut:
    """A store that fails at one call of one method, once."""

    def __init__(self, inside: object, method: str, at: int) -> None:
        self._inside, self._method, self._left = inside, method, at

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inside, name)
        if name != self._method:
            return found

        def failing(*args: object, **named: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise StoreUnavailable(f"{name} was cut short")
            return found(*args, **named)

        return failing


@pytest.mark.parametrize(
    ("port", "method", "call"),
    [
        ("accounts", "save", 1),
        ("accounts", "save", 2),
        ("holdings", "replace", 1),
        ("ledger", "add", 1),
        ("follows", "remove", 1),
        ("follows", "remove", 2),
        ("secrets", "forget", 1),
        ("seats", "put", 3),
        ("traders", "release_name", 1),
        ("traders", "save", 3),
        ("identity", "delete", 1),
        ("traders", "remove", 1),
    ],
)
def test_what_was_cut_short_goes_on_with_the_same_request(
    lobby: Lobby, port: str, method: str, call: int
) -> None:
    owner = lobby.owner()
    trader = lobby.fakes.traders.get(owner.trader_id)
    ways = exit_of(lobby)
    inside = {
        "follows": (ways, "follows"),
        "secrets": (ways, "secrets"),
        "identity": (ways.people, "identity"),
    }.get(port, (ways.members, port))
    whole: object = getattr(*inside)
    object.__setattr__(*inside, Cut(whole, method, call))
    with pytest.raises(StoreUnavailable):
        delete_member(trader, owner, PROOF, lobby.now, lobby.gate, ways)
    object.__setattr__(*inside, whole)
    leave(lobby, owner)
    assert_gone(lobby, owner, trader.seat)


def test_one_who_was_cut_short_and_signs_in_again_can_still_leave(lobby: Lobby) -> None:
    owner = lobby.owner()
    trader = lobby.fakes.traders.get(owner.trader_id)
    ways, whole = exit_of(lobby), lobby.people.identity
    cut: Identity = Cut(whole, "delete", 1)  # type: ignore[assignment]
    object.__setattr__(ways.people, "identity", cut)
    with pytest.raises(StoreUnavailable):
        delete_member(trader, owner, PROOF, lobby.now, lobby.gate, ways)
    object.__setattr__(ways.people, "identity", whole)
    leave(lobby, lobby.owner(EMAIL))
    assert_gone(lobby, owner, trader.seat)
