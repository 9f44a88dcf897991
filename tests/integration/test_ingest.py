"""The container beside a running sandbox exchange: what happens there gets into the league.

Stores and queue are those in memory; what the queue holds is recorded by the product's own
use case when the test asks for it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import Condition
from typing import Any

import pytest
import requests

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import AccountState, ExchangeAccount, KeyPair
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill
from chalicelib.services.exchange_ports import StreamListener
from chalicelib.services.link_account import (
    Membership,
    join_league,
    link_account,
    unlink_account,
)
from chalicelib.services.record_account_event import record_account_events
from ingest_container.control import ControlDoor
from ingest_container.forwarder import ForwarderLimits
from ingest_container.outside import Outside
from ingest_container.supervisor import Rhythm, Supervisor
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.builders import EXCHANGE
from tests.fakes import FakeEvents, Fakes
from tests.integration.binance_helpers import (
    PATIENCE_S,
    TIMES,
    OpenAccount,
    adapter,
    buy,
    machine_now,
    open_account,
)
from tests.where import record_stores

QUICK = Rhythm(heartbeat=0.05, fast_heartbeat=0.02, restart=0.05)


class WatchedEvents(FakeEvents):
    """The queue in memory, refusing as often as told."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = Condition()
        self.refusals = 0

    def send(self, items: Any) -> None:  # noqa: ANN401
        with self.changed:
            self.refuse = self.refusals > 0
            self.refusals -= self.refuse
            super().send(items)
            self.changed.notify_all()


@dataclass
class League:
    """A league of one container."""

    running: RunningExchange
    exchange: BinanceExchange
    fakes: Fakes = field(default_factory=Fakes)

    def __post_init__(self) -> None:
        self.queue = WatchedEvents()
        self.recorded = 0
        numbers = count(1)
        self.members = Membership(
            traders=self.fakes.traders,
            seats=self.fakes.seats,
            accounts=self.fakes.accounts,
            ledger=self.fakes.ledger,
            holdings=self.fakes.holdings,
            runs=self.fakes.runs,
            corrections=self.fakes.corrections,
            new_id=lambda: f"id{next(numbers)}",
        )
        self.parser = BinanceFrameParser(self.fakes.prices.symbols)
        self.supervisor = Supervisor(
            self._outside(), rhythm=QUICK, limits=ForwarderLimits(linger=0, first_pause=0.01)
        )

    def _outside(self) -> Outside:
        environment = StreamEnvironment(
            budget=WeightBudget(machine_now),
            exchange_now=self.exchange.clock.now,
            resync=self.exchange.time,
            machine=machine_now,
            times=TIMES,
            contact=self.exchange.contact,
        )

        def user_stream(listener: StreamListener) -> BinanceUserStream:
            return BinanceUserStream(self.running.ws_api_url, environment, listener)

        return Outside(
            exchange_name=EXCHANGE,
            exchange=self.exchange,
            contact=self.exchange.contact,
            conditions=self.fakes.conditions,
            accounts=self.fakes.accounts,
            ledger=self.fakes.ledger,
            holdings=self.fakes.holdings,
            doubts=self.fakes.doubts,
            leases=self.fakes.leases,
            prices=self.fakes.prices,
            events=self.queue,
            vault=self.fakes.vault,
            desk=self.fakes.desk(),
            imports=self.fakes.imports,
            user_stream=user_stream,
            price_stream=lambda: BinancePriceStream(self.running.stream_url, environment),
            now=self.exchange.clock.now,
            machine=machine_now,
            share_weight=environment.budget.share_with,
        )

    def link(self, name: str, pair: KeyPair) -> ExchangeAccount:
        """A new trader with this key."""
        trader = join_league(name, self.exchange.clock.now(), self.members)
        return link_account(
            trader,
            pair,
            exchange=EXCHANGE,
            slot=0,
            now=self.exchange.clock.now(),
            vault=self.fakes.vault,
            members=self.members,
        )

    def link_live(self, name: str, opened: OpenAccount) -> ExchangeAccount:
        account = self.link(name, opened.pair)
        self.until(lambda: self.state(account) is AccountState.LIVE)
        return account

    def state(self, account: ExchangeAccount) -> AccountState:
        return self.fakes.accounts.get(account.account_id).state

    def inside(self, account: ExchangeAccount) -> dict[str, Any]:
        """What the container says of an account."""
        for session in self.supervisor.sessions:
            for each in session.followed():
                if each.account.account_id == account.account_id:
                    return {"streaming": each.streaming, "doubt": each.in_doubt_since}
        return {"streaming": False, "doubt": None}

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that the container's threads do."""
        with self.queue.changed:
            give_up_at = time.monotonic() + PATIENCE_S
            while time.monotonic() < give_up_at:
                if true():
                    return
                self.queue.changed.wait(0.02)
        raise AssertionError(f"never came: {self.supervisor.state()}")

    def record(self) -> None:
        """What the queue function does with all that came."""
        new = self.queue.sent[self.recorded :]
        self.recorded += len(new)
        fakes = self.fakes
        stores = record_stores(fakes)
        assert record_account_events(new, {EXCHANGE: self.parser}, stores) == []

    def holdings(self, account: ExchangeAccount) -> dict[str, Decimal]:
        self.record()
        row = self.fakes.holdings.get(account.seat, account.account_id)
        assert row is not None
        return row.amounts()

    def books(self, opened: OpenAccount) -> dict[str, Decimal]:
        """What the exchange says the account holds."""
        found = self.exchange.account(opened.pair).quantities
        return {asset: quantity for asset, quantity in found.items() if quantity}

    def until_holdings_agree(self, account: ExchangeAccount, opened: OpenAccount) -> None:
        self.until(lambda: self.holdings(account) == self.books(opened))


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@contextmanager
def started(running: RunningExchange) -> Iterator[League]:
    with adapter(running) as exchange:
        exchange.time()
        league = League(running, exchange)
        league.supervisor.start()
        try:
            yield league
        finally:
            assert league.supervisor.stop(PATIENCE_S)


@pytest.fixture
def league(running: RunningExchange) -> Iterator[League]:
    with started(running) as made:
        yield made


@pytest.fixture
def ada(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000", BNB="1")


@pytest.fixture
def bob(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="7000")


def entries(league: League, account: ExchangeAccount) -> list[object]:
    return list(league.fakes.ledger.entries_of(account.account_id))


def test_a_new_account_is_linked_and_streams_without_a_restart(
    league: League, ada: OpenAccount
) -> None:
    account = league.link_live("Ada", ada)
    assert league.inside(account)["streaming"]
    assert league.holdings(account) == {"USDT": Decimal(5000), "BNB": Decimal(1)}
    kinds = {each.kind for each in entries(league, account) if isinstance(each, BalanceChange)}
    assert kinds == {ChangeKind.LINK}


def test_a_fill_reaches_ledger_and_holdings(
    league: League, running: RunningExchange, ada: OpenAccount
) -> None:
    account = league.link_live("Ada", ada)
    running.admin.advance(1000)
    buy(running, ada)
    league.until_holdings_agree(account, ada)
    fills = [each for each in entries(league, account) if isinstance(each, Fill)]
    assert {fill.symbol for fill in fills} == {"BTCUSDT"}
    row = league.fakes.holdings.get(account.seat, account.account_id)
    assert row is not None
    assert row.doubted_at is None
    assert row.last_buys["BTC"].order_id == fills[-1].order_id


def test_a_deposit_is_a_flow(league: League, running: RunningExchange, ada: OpenAccount) -> None:
    account = league.link_live("Ada", ada)
    running.admin.advance(1000)
    running.admin.deposit(ada.uid, "USDT", "250")
    league.until_holdings_agree(account, ada)
    row = league.fakes.holdings.get(account.seat, account.account_id)
    assert row is not None
    assert row.last_flow_at == league.exchange.time()


def test_two_accounts_on_one_socket_keep_their_own(
    league: League, running: RunningExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    one, other = league.link_live("Ada", ada), league.link_live("Bob", bob)
    running.admin.advance(1000)
    buy(running, ada, "100")
    buy(running, bob, "3000")
    league.until_holdings_agree(one, ada)
    league.until_holdings_agree(other, bob)


def test_a_key_revoked_in_mid_stream_is_shown_and_the_others_go_on(
    league: League, running: RunningExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    running.admin.post("events", revoked_key_ends_stream=True)
    one, other = league.link_live("Ada", ada), league.link_live("Bob", bob)
    running.admin.revoke_key(ada.pair.api_key)
    league.until(lambda: league.state(one) is AccountState.KEY_REVOKED)
    running.admin.advance(1000)
    buy(running, bob)
    league.until_holdings_agree(other, bob)
    assert not league.inside(one)["streaming"]


def test_a_key_that_may_trade_is_refused(league: League, ada: OpenAccount) -> None:
    account = league.link("Ada", ada.trading)
    league.until(lambda: league.state(account) is AccountState.PERMISSIONS_WIDENED)
    assert league.queue.sent == []


def test_a_lost_connection_is_a_doubt_and_later_events_come(
    league: League, running: RunningExchange, ada: OpenAccount
) -> None:
    account = league.link_live("Ada", ada)
    running.admin.post("connections/drop", kind="user")
    league.until(lambda: league.inside(account)["doubt"] is not None)
    league.until(lambda: bool(league.inside(account)["streaming"]))
    running.admin.advance(1000)
    buy(running, ada)
    league.until_holdings_agree(account, ada)


@pytest.mark.parametrize("skew_ms", [2000, -2000])
def test_an_account_links_though_the_clock_is_off(
    league: League, running: RunningExchange, ada: OpenAccount, skew_ms: int
) -> None:
    running.admin.post("clock", skew_ms=skew_ms)
    account = league.link_live("Ada", ada)
    running.admin.advance(5000)
    buy(running, ada)
    league.until_holdings_agree(account, ada)


def test_an_unlinked_account_is_left_and_its_last_frames_set_aside(
    league: League, running: RunningExchange, ada: OpenAccount
) -> None:
    account = league.link_live("Ada", ada)
    league.record()
    unlink_account(account, league.exchange.time(), league.members)
    league.until(lambda: not league.inside(account)["streaming"])
    assert league.holdings(account) == {}


def test_stopping_leaves_nothing_unsent(running: RunningExchange, ada: OpenAccount) -> None:
    with started(running) as league:
        account = league.link_live("Ada", ada)
        running.admin.advance(1000)
        league.queue.refusals = 20
        buy(running, ada)
        league.until(lambda: league.supervisor.state()["frames"] != 0)
        received = sum(session.frames for session in league.supervisor.sessions)
    frames = [item for item in league.queue.sent if item.frame is not None]
    assert len({item.sequence for item in frames}) >= received
    assert account.account_id == frames[0].account_id


def test_stopping_on_a_dead_queue_names_what_is_lost_and_leaves_a_doubt(
    running: RunningExchange, ada: OpenAccount, caplog: pytest.LogCaptureFixture
) -> None:
    with adapter(running) as exchange:
        exchange.time()
        league = League(running, exchange)
        league.supervisor.start()
        account = league.link_live("Ada", ada)
        league.until(lambda: league.supervisor.forwarder.buffered() == 0)
        league.queue.refusals = 10**6
        running.admin.deposit(ada.uid, "USDT", "250")
        league.until(lambda: league.supervisor.state()["frames"] == 2)
        assert not league.supervisor.stop(0)
    [lost] = [each for each in caplog.records if each.message == "frames_lost"]
    assert (lost.__dict__["account_id"], lost.__dict__["items"]) == (account.account_id, 2)
    assert set(league.fakes.doubts.of_slot(account.slot)) == {account.account_id}


def test_prices_and_symbols_are_kept(league: League, running: RunningExchange) -> None:
    prices = league.fakes.prices
    league.until(lambda: prices.latest() is not None)
    assert "BTCUSDT" in prices.symbols()
    start = league.exchange.time()
    running.admin.advance(120_000)
    league.exchange.time()
    running.admin.post("streams/tick")
    league.until(lambda: prices.first_minute_from(start, league.exchange.clock.now()) is not None)


def test_fast_forward_sends_an_hour_at_its_flush(
    league: League, running: RunningExchange, ada: OpenAccount
) -> None:
    account = league.link_live("Ada", ada)
    door = ControlDoor(league.supervisor, 0)
    address = f"http://127.0.0.1:{door.port}"
    try:
        assert requests.post(f"{address}/mode", json={"mode": "fast"}, timeout=5).ok
        running.admin.advance(3_600_000)
        buy(running, ada)
        league.until(lambda: bool(requests.get(f"{address}/state", timeout=5).json()["buffered"]))
        waiting = [item for item in league.queue.sent if item.frame is not None]
        assert waiting == []
        flushed = requests.post(f"{address}/flush", timeout=5).json()
        assert flushed["frames"] == len([each for each in league.queue.sent if each.frame])
        assert league.holdings(account) == league.books(ada)
        assert requests.post(f"{address}/mode", json={"mode": "slow"}, timeout=5).status_code == 400
        assert requests.get(address, timeout=5).status_code == 404
    finally:
        door.close()


def test_books_compared_in_fast_forward_give_a_checkpoint(
    league: League, running: RunningExchange, ada: OpenAccount
) -> None:
    league.link_live("Ada", ada)
    league.supervisor.set_fast(True)
    before = running.admin.get("events")["delivered"] - int(
        str(league.supervisor.state()["frames"])
    )
    running.admin.advance(1000)
    buy(running, ada)
    delivered = running.admin.get("events")["delivered"]
    league.until(lambda: league.supervisor.state()["frames"] == delivered - before)
    assert league.supervisor.flush(PATIENCE_S)
    league.record()
    running.admin.advance(1000)
    assert league.supervisor.compare_books() == 1
    reasons = [item.snapshot.reason for item in league.queue.sent if item.snapshot]
    assert reasons == ["link", "reconciled"]
    assert league.supervisor.compare_books() == 0


def test_a_part_that_fails_is_started_again(
    running: RunningExchange, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with started(running) as league:
        roster_number = league.fakes.accounts.roster_number
        failures = [ValueError("a bug")]

        def fails_once(slot: int) -> int:
            if failures:
                raise failures.pop()
            return roster_number(slot)

        monkeypatch.setattr(league.fakes.accounts, "roster_number", fails_once)
        league.until(lambda: not failures)
        league.link_live("Ada", open_account(running, USDT="1"))
        assert "part_failed" in caplog.messages
