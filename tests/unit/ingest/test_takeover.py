"""A slot taken over, given up, or with keys that were put right: whose books are compared, why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import ExchangeUnavailable, KeyRevoked, StoreUnavailable
from ingest_container.followed import Stage
from tests.builders import NOON, at, key_permissions
from tests.unit.ingest.helpers import World
from tests.unit.ingest.test_session import (
    Slot,
    followed,
    link,
    slot_of,
    snapshots,
    state,
    stream,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def slot(world: World) -> Slot:
    return slot_of(world)


def test_an_account_of_a_slot_handed_over_is_compared_once_it_streams(
    world: World, slot: Slot
) -> None:
    world.add_account(state=AccountState.LIVE)
    slot.beat()
    assert world.books.wanted == []
    slot.subscribed("ada")
    slot.subscribed("ada")
    slot.work()
    assert world.books.wanted == [("ada", "restart")]
    assert followed(slot).in_doubt_since is None


def test_an_account_whose_container_died_has_a_gap_since_then(world: World) -> None:
    world.add_account(state=AccountState.LIVE)
    slot = slot_of(world, missed_since=at(seconds=-40))
    link(slot)
    assert world.books.wanted == [("ada", "gap")]
    assert followed(slot).in_doubt_since == at(seconds=-40)


def test_a_new_account_needs_no_comparison(world: World, slot: Slot) -> None:
    world.add_account()
    link(slot)
    assert state(world) is AccountState.LIVE
    assert world.books.wanted == []


def test_a_gap_is_compared_when_the_account_streams_again(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.gap(["ada"])
    slot.work()
    assert world.books.wanted == [("ada", "restart")]
    slot.subscribed("ada")
    slot.work()
    assert world.books.wanted == [("ada", "restart"), ("ada", "gap")]


def test_a_second_subscription_of_a_streaming_account_is_no_gap(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.subscribed("ada")
    slot.work()
    assert world.books.wanted == [("ada", "restart")]


def test_a_dropped_frame_is_compared_at_once(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.lost("ada")
    slot.work()
    assert world.books.wanted[1:] == [("ada", "gap")]


def test_a_slot_is_ready_when_all_its_accounts_stream(world: World, slot: Slot) -> None:
    assert not slot.ready()
    world.add_account("ada", AccountState.LIVE)
    world.add_account("bob", AccountState.LIVE)
    world.add_account("stopped", AccountState.KEY_REVOKED)
    link(slot, "ada")
    assert not slot.ready()
    link(slot, "bob")
    assert slot.ready()


def test_a_slot_without_accounts_is_ready_once_its_roster_was_read(slot: Slot) -> None:
    slot.beat()
    assert slot.ready()


def test_a_retired_slot_forwards_frames_and_asks_nothing(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.retire()
    asked = list(world.exchange.calls)
    world.add_account("late")
    slot.gap(["ada"])
    slot.beat()
    slot.subscribed("ada")
    slot.work()
    slot.frame("ada", "{}")
    assert world.exchange.calls == asked
    assert slot.frames == 1
    assert world.books.wanted == [("ada", "restart")]
    assert "ada" in world.books.dropped
    slot.resume()
    slot.work()
    slot.beat()
    assert world.books.wanted[1:] == [("ada", "gap")]
    assert set(stream(slot).following) == {"ada", "late"}


def a_day_later(world: World, slot: Slot) -> None:
    world.now.now += timedelta(days=1)
    slot.check_keys()
    slot.work()


def test_a_live_key_is_looked_at_once_a_day(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    for _ in range(48):
        world.now.now += timedelta(minutes=30)
        slot.check_keys()
    assert world.exchange.calls == ["permissions"]
    assert state(world) is AccountState.LIVE


def test_the_days_looks_are_spread_over_the_day(world: World, slot: Slot) -> None:
    for number in range(60):
        world.add_account(f"ada{number}", AccountState.LIVE)
        link(slot, f"ada{number}")
    by_hour = []
    for _ in range(24):
        before = len(world.exchange.calls)
        for _ in range(60):
            world.now.now += timedelta(minutes=1)
            slot.check_keys()
        by_hour.append(len(world.exchange.calls) - before)
    assert sum(by_hour) == 60
    assert max(by_hour) <= 12


@pytest.mark.parametrize(
    ("permissions", "shown"),
    [
        (key_permissions(withdraw=True), AccountState.PERMISSIONS_WIDENED),
        (key_permissions(read=False), AccountState.KEY_REVOKED),
    ],
)
def test_a_key_that_is_no_longer_right_stops_its_account(
    world: World, slot: Slot, permissions: object, shown: AccountState
) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    world.exchange.allowed["ada"] = permissions  # type: ignore[assignment]
    a_day_later(world, slot)
    assert state(world) is shown
    assert stream(slot).following == {}
    assert not followed(slot).streaming


def test_a_key_the_exchange_no_longer_knows_stops_its_account(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    world.exchange.fail("permissions", KeyRevoked("code -2015"))
    a_day_later(world, slot)
    assert state(world) is AccountState.KEY_REVOKED


def test_a_key_that_could_not_be_looked_at_is_looked_at_next(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    world.exchange.allowed["ada"] = key_permissions(trade=True)
    world.exchange.fail("permissions", ExchangeUnavailable("down"))
    a_day_later(world, slot)
    assert state(world) is AccountState.LIVE
    slot.check_keys()
    assert state(world) is AccountState.PERMISSIONS_WIDENED


@pytest.mark.parametrize("stopped", [AccountState.KEY_REVOKED, AccountState.PERMISSIONS_WIDENED])
def test_a_stopped_account_comes_back_when_its_key_is_right_again(
    world: World, slot: Slot, stopped: AccountState
) -> None:
    account = world.add_account(state=AccountState.LIVE)
    world.fakes.accounts.save(replace(account, state=stopped, uid="uid of ada"))
    slot.beat()
    assert stream(slot).following == {}
    a_day_later(world, slot)
    assert state(world) is AccountState.LIVE
    slot.beat()
    slot.subscribed("ada")
    slot.work()
    assert world.books.wanted == [("ada", "gap")]
    assert followed(slot).in_doubt_since == NOON
    assert snapshots(world) == []


def test_an_account_stopped_before_its_link_begins_again(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.PERMISSIONS_WIDENED)
    slot.beat()
    a_day_later(world, slot)
    assert state(world) is AccountState.CHECKING
    link(slot)
    assert state(world) is AccountState.LIVE
    assert len(snapshots(world)) == 1


def test_an_account_stopped_here_comes_back_too(world: World, slot: Slot) -> None:
    world.add_account()
    link(slot)
    slot.revoked("ada", "code -2015")
    slot.work()
    assert state(world) is AccountState.KEY_REVOKED
    slot.beat()
    assert followed(slot).stage is Stage.STOPPED
    a_day_later(world, slot)
    assert state(world) is AccountState.LIVE
    assert set(stream(slot).following) == {"ada"}


def test_coming_back_is_tried_again_when_it_cannot_be_stored(
    world: World, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.add_account(state=AccountState.KEY_REVOKED)
    world.fakes.accounts.save(replace(account, uid="uid of ada"))
    slot.beat()

    def refuse(account: object) -> None:
        raise StoreUnavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(world.fakes.accounts, "save", refuse)
        a_day_later(world, slot)
    assert state(world) is AccountState.KEY_REVOKED
    slot.check_keys()
    assert state(world) is AccountState.LIVE


def test_an_account_that_another_stopped_is_left(world: World, slot: Slot) -> None:
    account = world.add_account(state=AccountState.LIVE)
    link(slot)
    world.fakes.accounts.save(replace(account, state=AccountState.KEY_REVOKED))
    slot.beat()
    assert stream(slot).following == {}
    assert followed(slot).stage is Stage.STOPPED
