from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.counted import counted
from chalicelib.domain.holdings import HoldingsNews, LastBuy, holdings_at, merge
from chalicelib.domain.ledger import ChangeKind, LedgerEntry, Side
from tests.builders import (
    NOON,
    account_holdings,
    amounts,
    at,
    balance_change,
    checkpoint,
    fill,
    order,
    quantity,
)


def test_holdings_hold_what_was_before_the_instant() -> None:
    entries = [
        balance_change(quantity="5", changed_at=at(minutes=-1), change_id="before"),
        balance_change(quantity="7", changed_at=NOON, change_id="then"),
    ]
    assert holdings_at(checkpoint(at(-1), USDT="10"), entries, NOON) == amounts(USDT="15")


def test_a_checkpoint_has_its_own_instant_inside() -> None:
    entries = [balance_change(quantity="5", changed_at=at(-1))]
    assert holdings_at(checkpoint(at(-1), USDT="10"), entries, NOON) == amounts(USDT="10")


def test_without_a_checkpoint_an_account_started_with_nothing() -> None:
    bought = fill(quantity="0.1", commission="0.0001", commission_asset="BTC", executed_at=at(-1))
    deposit = balance_change(quantity="6000", changed_at=at(-2))
    assert holdings_at(None, [bought, deposit], NOON) == amounts(BTC="0.0999")


assets = st.sampled_from(["USDT", "BTC", "ETH"])
positive = st.decimals("0.00000001", "1000", places=8)


@st.composite
def entries(draw: st.DrawFn) -> LedgerEntry:
    number = draw(st.integers(1, 10**9))
    moment = NOON + timedelta(milliseconds=draw(st.integers(0, 7_200_000)))
    if draw(st.booleans()):
        return fill(
            base=draw(st.sampled_from(["BTC", "ETH"])),
            side=draw(st.sampled_from(Side)),
            trade_id=number,
            price=str(draw(positive)),
            quantity=str(draw(positive)),
            commission=str(draw(positive)),
            commission_asset=draw(assets),
            executed_at=moment,
        )
    return balance_change(
        kind=draw(st.sampled_from([ChangeKind.DEPOSIT, ChangeKind.CONVERT, ChangeKind.DIVIDEND])),
        asset=draw(assets),
        quantity=str(draw(positive) * draw(st.sampled_from([1, -1]))),
        changed_at=moment,
        change_id=str(number),
    )


@settings(max_examples=50)
@given(st.lists(entries(), max_size=12), st.data())
def test_holdings_at_any_instant_from_any_checkpoint_agree(
    ledger: list[LedgerEntry], data: st.DataObject
) -> None:
    start = checkpoint(at(-1), USDT="1000", BTC="3")
    moments = sorted(data.draw(st.lists(st.integers(0, 7_200_000), min_size=2, max_size=2)))
    taken_at, instant = (NOON + timedelta(milliseconds=each) for each in moments)
    halfway = holdings_at(start, ledger, taken_at + timedelta(microseconds=1))
    later = instant + timedelta(microseconds=2)
    again = holdings_at(
        checkpoint(taken_at, **{a: str(q) for a, q in halfway.items()}), ledger, later
    )
    assert again == holdings_at(start, ledger, later)


@settings(max_examples=50)
@given(st.lists(entries(), max_size=8), st.randoms(use_true_random=False))
def test_the_ledger_counts_the_same_in_any_order_with_repeats(
    ledger: list[LedgerEntry], random: object
) -> None:
    unique = list({entry.entry_id: entry for entry in ledger}.values())
    shuffled = [*unique, *unique[::2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert counted(shuffled) == counted(unique)
    assert counted(counted(unique)) == counted(unique)


news = st.builds(
    HoldingsNews,
    quantities=st.dictionaries(
        assets,
        st.builds(
            lambda minute, sequence: quantity(f"{minute}.{sequence}", at(minutes=minute), sequence),
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        max_size=3,
    ),
    last_buys=st.dictionaries(
        st.sampled_from(["BTC", "ETH"]),
        st.builds(
            lambda minute, number: LastBuy(at(minutes=minute), "BTCUSDT", number),
            st.integers(0, 2),
            st.integers(1, 3),
        ),
        max_size=2,
    ),
    last_event_at=st.none() | st.integers(0, 3).map(lambda minute: at(minutes=minute)),
    last_flow_at=st.none() | st.integers(0, 3).map(lambda minute: at(minutes=minute)),
    doubted_at=st.none() | st.integers(0, 3).map(lambda minute: at(minutes=minute)),
    reconciled=st.none()
    | st.integers(0, 3).map(lambda minute: checkpoint(at(minutes=minute), USDT=f"{minute}.5")),
)


@settings(max_examples=80)
@given(st.lists(news, max_size=5), st.randoms(use_true_random=False))
def test_news_in_any_order_with_repeats_ends_in_the_same_row(
    batch: list[HoldingsNews], random: object
) -> None:
    row = account_holdings(quantities={})
    once = row
    for each in batch:
        once = merge(once, each)
    shuffled = [*batch, *batch[::2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = row
    for each in shuffled:
        again = merge(again, each)
    assert again == once


def test_news_that_says_nothing_new_gives_the_row_itself() -> None:
    row = account_holdings()
    assert merge(row, HoldingsNews(quantities=row.quantities)) is row


def test_equal_orders_with_different_amounts_are_a_doubt() -> None:
    row = account_holdings(quantities={"USDT": quantity("5")})
    found = merge(row, HoldingsNews({"USDT": quantity("6")}))
    assert (found.doubted_at, found.amounts()) == (NOON, amounts(USDT="6"))


def test_an_older_quantity_changes_nothing() -> None:
    row = account_holdings(quantities={"USDT": quantity("5", at(1))})
    assert merge(row, HoldingsNews({"USDT": quantity("9", at(0))})) is row


@pytest.mark.parametrize(
    ("event", "settled"), [(None, True), (at(-1), True), (NOON, False), (at(1), False)]
)
def test_a_row_is_settled_before_an_instant_without_events_from_it_on(
    event: datetime | None, settled: bool
) -> None:
    row = account_holdings(quantities={"USDT": quantity("5", at(-1))}, last_event_at=event)
    assert row.settled_before(NOON) is settled


def test_a_row_behind_its_newest_entry_is_not_settled() -> None:
    row = account_holdings(quantities={"USDT": quantity("5", at(-2))}, last_event_at=at(-1))
    assert not row.settled_before(NOON)


def test_amounts_leave_out_what_is_zero() -> None:
    row = account_holdings(quantities={"USDT": quantity("0"), "BTC": quantity("2")})
    assert row.amounts() == {"BTC": Decimal(2)}
    assert order().updated_at == NOON
