"""The Accounts port: linked accounts, who owns them, and the rosters of the slots."""

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.accounts import DynamoAccounts
from chalicelib.adapters.dynamo.tables import Tables, key
from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    ImportState,
    Refusal,
    Trouble,
)
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.ports import Accounts
from tests.builders import NOON, at, exchange_account
from tests.contract.conftest import REGION
from tests.contract.stores import Fresh, Stores
from tests.fakes import FakeAccounts


def account_of(fresh: Fresh, **changes: object) -> ExchangeAccount:
    account = exchange_account(
        account_id=fresh.account, trader_id=fresh.trader, seat=fresh.seat, slot=fresh.number
    )
    return replace(account, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"ciphertext": bytes(range(256)), "uid": "354937868"},
        {"ciphertext": None, "state": AccountState.UNLINKED},
        {"state": AccountState.CHECKING, "linked_at": at(milliseconds=1), "link_number": 3},
        {
            "state": AccountState.PERMISSIONS_WIDENED,
            "refusals": (Refusal.CAN_TRADE, Refusal.ADDRESS_LOCKED),
            "takes_back": True,
        },
        {"state": AccountState.UNLINKED, "ciphertext": None, "unlinked_at": at(hours=1)},
    ],
)
def test_an_account_comes_back_as_it_was_saved(
    stores: Stores, fresh: Fresh, changes: dict[str, object]
) -> None:
    account = account_of(fresh, **changes)
    stores.accounts.save(account)
    assert stores.accounts.get(fresh.account) == account


def test_what_is_not_there_any_more_is_taken_out(stores: Stores, fresh: Fresh) -> None:
    stores.accounts.save(account_of(fresh, refusals=(Refusal.CAN_TRADE,), takes_back=True))
    stores.accounts.save(account_of(fresh))
    assert stores.accounts.get(fresh.account) == account_of(fresh)


def test_an_account_is_added_once(stores: Stores, fresh: Fresh) -> None:
    stores.accounts.add(account_of(fresh))
    with pytest.raises(Conflict):
        stores.accounts.add(account_of(fresh, ciphertext=b"another"))
    assert stores.accounts.get(fresh.account) == account_of(fresh)


def test_a_trader_has_all_accounts_he_ever_linked(stores: Stores, fresh: Fresh) -> None:
    first, second = (account_of(fresh, account_id=f"{fresh.account}-{each}") for each in "AB")
    gone = replace(first, state=AccountState.UNLINKED, ciphertext=None)
    for account in (second, first, gone, account_of(fresh, trader_id="another")):
        stores.accounts.save(account)
    assert stores.accounts.of_trader(fresh.trader) == [gone, second]
    assert stores.accounts.of_trader("nobody") == []


def test_a_replaced_key_does_not_come_back(stores: Stores, fresh: Fresh) -> None:
    old, new = account_of(fresh), account_of(fresh, ciphertext=b"another")
    stores.accounts.save(old)
    stores.accounts.save_with_key(new)
    with pytest.raises(Conflict):
        stores.accounts.save(old)
    assert stores.accounts.get(fresh.account) == new
    stores.accounts.save(replace(old, state=AccountState.UNLINKED, ciphertext=None))
    with pytest.raises(Conflict):
        stores.accounts.save_with_key(new)


def test_an_import_state_outlives_savings_of_its_link(stores: Stores, fresh: Fresh) -> None:
    account = account_of(fresh, state=AccountState.CHECKING)
    stores.accounts.save(account)
    before = stores.accounts.roster_number(fresh.number)
    stores.accounts.set_import_state(account, ImportState.RUNNING)
    assert stores.accounts.roster_number(fresh.number) == before
    stores.accounts.save(replace(account, state=AccountState.LIVE))
    assert stores.accounts.get(fresh.account).import_state is ImportState.RUNNING
    stores.accounts.save(replace(account, link_number=2))
    assert stores.accounts.get(fresh.account).import_state is ImportState.WAITING
    with pytest.raises(Conflict):
        stores.accounts.set_import_state(account, ImportState.DONE)


def test_trouble_is_noted_and_ends_with_the_next_saving(stores: Stores, fresh: Fresh) -> None:
    account = account_of(fresh)
    stores.accounts.save(account)
    stores.accounts.note_trouble(account, Trouble.MAINTENANCE, at(hours=1))
    noted = replace(account, trouble=Trouble.MAINTENANCE, trouble_since=at(hours=1))
    assert stores.accounts.get(fresh.account) == noted
    stores.accounts.note_trouble(account, None, at(hours=2))
    assert stores.accounts.get(fresh.account) == account
    stores.accounts.note_trouble(account, Trouble.EXCHANGE_SILENT, at(hours=1))
    stores.accounts.save(account)
    assert stores.accounts.get(fresh.account) == account


def test_nothing_is_noted_of_an_unlinked_account(stores: Stores, fresh: Fresh) -> None:
    gone = account_of(fresh, state=AccountState.UNLINKED, ciphertext=None)
    stores.accounts.save(gone)
    with pytest.raises(Conflict):
        stores.accounts.note_trouble(gone, Trouble.MAINTENANCE, NOON)
    assert stores.accounts.get(fresh.account) == gone


def test_an_account_that_was_never_saved_is_not_found(stores: Stores, fresh: Fresh) -> None:
    with pytest.raises(NotFound, match=fresh.account):
        stores.accounts.get(fresh.account)


def test_a_roster_has_every_linked_account_of_its_slot(stores: Stores, fresh: Fresh) -> None:
    ids = [f"{fresh.account}-{number:03}" for number in range(5)]
    accounts = [account_of(fresh, account_id=account_id) for account_id in ids]
    for account in reversed(accounts):
        stores.accounts.save(account)
    stores.accounts.save(account_of(fresh, account_id="elsewhere", slot=fresh.number + 50_000))
    assert stores.accounts.roster(fresh.number) == accounts


def test_a_roster_may_be_longer_than_a_batch(dynalite_tables: Tables, fresh: Fresh) -> None:
    accounts = DynamoAccounts(dynalite_tables)
    ids = [f"{fresh.account}-{number:03}" for number in range(105)]
    template = account_of(fresh)
    accounts.save(template)
    (item,) = dynalite_tables.get_each("accounts", [(f"A#{fresh.account}", "META")])
    slot = f"SLOT#{fresh.number}"
    dynalite_tables.put_each("accounts", (key(slot, f"A#{account_id}") for account_id in ids))
    copies = (item | key(f"A#{account_id}", "META") for account_id in ids)
    dynalite_tables.put_each("accounts", copies)
    expected = [template, *(replace(template, account_id=account_id) for account_id in ids)]
    assert accounts.roster(fresh.number) == expected


def test_an_unlinked_account_leaves_the_roster(stores: Stores, fresh: Fresh) -> None:
    stores.accounts.save(account_of(fresh))
    stores.accounts.save(account_of(fresh, state=AccountState.UNLINKED, ciphertext=None))
    assert stores.accounts.roster(fresh.number) == []


def test_an_account_that_moves_leaves_its_old_slot(stores: Stores, fresh: Fresh) -> None:
    other = fresh.number + 50_000
    stores.accounts.save(account_of(fresh))
    before = stores.accounts.roster_number(fresh.number)
    stores.accounts.save(account_of(fresh, slot=other))
    assert stores.accounts.roster(fresh.number) == []
    assert stores.accounts.roster(other) == [account_of(fresh, slot=other)]
    assert stores.accounts.roster_number(fresh.number) > before


def test_the_number_of_a_roster_grows_with_every_save(stores: Stores, fresh: Fresh) -> None:
    numbers = [stores.accounts.roster_number(fresh.number)]
    for state in (AccountState.CHECKING, AccountState.LIVE, AccountState.UNLINKED):
        stores.accounts.save(account_of(fresh, state=state))
        numbers.append(stores.accounts.roster_number(fresh.number))
    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))


def test_a_destroyed_key_does_not_come_back(stores: Stores, fresh: Fresh) -> None:
    live = account_of(fresh)
    stores.accounts.save(live)
    gone = account_of(fresh, state=AccountState.UNLINKED, ciphertext=None)
    stores.accounts.save(gone)
    with pytest.raises(Conflict, match=fresh.account):
        stores.accounts.save(live)
    assert stores.accounts.get(fresh.account) == gone


def test_unlinking_may_be_repeated_and_linked_anew(stores: Stores, fresh: Fresh) -> None:
    gone = account_of(fresh, state=AccountState.UNLINKED, ciphertext=None)
    stores.accounts.save(gone)
    stores.accounts.save(gone)
    stores.accounts.save(account_of(fresh, link_number=2))
    assert stores.accounts.roster(fresh.number) == [account_of(fresh, link_number=2)]
    with pytest.raises(Conflict):
        stores.accounts.save(gone)


@pytest.fixture(params=["fake", "moto", "dynalite"])
def alone(request: pytest.FixtureRequest, fresh: Fresh) -> Accounts:
    """Accounts in a store of their own, two to a slot: slots are counted over all of them."""
    if request.param == "fake":
        return FakeAccounts(per_slot=2)
    request.getfixturevalue(f"{request.param}_tables")  # starts the emulator
    url = request.getfixturevalue("dynalite") if request.param == "dynalite" else ""
    tables = Tables(f"own{fresh.number}-", REGION, url)
    tables.create("accounts")
    return DynamoAccounts(tables, per_slot=2)


def test_there_is_no_slot_before_the_first_account(alone: Accounts) -> None:
    assert (alone.slots(), alone.free_slot()) == (0, 0)


def test_slots_are_counted_up_to_the_last_that_was_used(alone: Accounts, fresh: Fresh) -> None:
    alone.save(account_of(fresh, slot=2))
    assert alone.slots() == 3
    alone.save(account_of(fresh, slot=2, state=AccountState.UNLINKED, ciphertext=None))
    assert alone.slots() == 3


def test_the_first_slot_with_room_is_free(alone: Accounts, fresh: Fresh) -> None:
    accounts = [account_of(fresh, account_id=name, slot=0) for name in "AB"]
    for account in accounts:
        assert alone.free_slot() == 0
        alone.save(account)
        alone.save(replace(account, state=AccountState.LIVE))
    assert alone.free_slot() == 1
    alone.save(account_of(fresh, account_id="C", slot=1))
    assert alone.free_slot() == 1
    alone.save(replace(accounts[0], state=AccountState.UNLINKED, ciphertext=None))
    assert alone.free_slot() == 0


def test_an_account_that_moves_makes_room(alone: Accounts, fresh: Fresh) -> None:
    for name in "AB":
        alone.save(account_of(fresh, account_id=name, slot=0))
    alone.save(account_of(fresh, account_id="B", slot=1))
    assert (alone.free_slot(), alone.slots()) == (0, 2)
