"""Which accounts an hour finds, and with what, whenever the mark is made."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.holdings import AccountHoldings, Quantity
from chalicelib.domain.hour import AccountHour, HourPrices
from chalicelib.domain.ledger import ChangeKind, LedgerEntry, Side, Source
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of
from chalicelib.services.read_hour import read_hour
from tests.builders import (
    ACCOUNT,
    NOON,
    account_holdings,
    amounts,
    asset_price,
    at,
    balance_change,
    checkpoint,
    fill,
    prices,
    quantity,
)
from tests.fakes import FakeLedger

HOUR = hour_of(NOON)  # closes [11:00, 12:00)
LINKED = at(hours=-30)


class CountingLedger(FakeLedger):
    """Knows how often it was read."""

    reads = 0

    def entries(self, account_id: str, start: datetime, end: datetime) -> list[LedgerEntry]:
        self.reads += 1
        return super().entries(account_id, start, end)


def _ledger(*entries: LedgerEntry) -> CountingLedger:
    ledger = CountingLedger()
    ledger.add_checkpoint(ACCOUNT, checkpoint(LINKED, USDT="1000"))
    ledger.add(ACCOUNT, entries)
    return ledger


def _row(
    last_event_at: datetime | None = None,
    last_flow_at: datetime | None = None,
    unlinked_at: datetime | None = None,
    linked_at: datetime = LINKED,
    **held: Quantity,
) -> AccountHoldings:
    row = account_holdings(
        linked_at=linked_at,
        quantities=held or {"USDT": quantity("1000", LINKED)},
        last_event_at=last_event_at,
        last_flow_at=last_flow_at,
    )
    return replace(row, unlinked_at=unlinked_at)


def _read(
    row: AccountHoldings, ledger: FakeLedger, listed: PriceList | None = None
) -> list[AccountHour]:
    listed = listed or prices(NOON, BTC="60000")
    return read_hour(HOUR, [row], HourPrices(listed, lambda minute: None), ledger)


def _held(hours: list[AccountHour]) -> object:
    return [(each.linked, dict(each.held)) for each in hours]


def test_a_quiet_account_is_read_from_its_row_alone() -> None:
    ledger = _ledger()
    assert _held(_read(_row(), ledger)) == [(True, amounts(USDT="1000"))]
    assert ledger.reads == 0


def test_fills_of_the_hour_that_the_row_holds_need_no_ledger() -> None:
    when = at(minutes=-10)
    row = _row(when, None, BTC=quantity("0.1", when), USDT=quantity("10", when))
    ledger = _ledger(fill(executed_at=when))
    assert _held(_read(row, ledger)) == [(True, amounts(BTC="0.1", USDT="10"))]
    assert ledger.reads == 0


def test_a_fill_after_the_hour_is_taken_back_by_the_ledger() -> None:
    when = at(minutes=1)
    row = _row(when, None, BTC=quantity("0.01", when), USDT=quantity("400", when))
    found = _read(row, _ledger(fill(quantity="0.01", executed_at=when)))
    assert _held(found) == [(True, amounts(USDT="1000"))]


def test_a_fill_whose_new_quantity_has_not_come_is_read_from_the_ledger() -> None:
    when = at(minutes=-10)
    found = _read(_row(when), _ledger(fill(quantity="0.01", executed_at=when)))
    assert [entry.at for entry in found[0].entries] == [when]


def test_a_flow_of_the_hour_is_read_from_the_ledger() -> None:
    when = at(minutes=-10)
    row = _row(when, when, USDT=quantity("1500", when))
    deposit = balance_change(quantity="500", changed_at=when)
    found = _read(row, _ledger(deposit))
    assert _held(found) == [(True, amounts(USDT="1000"))]
    assert list(found[0].entries) == [deposit]


def test_a_movement_of_the_hour_before_finds_its_name_across_the_border() -> None:
    moved = balance_change(
        kind=ChangeKind.MOVEMENT,
        quantity="5",
        changed_at=at(hours=-1, minutes=-1),
        source=Source.FRAME,
    )
    named = balance_change(quantity="5", changed_at=at(minutes=-55), source=Source.HISTORY)
    row = _row(named.at, named.at, USDT=quantity("1005", named.at))
    found = _read(row, _ledger(moved, named))
    assert _held(found) == [(True, amounts(USDT="1005"))]


@pytest.mark.parametrize("traded", ["1000", "100000000000"])
def test_a_thin_asset_that_changed_is_read_from_the_ledger(traded: str) -> None:
    when = at(minutes=-10)
    listed = PriceList(NOON, {"BTC": asset_price("60000", traded_usdt=traded)})
    row = _row(when, None, BTC=quantity("0.1", when))
    ledger = _ledger(fill(executed_at=when))
    _read(row, ledger, listed)
    assert ledger.reads == (1 if traded == "1000" else 0)


def test_an_account_linked_in_the_hour_arrives_by_its_link_rows() -> None:
    when = at(minutes=-20)
    ledger = FakeLedger()
    ledger.add_checkpoint(ACCOUNT, checkpoint(when, USDT="70"))
    ledger.add(ACCOUNT, [balance_change(kind=ChangeKind.LINK, quantity="70", changed_at=when)])
    row = _row(when, when, linked_at=when, USDT=quantity("70", when))
    found = _read(row, ledger)
    assert _held(found) == [(False, {})]
    assert len(found[0].entries) == 1


def test_an_account_linked_empty_counts_what_comes_after_the_link() -> None:
    linked, before, after = at(minutes=-20), at(minutes=-25), at(minutes=-5)
    ledger = FakeLedger()
    ledger.add_checkpoint(ACCOUNT, checkpoint(linked))
    deposits = [
        balance_change(quantity="1", changed_at=before, change_id="a"),
        balance_change(quantity="2", changed_at=after, change_id="b"),
    ]
    ledger.add(ACCOUNT, deposits)
    found = _read(_row(after, after, linked_at=linked), ledger)
    assert _held(found) == [(True, {})]
    assert list(found[0].entries) == deposits[1:]


def test_an_account_linked_after_the_hour_is_not_there() -> None:
    when = at(minutes=5)
    ledger = FakeLedger()
    ledger.add_checkpoint(ACCOUNT, checkpoint(when, USDT="70"))
    ledger.add(ACCOUNT, [balance_change(kind=ChangeKind.LINK, quantity="70", changed_at=when)])
    assert _held(_read(_row(when, when, linked_at=when), ledger)) == [(False, {})]


def test_an_account_that_left_before_the_hour_is_not_there() -> None:
    gone = at(hours=-2)
    assert _read(_row(gone, gone, unlinked_at=gone), _ledger()) == []


def test_an_account_that_left_after_the_hour_is_still_there() -> None:
    gone = at(minutes=5)
    left = balance_change(kind=ChangeKind.UNLINK, quantity="-1000", changed_at=gone)
    found = _read(_row(gone, gone, unlinked_at=gone), _ledger(left))
    assert _held(found) == [(True, amounts(USDT="1000"))]


def test_an_account_that_left_and_came_back_later_was_away_in_between() -> None:
    gone, back = at(hours=-3), at(hours=3)
    ledger = _ledger(
        balance_change(kind=ChangeKind.UNLINK, quantity="-1000", changed_at=gone),
        balance_change(kind=ChangeKind.LINK, quantity="9", changed_at=back, change_id="2"),
    )
    found = _read(_row(back, back, linked_at=back, USDT=quantity("9", back)), ledger)
    assert _held(found) == [(False, {})]


def test_the_same_hour_read_much_later_is_the_same() -> None:
    when = at(minutes=-10)
    deposit = balance_change(quantity="500", changed_at=when)
    early = _read(_row(when, when, USDT=quantity("1500", when)), _ledger(deposit))
    later = at(hours=5)
    ledger = _ledger(deposit, fill(side=Side.BUY, quantity="0.001", executed_at=later))
    row = _row(later, when, BTC=quantity("0.001", later), USDT=quantity("1440", later))
    assert _held(_read(row, ledger)) == _held(early)
    assert _read(row, ledger)[0].entries == early[0].entries
