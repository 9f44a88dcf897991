"""What our Binance adapter makes of each way of the exchange to fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, Thread

import pytest

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.links import Link, LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.market_stream import BinancePriceStream
from chalicelib.adapters.binance.rest import BinanceExchange, RestAddresses
from chalicelib.adapters.binance.sapi_budget import Counter, SapiBudget
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    KeyRevoked,
    RateLimited,
    RegionRefused,
)
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import (
    PATIENCE_S,
    TIMES,
    Heard,
    MovableClock,
    OpenAccount,
    adapter,
    buy,
    machine_now,
    open_account,
    running_stream,
)

ACCOUNT = "/api/v3/account"
SUBSCRIBE = "userDataStream.subscribe.signature"
HOUR_S = 3600


@pytest.fixture(scope="module")
def serving() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def running(serving: RunningExchange) -> Iterator[RunningExchange]:
    yield serving
    serving.admin.delete("faults")
    serving.admin.post("maintenance", on=False)
    serving.admin.post("connections/refuse", count=0)
    serving.admin.post("connections/stall", count=0)
    serving.admin.post("limits", reset=True, weight_per_minute=6000, retry_after="right")


@pytest.fixture
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    with adapter(running) as made:
        made.time()
        running.admin.delete("requests")
        yield made


@pytest.fixture
def ada(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


def addresses(running: RunningExchange) -> RestAddresses:
    return RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("waf", ExchangeUnavailable),
        ("gone", ExchangeUnavailable),
        ("region", RegionRefused),
        ("server-error", ExchangeUnavailable),
        ("unavailable", ExchangeUnavailable),
        ("maintenance", ExchangeUnavailable),
        ("timeout", ExchangeUnavailable),
        ("rate-limit", RateLimited),
        ("reset", ExchangeUnavailable),
        ("empty", ExchangeUnavailable),
        ("json-error", ExchangeUnavailable),
        ("list", ExchangeUnavailable),
        ("truncated", ExchangeUnavailable),
        ("cut", ExchangeUnavailable),
    ],
)
@pytest.mark.parametrize("executed", [False, True])
def test_a_failed_call_is_one_of_the_domains_errors_and_is_not_repeated(
    running: RunningExchange,
    exchange: BinanceExchange,
    ada: OpenAccount,
    kind: str,
    raised: type[ExchangeError],
    executed: bool,
) -> None:
    running.admin.fault(kind, ACCOUNT, executed=executed)
    with pytest.raises(ExchangeError) as caught:
        exchange.account(ada.pair)
    assert type(caught.value) is raised
    assert running.admin.get("requests")["by_address"] == {"127.0.0.1": {f"GET {ACCOUNT}": 1}}


@pytest.mark.parametrize("kind", ["empty", "list", "json-error", "truncated"])
@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/api/v3/time", lambda each: each.time()),
        ("/api/v3/exchangeInfo", lambda each: each.symbols()),
        ("/api/v3/ticker/24hr", lambda each: each.quotes()),
    ],
)
def test_public_answers_that_are_nonsense_are_none(
    running: RunningExchange,
    exchange: BinanceExchange,
    kind: str,
    path: str,
    ask: Callable[[BinanceExchange], object],
) -> None:
    running.admin.fault(kind, path)
    with pytest.raises(ExchangeUnavailable):
        ask(exchange)


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("waf", ExchangeUnavailable),
        ("region", RegionRefused),
        ("unavailable", ExchangeUnavailable),
        ("timeout", ExchangeUnavailable),
        ("reset", ExchangeUnavailable),
        ("empty", ExchangeUnavailable),
        ("json-error", ExchangeUnavailable),
        ("list", ExchangeUnavailable),
        ("truncated", ExchangeUnavailable),
        ("cut", ExchangeUnavailable),
        ("rate-limit", RateLimited),
    ],
)
def test_wallet_calls_fail_alike_and_leave_the_others_alone(
    running: RunningExchange,
    exchange: BinanceExchange,
    ada: OpenAccount,
    kind: str,
    raised: type[ExchangeError],
) -> None:
    running.admin.fault(kind, "/sapi/*")
    with pytest.raises(ExchangeError) as caught:
        exchange.permissions(ada.pair)
    assert type(caught.value) is raised
    assert exchange.account(ada.pair).uid == str(ada.uid)


def test_a_late_answer_is_an_answer(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.fault("slow", ACCOUNT, seconds=0.05)
    assert exchange.account(ada.pair).uid == str(ada.uid)


def test_an_answer_that_never_comes_is_given_up(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.fault("slow", ACCOUNT)
    impatient = BinanceExchange(
        addresses(running), WeightBudget(machine_now), machine_now, timeout_s=0.1
    )
    with pytest.raises(ExchangeUnavailable, match="Timeout"):
        impatient.account(ada.pair)
    impatient.close()
    assert exchange.account(ada.pair).uid == str(ada.uid)


def test_a_ban_that_comes_while_a_wallet_call_waits_its_turn_holds_it_back(
    running: RunningExchange, ada: OpenAccount
) -> None:
    clock = MovableClock()
    budget = WeightBudget(clock)

    def banned_meanwhile(seconds: float) -> None:
        clock.moved += seconds
        budget.pause(clock() + timedelta(hours=1), banned=True)

    turns = SapiBudget(clock, banned_meanwhile)
    turns.pause(Counter("account/apiRestrictions"), clock() + timedelta(seconds=30))
    waiting = BinanceExchange(addresses(running), budget, clock, turns)
    running.admin.delete("requests")
    with pytest.raises(RateLimited) as caught:
        waiting.permissions(ada.pair)
    assert caught.value.banned
    assert running.admin.get("requests")["total"] == 0


def test_one_call_with_a_clock_that_is_off_is_made_again(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.fault("skew", ACCOUNT, skew_ms=60_000)
    assert exchange.account(ada.pair).uid == str(ada.uid)


def test_maintenance_leaves_no_pair_trading_and_no_account_to_read(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.post("maintenance", on=True)
    assert not any(each.trading for each in exchange.symbols().values())
    assert exchange.quotes() == {}
    with pytest.raises(ExchangeUnavailable):
        exchange.account(ada.pair)


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": {"reading": False}},
        {"allowed_addresses": ["10.1.2.3"]},
        {"revoked": True},
    ],
)
def test_a_key_narrowed_in_use_is_revoked_to_us(
    running: RunningExchange,
    exchange: BinanceExchange,
    ada: OpenAccount,
    change: dict[str, object],
) -> None:
    assert exchange.account(ada.pair).uid == str(ada.uid)
    running.admin.post("keys/change", key=ada.pair.api_key, **change)
    with pytest.raises(KeyRevoked):
        exchange.account(ada.pair)


def test_a_key_widened_in_use_shows_what_it_may_do_now(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    assert not exchange.permissions(ada.pair).withdraw
    running.admin.post("keys/change", key=ada.pair.api_key, permissions={"withdrawals": True})
    assert exchange.permissions(ada.pair).withdraw


@pytest.mark.parametrize("sense", ["right", "absent", "zero", "nonsense", "minus"])
def test_over_the_weight_we_come_back_in_the_next_minute_whatever_the_header_says(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, sense: str
) -> None:
    running.admin.post("limits", weight_per_minute=1, retry_after=sense)
    with pytest.raises(RateLimited) as caught:
        exchange.account(ada.pair)
    assert timedelta(0) < caught.value.retry_at - machine_now() <= timedelta(seconds=61)
    assert not caught.value.banned


def test_a_ban_says_so_and_until_when(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.post("bans", address="127.0.0.1", seconds=HOUR_S)
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            exchange.account(ada.pair)
        assert caught.value.banned
        assert timedelta(minutes=59) < caught.value.retry_at - machine_now() <= timedelta(hours=1)
    assert running.admin.get("requests")["total"] == 1


@pytest.mark.parametrize(
    "kind",
    ["waf", "region", "server-error", "maintenance", "timeout", "json-error", "reset", "cut"],
)
def test_an_account_is_subscribed_after_a_request_that_failed(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, kind: str
) -> None:
    running.admin.fault(kind, SUBSCRIBE)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        assert heard.refused == []
        buy(running, ada)
        heard.until_frames("ada", 1)


@pytest.mark.parametrize("kind", ["empty", "truncated", "list", "slow"])
def test_a_request_without_a_usable_answer_is_made_again_on_a_new_connection(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, kind: str
) -> None:
    running.admin.fault(kind, SUBSCRIBE)
    heard, clock = Heard(), MovableClock()
    times = LinkTimes(silence=10**6, first_pause=0.01, longest_pause=0.05, look=0.02)
    with running_stream(running, exchange, heard, clock=clock, times=times) as stream:
        stream.follow("ada", ada.pair)
        until_came(running, f"frame {SUBSCRIBE}")
        clock.moved += TIMES.answer + 1
        heard.until_subscribed("ada")


@pytest.mark.parametrize("status", [403, 410, 451, 503])
def test_a_refused_handshake_is_tried_again(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, status: int
) -> None:
    running.admin.post("connections/refuse", count=2, status=status)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")


def test_a_refused_region_is_named_at_the_handshake_too(running: RunningExchange) -> None:
    running.admin.post("connections/refuse", count=1, status=451)
    with pytest.raises(RegionRefused):
        Link(running.ws_api_url, machine_now, TIMES)


def test_too_many_connects_are_a_pause_of_minutes_and_no_ban(running: RunningExchange) -> None:
    running.admin.post("limits", reset=True, connects_per_five_minutes=1)
    Link(running.ws_api_url, machine_now, TIMES).close()
    with pytest.raises(RateLimited) as caught:
        Link(running.ws_api_url, machine_now, TIMES)
    running.admin.post("limits", connects_per_five_minutes=300)
    assert not caught.value.banned
    assert timedelta(0) < caught.value.retry_at - machine_now() <= timedelta(minutes=5)


def test_a_handshake_that_is_never_answered_is_given_up(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.post("connections/stall", count=1)
    heard = Heard()
    times = LinkTimes(connect=0.2, first_pause=0.01, longest_pause=0.05, look=0.02)
    with running_stream(running, exchange, heard, times=times) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")


def until_came(running: RunningExchange, name: str) -> None:
    running.until(lambda each: each.traffic.count("127.0.0.1", name))


class CountingClock(MovableClock):
    """A clock that also tells how often it was looked at: each try to send looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0
        self._told = Condition()

    def __call__(self) -> datetime:
        with self._told:
            self._looks += 1
            self._told.notify_all()
        return super().__call__()

    def until_more(self, looks: int) -> None:
        with self._told:
            goal = self._looks + looks
            assert self._told.wait_for(lambda: self._looks >= goal, PATIENCE_S)


@dataclass
class OneAddress:
    """REST calls, account events and prices that share an address's budget and a clock."""

    running: RunningExchange
    clock: CountingClock = field(default_factory=CountingClock)
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.budget = WeightBudget(self.clock)
        self.rest = BinanceExchange(addresses(self.running), self.budget, self.clock)
        environment = StreamEnvironment(
            budget=self.budget,
            exchange_now=self.rest.clock.now,
            resync=self.rest.time,
            machine=self.clock,
            times=LinkTimes(silence=10**6, first_pause=0.01, longest_pause=0.02, look=0.02),
        )
        self.stream = BinanceUserStream(self.running.ws_api_url, environment, self.heard)
        self.prices = BinancePriceStream(self.running.stream_url, environment)
        self._threads = [
            Thread(target=self.stream.run),
            Thread(target=self.prices.run, args=(lambda at, quotes: None,)),
        ]

    def __enter__(self) -> "OneAddress":
        self.rest.time()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.prices.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self.rest.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def until_paused(self) -> None:
        for _ in range(1000):
            if self.budget.try_spend(0, Priority.STREAMS):
                return
            self.clock.until_more(1)
        raise AssertionError("never paused")


def test_nothing_at_all_is_sent_from_a_banned_address_until_the_stated_end(
    running: RunningExchange, ada: OpenAccount
) -> None:
    with OneAddress(running) as ours:
        ours.stream.follow("ada", ada.pair)
        ours.heard.until_subscribed("ada")
        running.admin.post("bans", address="127.0.0.1", seconds=HOUR_S)
        running.admin.post("connections/drop", kind="market")
        ours.until_paused()  # the first who connected was told of the ban
        ours.clock.until_more(10)  # the other one may have been connecting meanwhile
        running.admin.delete("requests")
        for seconds in (0, HOUR_S / 2, HOUR_S - 30):
            ours.clock.moved = seconds
            ours.clock.until_more(100)  # so many times they would have connected
            with pytest.raises(RateLimited):
                ours.budget.spend(1, Priority.STREAMS, timedelta(0))
            ours.stream.leave("ada")
            ours.stream.follow("ada", ada.pair)
        assert running.admin.get("requests")["total"] == 0
        running.admin.delete("bans")
        ours.clock.moved = HOUR_S + 1
        ours.heard.until_subscribed("ada", 2)


def test_an_open_stream_sends_no_request_while_its_address_is_paused(
    running: RunningExchange, ada: OpenAccount
) -> None:
    bob = open_account(running, USDT="10")
    with OneAddress(running) as ours:
        ours.stream.follow("ada", ada.pair)
        ours.heard.until_subscribed("ada")
        until_came(running, "connect market")
        running.admin.fault("rate-limit", ACCOUNT, retry_after="600")
        with pytest.raises(RateLimited):
            ours.rest.account(ada.pair)
        running.admin.delete("requests")
        ours.stream.leave("ada")
        ours.stream.follow("bob", bob.pair)
        buy(running, ada)
        running.admin.delete("requests")
        ours.clock.moved = 599
        ours.clock.until_more(100)
        with pytest.raises(RateLimited):
            ours.budget.spend(1, Priority.STREAMS, timedelta(0))
        assert running.admin.get("requests")["total"] == 0
        ours.clock.moved = 601
        ours.heard.until_subscribed("bob")
        assert ours.heard.frames["ada"] == []
