"""What our Binance adapter makes of each way of the exchange to fail."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import Link, LinkTimes
from chalicelib.adapters.binance.rest import BinanceExchange, RestAddresses
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    KeyRevoked,
    RateLimited,
    RegionRefused,
)
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import (
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
