"""Joining, linking, unlinking; each may break off and be run again."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from chalicelib.domain.account import AccountState, ExchangeAccount, Trader
from chalicelib.domain.errors import Conflict, InvalidRequest, NotAllowed, StoreUnavailable
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import BalanceChange, ChangeKind
from chalicelib.services.link_account import (
    Membership,
    join_league,
    link_account,
    unlink_account,
)
from chalicelib.services.record_account_event import record_account_events
from tests.builders import EXCHANGE, NOON, at, key_pair, snapshot, stream_item
from tests.fakes import FakeHoldings, Fakes
from tests.where import record_stores


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def members(fakes: Fakes) -> Membership:
    numbers: Iterator[int] = count(1)
    return Membership(
        traders=fakes.traders,
        seats=fakes.seats,
        accounts=fakes.accounts,
        ledger=fakes.ledger,
        holdings=fakes.holdings,
        runs=fakes.runs,
        corrections=fakes.corrections,
        new_id=lambda: f"id{next(numbers)}",
    )


def link(trader: Trader, fakes: Fakes, members: Membership) -> ExchangeAccount:
    return link_account(
        trader,
        key_pair(),
        exchange=EXCHANGE,
        slot=3,
        now=NOON,
        vault=fakes.vault,
        members=members,
    )


def start(account: ExchangeAccount, fakes: Fakes, **quantities: str) -> None:
    """The link's first snapshot is recorded."""
    first = stream_item(
        account_id=account.account_id,
        trader_id=account.trader_id,
        seat=account.seat,
        snapshot=snapshot("link", at(minutes=1), **quantities),
    )
    stores = record_stores(fakes)
    assert record_account_events([first], {}, stores) == []


def unlink_flows(account: ExchangeAccount, fakes: Fakes) -> list[BalanceChange]:
    entries = fakes.ledger.entries_of(account.account_id)
    changes = [each for each in entries if isinstance(each, BalanceChange)]
    return [each for each in changes if each.kind is ChangeKind.UNLINK]


def test_seats_are_handed_out_in_the_order_of_joining(members: Membership, fakes: Fakes) -> None:
    ada, bob = (join_league(name, NOON, members) for name in ("Ada", "Bob"))
    assert (ada.seat, bob.seat) == (0, 1)
    assert fakes.traders.by_name("ADA") == ada
    assert [each.name for each in fakes.seats.of_seats([0, 1]).values()] == ["Ada", "Bob"]


@pytest.mark.parametrize("name", ["", "Al", "Ada Lovelace", "a/b", "é" * 3, "x" * 31, "Admin"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(members: Membership, name: str) -> None:
    with pytest.raises(InvalidRequest, match="name"):
        join_league(name, NOON, members)


def test_a_name_is_taken_without_regard_to_case(members: Membership) -> None:
    join_league("Ada", NOON, members)
    with pytest.raises(Conflict):
        join_league("aDA", NOON, members)


def test_a_new_account_waits_for_its_check_with_a_sealed_key(
    members: Membership, fakes: Fakes
) -> None:
    account = link(join_league("Ada", NOON, members), fakes, members)
    assert fakes.accounts.roster(3) == [account]
    assert account.state is AccountState.CHECKING
    assert account.ciphertext is not None
    bound_to = (account.account_id, account.trader_id, EXCHANGE)
    assert fakes.vault.open(account.ciphertext, *bound_to) == key_pair()
    with pytest.raises(NotAllowed):
        fakes.vault.open(account.ciphertext, "another", *bound_to[1:])


def test_linking_shows_the_exchange_on_the_seat(members: Membership, fakes: Fakes) -> None:
    link(join_league("Ada", NOON, members), fakes, members)
    assert fakes.seats.of_seats([0])[0].exchanges == (EXCHANGE,)


def test_unlinking_destroys_the_key_and_leaves_the_roster(
    members: Membership, fakes: Fakes
) -> None:
    account = link(join_league("Ada", NOON, members), fakes, members)
    unlink_account(account, at(hours=1), members)
    assert fakes.accounts.get(account.account_id).ciphertext is None
    assert fakes.accounts.roster(3) == []


def test_unlinking_takes_out_what_was_held_and_retires_the_trader(
    members: Membership, fakes: Fakes
) -> None:
    trader = join_league("Ada", NOON, members)
    account = link(trader, fakes, members)
    start(account, fakes, USDT="1000", BTC="0.5")
    unlink_account(account, at(hours=1), members)
    assert {(e.asset, e.quantity, e.at) for e in unlink_flows(account, fakes)} == {
        ("USDT", Decimal(-1000), at(hours=1)),
        ("BTC", Decimal("-0.5"), at(hours=1)),
    }
    row = fakes.holdings.get(trader.seat, account.account_id)
    assert row is not None
    assert (row.amounts(), row.unlinked_at) == ({}, at(hours=1))
    assert fakes.traders.get(trader.trader_id).retired_at == at(hours=1)
    assert fakes.seats.of_seats([0])[0].retired_at == at(hours=1)


def test_a_trader_with_another_account_goes_on(members: Membership, fakes: Fakes) -> None:
    trader = join_league("Ada", NOON, members)
    first, second = link(trader, fakes, members), link(trader, fakes, members)
    start(first, fakes, USDT="1000")
    start(second, fakes, USDT="2000")
    unlink_account(first, at(hours=1), members)
    assert fakes.traders.get(trader.trader_id).retired_at is None
    unlink_account(second, at(hours=2), members)
    assert fakes.traders.get(trader.trader_id).retired_at == at(hours=2)


def test_an_account_that_was_never_live_leaves_no_retired_trader(
    members: Membership, fakes: Fakes
) -> None:
    trader = join_league("Ada", NOON, members)
    unlink_account(link(trader, fakes, members), at(hours=1), members)
    assert fakes.traders.get(trader.trader_id).retired_at is None


def test_a_retired_trader_who_links_again_is_active(members: Membership, fakes: Fakes) -> None:
    trader = join_league("Ada", NOON, members)
    account = link(trader, fakes, members)
    start(account, fakes, USDT="1000")
    unlink_account(account, at(hours=1), members)
    link(fakes.traders.get(trader.trader_id), fakes, members)
    assert fakes.traders.get(trader.trader_id).retired_at is None
    assert fakes.seats.of_seats([0])[0].retired_at is None


class FailsOnce(FakeHoldings):
    """The second write to a row fails, once."""

    replaced = 0

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        self.replaced += 1
        if self.replaced == 2:
            raise StoreUnavailable("the holdings table throttles")
        super().replace(old, new)


def test_an_unlinking_that_broke_off_goes_on_at_its_first_instant(
    members: Membership, fakes: Fakes
) -> None:
    fakes.holdings = FailsOnce()
    members = replace(members, holdings=fakes.holdings)
    account = link(join_league("Ada", NOON, members), fakes, members)
    start(account, fakes, USDT="1000")
    with pytest.raises(StoreUnavailable):
        unlink_account(account, at(hours=1), members)
    unlink_account(account, at(hours=2), members)
    assert [(e.quantity, e.at) for e in unlink_flows(account, fakes)] == [
        (Decimal(-1000), at(hours=1))
    ]
    assert fakes.holdings.of_seat(0)[0].amounts() == {}
