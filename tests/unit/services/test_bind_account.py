"""Whose an exchange's own account is: linked first, again, under another name, taken back."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    KeyKind,
    KeyPair,
    Refusal,
)
from chalicelib.services.bind_account import LinkDesk, bind_account
from chalicelib.services.link_account import join_league, link_account, unlink_account
from chalicelib.services.link_ports import Binding
from tests.builders import EXCHANGE, NOON, account_holdings, at
from tests.fake_links import FakeLinks
from tests.fakes import Fakes

UID = "354937868"
SOON = at(hours=1)


@dataclass
class Bureau:
    """Traders link keys of one exchange account."""

    fakes: Fakes = field(default_factory=Fakes)

    def __post_init__(self) -> None:
        self.desk: LinkDesk = self.fakes.desk()

    def link(
        self, name: str, pair: KeyPair, now: datetime = NOON, *, takes_back: bool = False
    ) -> tuple[ExchangeAccount, Refusal | None]:
        """He links it, and the key was seen to open the exchange account."""
        members = self.desk.members
        if self.fakes.traders.holder_of(name) is None:
            join_league(name, now, members)
        made = link_account(
            self.fakes.traders.by_name(name),
            pair,
            exchange=EXCHANGE,
            slot=0,
            now=now,
            vault=self.fakes.vault,
            members=members,
        )
        account = replace(made, takes_back=takes_back)
        refusal = bind_account(account, UID, pair, now, self.desk)
        if refusal is not None:
            unlink_account(account, now, members, (refusal,))
        return self.stored(made), refusal

    def stored(self, account: ExchangeAccount) -> ExchangeAccount:
        return self.fakes.accounts.get(account.account_id)

    def unlink(self, account: ExchangeAccount, now: datetime) -> None:
        unlink_account(self.stored(account), now, self.desk.members)

    def holder(self) -> str:
        bound = self.fakes.links.binding(EXCHANGE, UID)
        assert bound is not None
        return bound.account_id

    def key_of(self, account: ExchangeAccount) -> KeyPair:
        stored = self.stored(account)
        assert stored.ciphertext is not None
        his = stored.account_id, stored.trader_id, stored.exchange
        return self.fakes.vault.open(stored.ciphertext, *his)


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def hmac(name: str = "key") -> KeyPair:
    return KeyPair(name, f"secret of {name}")


def proof(name: str = "registered") -> KeyPair:
    return KeyPair(name, "private half", KeyKind.ED25519)


def test_who_links_first_has_it(bureau: Bureau) -> None:
    account, refusal = bureau.link("Ada", hmac())
    assert refusal is None
    assert bind_account(account, UID, hmac(), SOON, bureau.desk) is None
    assert bureau.holder() == account.account_id
    assert bureau.link("Bob", hmac("another"))[1] is Refusal.LINKED_BY_ANOTHER


def test_the_same_key_twice_is_one_account(bureau: Bureau) -> None:
    first, _ = bureau.link("Ada", hmac())
    second, refusal = bureau.link("Ada", hmac())
    assert refusal is Refusal.SAME_ACCOUNT
    assert bureau.stored(first) == first
    assert (second.state, second.ciphertext) == (AccountState.UNLINKED, None)


def test_linked_again_it_goes_on_as_a_new_link(bureau: Bureau) -> None:
    first, _ = bureau.link("Ada", hmac())
    bureau.unlink(first, SOON)
    _, refusal = bureau.link("Ada", hmac("new"), at(hours=2))
    assert refusal is Refusal.SAME_ACCOUNT
    again = bureau.stored(first)
    assert (again.link_number, again.state) == (2, AccountState.CHECKING)
    assert (again.linked_at, again.unlinked_at) == (at(hours=2), None)
    assert bureau.key_of(first) == hmac("new")
    assert bind_account(again, UID, hmac("new"), at(hours=3), bureau.desk) is None


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (AccountState.LIVE, AccountState.LIVE),
        (AccountState.KEY_REVOKED, AccountState.CHECKING),
        (AccountState.PERMISSIONS_WIDENED, AccountState.CHECKING),
    ],
)
def test_a_linked_account_goes_on_with_a_new_key(
    bureau: Bureau, state: AccountState, after: AccountState
) -> None:
    first, _ = bureau.link("Ada", hmac())
    bureau.fakes.accounts.save(replace(first, state=state, uid=UID))
    assert bureau.link("Ada", hmac("new"), SOON)[1] is Refusal.SAME_ACCOUNT
    stored = bureau.stored(first)
    assert (stored.link_number, stored.state) == (1, after)
    assert bureau.key_of(first) == hmac("new")


@pytest.mark.parametrize(("waited", "refusal"), [(29, Refusal.UNLINKED_LATELY), (30, None)])
def test_under_another_name_it_may_start_after_thirty_days(
    bureau: Bureau, waited: int, refusal: Refusal | None
) -> None:
    first, _ = bureau.link("Ada", hmac())
    bureau.unlink(first, SOON)
    second, found = bureau.link("Bob", hmac("another"), SOON + timedelta(days=waited))
    assert found is refusal
    assert bureau.holder() == (first if refusal else second).account_id
    assert second.account_id != first.account_id


def test_its_owner_takes_it_back(bureau: Bureau) -> None:
    first, _ = bureau.link("Bob", hmac())
    mine, refusal = bureau.link("Ada", proof(), SOON, takes_back=True)
    assert refusal is None
    assert bureau.holder() == mine.account_id
    ended = bureau.stored(first)
    assert (ended.state, ended.ciphertext) == (AccountState.UNLINKED, None)
    assert (ended.refusals, ended.unlinked_at) == ((Refusal.TAKEN_BACK,), SOON)
    assert bureau.link("Bob", hmac(), at(hours=2))[1] is Refusal.LINKED_BY_ANOTHER


@pytest.mark.parametrize(
    ("pair", "takes_back", "refusal"),
    [
        (hmac("another"), True, Refusal.NOT_PROVEN),
        (proof(), False, Refusal.LINKED_BY_ANOTHER),
    ],
)
def test_taking_back_needs_the_wish_and_the_proof(
    bureau: Bureau, pair: KeyPair, takes_back: bool, refusal: Refusal
) -> None:
    first, _ = bureau.link("Bob", hmac())
    assert bureau.link("Ada", pair, SOON, takes_back=takes_back)[1] is refusal
    assert bureau.stored(first) == first


def test_what_was_proven_is_not_taken_back_again(bureau: Bureau) -> None:
    bureau.link("Bob", hmac())
    mine, _ = bureau.link("Ada", proof(), SOON, takes_back=True)
    again = bureau.link("Bob", proof("another"), at(hours=2), takes_back=True)
    assert again[1] is Refusal.PROVEN_BY_ANOTHER
    assert bureau.holder() == mine.account_id


def test_a_later_proof_counts_for_the_older_link(bureau: Bureau) -> None:
    bureau.link("Bob", hmac())
    bureau.link("Bob", proof(), SOON)
    again = bureau.link("Ada", proof("another"), at(hours=2), takes_back=True)
    assert again[1] is Refusal.PROVEN_BY_ANOTHER


def test_taking_back_may_break_off_at_any_line(bureau: Bureau) -> None:
    first, _ = bureau.link("Bob", hmac())
    row = account_holdings(account_id=first.account_id, seat=first.seat)
    bureau.fakes.holdings.create(row)
    refusals = (Refusal.TAKEN_BACK,)
    gone = replace(first, state=AccountState.UNLINKED, ciphertext=None, unlinked_at=NOON)
    bureau.fakes.accounts.save(replace(gone, refusals=refusals))
    mine, refusal = bureau.link("Ada", proof(), SOON, takes_back=True)
    assert refusal is None
    assert bureau.holder() == mine.account_id
    closed = bureau.fakes.holdings.get(first.seat, first.account_id)
    assert closed is not None
    assert (closed.unlinked_at, closed.quantities) == (SOON, {})
    assert bureau.fakes.traders.by_name("Bob").retired_at is not None


@dataclass
class Overtaken(FakeLinks):
    """Somebody else binds the account just before the first who wants to."""

    by: Binding

    def __post_init__(self) -> None:
        super().__init__()
        self._waiting = [self.by]

    def bind(self, binding: Binding, instead_of: Binding | None) -> None:
        if self._waiting:
            super().bind(self._waiting.pop(), instead_of)
        super().bind(binding, instead_of)


def test_who_is_second_at_the_same_instant_is_refused(bureau: Bureau) -> None:
    eve, _ = bureau.link("Eve", hmac("of Eve"))
    links = Overtaken(Binding(EXCHANGE, "another", eve.trader_id, eve.account_id, NOON))
    ada, _ = bureau.link("Ada", hmac("of Ada"))
    desk = replace(bureau.desk, links=links)
    assert bind_account(ada, "another", hmac(), SOON, desk) is Refusal.LINKED_BY_ANOTHER
