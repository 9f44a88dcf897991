"""One slot's accounts: checked, subscribed, linked, kept apart from each other's troubles."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest

from chalicelib.domain.account import AccountState, ExchangeAccount, KeyPermissions
from chalicelib.domain.errors import (
    ExchangeUnavailable,
    KeyRevoked,
    LeagueError,
    RateLimited,
    StoreUnavailable,
)
from chalicelib.services.link_ports import Binding
from chalicelib.services.ports import StreamItem
from ingest_container.followed import Followed, Stage
from ingest_container.forwarder import Forwarder
from ingest_container.session import SlotSession
from tests.builders import NOON, account_reading, at, key_permissions
from tests.unit.ingest.helpers import FakeUserStream, NotedBooks, World

TRADE = '{"subscriptionId":0,"event":{"e":"executionReport","x":"TRADE"}}'


class Slot(SlotSession):
    """A session whose worker the test moves by hand: `work` does all that waits in its inbox."""

    def work(self) -> None:
        while not self._inbox.empty():
            task = self._inbox.get()
            assert task is not None
            task()

    def beat(self) -> None:
        self.look()
        self.work()

    def day(self) -> None:
        self._turn_day()
        self.work()


def slot_of(world: World, missed_since: datetime | None = None) -> Slot:
    outside = world.outside()
    return Slot(
        0,
        outside,
        Forwarder(outside.events, lambda account_id: None),
        lambda: 5.0,
        books=world.books,
        missed_since=missed_since,
    )


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def slot(world: World) -> Slot:
    return slot_of(world)


def stream(slot: Slot) -> FakeUserStream:
    return cast(FakeUserStream, slot.stream)


def link(slot: Slot, account_id: str = "ada") -> None:
    slot.beat()
    slot.subscribed(account_id)
    slot.work()


def followed(slot: Slot, account_id: str = "ada") -> Followed:
    [found] = [each for each in slot.followed() if each.account.account_id == account_id]
    return found


def state(world: World, account_id: str = "ada") -> AccountState:
    return world.fakes.accounts.get(account_id).state


def snapshots(world: World) -> list[StreamItem]:
    return [item for item in world.fakes.events.sent if item.snapshot is not None]


def test_a_new_account_is_checked_subscribed_and_then_read(world: World, slot: Slot) -> None:
    world.add_account()
    slot.beat()
    assert world.exchange.calls == ["permissions", "time", "account"]
    assert set(stream(slot).following) == {"ada"}
    assert snapshots(world) == []
    slot.subscribed("ada")
    slot.work()
    assert world.exchange.calls == ["permissions", *["time", "account"] * 2]
    [item] = snapshots(world)
    assert item.snapshot is not None
    assert (item.snapshot.reason, item.snapshot.checkpoint.quantities) == (
        "link",
        {"USDT": Decimal(10)},
    )
    account = world.fakes.accounts.get("ada")
    assert (account.state, account.uid) == (AccountState.LIVE, "uid of ada")


@pytest.mark.parametrize(("updated", "taken"), [(-5, 0), (3, 3)])
def test_a_snapshot_is_dated_by_the_request_or_a_later_change(
    world: World, slot: Slot, updated: int, taken: int
) -> None:
    world.add_account()
    world.exchange.readings["ada"] = account_reading(updated_at=at(seconds=updated))
    link(slot)
    [item] = snapshots(world)
    assert item.snapshot is not None
    assert item.snapshot.checkpoint.taken_at == at(seconds=taken)


def test_a_live_account_is_subscribed_without_a_question(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    assert world.exchange.calls == []
    assert snapshots(world) == []
    assert followed(slot).streaming


@pytest.mark.parametrize(
    "permissions",
    [
        key_permissions(trade=True),
        key_permissions(withdraw=True),
        key_permissions(transfer=True),
        key_permissions(margin=True),
        key_permissions(futures=True),
        key_permissions(options=True),
    ],
)
def test_a_key_that_may_do_more_than_read_is_refused(
    world: World, slot: Slot, permissions: KeyPermissions
) -> None:
    world.add_account(permissions=permissions)
    slot.beat()
    assert state(world) is AccountState.PERMISSIONS_WIDENED
    assert stream(slot).following == {}


@pytest.mark.parametrize(
    "permissions", [key_permissions(address_locked=True), key_permissions(read=False)]
)
def test_a_key_that_would_not_read_from_here_is_refused(
    world: World, slot: Slot, permissions: KeyPermissions
) -> None:
    world.add_account(permissions=permissions)
    slot.beat()
    assert state(world) is AccountState.KEY_REVOKED


def test_a_key_revoked_in_mid_stream_stops_its_account_alone(world: World, slot: Slot) -> None:
    world.add_account("ada")
    world.add_account("bob")
    link(slot, "ada")
    link(slot, "bob")
    slot.revoked("ada", "code -2015")
    slot.work()
    assert (state(world, "ada"), state(world, "bob")) == (
        AccountState.KEY_REVOKED,
        AccountState.LIVE,
    )
    assert set(stream(slot).following) == {"bob"}


def test_a_state_that_cannot_be_stored_is_stored_later(
    world: World, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_account()
    link(slot)
    saves = [StoreUnavailable("throttled")]
    save = world.fakes.accounts.save

    def refuse_once(account: object) -> None:
        if saves:
            raise saves.pop()
        save(account)  # type: ignore[arg-type]

    monkeypatch.setattr(world.fakes.accounts, "save", refuse_once)
    slot.revoked("ada", "code -2015")
    slot.work()
    assert state(world) is AccountState.LIVE
    slot.beat()
    assert state(world) is AccountState.KEY_REVOKED
    assert stream(slot).following == {}


@pytest.mark.parametrize(
    ("method", "error", "subscribed"),
    [
        ("permissions", ExchangeUnavailable("down"), False),
        ("permissions", RateLimited("too much", NOON), False),
        ("account", ExchangeUnavailable("down"), False),
        ("account", ExchangeUnavailable("down"), True),
        ("time", ExchangeUnavailable("down"), True),
    ],
)
def test_a_step_that_failed_is_done_at_a_later_look(
    world: World, slot: Slot, method: str, error: LeagueError, subscribed: bool
) -> None:
    world.add_account()
    if subscribed:
        slot.beat()
    world.exchange.fail(method, error)
    link(slot)
    assert followed(slot).last_error == str(error)
    assert state(world) is AccountState.CHECKING
    link(slot)
    assert state(world) is AccountState.LIVE


def test_a_queue_that_refuses_the_snapshot_keeps_the_account_waiting(
    world: World, slot: Slot
) -> None:
    world.add_account()
    world.fakes.events.refuse = True
    link(slot)
    assert state(world) is AccountState.CHECKING
    world.fakes.events.refuse = False
    slot.beat()
    assert state(world) is AccountState.LIVE
    assert len(snapshots(world)) == 1


def test_a_key_revoked_before_the_first_reading_is_told(world: World, slot: Slot) -> None:
    world.add_account()
    slot.beat()
    world.exchange.fail("account", KeyRevoked("code -2015"))
    link(slot)
    assert state(world) is AccountState.KEY_REVOKED


def test_an_exchange_account_of_another_trader_is_not_linked(world: World, slot: Slot) -> None:
    other = world.add_account("bob", slot=1)
    whose = Binding("binance", "uid of ada", other.trader_id, other.account_id, NOON)
    world.fakes.links.bind(whose, None)
    world.add_account("ada")
    link(slot)
    assert state(world) is AccountState.UNLINKED
    assert world.fakes.accounts.get("ada").ciphertext is None
    assert snapshots(world) == []


def test_an_exchange_account_is_not_linked_twice(world: World, slot: Slot) -> None:
    world.add_account("ada")
    link(slot)
    world.add_account("again")
    world.exchange.readings["again"] = world.exchange.readings["ada"]
    slot.beat()
    assert state(world, "again") is AccountState.UNLINKED
    assert (state(world, "ada"), set(stream(slot).following)) == (AccountState.LIVE, {"ada"})


def test_an_account_unlinked_while_being_linked_stays_unlinked(world: World, slot: Slot) -> None:
    account = world.add_account()
    slot.beat()
    gone = replace(account, state=AccountState.UNLINKED, ciphertext=None)
    world.fakes.accounts.save(gone)
    slot.subscribed("ada")
    slot.work()
    assert state(world) is AccountState.UNLINKED
    assert slot.followed() == []


def test_the_roster_is_read_again_only_when_its_number_changed(
    world: World, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    roster = world.fakes.accounts.roster

    def counted(number: int) -> list[ExchangeAccount]:
        reads.append(number)
        return roster(number)

    monkeypatch.setattr(world.fakes.accounts, "roster", counted)
    for _ in range(3):
        slot.beat()
    assert reads == [0]
    world.add_account(state=AccountState.LIVE)
    slot.beat()
    assert reads == [0, 0]
    assert set(stream(slot).following) == {"ada"}


def test_an_account_that_left_the_roster_is_left(world: World, slot: Slot) -> None:
    account = world.add_account(state=AccountState.LIVE)
    slot.beat()
    world.fakes.accounts.save(replace(account, state=AccountState.UNLINKED, ciphertext=None))
    slot.beat()
    assert stream(slot).following == {}
    slot.frame("ada", TRADE)
    assert slot.frames == 0


def test_a_key_sealed_for_another_is_no_reason_to_stop_the_others(
    world: World, slot: Slot, caplog: pytest.LogCaptureFixture
) -> None:
    account = world.add_account("ada", AccountState.LIVE)
    world.fakes.accounts.save_with_key(replace(account, ciphertext=b"of another"))
    world.add_account("bob", AccountState.LIVE)
    slot.beat()
    assert set(stream(slot).following) == {"bob"}
    assert "key_not_opened" in caplog.messages


def test_a_table_that_throttles_is_read_at_the_next_look(
    world: World, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_account(state=AccountState.LIVE)

    def refuse(number: int) -> int:
        raise StoreUnavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(world.fakes.accounts, "roster_number", refuse)
        slot.beat()
    assert slot.followed() == []
    slot.beat()
    assert len(slot.followed()) == 1


def test_frames_are_numbered_per_account(world: World) -> None:
    outside = world.outside()
    forwarder = Forwarder(outside.events, lambda account_id: None)
    slot = Slot(0, outside, forwarder, lambda: 5.0, books=NotedBooks())
    for name in ("ada", "bob"):
        world.add_account(name, AccountState.LIVE)
    slot.beat()
    for name in ("ada", "bob", "ada"):
        slot.frame(name, TRADE)
    forwarder.close(1)
    forwarder.run()
    assert [(item.account_id, item.sequence) for item in world.fakes.events.sent] == [
        ("ada", 1),
        ("bob", 1),
        ("ada", 2),
    ]


def test_a_gap_puts_a_live_account_in_doubt(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.gap(["ada"])
    slot.work()
    assert (followed(slot).streaming, followed(slot).in_doubt_since) == (False, NOON)
    slot.subscribed("ada")
    slot.work()
    assert (followed(slot).streaming, followed(slot).in_doubt_since) == (True, NOON)


def test_a_gap_before_the_first_reading_puts_it_off(world: World, slot: Slot) -> None:
    world.add_account()
    slot.beat()
    world.exchange.fail("account", ExchangeUnavailable("down"))
    slot.subscribed("ada")
    slot.work()
    slot.gap(["ada"])
    slot.work()
    slot.beat()
    assert followed(slot).stage is Stage.SUBSCRIBE
    assert snapshots(world) == []
    slot.subscribed("ada")
    slot.work()
    assert len(snapshots(world)) == 1


def test_a_dropped_frame_puts_the_account_in_doubt(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    slot.lost("ada")
    slot.work()
    assert (followed(slot).streaming, followed(slot).in_doubt_since) == (True, NOON)


def test_at_the_turn_of_the_day_books_that_grew_are_compared(world: World, slot: Slot) -> None:
    for name in ("ada", "bob"):
        world.add_account(name, AccountState.LIVE)
        link(slot, name)
    world.books.wanted.clear()
    slot.frame("ada", TRADE)
    slot.frame("bob", '{"event":{"e":"outboundAccountPosition"}}')
    slot.day()
    assert world.books.wanted == []
    world.now.now += timedelta(days=1)
    slot.day()
    slot.day()
    assert world.books.wanted == [("ada", "daily")]


def test_a_movement_is_to_be_named(world: World, slot: Slot) -> None:
    world.add_account(state=AccountState.LIVE)
    link(slot)
    world.books.wanted.clear()
    slot.frame("ada", TRADE)
    slot.frame("ada", '{"event":{"e":"balanceUpdate"}}')
    assert world.books.wanted == [("ada", "movement")]


def test_books_of_an_account_that_is_gone_are_let_go(world: World, slot: Slot) -> None:
    account = world.add_account(state=AccountState.LIVE)
    link(slot)
    world.fakes.accounts.save(replace(account, state=AccountState.UNLINKED, ciphertext=None))
    slot.beat()
    assert world.books.dropped == ["ada"]
