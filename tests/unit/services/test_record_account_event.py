"""What one batch of stream items leaves in ledger and holdings, and what is set aside."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import StoreUnavailable, UnknownSymbol
from chalicelib.domain.holdings import AccountHoldings, LastBuy
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry, Side, Source
from chalicelib.services.exchange_ports import FrameContent, Ignored, StreamEnded
from chalicelib.services.ports import StreamItem
from chalicelib.services.record_account_event import Refused, record_account_events
from tests.builders import (
    ACCOUNT,
    EXCHANGE,
    NOON,
    account_holdings,
    amounts,
    at,
    balance_change,
    checkpoint,
    exchange_account,
    fill,
    position,
    quantity,
    snapshot,
    stream_item,
)
from tests.fakes import FakeFrameParser, FakeHoldings, FakeLedger, Fakes
from tests.where import record_stores

DEPOSIT = balance_change(
    kind=ChangeKind.MOVEMENT, source=Source.FRAME, quantity="500", changed_at=at(minutes=1)
)
BUY = fill(executed_at=at(minutes=2), price="60000", quantity="0.01")
CONTENTS: dict[str, FrameContent] = {
    "deposit": DEPOSIT,
    "deposited": position(at(minutes=1), 2, USDT="1500"),
    "buy": BUY,
    "bought": position(at(minutes=2), 4, USDT="900", BTC="0.01"),
    "early buy": fill(executed_at=at(minutes=-1), trade_id=7),
    "early bought": position(at(minutes=-1), 1, USDT="1", ETH="5"),
    "order placed": Ignored("executionReport NEW", at=at(minutes=3)),
    "locked": position(at(minutes=3), 6, USDT="1000"),
    "airdrop": position(at(minutes=4), 7, DOGE="100"),
    "novelty": Ignored("moonLandingUpdate", known=False),
    "ended": StreamEnded(at(minutes=5)),
}


class Parser(FakeFrameParser):
    """The fake, and a frame of a symbol that is not listed yet."""

    def parse(self, frame: str, sequence: int) -> FrameContent:
        if frame == "new coin":
            raise UnknownSymbol("no symbol 'NEWUSDT' in the stored table")
        return super().parse(frame, sequence)


@pytest.fixture
def fakes() -> Fakes:
    made = Fakes()
    made.accounts.save(exchange_account())
    made.holdings.create(account_holdings())
    return made


def item(frame: str, **changes: object) -> StreamItem:
    """A frame of CONTENTS; a position's sequence is that of its content."""
    content = CONTENTS.get(frame)
    sequence = getattr(getattr(content, "order", None), "sequence", 5)
    return replace(stream_item(frame=frame, sequence=sequence), **changes)  # type: ignore[arg-type]


def record(fakes: Fakes, *items: StreamItem) -> list[Refused]:
    stores = record_stores(fakes)
    return record_account_events(items, {EXCHANGE: Parser(CONTENTS)}, stores)


def row(fakes: Fakes) -> AccountHoldings:
    found = fakes.holdings.get(0, ACCOUNT)
    assert found is not None
    return found


def test_a_fill_becomes_a_ledger_row_a_balance_and_the_last_buy(fakes: Fakes) -> None:
    assert record(fakes, item("buy"), item("bought")) == []
    assert fakes.ledger.entries_of(ACCOUNT) == [BUY]
    assert row(fakes).amounts() == amounts(USDT="900", BTC="0.01")
    assert row(fakes).last_buys == {"BTC": LastBuy(at(minutes=2), "BTCUSDT", 1)}
    assert (row(fakes).last_event_at, row(fakes).last_flow_at) == (at(minutes=2), None)


def test_all_frames_of_an_account_become_one_holdings_update(fakes: Fakes) -> None:
    written = fakes.holdings.writes
    record(fakes, *map(item, ("deposit", "deposited", "buy", "bought")))
    assert fakes.holdings.writes == written + 1


def test_a_movement_is_a_flow(fakes: Fakes) -> None:
    record(fakes, item("deposit"), item("deposited"))
    assert row(fakes).last_flow_at == at(minutes=1)


def test_a_second_copy_writes_nothing(fakes: Fakes) -> None:
    batch = tuple(map(item, ("deposit", "deposited", "buy", "bought")))
    record(fakes, *batch)
    before, written = row(fakes), fakes.holdings.writes
    assert record(fakes, *batch, *batch) == []
    assert (row(fakes), fakes.holdings.writes) == (before, written)


def test_a_ledger_row_that_is_there_does_not_skip_the_holdings(fakes: Fakes) -> None:
    fakes.ledger.add(ACCOUNT, [BUY])
    record(fakes, item("buy"), item("bought"))
    assert row(fakes).amounts() == amounts(USDT="900", BTC="0.01")


def test_an_order_that_only_locks_money_writes_nothing(fakes: Fakes) -> None:
    written = fakes.holdings.writes
    assert record(fakes, item("order placed"), item("locked")) == []
    assert fakes.holdings.writes == written


def test_a_quantity_without_its_cause_puts_the_account_in_doubt(fakes: Fakes) -> None:
    record(fakes, item("airdrop"))
    assert row(fakes).doubted_at == at(minutes=4)
    assert row(fakes).amounts()["DOGE"] == Decimal(100)


def test_a_cause_that_is_already_in_the_ledger_leaves_no_doubt(fakes: Fakes) -> None:
    record(fakes, item("buy"))
    record(fakes, item("bought"))
    assert row(fakes).doubted_at is None


def test_what_happened_before_the_link_is_in_the_snapshot_already(
    fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    before = row(fakes)
    assert record(fakes, item("early buy"), item("early bought")) == []
    assert (fakes.ledger.entries_of(ACCOUNT), row(fakes)) == ([], before)
    assert "event_from_before_the_link" in caplog.messages


@pytest.mark.parametrize(
    ("frame", "event", "retry"),
    [
        ("scrambled", "unparsable_frame", False),
        ("new coin", "unknown_symbol", True),
    ],
)
def test_a_frame_that_cannot_be_recorded_is_named_and_sinks_no_other(
    fakes: Fakes, caplog: pytest.LogCaptureFixture, frame: str, event: str, retry: bool
) -> None:
    refused = record(fakes, item("buy"), item(frame), item("bought"))
    assert [(each.index, each.event, each.retry) for each in refused] == [(1, event, retry)]
    assert event in caplog.messages
    assert row(fakes).amounts() == amounts(USDT="900", BTC="0.01")


def test_a_frame_of_an_exchange_without_parser_is_set_aside(fakes: Fakes) -> None:
    [refused] = record(fakes, item("buy", exchange="atlantis"))
    assert (refused.event, refused.retry) == ("unknown_exchange", False)


def test_an_empty_item_is_set_aside(fakes: Fakes) -> None:
    [refused] = record(fakes, replace(item("buy"), frame=None))
    assert (refused.event, refused.retry) == ("empty_item", False)


@pytest.mark.parametrize(
    ("frame", "event"), [("novelty", "unknown_event_type"), ("ended", "stream_ended")]
)
def test_an_event_without_quantities_is_logged_and_done(
    fakes: Fakes, caplog: pytest.LogCaptureFixture, frame: str, event: str
) -> None:
    caplog.set_level(logging.INFO)
    written = fakes.holdings.writes
    assert record(fakes, item(frame)) == []
    assert event in caplog.messages
    assert fakes.holdings.writes == written


def test_an_event_of_an_earlier_link_is_set_aside(
    fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.accounts.save(exchange_account(link_number=2))
    fakes.holdings.create(account_holdings(link_number=2))
    assert record(fakes, item("buy"), item("bought")) == []
    assert fakes.ledger.entries_of(ACCOUNT) == []
    assert "event_of_an_earlier_link" in caplog.messages


def unlinked_with_a_row(fakes: Fakes) -> None:
    old = account_holdings()
    fakes.holdings.replace(old, replace(old, quantities={}, unlinked_at=at(minutes=1)))


def never_linked(fakes: Fakes) -> None:
    fakes.holdings = FakeHoldings()
    fakes.accounts.save(exchange_account(state=AccountState.UNLINKED))


def not_even_an_account(fakes: Fakes) -> None:
    fakes.holdings = FakeHoldings()
    fakes.accounts = type(fakes.accounts)()


@pytest.mark.parametrize("given", [unlinked_with_a_row, never_linked, not_even_an_account])
def test_an_event_of_an_unlinked_account_is_set_aside(
    fakes: Fakes, caplog: pytest.LogCaptureFixture, given: Callable[[Fakes], None]
) -> None:
    given(fakes)
    written = fakes.holdings.writes
    assert record(fakes, item("buy"), item("bought")) == []
    assert (fakes.ledger.entries_of(ACCOUNT), fakes.holdings.writes) == ([], written)
    assert "event_of_an_unlinked_account" in caplog.messages


class Contended(FakeHoldings):
    """Another writer is faster `times` times."""

    times = 0

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        if self.times:
            self.times -= 1
            super().replace(old, replace(old, quantities={**old.quantities, "X": quantity()}))
        super().replace(old, new)


@pytest.mark.parametrize(("times", "refused"), [(3, 0), (100, 2)])
def test_a_faster_writer_is_read_again_within_bounds(
    fakes: Fakes, times: int, refused: int
) -> None:
    fakes.holdings = Contended()
    fakes.holdings.create(account_holdings())
    fakes.holdings.times = times
    found = record(fakes, item("buy"), item("bought"))
    assert [each.event for each in found] == ["holdings_contended"] * refused
    assert all(each.retry for each in found)
    assert ("BTC" in row(fakes).amounts()) is (refused == 0)
    assert row(fakes).amounts()["X"] == 1


class Throttled(FakeLedger):
    """Takes nothing for one account."""

    def add(self, account_id: str, entries: Sequence[LedgerEntry]) -> None:
        if account_id == ACCOUNT:
            raise StoreUnavailable("the ledger table throttles")
        super().add(account_id, entries)


def test_a_table_that_throttles_fails_its_account_alone(fakes: Fakes) -> None:
    other = {"account_id": "other", "seat": 1}
    fakes.ledger = Throttled()
    fakes.accounts.save(exchange_account(account_id="other", seat=1))
    fakes.holdings.create(account_holdings(account_id="other", seat=1))
    refused = record(fakes, item("buy"), item("buy", **other), item("bought"))
    assert [(e.index, e.event, e.retry) for e in refused] == [
        (0, "store_refused", True),
        (2, "store_refused", True),
    ]
    assert fakes.ledger.entries_of("other") == [BUY]
    assert row(fakes).amounts() == amounts(USDT="1000")


def link(taken_at: datetime = NOON, **quantities: str) -> StreamItem:
    return stream_item(snapshot=snapshot("link", taken_at, **quantities))


@pytest.fixture
def checking() -> Fakes:
    made = Fakes()
    made.accounts.save(exchange_account(state=AccountState.CHECKING))
    return made


def flows(fakes: Fakes) -> Mapping[str, tuple[Decimal, datetime]]:
    return {
        each.asset: (each.quantity, each.at)
        for each in fakes.ledger.entries_of(ACCOUNT)
        if isinstance(each, BalanceChange) and each.kind is ChangeKind.LINK
    }


def test_a_link_starts_with_checkpoint_flows_and_row(checking: Fakes) -> None:
    assert record(checking, link(USDT="1000", BTC="0.5", DUST="0")) == []
    checkpoint = checking.ledger.checkpoint_before(ACCOUNT, at(minutes=1))
    assert checkpoint is not None
    assert checkpoint.quantities["BTC"] == Decimal("0.5")
    assert flows(checking) == {"USDT": (Decimal(1000), at()), "BTC": (Decimal("0.5"), at())}
    assert row(checking).amounts() == amounts(USDT="1000", BTC="0.5")
    assert row(checking).linked_at == row(checking).last_flow_at == at()


def test_a_second_link_snapshot_is_a_checkpoint_and_no_second_flow(checking: Fakes) -> None:
    record(checking, link(USDT="1000"))
    record(checking, link(at(minutes=3), USDT="900", BTC="0.01"))
    assert flows(checking) == {"USDT": (Decimal(1000), at())}
    assert row(checking).linked_at == at()


def test_a_link_snapshot_older_than_the_link_is_set_aside(checking: Fakes) -> None:
    record(checking, link(at(minutes=3), USDT="900"))
    record(checking, link(USDT="1000"))
    assert checking.ledger.checkpoint_before(ACCOUNT, at(minutes=3)) is None


def test_an_empty_account_links_without_flows(checking: Fakes) -> None:
    record(checking, link())
    assert (flows(checking), row(checking).amounts()) == ({}, {})


def test_frames_before_the_link_snapshot_come_again(checking: Fakes) -> None:
    refused = record(checking, item("buy"), item("bought"))
    assert {(each.event, each.retry) for each in refused} == {("link_not_started", True)}
    assert checking.ledger.entries_of(ACCOUNT) == []


def test_a_snapshot_behind_its_frames_in_one_batch_is_taken_first(checking: Fakes) -> None:
    assert record(checking, item("buy"), item("bought"), link(USDT="1500")) == []
    assert row(checking).amounts() == amounts(USDT="900", BTC="0.01")


def test_a_link_that_broke_off_after_its_row_gets_its_flows_when_it_comes_again(
    checking: Fakes,
) -> None:
    working, checking.ledger = checking.ledger, Throttled()
    assert [e.event for e in record(checking, link(USDT="1000"))] == ["store_refused"]
    checking.ledger = working
    record(checking, link(USDT="1000"))
    assert flows(checking) == {"USDT": (Decimal(1000), at())}


def test_a_snapshot_of_an_account_unlinked_meanwhile_is_set_aside(checking: Fakes) -> None:
    checking.accounts.save(exchange_account(state=AccountState.UNLINKED))
    assert record(checking, link(USDT="1000")) == []
    assert checking.holdings.get(0, ACCOUNT) is None


def reading(minute: int, **quantities: str) -> StreamItem:
    return stream_item(snapshot=snapshot("reconciled", at(minutes=minute), **quantities))


def test_a_reading_is_a_checkpoint_and_puts_the_quantities_right(fakes: Fakes) -> None:
    record(fakes, item("airdrop"))
    record(fakes, reading(5, USDT="990", BTC="0.1"))
    assert fakes.ledger.checkpoint_before(ACCOUNT, at(hours=1)) == checkpoint(
        at(minutes=5), USDT="990", BTC="0.1"
    )
    assert row(fakes).amounts() == amounts(USDT="990", BTC="0.1")
    assert (row(fakes).doubted_at, row(fakes).reconciled_at) == (None, at(minutes=5))


def test_a_frame_from_before_the_last_reading_changes_no_quantity(fakes: Fakes) -> None:
    record(fakes, reading(5, USDT="1000"))
    record(fakes, item("airdrop"))
    assert row(fakes).amounts() == amounts(USDT="1000")
    assert row(fakes).doubted_at is None


def test_a_doubt_after_the_last_reading_stays(fakes: Fakes) -> None:
    record(fakes, item("airdrop"), reading(3, USDT="1000"))
    assert row(fakes).doubted_at == at(minutes=4)


def test_who_compares_the_books_is_told_of_a_doubt_before_it_is_stored(fakes: Fakes) -> None:
    fakes.holdings = Contended()
    fakes.holdings.times = 100
    fakes.holdings.create(account_holdings())
    record(fakes, item("airdrop"))
    assert row(fakes).doubted_at is None
    assert fakes.doubts.of_slot(0) == {ACCOUNT: {at(minutes=4)}}


def test_what_was_found_is_in_the_ledger_once(fakes: Fakes) -> None:
    found = stream_item(found=[BUY])
    record(fakes, found, item("buy"))
    record(fakes, found)
    assert fakes.ledger.entries_of(ACCOUNT) == [BUY]
    assert row(fakes).last_buys["BTC"].bought_at == BUY.executed_at


def test_a_sold_coin_keeps_its_last_buy(fakes: Fakes) -> None:
    sale = fill(side=Side.SELL, trade_id=2, executed_at=at(minutes=3), quantity="0.01")
    record(fakes, item("buy"))
    stores = record_stores(fakes)
    record_account_events(
        [stream_item(frame="sale")], {EXCHANGE: FakeFrameParser({"sale": sale})}, stores
    )
    assert row(fakes).last_buys["BTC"].bought_at == at(minutes=2)
    assert row(fakes).last_buys["USDT"].bought_at == at(minutes=3)
