"""The Ledger port: append-only, in the order of time, once each."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.ledger import DynamoLedger
from chalicelib.adapters.dynamo.ledger_rows import (
    change_of,
    checkpoint_item,
    checkpoint_of,
    entry_item,
    fill_of,
)
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    Fill,
    LedgerEntry,
    Side,
    Source,
    order_of,
)
from tests.builders import NOON, at, balance_change, checkpoint, fill
from tests.contract.stores import Fresh, Stores

FOREVER = (at(hours=-1000), at(hours=1000))


def test_entries_come_back_as_they_were_added(stores: Stores, fresh: Fresh) -> None:
    entries: list[LedgerEntry] = [
        fill(commission="0.0001", commission_asset="BNB", executed_at=at(milliseconds=7)),
        fill(trade_id=2, side=Side.SELL, executed_at=at(milliseconds=8)),
        balance_change(
            kind=ChangeKind.WITHDRAWAL, quantity="-5.1", network_fee="0.1", changed_at=at(seconds=1)
        ),
        balance_change(source=Source.FRAME, change_id="a#b#c", changed_at=at(seconds=2)),
    ]
    stores.ledger.add(fresh.account, entries)
    assert stores.ledger.entries(fresh.account, *FOREVER) == entries


def test_amounts_keep_every_digit(stores: Stores, fresh: Fresh) -> None:
    long = balance_change(quantity="-12345678901234567890123456789012345678901.000000000000000001")
    stores.ledger.add(fresh.account, [long])
    assert stores.ledger.entries(fresh.account, *FOREVER) == [long]


def test_a_second_copy_changes_nothing(stores: Stores, fresh: Fresh) -> None:
    first = fill(price="100")
    stores.ledger.add(fresh.account, [first])
    stores.ledger.add(fresh.account, [first, replace(first, price=Decimal(999)), fill(trade_id=2)])
    assert stores.ledger.entries(fresh.account, *FOREVER) == [first, fill(trade_id=2)]


def test_a_copy_that_is_there_does_not_skip_those_after_it(stores: Stores, fresh: Fresh) -> None:
    stores.ledger.add(fresh.account, [fill(trade_id=1)])
    stores.ledger.add(fresh.account, [fill(trade_id=1), fill(trade_id=2), fill(trade_id=3)])
    assert len(stores.ledger.entries(fresh.account, *FOREVER)) == 3


def test_fills_of_an_instant_come_before_its_flows(stores: Stores, fresh: Fresh) -> None:
    entries: list[LedgerEntry] = [
        balance_change(changed_at=at(seconds=1)),
        fill(base="ETH", trade_id=10),
        fill(base="ETH", trade_id=9),
        balance_change(),
        fill(trade_id=3, executed_at=at(seconds=-1)),
    ]
    stores.ledger.add(fresh.account, entries)
    read = stores.ledger.entries(fresh.account, *FOREVER)
    assert read == sorted(entries, key=order_of)
    assert list(stores.ledger.newest_first(fresh.account, *FOREVER)) == read[::-1]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 10, [0, 5]),
        (1, 10, [5]),
        (0, 11, [0, 5, 10]),
        (5, 5, []),
        (11, 20, []),
        (20, 0, []),
    ],
)
def test_a_span_holds_its_start_and_not_its_end(
    stores: Stores, fresh: Fresh, start: int, end: int, expected: list[int]
) -> None:
    stores.ledger.add(
        fresh.account,
        [
            entry
            for second in (0, 5, 10)
            for entry in (
                fill(trade_id=second, executed_at=at(seconds=second)),
                balance_change(change_id=str(second), changed_at=at(seconds=second)),
            )
        ],
    )
    span = (at(seconds=start), at(seconds=end))
    read = stores.ledger.entries(fresh.account, *span)
    assert [(each.at - NOON).seconds for each in read] == [n for n in expected for _ in "TF"]
    assert list(stores.ledger.newest_first(fresh.account, *span)) == read[::-1]


def test_an_end_within_a_millisecond_holds_what_came_before_it(
    stores: Stores, fresh: Fresh
) -> None:
    stores.ledger.add(fresh.account, [fill()])
    soon = NOON + timedelta(microseconds=300)
    assert stores.ledger.entries(fresh.account, NOON, soon) == [fill()]
    assert stores.ledger.entries(fresh.account, soon, at(seconds=1)) == []


def test_changes_are_the_entries_that_are_no_fills(stores: Stores, fresh: Fresh) -> None:
    later = balance_change(changed_at=at(minutes=2), kind=ChangeKind.DUST, change_id="2")
    earlier = balance_change(changed_at=at(minutes=1))
    stores.ledger.add(fresh.account, [fill(executed_at=at(minutes=1)), later, earlier])
    stores.ledger.add_checkpoint(fresh.account, checkpoint(at(minutes=1), BTC="1"))
    assert stores.ledger.changes(fresh.account, *FOREVER) == [earlier, later]
    assert stores.ledger.changes(fresh.account, at(minutes=1), at(minutes=2)) == [earlier]


def test_accounts_do_not_see_each_other(stores: Stores, fresh: Fresh) -> None:
    stores.ledger.add(fresh.account, [fill()])
    assert stores.ledger.entries(fresh.account + "X", *FOREVER) == []


def test_the_newest_checkpoint_before_an_instant_is_found(stores: Stores, fresh: Fresh) -> None:
    first, second = checkpoint(NOON, USDT="1000"), checkpoint(at(hours=1), USDT="2000", BTC="0.1")
    stores.ledger.add(fresh.account, [fill(executed_at=at(minutes=90))])
    stores.ledger.add_checkpoint(fresh.account, second)
    stores.ledger.add_checkpoint(fresh.account, first)
    found = [
        stores.ledger.checkpoint_before(fresh.account, instant)
        for instant in (NOON, at(milliseconds=1), at(hours=1), at(hours=2))
    ]
    assert found == [None, first, first, second]


def test_the_oldest_checkpoint_from_an_instant_on_is_found(stores: Stores, fresh: Fresh) -> None:
    first, second = checkpoint(NOON, USDT="1000"), checkpoint(at(hours=1), USDT="2000", BTC="0.1")
    stores.ledger.add(fresh.account, [fill(executed_at=at(minutes=90))])
    stores.ledger.add_checkpoint(fresh.account, second)
    stores.ledger.add_checkpoint(fresh.account, first)
    found = [
        stores.ledger.checkpoint_from(fresh.account, instant)
        for instant in (at(hours=-1), NOON, at(milliseconds=1), at(hours=1), at(hours=2))
    ]
    assert found == [first, first, second, second, None]


def test_a_checkpoint_of_an_instant_stays_as_it_was(stores: Stores, fresh: Fresh) -> None:
    stores.ledger.add_checkpoint(fresh.account, checkpoint(USDT="1"))
    stores.ledger.add_checkpoint(fresh.account, checkpoint(USDT="2"))
    assert stores.ledger.checkpoint_before(fresh.account, at(hours=1)) == checkpoint(USDT="1")


def test_a_checkpoint_may_be_empty(stores: Stores, fresh: Fresh) -> None:
    stores.ledger.add_checkpoint(fresh.account, checkpoint())
    assert stores.ledger.checkpoint_before(fresh.account, at(hours=1)) == checkpoint()


def _many(tables: Tables, account_id: str, number: int, padding: int) -> list[LedgerEntry]:
    made: list[LedgerEntry] = [
        balance_change(change_id=f"{n:05}" + "x" * padding, changed_at=at(seconds=n))
        for n in range(number)
    ]
    tables.put_each("ledger", (entry_item(account_id, each) for each in made))
    return made


def test_more_than_one_megabyte_is_read_in_pages(dynalite_tables: Tables, fresh: Fresh) -> None:
    made = _many(dynalite_tables, fresh.account, 1500, padding=900)
    assert DynamoLedger(dynalite_tables).entries(fresh.account, *FOREVER) == made


def test_the_newest_are_read_a_page_at_a_time(tables: Tables, fresh: Fresh) -> None:
    made = _many(tables, fresh.account, 250, padding=0)
    calls: list[object] = []

    def count(model: object, **_: object) -> None:
        calls.append(model)

    events = tables.client.meta.events
    events.register("before-call.dynamodb.Query", count)
    found = DynamoLedger(tables).newest_first(fresh.account, *FOREVER)
    assert list(islice(found, 100)) == made[:-101:-1]
    events.unregister("before-call.dynamodb.Query", count)
    assert len(calls) == 2  # one page of fills, one of other changes


INSTANTS = st.integers(0, 4_000_000_000_000).map(
    lambda number: NOON.replace(year=1970, month=1, day=1, hour=0) + timedelta(milliseconds=number)
)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=12)
ASSETS = st.text(min_size=1, max_size=8)


@settings(max_examples=50, deadline=None)
@given(
    st.builds(
        Fill,
        symbol=ASSETS,
        base=ASSETS,
        quote=ASSETS,
        trade_id=st.integers(0),
        order_id=st.integers(0),
        side=st.sampled_from(Side),
        price=AMOUNTS,
        quantity=AMOUNTS,
        quote_quantity=AMOUNTS,
        commission=AMOUNTS,
        commission_asset=st.none() | ASSETS,
        executed_at=INSTANTS,
    )
)
def test_a_fill_is_read_from_its_row_as_it_was(entry: Fill) -> None:
    assert fill_of(entry_item("A", entry)) == entry


@settings(max_examples=50, deadline=None)
@given(
    st.builds(
        BalanceChange,
        kind=st.sampled_from(ChangeKind),
        asset=ASSETS,
        quantity=AMOUNTS,
        changed_at=INSTANTS,
        change_id=st.text(max_size=40),
        source=st.sampled_from(Source),
        network_fee=AMOUNTS,
    )
)
def test_a_change_is_read_from_its_row_as_it_was(entry: BalanceChange) -> None:
    assert change_of(entry_item("A", entry)) == entry


@settings(max_examples=50, deadline=None)
@given(st.builds(Checkpoint, INSTANTS, st.dictionaries(ASSETS, AMOUNTS)))
def test_a_checkpoint_is_read_from_its_row_as_it_was(entry: Checkpoint) -> None:
    assert checkpoint_of(checkpoint_item("A", entry)) == entry


def test_a_fill_costs_one_write_unit() -> None:
    item = entry_item("A" * 26, fill(commission="0.00012345", commission_asset="BNB"))
    size = sum(len(name) + len(str(*value.values())) for name, value in item.items())
    assert size < 400
