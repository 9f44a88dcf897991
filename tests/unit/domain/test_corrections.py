"""From which instant on late entries change what counts, and that nothing before it moves."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.corrections import first_touched
from chalicelib.domain.hour import HourPrices, TraderHour, trader_hour
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    LedgerEntry,
    Side,
    Source,
    WholeChange,
)
from chalicelib.domain.windows import closing_hour, hour_of, hour_start
from chalicelib.services.read_hour import read_hour
from tests.builders import (
    ACCOUNT,
    NOON,
    account_holdings,
    at,
    balance_change,
    checkpoint,
    fill,
    prices,
    quantity,
)
from tests.fakes import FakeLedger

LINKED = at(hours=-2)
HOURS = range(hour_of(NOON), hour_of(NOON) + 5)


def frame(amount: str, changed_at: datetime, change_id: str = "frame") -> BalanceChange:
    return balance_change(
        kind=ChangeKind.MOVEMENT,
        quantity=amount,
        changed_at=changed_at,
        change_id=change_id,
        source=Source.FRAME,
    )


def history(amount: str, changed_at: datetime, change_id: str = "told") -> BalanceChange:
    return balance_change(quantity=amount, changed_at=changed_at, change_id=change_id)


def unexplained(amount: str, start: datetime, end: datetime, asset: str = "USDT") -> BalanceChange:
    """What a reading at `end` found to have changed since `start`, dated at the first."""
    return BalanceChange(
        kind=ChangeKind.UNEXPLAINED,
        asset=asset,
        quantity=Decimal(amount),
        changed_at=start + (end - start) / 2,
        change_id=str(start),
        source=Source.LEAGUE,
        whole=WholeChange(start, end, Decimal(amount)),
    )


BUY = fill(quantity="1", price="100", executed_at=at(minutes=70))


@pytest.mark.parametrize(
    ("known", "late", "touched"),
    [
        ([], [BUY], BUY.at),
        ([BUY], [BUY], BUY.at),
        ([frame("5", at(minutes=50))], [history("5", at(minutes=70))], at(minutes=50)),
        ([history("5", at(minutes=50))], [frame("5", at(minutes=70))], at(minutes=50)),
        ([history("5", at(minutes=70))], [frame("5", at(minutes=50))], at(minutes=50)),
        ([frame("5", at(minutes=70))], [history("5", at(minutes=50))], at(minutes=70)),
        ([frame("5", at(minutes=10))], [history("5", at(minutes=70))], at(minutes=70)),
        (
            [unexplained("-100", at(minutes=20), at(minutes=80))],
            [fill(quantity="1", price="100", executed_at=at(minutes=70))],
            at(minutes=50),
        ),
    ],
    ids=[
        "a fill touches its own instant",
        "one that is there already does too",
        "a history row names a frame before it",
        "a frame takes over from a history row before it",
        "a frame takes over from a history row after it",
        "a history row before its frame touches the frame alone",
        "a history row too far from the frame is a change by itself",
        "a fill explains what a reading had found",
    ],
)
def test_late_entries_touch_what_they_change(
    known: list[LedgerEntry], late: list[LedgerEntry], touched: datetime
) -> None:
    rows = list({each.entry_id: each for each in [*known, *late]}.values())
    assert first_touched(rows, {each.entry_id for each in late}) == touched


def test_entries_that_change_nothing_touch_nothing() -> None:
    assert first_touched([BUY], set()) is None


def _fill(minute: int, number: int, size: int) -> list[LedgerEntry]:
    side = Side.BUY if size % 2 else Side.SELL
    bought = fill(
        trade_id=number, side=side, quantity="0.1", price="50", executed_at=at(minutes=minute)
    )
    return [bought]


def _told_twice(minute: int, number: int, size: int) -> list[LedgerEntry]:
    """A deposit, or (an odd size) coins swapped, in the words of frame and history."""
    kind = ChangeKind.DEPOSIT if size % 2 else ChangeKind.CONVERT
    told = balance_change(
        kind=kind,
        quantity=str(100 + number),
        changed_at=at(minutes=minute + 7 * size),
        change_id=str(number),
    )
    return [frame(str(100 + number), at(minutes=minute), str(number)), told]


def _found(minute: int, number: int, size: int) -> list[LedgerEntry]:
    end = at(minutes=minute + 30 + 20 * abs(size))
    return [unexplained(str(5 * size + 1), at(minutes=minute), end)]


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from([_fill, _told_twice, _found]), st.integers(0, 200), st.integers(-4, 4)
    ),
    min_size=1,
    max_size=6,
)


def _hours(rows: Sequence[LedgerEntry], until: datetime) -> list[TraderHour]:
    """The hours that end at `until` or before, as marks read them."""
    ledger = FakeLedger()
    ledger.add_checkpoint(ACCOUNT, checkpoint(LINKED, USDT="100000", BTC="100"))
    ledger.add(ACCOUNT, rows)
    row = account_holdings(
        linked_at=LINKED,
        quantities={"USDT": quantity("1", at(hours=9))},
        last_event_at=at(hours=9),
        last_flow_at=at(hours=9),
    )
    found = []
    for hour in HOURS:
        if hour_start(hour) <= until:
            listed = HourPrices(prices(hour_start(hour), BTC="50"), lambda minute: None)
            accounts = read_hour(hour, [row], listed, ledger)
            found.append(trader_hour(hour, accounts, listed, 100_000.0))
    return found


@given(happenings=HAPPENINGS, data=st.data())
@settings(max_examples=100, deadline=None)
def test_hours_before_the_touched_instant_are_the_same_with_and_without_the_late(
    happenings: list[tuple[object, int, int]], data: st.DataObject
) -> None:
    rows = [
        entry
        for number, (make, minute, size) in enumerate(happenings)
        for entry in make(minute, number, size)  # type: ignore[operator]
    ]
    new = data.draw(st.sets(st.sampled_from([each.entry_id for each in rows]), min_size=1))
    known = [each for each in rows if each.entry_id not in new]
    touched = first_touched(rows, new)
    until = at(hours=9) if touched is None else touched
    assert _hours(known, until) == _hours(rows, until)
    if touched is not None:
        assert hour_start(closing_hour(touched)) > touched
