from datetime import datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.counted import counted, span
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    LedgerEntry,
    Side,
    Source,
    WholeChange,
)
from tests.builders import NOON, amounts, at, balance_change, fill


def movement(amount: str, changed_at: datetime = NOON, change_id: str = "frame") -> BalanceChange:
    return balance_change(
        kind=ChangeKind.MOVEMENT,
        quantity=amount,
        changed_at=changed_at,
        change_id=change_id,
        source=Source.FRAME,
    )


def ids(entries: list[LedgerEntry]) -> list[str]:
    return [entry.entry_id for entry in counted(entries)]


def test_a_frame_and_the_history_of_it_are_one_change() -> None:
    named = balance_change(quantity="5", changed_at=at(minutes=20), change_id="d1")
    found = counted([movement("5"), named])
    assert found == [
        balance_change(quantity="5", changed_at=NOON, change_id="d1", source=Source.FRAME)
    ]


def test_more_than_30_minutes_apart_they_are_two() -> None:
    late = balance_change(quantity="5", changed_at=at(minutes=31))
    assert len(counted([movement("5"), late])) == 2


def test_of_two_histories_the_nearest_names_the_frame() -> None:
    near = balance_change(quantity="5", changed_at=at(minutes=-2), change_id="near")
    far = balance_change(quantity="5", changed_at=at(minutes=10), change_id="far")
    assert ids([movement("5"), far, near]) == ["F#deposit#USDT#near", "F#deposit#USDT#far"]


@pytest.mark.parametrize("amount", ["-5", "-5.1", "-4.9"])
def test_a_withdrawal_pairs_with_or_without_its_fee(amount: str) -> None:
    history = balance_change(
        kind=ChangeKind.WITHDRAWAL, quantity="-5", network_fee="0.1", changed_at=at(minutes=1)
    )
    found = counted([movement(amount), history])
    assert [(entry.at, entry.changes()) for entry in found] == [(NOON, amounts(USDT=amount))]


def test_an_unexplained_change_yields_to_what_explains_it() -> None:
    unexplained = balance_change(
        kind=ChangeKind.UNEXPLAINED, quantity="5", change_id="u", source=Source.LEAGUE
    )
    named = balance_change(quantity="5", changed_at=at(minutes=3), change_id="d")
    assert ids([unexplained, named]) == ["F#deposit#USDT#d"]


def test_two_opposite_unexplained_changes_of_a_second_are_a_convert() -> None:
    out = balance_change(kind=ChangeKind.UNEXPLAINED, quantity="-5", change_id="1")
    into = balance_change(kind=ChangeKind.UNEXPLAINED, asset="BTC", quantity="1", change_id="2")
    kinds = [entry.kind for entry in counted([out, into]) if isinstance(entry, BalanceChange)]
    assert kinds == [ChangeKind.CONVERT, ChangeKind.CONVERT]


@pytest.mark.parametrize(
    "other",
    [
        balance_change(kind=ChangeKind.UNEXPLAINED, asset="BTC", quantity="-1", change_id="2"),
        balance_change(kind=ChangeKind.UNEXPLAINED, quantity="1", change_id="2"),
        balance_change(
            kind=ChangeKind.UNEXPLAINED, asset="BTC", changed_at=at(seconds=1), change_id="2"
        ),
    ],
)
def test_other_unexplained_changes_stay_flows(other: BalanceChange) -> None:
    out = balance_change(kind=ChangeKind.UNEXPLAINED, quantity="-5", change_id="1")
    assert all(
        isinstance(entry, BalanceChange) and entry.is_flow for entry in counted([out, other])
    )


def unexplained(
    quantity: str, *, start: int = 0, end: int = 60, at_minute: int = 30, asset: str = "USDT"
) -> BalanceChange:
    """A rest of `quantity` that was the whole change between two readings, in minutes."""
    return balance_change(
        kind=ChangeKind.UNEXPLAINED,
        asset=asset,
        quantity=quantity,
        changed_at=at(minutes=at_minute),
        change_id=str(start),
        source=Source.LEAGUE,
        whole=WholeChange(at(minutes=start), at(minutes=end), Decimal(quantity)),
    )


def total(entries: list[LedgerEntry], asset: str = "USDT") -> Decimal:
    return sum((e.changes().get(asset, Decimal(0)) for e in counted(entries)), Decimal(0))


def test_a_fill_that_comes_to_light_explains_what_was_unexplained() -> None:
    sold = fill(side=Side.SELL, price="100", quantity="1", executed_at=at(minutes=10))
    rest = [unexplained("100"), unexplained("-1", asset="BTC")]
    assert ids([*rest, sold]) == [sold.entry_id]


def test_what_explains_a_part_leaves_the_rest() -> None:
    deposit = balance_change(quantity="30", changed_at=at(minutes=50), change_id="d")
    found = counted([unexplained("100"), deposit])
    assert [(e.at, e.changes()["USDT"]) for e in found] == [
        (at(minutes=30), Decimal(70)),
        (at(minutes=50), Decimal(30)),
    ]


def test_what_happened_outside_the_span_explains_nothing_in_it() -> None:
    deposits = [
        balance_change(quantity="30", changed_at=at(minutes=minute), change_id=str(minute))
        for minute in (0, 61)
    ]
    assert total([unexplained("100"), *deposits]) == 160


def test_a_history_row_just_outside_the_span_names_the_change() -> None:
    sent = balance_change(
        kind=ChangeKind.WITHDRAWAL, quantity="-100", changed_at=at(minutes=-1), change_id="w"
    )
    [found] = counted([unexplained("-100", at_minute=10), sent])
    assert (found.entry_id, found.at) == ("F#withdrawal#USDT#w", at(minutes=10))


def test_of_two_findings_from_one_reading_the_later_counts() -> None:
    first, second = unexplained("100", end=60), unexplained("130", end=61, at_minute=40)
    assert total([second, first]) == total([first, second]) == 130


def test_the_span_that_is_needed_covers_every_unexplained_change() -> None:
    rests = [unexplained("1", start=0, end=9), unexplained("1", start=20, end=29, at_minute=25)]
    assert span(rests) == (at(minutes=0), at(minutes=29))
    assert span([balance_change()]) is None


minutes = st.integers(-45, 105)
known_changes = st.builds(
    lambda minute, amount, number: balance_change(
        quantity=str(amount), changed_at=at(minutes=minute), change_id=str(number)
    ),
    minutes,
    st.sampled_from([-5, -1, 1, 5, 7]),
    st.integers(1, 10**6),
)
known_frames = st.builds(
    lambda minute, amount, number: movement(str(amount), at(minutes=minute), str(number)),
    minutes,
    st.sampled_from([-5, -1, 1, 5, 7]),
    st.integers(1, 10**6),
)


@settings(max_examples=100)
@given(
    st.lists(known_changes | known_frames, max_size=8, unique_by=lambda each: each.entry_id),
    st.integers(-9, 9),
    st.randoms(),
)
def test_within_its_span_the_ledger_always_adds_up_to_the_whole(
    known: list[BalanceChange], whole: int, random: Random
) -> None:
    ledger: list[LedgerEntry] = [*known, unexplained(str(whole), start=0, end=60)]
    random.shuffle(ledger)
    inside = [e for e in counted(ledger) if at(minutes=0) < e.at <= at(minutes=60)]
    assert sum((e.changes()["USDT"] for e in inside), Decimal(0)) == whole


@settings(max_examples=100)
@given(
    st.lists(known_changes | known_frames, max_size=8, unique_by=lambda each: each.entry_id),
    st.randoms(),
)
def test_pairs_do_not_depend_on_the_order_of_arrival(
    known: list[BalanceChange], random: Random
) -> None:
    ledger: list[LedgerEntry] = [*known, unexplained("3"), unexplained("-1", asset="BTC")]
    shuffled = [*ledger, *ledger[::2]]
    random.shuffle(shuffled)
    assert counted(shuffled) == counted(ledger)
    assert counted(counted(ledger)) == counted(ledger)
