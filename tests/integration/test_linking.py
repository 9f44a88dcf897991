"""Linking from the first request to a streaming account, beside a running exchange."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.account import AccountState, KeyPair
from chalicelib.services.record_account_event import record_account_events
from chalicelib.services.start_link import Stores as RecordStores
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import EXCHANGE
from tests.integration.binance_helpers import OpenAccount, buy, open_account
from tests.linking_league import LinkingLeague, linking_league


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def league(running: RunningExchange) -> Iterator[LinkingLeague]:
    with linking_league(running) as made:
        yield made


@pytest.fixture
def ada(league: LinkingLeague) -> str:
    return league.join("Ada")


@pytest.fixture
def opened(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


def key(running: RunningExchange, opened: OpenAccount, **more: Any) -> KeyPair:  # noqa: ANN401
    """One more key of the account."""
    made = running.admin.post("keys", uid=opened.uid, **more)
    return KeyPair(made["key"], made["secret"])


def record(league: LinkingLeague) -> None:
    """What the queue function does with all that came."""
    fakes = league.lobby.fakes
    sent, fakes.events.sent = fakes.events.sent, []
    stores = RecordStores(
        fakes.accounts,
        fakes.ledger,
        fakes.holdings,
        fakes.doubts,
        fakes.runs,
        fakes.corrections,
    )
    assert record_account_events(sent, {}, stores) == []


def codes(shown: dict[str, Any]) -> list[str]:
    return [each["code"] for each in shown["reasons"]]


def test_a_linked_account_streams_within_a_beat(
    league: LinkingLeague, ada: str, opened: OpenAccount
) -> None:
    account_id = league.link(ada, opened.pair)
    league.until_streaming(ada, account_id)
    account = league.stores.accounts.get(account_id)
    assert (account.state, account.uid) == (AccountState.LIVE, str(opened.uid))
    record(league)
    row = league.stores.holdings.get(account.seat, account_id)
    assert row is not None
    assert row.amounts() == {"USDT": Decimal(5000)}


def test_a_pair_made_here_is_linked(league: LinkingLeague, ada: str, opened: OpenAccount) -> None:
    league.until_streaming(ada, league.link_pair(ada, opened.uid))


@pytest.mark.parametrize(
    ("permission", "code"),
    [
        ("spot_and_margin_trading", "can_trade"),
        ("withdrawals", "can_withdraw"),
        ("internal_transfer", "can_transfer"),
        ("universal_transfer", "can_transfer"),
        ("margin", "can_margin"),
        ("futures", "can_futures"),
        ("portfolio_margin", "can_futures"),
        ("vanilla_options", "can_options"),
    ],
)
def test_a_permission_too_many_is_named(
    league: LinkingLeague,
    running: RunningExchange,
    ada: str,
    opened: OpenAccount,
    permission: str,
    code: str,
) -> None:
    wide = key(running, opened, permissions={permission: True})
    refused = league.until_shown(ada, league.link(ada, wide), "refused")
    assert codes(refused) == [code]
    running.admin.post("keys/change", key=wide.api_key, permissions={permission: False})
    again = league.link(ada, wide)
    assert again == refused["id"]
    league.until_streaming(ada, again)


def test_a_key_that_the_exchange_refuses_says_why(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    revoked = key(running, opened)
    running.admin.revoke_key(revoked.api_key)
    elsewhere = key(running, opened, allowed_addresses=["203.0.113.7"])
    locked = key(running, opened, allowed_addresses=["127.0.0.1"])
    unknown = KeyPair("N" * 64, "S" * 64)
    another = KeyPair(opened.pair.api_key, key(running, opened).secret)
    for pair, code in (
        (revoked, "key_refused"),
        (elsewhere, "key_refused"),
        (locked, "address_locked"),
        (unknown, "key_refused"),
        (another, "signature_wrong"),
    ):
        refused = league.until_shown(ada, league.link(ada, pair), "refused")
        assert codes(refused) == [code]
        assert league.browser.delete(f"/me/accounts/{refused['id']}", ada).status_code == 204
    league.until_streaming(ada, league.link(ada, opened.pair))


@pytest.mark.parametrize("fault", ["waf", "unavailable", "server-error", "truncated", "empty"])
def test_an_exchange_that_answers_nonsense_loses_nothing(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount, fault: str
) -> None:
    running.admin.fault(fault, "/sapi/v1/account/apiRestrictions", count=None)
    account_id = league.link(ada, opened.pair)
    league.until(lambda: codes(league.shown(ada)[0]) == ["exchange_silent"])
    [shown] = league.shown(ada)
    assert shown["state"] == "checking"
    assert "we try again" in shown["reasons"][0]["detail"]
    running.admin.delete("faults")
    league.until_streaming(ada, account_id)


def test_a_ban_is_told_to_the_owner(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    running.admin.post("bans", address="127.0.0.1", seconds=600)
    league.link(ada, opened.pair)
    league.until(lambda: codes(league.shown(ada)[0]) == ["exchange_silent"])
    assert league.shown(ada)[0]["state"] == "checking"


def test_a_ban_is_waited_for(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    running.admin.post("bans", address="127.0.0.1", seconds=1)
    account_id = league.link(ada, opened.pair)
    running.admin.delete("bans")
    league.until_streaming(ada, account_id)


def test_maintenance_is_called_by_its_name(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    running.admin.post("maintenance", on=True)
    account_id = league.link(ada, opened.pair)
    league.until(lambda: codes(league.shown(ada)[0]) == ["maintenance"])
    running.admin.post("maintenance", on=False)
    league.until_streaming(ada, account_id)


def test_a_key_revoked_later_and_replaced_goes_on_as_the_same_account(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    account_id = league.link(ada, opened.pair)
    league.until_streaming(ada, account_id)
    running.admin.revoke_key(opened.pair.api_key)
    running.admin.post("connections/drop")
    stopped = league.until_shown(ada, account_id, "key_revoked")
    assert codes(stopped) == ["key_refused"]
    league.link(ada, key(running, opened))
    league.until_streaming(ada, account_id)
    league.until(lambda: len(league.shown(ada)) == 1)
    assert league.stores.accounts.get(account_id).link_number == 1


def test_unlinked_and_linked_again_it_goes_on(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    account_id = league.link(ada, opened.pair)
    league.until_streaming(ada, account_id)
    record(league)
    trader = league.stores.traders.by_name("Ada")
    league.browser.delete(f"/me/accounts/{account_id}", ada)
    assert league.stores.traders.get(trader.trader_id).retired_at is not None
    league.link(ada, opened.pair)
    league.until_streaming(ada, account_id)
    league.until(lambda: len(league.shown(ada)) == 1)
    assert league.stores.accounts.get(account_id).link_number == 2
    assert league.stores.traders.get(trader.trader_id).retired_at is None
    record(league)
    row = league.stores.holdings.get(trader.seat, account_id)
    assert row is not None
    assert (row.link_number, row.unlinked_at) == (2, None)


def test_several_accounts_are_one_trader(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    other = open_account(running, BNB="3")
    first, second = league.link(ada, opened.pair), league.link(ada, other.pair)
    for account_id in (first, second):
        league.until_streaming(ada, account_id)
    record(league)
    trader = league.stores.traders.by_name("Ada")
    assert len(league.stores.holdings.of_seat(trader.seat)) == 2
    league.browser.delete(f"/me/accounts/{first}", ada)
    assert league.stores.traders.get(trader.trader_id).retired_at is None
    ledger = league.lobby.fakes.ledger.entries_of(first)
    assert sum((each.changes()["USDT"] for each in ledger), Decimal(0)) == 0
    league.browser.delete(f"/me/accounts/{second}", ada)
    retired = league.stores.traders.get(trader.trader_id)
    assert retired.retired_at is not None
    assert league.stores.seats.of_seats([trader.seat])[trader.seat].exchanges == (EXCHANGE,)


def test_an_owner_takes_his_account_back(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    eve = league.join("Eve")
    stolen = league.link(eve, opened.pair)
    league.until_streaming(eve, stolen)
    refused = league.until_shown(ada, league.link(ada, key(running, opened)), "unlinked")
    assert codes(refused) == ["linked_by_another"]
    unproven = league.link(ada, key(running, opened), take_back=True)
    assert codes(league.until_shown(ada, unproven, "unlinked")) == ["not_proven"]
    mine = league.link_pair(ada, opened.uid, take_back=True)
    league.until_streaming(ada, mine)
    assert codes(league.until_shown(eve, stolen, "unlinked")) == ["taken_back"]
    assert league.stores.accounts.get(stolen).ciphertext is None
    back = league.until_shown(eve, league.link_pair(eve, opened.uid, take_back=True), "unlinked")
    assert codes(back) == ["proven_by_another"]


def test_unlinked_while_it_is_checked_it_stays_unlinked(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    running.admin.fault("unavailable", "/api/v3/account", count=None)
    account_id = league.link(ada, opened.pair)
    league.until(lambda: codes(league.shown(ada)[0]) == ["exchange_silent"])
    assert league.browser.delete(f"/me/accounts/{account_id}", ada).status_code == 204
    running.admin.delete("faults")
    other = league.link(ada, open_account(running, USDT="1").pair)
    league.until_streaming(ada, other)
    assert league.shown(ada)[0]["state"] == "unlinked"


def test_an_import_that_hangs_holds_up_no_event(
    league: LinkingLeague, running: RunningExchange, ada: str, opened: OpenAccount
) -> None:
    """The exchange keeps its answer about the past to itself; what happens now still comes in,
    and the next account is checked and followed."""
    running.admin.fault("slow", "/sapi/v1/accountSnapshot", count=None)
    account_id = league.link(ada, opened.pair)
    league.until_streaming(ada, account_id)
    record(league)
    league.supervisor.imports.rest(False)  # look now
    league.until(lambda: league.shown(ada)[0]["imported"]["state"] == "running", seconds=30)
    buy(running, opened)
    events = league.lobby.fakes.events
    league.until(lambda: any("TRADE" in (item.frame or "") for item in events.sent))
    other = open_account(running, USDT="9")
    league.until_streaming(ada, league.link(ada, other.pair))
    assert league.shown(ada)[0]["state"] == "importing"
    running.admin.delete("faults")
