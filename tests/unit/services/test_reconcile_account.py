from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from chalicelib.domain.counted import counted
from chalicelib.domain.errors import RateLimited
from chalicelib.domain.holdings import LastBuy, holdings_at
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry, Side, Source
from chalicelib.services.exchange_ports import AccountReading
from chalicelib.services.ports import Snapshot
from chalicelib.services.reconcile_account import Findings, Reconciliation, Sources
from chalicelib.services.record_account_event import record_account_events
from tests.builders import (
    ACCOUNT,
    NOON,
    account_holdings,
    amounts,
    at,
    balance_change,
    checkpoint,
    exchange_account,
    fill,
    key_pair,
    quantity,
    stream_item,
    symbols,
)
from tests.fakes import FakeExchange, Fakes
from tests.where import record_stores

PAIR = key_pair()


class Desk:
    """One account, linked at NOON with 1000 USDT, and its exchange an hour later."""

    def __init__(self) -> None:
        self.fakes = Fakes()
        self.exchange = FakeExchange(at(hours=1))
        self.listed = symbols("BTC/USDT", "ETH/USDT", "ETH/BTC", "DOGE/USDT")
        self.fakes.accounts.save(exchange_account())
        self.fakes.holdings.create(account_holdings())
        self.fakes.ledger.add_checkpoint(ACCOUNT, checkpoint(NOON, USDT="1000"))
        self.reads(NOON, USDT="1000")

    def reads(self, updated_at: datetime, **held: str) -> None:
        """What the exchange says the account holds from now on."""
        self.exchange.readings[PAIR.api_key] = AccountReading("7", amounts(**held), updated_at)

    def tells(self, history: str, *changes: BalanceChange) -> None:
        self.exchange.movements_of[history][PAIR.api_key] += changes

    def trades(self, *fills: LedgerEntry) -> None:
        self.exchange.fills_of[PAIR.api_key] += fills  # type: ignore[arg-type]

    def record(self, *entries: LedgerEntry) -> None:
        self._record(stream_item(found=entries))

    def compare(self, work: Reconciliation) -> Findings:
        """Compare once, and record what was found."""
        sources = Sources(
            self.exchange,
            self.fakes.ledger,
            self.fakes.holdings,
            lambda: list(self.listed.values()),
        )
        findings = work.compare(sources)
        if findings.entries or findings.snapshot:
            self._record(stream_item(found=findings.entries, snapshot=findings.snapshot))
        return findings

    def _record(self, item: object) -> None:
        stores = record_stores(self.fakes)
        assert record_account_events([item], {}, stores) == []  # type: ignore[list-item]

    def ledger(self) -> list[LedgerEntry]:
        return counted(self.fakes.ledger.entries_of(ACCOUNT))

    def held(self) -> dict[str, Decimal]:
        """What the ledger says, from the link on."""
        entries = self.fakes.ledger.entries_of(ACCOUNT)
        return holdings_at(checkpoint(NOON, USDT="1000"), entries, at(hours=72))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def work(**options: object) -> Reconciliation:
    return Reconciliation(exchange_account(), PAIR, **options)  # type: ignore[arg-type]


def kinds(entries: Sequence[LedgerEntry]) -> list[ChangeKind]:
    return [entry.kind for entry in entries if isinstance(entry, BalanceChange)]


def movement(amount: str, minute: int, asset: str = "USDT") -> BalanceChange:
    return balance_change(
        kind=ChangeKind.MOVEMENT,
        asset=asset,
        quantity=amount,
        changed_at=at(minutes=minute),
        change_id=f"{minute}",
        source=Source.FRAME,
    )


BUY = fill(price="100", quantity="2", executed_at=at(minutes=10), trade_id=5)
SALE = fill(
    side=Side.SELL, price="110", quantity="2", executed_at=at(minutes=20), trade_id=6, order_id=2
)
DEPOSIT = balance_change(quantity="50", changed_at=at(minutes=30), change_id="d1")


def test_books_that_agree_cost_one_reading_and_write_nothing(desk: Desk) -> None:
    assert desk.compare(work()) == Findings()
    assert desk.exchange.calls == ["time", "account"]


def test_a_missed_fill_is_found_in_the_pair_of_what_differs(desk: Desk) -> None:
    desk.reads(BUY.executed_at, USDT="800", BTC="2")
    desk.trades(BUY)
    findings = desk.compare(work())
    assert (findings.entries, findings.disagrees) == ((BUY,), False)
    assert desk.exchange.calls == ["time", "account", "fills"]
    row = desk.fakes.holdings.get(0, ACCOUNT)
    assert row is not None
    assert row.amounts() == desk.held() == amounts(USDT="800", BTC="2")


def test_a_missed_deposit_is_found_and_nothing_dearer_is_asked(desk: Desk) -> None:
    desk.reads(DEPOSIT.at, USDT="1050")
    desk.tells("deposits", DEPOSIT)
    assert desk.compare(work()).entries == (DEPOSIT,)
    assert desk.exchange.calls == ["time", "account", "movements deposits"]


def test_a_live_fill_after_the_gap_hides_none_before_it(desk: Desk) -> None:
    desk.reads(SALE.executed_at, USDT="1020")
    desk.trades(BUY, SALE)
    desk.record(SALE)
    desk.compare(work())
    assert desk.ledger() == [BUY, SALE]


def test_what_nothing_explains_is_booked_at_the_second_comparison(desk: Desk) -> None:
    desk.reads(at(minutes=40), USDT="1500")
    books = work()
    assert desk.compare(books) == Findings(disagrees=True)
    findings = desk.compare(books)
    assert kinds(findings.entries) == [ChangeKind.UNEXPLAINED]
    assert (findings.disagrees, findings.nameless_since) == (False, at(minutes=40))
    assert desk.held() == amounts(USDT="1500")
    assert [entry.at for entry in desk.ledger()] == [at(minutes=40)]


def test_a_quantity_that_a_frame_brought_is_dated_by_the_frame(desk: Desk) -> None:
    row = desk.fakes.holdings.get(0, ACCOUNT)
    assert row is not None
    newer = {"USDT": quantity("1500", at(minutes=25))}
    desk.fakes.holdings.replace(row, replace(row, quantities=newer))
    desk.reads(at(minutes=40), USDT="1500")
    books = work()
    desk.compare(books)
    desk.compare(books)
    assert [entry.at for entry in desk.ledger()] == [at(minutes=25)]


def test_a_later_explanation_takes_over(desk: Desk) -> None:
    desk.reads(at(minutes=40), USDT="1050")
    books = work()
    desk.compare(books)
    desk.compare(books)
    desk.tells("deposits", DEPOSIT)
    desk.exchange.now = at(hours=3)
    assert desk.compare(books) == Findings(
        (DEPOSIT,), reconciled(at(hours=3), USDT="1050"), nameless_since=None
    )
    assert desk.ledger() == [DEPOSIT]
    assert desk.held() == amounts(USDT="1050")


def reconciled(taken_at: datetime, **held: str) -> Snapshot:

    return Snapshot("reconciled", checkpoint(taken_at, **held))


def test_a_doubt_of_before_a_restart_is_taken_up_again(desk: Desk) -> None:
    desk.reads(at(minutes=40), USDT="1050")
    books = work()
    desk.compare(books)
    doubted_at = desk.compare(books).nameless_since
    desk.tells("deposits", DEPOSIT)
    desk.exchange.now = at(hours=3)
    desk.compare(work(doubted_at=doubted_at))
    assert desk.ledger() == [DEPOSIT]


def test_a_fill_that_comes_after_it_was_booked_takes_over_too(desk: Desk) -> None:
    desk.reads(BUY.executed_at, USDT="800", BTC="2")
    books = work()
    desk.compare(books)
    desk.compare(books)
    desk.record(BUY)
    assert desk.ledger() == [BUY]


def test_what_is_still_on_its_way_is_not_booked(desk: Desk) -> None:
    desk.reads(at(minutes=40), USDT="1007")
    books = work()
    assert desk.compare(books).disagrees
    desk.record(movement("7", 40))
    findings = desk.compare(books)
    assert (findings.entries, findings.disagrees) == ((), False)
    assert desk.held() == amounts(USDT="1007")


def test_a_comparison_that_broke_off_goes_on_where_it_was(desk: Desk) -> None:
    desk.reads(at(minutes=40), USDT="1050", BTC="1")
    desk.exchange.fail("movements withdrawals", RateLimited("too much", at(hours=2)))
    books = work()
    with pytest.raises(RateLimited):
        desk.compare(books)
    first = desk.exchange.calls
    desk.exchange.calls = []
    desk.compare(books)
    assert first[2:] == ["fills", "movements deposits", "movements withdrawals"]
    assert desk.exchange.calls[2:4] == ["movements withdrawals", "movements converts"]


def test_a_movement_gets_the_name_that_the_history_has(desk: Desk) -> None:
    desk.record(movement("50", 29))
    desk.reads(at(minutes=29), USDT="1050")
    desk.tells("deposits", DEPOSIT)
    findings = desk.compare(work())
    assert findings.entries == (DEPOSIT,)
    assert [(e.at, e.entry_id) for e in desk.ledger()] == [(at(minutes=29), DEPOSIT.entry_id)]


def test_a_movement_without_a_name_is_asked_for_again_later(desk: Desk) -> None:
    desk.record(movement("50", 29))
    desk.reads(at(minutes=29), USDT="1050")
    books = work()
    assert desk.compare(books).nameless_since == at(minutes=29)
    desk.tells("deposits", DEPOSIT)
    desk.exchange.now = at(hours=2)
    assert desk.compare(books).nameless_since is None


def test_a_history_that_dates_it_elsewhere_does_not_count_it_twice(desk: Desk) -> None:
    late = balance_change(quantity="50", changed_at=at(minutes=55), change_id="d9")
    desk.exchange.now = at(hours=1)
    desk.record(movement("50", 5))
    desk.reads(at(minutes=5), USDT="1050")
    desk.tells("deposits", late)
    books = work()
    desk.compare(books)
    findings = desk.compare(books)
    assert (findings.entries, findings.disagrees) == ((), False)
    assert desk.held() == amounts(USDT="1050")


def test_after_a_gap_a_coin_bought_and_sold_again_is_found(desk: Desk) -> None:
    row = desk.fakes.holdings.get(0, ACCOUNT)
    assert row is not None
    bought = {"BTC": LastBuy(NOON, "BTCUSDT", 1)}
    desk.fakes.holdings.replace(row, replace(row, last_buys=bought))
    flat = replace(SALE, price=BUY.price, quote_quantity=BUY.quote_quantity)
    desk.trades(BUY, flat)
    desk.reads(flat.executed_at, USDT="1000")
    assert desk.compare(work()).entries == ()
    assert desk.compare(work(after_gap=True)).entries == (BUY, flat)


def test_after_a_gap_in_which_nothing_happened_nothing_is_asked(desk: Desk) -> None:
    assert desk.compare(work(after_gap=True)) == Findings()
    assert desk.exchange.calls == ["time", "account"]


def test_a_pair_never_traded_is_found_by_the_coin_that_differs(desk: Desk) -> None:
    bought = fill(base="DOGE", price="1", quantity="10", executed_at=at(minutes=10), trade_id=7)
    sold = fill(
        base="DOGE",
        side=Side.SELL,
        price="2",
        quantity="10",
        executed_at=at(minutes=11),
        trade_id=8,
    )
    desk.trades(bought, sold)
    desk.reads(sold.executed_at, USDT="1010")
    assert desk.compare(work()).entries == (bought, sold)


def test_a_doubt_that_was_nothing_is_settled(desk: Desk) -> None:
    row = desk.fakes.holdings.get(0, ACCOUNT)
    assert row is not None
    desk.fakes.holdings.replace(row, replace(row, doubted_at=at(minutes=1)))
    desk.compare(work(doubted_at=at(minutes=1)))
    settled = desk.fakes.holdings.get(0, ACCOUNT)
    assert settled is not None
    assert settled.doubted_at is None


def test_a_link_that_is_not_recorded_yet_is_compared_later(desk: Desk) -> None:
    other = replace(exchange_account(), link_number=2)
    assert desk.compare(Reconciliation(other, PAIR)) == Findings(disagrees=True)
