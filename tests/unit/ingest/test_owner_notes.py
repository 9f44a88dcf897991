"""What the container leaves on an account for its owner: refusals, troubles, another key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    KeyPair,
    KeyPermissions,
    Refusal,
    Trouble,
)
from chalicelib.domain.errors import ExchangeUnavailable, KeyRevoked, RateLimited
from chalicelib.services.exchange_ports import ExchangeState
from ingest_container.followed import Stage
from tests.builders import EXCHANGE, NOON, at, key_permissions
from tests.unit.ingest.helpers import World
from tests.unit.ingest.test_session import Slot, followed, link, slot_of, snapshots, stream


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def slot(world: World) -> Slot:
    return slot_of(world)


def stored(world: World, account_id: str = "ada") -> ExchangeAccount:
    return world.fakes.accounts.get(account_id)


@pytest.mark.parametrize(
    ("permissions", "refusals"),
    [
        (key_permissions(trade=True), (Refusal.CAN_TRADE,)),
        (
            key_permissions(withdraw=True, futures=True, address_locked=True),
            (Refusal.CAN_WITHDRAW, Refusal.CAN_FUTURES, Refusal.ADDRESS_LOCKED),
        ),
        (key_permissions(read=False), (Refusal.CANNOT_READ,)),
    ],
)
def test_all_that_is_wrong_with_a_key_is_kept(
    world: World, slot: Slot, permissions: KeyPermissions, refusals: tuple[Refusal, ...]
) -> None:
    world.add_account(permissions=permissions)
    slot.beat()
    assert stored(world).refusals == refusals


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (KeyRevoked("code -2015"), Refusal.KEY_REFUSED),
        (KeyRevoked("code -1022", wrong_signature=True), Refusal.SIGNATURE_WRONG),
    ],
)
def test_a_refused_key_and_a_wrong_secret_are_told_apart(
    world: World, slot: Slot, error: KeyRevoked, refusal: Refusal
) -> None:
    world.add_account()
    world.exchange.fail("permissions", error)
    slot.beat()
    assert (stored(world).state, stored(world).refusals) == (AccountState.KEY_REVOKED, (refusal,))


def test_an_account_that_is_no_spot_account_is_refused(world: World, slot: Slot) -> None:
    world.add_account()
    world.exchange.readings["ada"] = replace(world.exchange.readings["ada"], spot=False)
    slot.beat()
    assert stored(world).refusals == (Refusal.NOT_SPOT,)


def test_a_key_that_is_right_again_has_no_refusals(world: World, slot: Slot) -> None:
    world.add_account(permissions=key_permissions(trade=True))
    slot.beat()
    world.exchange.allowed["ada"] = key_permissions()
    world.fakes.accounts.save(replace(stored(world), state=AccountState.CHECKING, refusals=()))
    link(slot)
    assert (stored(world).state, stored(world).refusals) == (AccountState.LIVE, ())
    assert len(snapshots(world)) == 1


def test_an_account_checked_again_after_it_was_live_goes_on(world: World, slot: Slot) -> None:
    world.add_account()
    link(slot)
    slot.revoked("ada", "code -2015")
    slot.work()
    world.fakes.accounts.save(replace(stored(world), state=AccountState.CHECKING, refusals=()))
    link(slot)
    assert stored(world).state is AccountState.LIVE
    assert len(snapshots(world)) == 1, "its link does not begin anew"
    assert ("ada", "gap") in world.books.wanted


@pytest.mark.parametrize(
    ("error", "said", "trouble"),
    [
        (ExchangeUnavailable("down"), ExchangeState.OPEN, Trouble.EXCHANGE_SILENT),
        (ExchangeUnavailable("down"), ExchangeState.MAINTENANCE, Trouble.MAINTENANCE),
        (
            RateLimited("banned", at(minutes=2), banned=True),
            ExchangeState.MAINTENANCE,
            Trouble.EXCHANGE_SILENT,
        ),
    ],
)
def test_an_exchange_that_does_not_answer_is_the_trouble_until_it_does(
    world: World, slot: Slot, error: Exception, said: ExchangeState, trouble: Trouble
) -> None:
    world.add_account()
    world.exchange.said = said
    world.exchange.fail("permissions", error)
    slot.beat()
    assert stored(world).state is AccountState.CHECKING
    assert (stored(world).trouble, stored(world).trouble_since) == (trouble, NOON)
    link(slot)
    assert (stored(world).state, stored(world).trouble) == (AccountState.LIVE, None)


def test_the_exchange_is_asked_for_its_state_twice_a_minute(world: World, slot: Slot) -> None:
    for name in ("ada", "bob", "cy"):
        world.add_account(name)
    world.exchange.fail("permissions", *[ExchangeUnavailable("down")] * 6)
    slot.beat()
    slot.beat()
    assert world.exchange.calls.count("state") == 1
    world.machine.now += timedelta(seconds=30)
    world.exchange.fail("permissions", *[ExchangeUnavailable("down")] * 3)
    slot.beat()
    assert world.exchange.calls.count("state") == 2


def test_a_broken_stream_is_told_after_a_minute_and_when_it_is_whole(
    world: World, slot: Slot
) -> None:
    world.add_account()
    link(slot)
    slot.gap(["ada"])
    slot.work()
    world.machine.now += timedelta(seconds=59)
    slot.beat()
    assert stored(world).trouble is None
    world.machine.now += timedelta(seconds=1)
    slot.beat()
    assert stored(world).trouble is Trouble.STREAM_BROKEN
    slot.subscribed("ada")
    slot.work()
    assert stored(world).trouble is None


def test_an_account_goes_on_with_another_key(world: World, slot: Slot) -> None:
    world.add_account()
    link(slot)
    account = stored(world)
    other = KeyPair("other", "secret of other")
    sealed = world.fakes.vault.seal(other, "ada", account.trader_id, EXCHANGE)
    world.fakes.accounts.save_with_key(replace(account, ciphertext=sealed))
    slot.beat()
    assert stream(slot).following == {"ada": other}
    slot.subscribed("ada")
    slot.work()
    assert followed(slot).stage is Stage.STREAM
    assert world.books.wanted[-1] == ("ada", "restart")


def test_a_key_that_was_replaced_meanwhile_is_not_brought_back(world: World, slot: Slot) -> None:
    world.add_account()
    link(slot)
    account = stored(world)
    other = KeyPair("other", "secret of other")
    sealed = world.fakes.vault.seal(other, "ada", account.trader_id, EXCHANGE)
    world.fakes.accounts.save_with_key(replace(account, ciphertext=sealed))
    slot.revoked("ada", "code -2015")
    slot.work()
    assert stored(world).ciphertext == sealed
    assert stored(world).state is AccountState.LIVE
    slot.beat()
    assert stream(slot).following == {"ada": other}
