"""Ingest stands still while an account does everything an account can do; then books are compared.

Some frames came before the gap was noticed, some come after the books were compared, some twice,
some never: ledger and holdings must equal the exchange's own books all the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.account import AccountState, ExchangeAccount
from chalicelib.domain.counted import counted
from chalicelib.domain.errors import RateLimited
from chalicelib.domain.holdings import AccountHoldings, holdings_at
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    Fill,
    LedgerEntry,
    Source,
)
from chalicelib.services.ports import Snapshot, StreamItem
from chalicelib.services.read_account import read_account
from chalicelib.services.reconcile_account import Findings, Reconciliation, Sources
from chalicelib.services.record_account_event import record_account_events
from sandbox.exchange.busy_life import live
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import EXCHANGE, exchange_account, stream_item
from tests.fakes import Fakes
from tests.integration.binance_helpers import OpenAccount, machine_now, open_account
from tests.where import record_stores

START = {"USDT": "20000", "BTC": "0.2", "BNB": "5", "ETH": "1", "EUR": "500"}
HOUR_MS = 3_600_000
HALF_A_MINUTE_MS = 30_000
SILENT_KINDS = ("convert", "dust", "dividend", "earn_subscribe", "earn_redeem", "earn_reward")


class Patient:
    """A machine's clock on which waiting costs nothing."""

    def __init__(self) -> None:
        self.waited = timedelta(0)

    def __call__(self) -> datetime:
        return machine_now() + self.waited

    def wait(self, seconds: float) -> None:
        self.waited += timedelta(seconds=seconds)


CLOCK = Patient()


@pytest.fixture(scope="module")
def running() -> Iterator[RunningExchange]:
    with running_exchange(hours=24 * 30) as exchange:
        exchange.admin.post(
            "limits",
            weight_per_minute=10**9,
            sapi_ip_weight_per_minute=10**9,
            sapi_uid_weight_per_minute=10**9,
        )
        yield exchange


@pytest.fixture(scope="module")
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
    budget, sapi = WeightBudget(CLOCK, CLOCK.wait), SapiBudget(CLOCK, CLOCK.wait)
    made = BinanceExchange(addresses, budget, machine_now, sapi)
    made.symbols()
    yield made
    made.close()


@dataclass(eq=False)
class Gap:
    """One account, from its link over a busy gap to the comparison of its books."""

    running: RunningExchange
    exchange: BinanceExchange
    opened: OpenAccount
    fakes: Fakes = field(default_factory=Fakes)
    frames: list[str] = field(default_factory=list)
    account: ExchangeAccount = field(init=False)

    def __post_init__(self) -> None:
        self.account = exchange_account(account_id="ada", state=AccountState.LIVE)
        self.fakes.accounts.save(self.account)
        taken_at, reading = read_account(self.exchange, self.opened.pair)
        snapshot = Snapshot("link", Checkpoint(taken_at, dict(reading.quantities)))
        self.linked_at = taken_at
        self.record(self.item(snapshot=snapshot))
        self.running.call(
            lambda state: state.events.listen(self.opened.uid, self, self.frames.append)
        )

    def item(self, **content: object) -> StreamItem:
        empty = replace(stream_item(account_id="ada", linked_at=self.linked_at), frame=None)
        return replace(empty, **content)  # type: ignore[arg-type]

    def record(self, *items: StreamItem) -> None:
        stores = record_stores(self.fakes)
        parser = BinanceFrameParser(self.exchange.symbols)
        refused = record_account_events(items, {EXCHANGE: parser}, stores)
        assert refused == []

    def live(self, seed: int, acts: int, *, surprises: bool = False) -> Counter[str]:
        """A busy hour."""

        def hour(state: Exchange) -> Counter[str]:
            now = state.now()
            return live(
                state,
                self.opened.uid,
                Random(seed),
                acts=acts,
                start=now + 1000,
                end=now + HOUR_MS,
                surprises=surprises,
            )

        return self.running.call(hour)

    def deliver(self, frames: Sequence[str]) -> None:
        """Record frames of the stream, with the places they had in it."""
        numbers = {frame: number for number, frame in enumerate(self.frames)}
        self.record(*(self.item(frame=frame, sequence=numbers[frame]) for frame in frames))

    def compare(self, *, after_gap: bool = True) -> Reconciliation:
        """Compare the books as ingest does: again after half a minute where they disagree."""
        work = Reconciliation(self.account, self.opened.pair, after_gap=after_gap)
        symbols = list(self.exchange.symbols().values())
        fakes = self.fakes
        sources = Sources(self.exchange, fakes.ledger, fakes.holdings, lambda: symbols)
        for _ in range(3):
            findings = compared(work, sources)
            if findings.entries:
                self.record(self.item(found=findings.entries))
            if findings.snapshot:
                self.record(self.item(snapshot=findings.snapshot))
            self.running.call(lambda state: state.clock.advance(HALF_A_MINUTE_MS))
            if not findings.disagrees:
                return work
        raise AssertionError("the books still disagree")

    def books(self) -> dict[str, Any]:
        books: dict[str, Any] = self.running.admin.books(self.opened.uid)
        return books

    def moved(self) -> Counter[tuple[str, Decimal]]:
        """What moved without a fill, but for withdrawals that came back: no history dates both
        ways of these."""
        movements = [
            (each["id"], each["asset"], Decimal(each["change"]))
            for each in self.books()["movements"]
        ]
        sent = {each for each in movements if each[0].startswith("wd-")}
        back = {(name, asset, -change) for name, asset, change in sent} & sent
        return Counter((each[1], each[2]) for each in movements if each not in back)

    def ledger(self) -> list[LedgerEntry]:
        return counted(self.fakes.ledger.entries_of("ada"))

    def row(self) -> AccountHoldings:
        found = self.fakes.holdings.get(0, "ada")
        assert found is not None
        return found

    def assert_right(self) -> None:
        """Ledger and holdings equal the exchange's own books."""
        balances = balances_of(self.books())
        link = self.fakes.ledger.checkpoint_before("ada", self.linked_at + timedelta(seconds=1))
        end = datetime.max.replace(tzinfo=UTC)
        assert self.row().amounts() == balances
        assert holdings_at(link, self.fakes.ledger.entries_of("ada"), end) == balances
        fills = {(e.symbol, e.trade_id) for e in self.ledger() if isinstance(e, Fill)}
        executed = {(each["symbol"], each["trade_id"]) for each in self.books()["fills"]}
        gone = executed - fills
        assert fills <= executed
        # a pair that was taken off the list tells nothing of its past
        assert not {symbol for symbol, _ in gone} & self.exchange.symbols().keys()


def compared(work: Reconciliation, sources: Sources) -> Findings:
    """A comparison that goes on in the next minute where the exchange allows no more."""
    while True:
        try:
            return work.compare(sources)
        except RateLimited as error:
            CLOCK.wait((error.retry_at - CLOCK()).total_seconds())


def balances_of(books: dict[str, Any]) -> dict[str, Decimal]:
    return {
        asset: Decimal(each["free"]) + Decimal(each["locked"])
        for asset, each in books["balances"].items()
    }


def flows(entries: Sequence[LedgerEntry]) -> Counter[tuple[str, Decimal]]:
    return Counter(
        (entry.asset, entry.quantity)
        for entry in entries
        if isinstance(entry, BalanceChange) and entry.kind is not ChangeKind.LINK
    )


seeds = st.integers(0, 10**6)
usual = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@usual
@given(seed=seeds)
def test_after_an_hour_without_ingest_the_books_are_right(
    running: RunningExchange, exchange: BinanceExchange, seed: int
) -> None:
    gap = Gap(running, exchange, open_account(running, **START))
    gap.live(seed, acts=25)
    gap.compare()
    gap.assert_right()
    assert flows(gap.ledger()) == gap.moved()
    assert all(
        entry.kind not in (ChangeKind.UNEXPLAINED, ChangeKind.MOVEMENT)
        for entry in gap.ledger()
        if isinstance(entry, BalanceChange)
    )


@usual
@given(seed=seeds, random=st.randoms(use_true_random=True), silent=st.booleans())
def test_frames_that_came_or_come_late_or_twice_change_nothing(
    running: RunningExchange, exchange: BinanceExchange, seed: int, random: Random, silent: bool
) -> None:
    updates = dict.fromkeys(SILENT_KINDS, not silent)
    running.admin.post("wallet/settings", balance_updates=updates)
    gap = Gap(running, exchange, open_account(running, **START))
    gap.live(seed, acts=20)
    frames = list(dict.fromkeys(gap.frames))
    random.shuffle(frames)
    third = len(frames) // 3
    gap.deliver(frames[:third])
    gap.compare()
    gap.assert_right()
    gap.deliver(frames[third : 2 * third] + frames[:third])
    gap.compare(after_gap=False)
    gap.assert_right()


@usual
@given(seed=seeds)
def test_what_no_history_tells_of_is_one_unexplained_flow(
    running: RunningExchange, exchange: BinanceExchange, seed: int
) -> None:
    gap = Gap(running, exchange, open_account(running, **START))
    gap.live(seed, acts=15, surprises=True)
    gap.compare()
    gap.assert_right()
    gap.live(seed + 1, acts=5, surprises=True)
    gap.compare()
    gap.assert_right()
    unexplained = [
        entry.whole
        for entry in gap.ledger()
        if isinstance(entry, BalanceChange) and entry.source is Source.LEAGUE and entry.whole
    ]
    assert all(each.start < each.end for each in unexplained)
