"""The Holdings port: the newest row of each linked account."""

from dataclasses import replace

import pytest

from chalicelib.adapters.dynamo.holdings import DynamoHoldings
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import SEATS_PER_SHARD
from chalicelib.domain.errors import Conflict
from chalicelib.domain.holdings import AccountHoldings, LastBuy, Order, Quantity
from tests.builders import NOON, account_holdings, at, quantity
from tests.contract.stores import Fresh, Stores


def row_of(fresh: Fresh, **changes: object) -> AccountHoldings:
    row = account_holdings(account_id=fresh.account, trader_id=fresh.trader, seat=fresh.seat)
    return replace(row, **changes)  # type: ignore[arg-type]


def test_a_row_comes_back_as_it_was_created(stores: Stores, fresh: Fresh) -> None:
    row = row_of(
        fresh,
        quantities={
            "BTC": Quantity(quantity("0.00000001").amount, Order(NOON, at(milliseconds=3), 17)),
            "币安人生": quantity("0"),
            "b_t": quantity("123456789012345678901234567890123456789012.5"),
        },
        last_buys={"BTC": LastBuy(at(hours=-1), "BTCFDUSD", 12345678901)},
        last_event_at=at(milliseconds=1),
        last_flow_at=at(milliseconds=2),
        doubted_at=at(milliseconds=3),
        unlinked_at=at(milliseconds=4),
        version=4,
    )
    stores.holdings.create(row)
    assert stores.holdings.get(fresh.seat, fresh.account) == row


def test_a_row_without_quantities_comes_back(stores: Stores, fresh: Fresh) -> None:
    stores.holdings.create(row_of(fresh, quantities={}))
    assert stores.holdings.get(fresh.seat, fresh.account) == row_of(fresh, quantities={})


def test_an_account_that_was_never_linked_has_no_row(stores: Stores, fresh: Fresh) -> None:
    assert stores.holdings.get(fresh.seat, fresh.account) is None


@pytest.mark.parametrize(("link_number", "stays"), [(1, True), (2, True), (3, False)])
def test_only_a_later_link_replaces_a_row(
    stores: Stores, fresh: Fresh, link_number: int, stays: bool
) -> None:
    first = row_of(fresh, link_number=2, version=7)
    second = row_of(fresh, link_number=link_number, quantities={})
    stores.holdings.create(first)
    stores.holdings.create(second)
    assert stores.holdings.get(fresh.seat, fresh.account) == (first if stays else second)


def test_an_update_writes_new_changed_and_vanished_things(stores: Stores, fresh: Fresh) -> None:
    old = row_of(
        fresh,
        quantities={"BTC": quantity("1"), "ETH": quantity("2"), "BNB": quantity("3")},
        doubted_at=NOON,
    )
    stores.holdings.create(old)
    new = replace(
        old,
        quantities={"BTC": quantity("1"), "ETH": quantity("9", at(1)), "SOL": quantity("4")},
        last_buys={"SOL": LastBuy(at(1), "SOLUSDT", 5)},
        last_event_at=at(1),
        doubted_at=None,
    )
    stores.holdings.replace(old, new)
    assert stores.holdings.get(fresh.seat, fresh.account) == replace(new, version=1)


def test_a_whole_portfolio_may_change_at_once(stores: Stores, fresh: Fresh) -> None:
    old = row_of(fresh)
    stores.holdings.create(old)
    new = replace(old, quantities={f"COIN{n}": quantity(str(n)) for n in range(300)})
    stores.holdings.replace(old, new)
    assert stores.holdings.get(fresh.seat, fresh.account) == replace(new, version=1)
    with pytest.raises(Conflict):
        stores.holdings.replace(old, new)


def test_two_writers_of_one_version_notice_each_other(stores: Stores, fresh: Fresh) -> None:
    old = row_of(fresh)
    stores.holdings.create(old)
    stores.holdings.replace(old, replace(old, last_event_at=at(1)))
    with pytest.raises(Conflict, match=fresh.account):
        stores.holdings.replace(old, replace(old, last_event_at=at(2)))
    read = stores.holdings.get(fresh.seat, fresh.account)
    assert read == replace(old, last_event_at=at(1), version=1)


def test_an_update_from_an_earlier_link_is_refused(stores: Stores, fresh: Fresh) -> None:
    old = row_of(fresh, link_number=1)
    stores.holdings.create(replace(old, link_number=2))
    with pytest.raises(Conflict):
        stores.holdings.replace(old, replace(old, last_event_at=at(1)))


def test_an_account_without_a_row_is_not_updated(stores: Stores, fresh: Fresh) -> None:
    old = row_of(fresh)
    with pytest.raises(Conflict):
        stores.holdings.replace(old, replace(old, last_event_at=at(1)))
    assert stores.holdings.get(fresh.seat, fresh.account) is None


def test_the_row_of_an_unlinked_account_stays(stores: Stores, fresh: Fresh) -> None:
    old = row_of(fresh)
    stores.holdings.create(old)
    new = replace(old, quantities={}, unlinked_at=at(1))
    stores.holdings.replace(old, new)
    assert list(stores.holdings.of_shard(fresh.shard)) == [replace(new, version=1)]


def test_a_seat_has_all_accounts_of_its_trader(stores: Stores, fresh: Fresh) -> None:
    for seat, account in ((1, "B"), (1, "A"), (10, "C"), (11, "D")):
        stores.holdings.create(row_of(fresh, seat=fresh.seat + seat, account_id=account))
    found = stores.holdings.of_seat(fresh.seat + 1)
    assert [row.account_id for row in found] == ["A", "B"]
    assert stores.holdings.of_seat(fresh.seat + 2) == []


def test_a_shard_is_read_by_seat_then_account(stores: Stores, fresh: Fresh) -> None:
    last = SEATS_PER_SHARD - 1
    for seat, account in ((last, "Z"), (100, "B"), (100, "A"), (20, "C"), (last + 1, "D")):
        stores.holdings.create(row_of(fresh, seat=fresh.seat + seat, account_id=account))
    found = list(stores.holdings.of_shard(fresh.shard))
    assert [row.account_id for row in found] == ["C", "A", "B", "Z"]


def test_a_shard_without_accounts_is_empty(stores: Stores, fresh: Fresh) -> None:
    assert list(stores.holdings.of_shard(fresh.shard)) == []


def test_a_shard_larger_than_a_page_is_read_whole(dynalite_tables: Tables, fresh: Fresh) -> None:
    holdings = DynamoHoldings(dynalite_tables)
    coins = {f"COIN{n}": quantity("123456.12345678") for n in range(300)}
    for seat in range(80):
        holdings.create(row_of(fresh, seat=fresh.seat + seat, quantities=coins))
    found = list(holdings.of_shard(fresh.shard))
    assert [row.seat - fresh.seat for row in found] == list(range(80))
    assert found[79].quantities == coins


def test_only_what_changed_is_sent(tables: Tables, fresh: Fresh) -> None:
    old = row_of(fresh, quantities={f"COIN{n}": quantity("1") for n in range(50)})
    holdings = DynamoHoldings(tables)
    holdings.create(old)
    sent: list[bytes] = []

    def keep(params: dict[str, bytes], **_: object) -> None:
        sent.append(params["body"])

    tables.client.meta.events.register("before-call.dynamodb.UpdateItem", keep)
    holdings.replace(old, replace(old, quantities={**old.quantities, "COIN7": quantity("2")}))
    tables.client.meta.events.unregister("before-call.dynamodb.UpdateItem", keep)
    assert b"COIN7" in sent[0]
    assert b"COIN8" not in sent[0]
