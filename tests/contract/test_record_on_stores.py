"""Joining, linking, recording and unlinking leave the same in every kind of store."""

from decimal import Decimal

from chalicelib.domain.account import AccountState, ExchangeAccount
from chalicelib.domain.holdings import holdings_at
from chalicelib.domain.ledger import BalanceChange
from chalicelib.services.link_account import (
    Membership,
    join_league,
    link_account,
    unlink_account,
)
from chalicelib.services.ports import StreamItem
from chalicelib.services.record_account_event import record_account_events
from tests.builders import (
    EXCHANGE,
    NOON,
    amounts,
    at,
    fill,
    key_pair,
    position,
    snapshot,
    stream_item,
)
from tests.contract.stores import Fresh, Stores
from tests.fakes import FakeFrameParser, FakeKeyVault
from tests.where import record_stores

PARSERS = {
    EXCHANGE: FakeFrameParser(
        {
            "buy": fill(executed_at=at(minutes=2), price="60000", quantity="0.01"),
            "bought": position(at(minutes=2), 2, USDT="400", BTC="0.01"),
            "airdrop": position(at(minutes=3), 3, DOGE="7"),
        }
    )
}


def members_of(stores: Stores, fresh: Fresh) -> Membership:
    ids = iter([fresh.trader, fresh.account])
    return Membership(
        traders=stores.traders,
        seats=stores.seats,
        accounts=stores.accounts,
        ledger=stores.ledger,
        holdings=stores.holdings,
        runs=stores.runs,
        corrections=stores.corrections,
        new_id=lambda: next(ids),
    )


def linked(members: Membership, fresh: Fresh) -> ExchangeAccount:
    trader = join_league(f"trader-{fresh.number}", NOON, members)
    return link_account(
        trader,
        key_pair(),
        exchange=EXCHANGE,
        slot=fresh.number,
        now=NOON,
        vault=FakeKeyVault(),
        members=members,
    )


def item(account: ExchangeAccount, frame: str | None = None) -> StreamItem:
    """A frame, or the link's snapshot."""
    return stream_item(
        account_id=account.account_id,
        trader_id=account.trader_id,
        seat=account.seat,
        frame=frame,
        snapshot=None if frame else snapshot("link", at(minutes=1), USDT="1000"),
    )


def record(stores: Stores, *items: StreamItem) -> None:
    assert record_account_events(items, PARSERS, record_stores(stores)) == []


def test_an_account_is_linked_trades_and_is_unlinked(stores: Stores, fresh: Fresh) -> None:
    members = members_of(stores, fresh)
    account = linked(members, fresh)
    record(stores, item(account))
    record(stores, item(account, "buy"), item(account, "bought"))
    record(stores, item(account, "buy"), item(account, "airdrop"))
    row = stores.holdings.get(account.seat, account.account_id)
    assert row is not None
    assert row.amounts() == amounts(USDT="400", BTC="0.01", DOGE="7")
    assert row.last_buys["BTC"].bought_at == at(minutes=2)
    assert row.doubted_at == at(minutes=3)

    unlink_account(account, at(hours=1), members)
    unlink_account(account, at(hours=2), members)
    row = stores.holdings.get(account.seat, account.account_id)
    assert row is not None
    assert (row.amounts(), row.unlinked_at, row.last_flow_at) == ({}, at(hours=1), at(hours=1))
    assert stores.accounts.get(account.account_id).state is AccountState.UNLINKED
    assert stores.accounts.roster(account.slot) == []
    assert stores.traders.get(account.trader_id).retired_at == at(hours=1)


def test_checkpoint_and_ledger_tell_the_past(stores: Stores, fresh: Fresh) -> None:
    members = members_of(stores, fresh)
    account = linked(members, fresh)
    record(stores, item(account), item(account, "buy"), item(account, "bought"))
    unlink_account(account, at(hours=1), members)
    ledger = stores.ledger
    entries = ledger.entries(account.account_id, NOON, at(hours=2))
    for instant, held in (
        (at(minutes=2), amounts(USDT="1000")),
        (at(minutes=3), amounts(USDT="400", BTC="0.01")),
        (at(hours=2), {}),
    ):
        checkpoint = ledger.checkpoint_before(account.account_id, instant)
        assert holdings_at(checkpoint, entries, instant) == held
    flows = [each for each in entries if isinstance(each, BalanceChange)]
    assert sum((each.quantity for each in flows if each.asset == "BTC"), Decimal(0)) == Decimal(
        "-0.01"
    )
