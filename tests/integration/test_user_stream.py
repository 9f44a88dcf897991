"""The user stream against the running sandbox exchange: it stays up, account by account."""

import json
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.links import Link, LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import ExchangeUnavailable
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


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    with adapter(running) as made:
        made.time()
        yield made


@pytest.fixture
def ada(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


@pytest.fixture
def bob(running: RunningExchange) -> OpenAccount:
    return open_account(running, USDT="5000")


def events(heard: Heard, account_id: str) -> list[str]:
    return [json.loads(frame)["event"]["e"] for frame in heard.frames[account_id]]


def positions(heard: Heard, account_id: str) -> int:
    return events(heard, account_id).count("outboundAccountPosition")


def connections(running: RunningExchange) -> int:
    return len(running.admin.get("connections")["connections"])


def test_a_fill_comes_to_its_account_alone_with_two_on_one_socket(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        stream.follow("bob", bob.pair)
        heard.until_subscribed("ada")
        heard.until_subscribed("bob")
        assert connections(running) == 1
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") == 1)
        assert set(events(heard, "ada")) == {"executionReport", "outboundAccountPosition"}
        assert events(heard, "bob") == []


def test_an_account_left_is_heard_no_more(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        stream.leave("ada")
        stream.follow("bob", bob.pair)
        heard.until_subscribed("bob")
        buy(running, ada)
        buy(running, bob)
        heard.until(lambda: positions(heard, "bob") == 1)
        assert events(heard, "ada") == []
        assert heard.gaps == []


@pytest.mark.parametrize("method", ["subscribe.signature", "unsubscribe"])
def test_an_account_whose_answer_was_lost_is_heard_on_another_connection(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, method: str
) -> None:
    heard = Heard()
    lost = {
        "kind": "timeout",
        "path": f"userDataStream.{method}",
        "executed": method != "unsubscribe",
    }
    running.admin.post("faults", **lost)
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        if method == "unsubscribe":
            heard.until_subscribed("ada")
            stream.leave("ada")
            stream.follow("ada", ada.pair)
        heard.until_subscribed("ada", 2 if method == "unsubscribe" else 1)
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") >= 1)


def test_an_account_followed_anew_is_subscribed_with_its_new_key(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard = Heard()
    running.admin.post("events", revoked_key_ends_stream=True)
    made = running.admin.add_key(ada.uid)
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        stream.leave("ada")
        stream.follow("ada", KeyPair(made["key"], made["secret"]))
        heard.until_subscribed("ada", 2)
        running.admin.post("keys/change", key=ada.pair.api_key, revoked=True)
        buy(running, ada)
        heard.until_frames("ada", 3)
    assert heard.refused == []


@pytest.mark.parametrize("fault", ["drop", "close"])
def test_a_lost_connection_is_a_gap_and_everyone_is_subscribed_anew(
    running: RunningExchange,
    exchange: BinanceExchange,
    ada: OpenAccount,
    bob: OpenAccount,
    fault: str,
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        stream.follow("bob", bob.pair)
        heard.until(lambda: len(heard.subscribed_accounts) == 2)
        running.admin.post(f"connections/{fault}")
        heard.until_subscribed("ada", 2)
        heard.until_subscribed("bob", 2)
        assert sorted(heard.gaps) == ["ada", "bob"]
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") == 1)


def test_an_exchange_that_refuses_connections_is_asked_again(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.post("connections/refuse", count=3, status=503)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")


def test_a_silent_connection_is_given_up(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard, clock = Heard(), MovableClock()
    with running_stream(running, exchange, heard, clock=clock) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        running.admin.post("connections/freeze")
        clock.moved += TIMES.silence + 1
        heard.until_subscribed("ada", 2)
        assert heard.gaps == ["ada"]


def test_pings_keep_a_quiet_connection_alive(running: RunningExchange) -> None:
    running.admin.post("connections/settings", ping_every_s=0.01)
    clock = MovableClock()
    link = Link(running.ws_api_url, clock, TIMES)
    try:
        for _ in range(5):
            clock.moved += 40
            assert link.receive(PATIENCE_S) is None  # returns at the ping
        running.admin.post("connections/freeze")
        for _ in range(3):
            link.receive(0.05)  # pings that were on their way
        clock.moved += 100
        with pytest.raises(ExchangeUnavailable, match="silent"):
            link.receive(0.01)
    finally:
        link.close()


def test_an_announced_shutdown_changes_connections_without_a_gap(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        stream.follow("bob", bob.pair)
        heard.until(lambda: len(heard.subscribed_accounts) == 2)
        [old] = running.admin.get("connections")["connections"]
        running.admin.post("connections/shutdown")
        heard.until_subscribed("ada", 2)
        heard.until_subscribed("bob", 2)
        running.admin.post("connections/drop", number=old["number"])
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") >= 1)
        assert heard.gaps == []


def test_a_cut_announced_ahead_costs_no_event(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        running.admin.post("connections/shutdown", cut_after_s=1)
        heard.until_subscribed("ada", 2)
        running.until(lambda _: len(running.server.sockets.chosen()) == 1)
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") == 1)
        assert heard.gaps == []


def test_a_connection_whose_numbers_are_used_up_gives_way_to_another(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    running.admin.post("limits", subscriptions_in_a_connections_life=2)
    carl = open_account(running, USDT="10")
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        stream.follow("bob", bob.pair)
        heard.until(lambda: len(heard.subscribed_accounts) == 2)
        stream.leave("ada")
        stream.follow("carl", carl.pair)
        heard.until_subscribed("carl")
        assert heard.gaps == []


def test_a_connection_is_changed_before_its_day_is_over(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard, clock = Heard(), MovableClock()
    times = LinkTimes(silence=10**6, overlap=0.1, first_pause=0.01, look=0.02)
    with running_stream(running, exchange, heard, clock=clock, times=times) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        clock.moved += 22 * 3600 + 1
        heard.until_subscribed("ada", 2)
        assert heard.gaps == []


def test_an_exchange_that_allows_one_connection_per_account_costs_a_gap_and_no_more(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    running.admin.post("events", one_connection_per_account=True)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        running.admin.post("connections/shutdown")
        heard.until_subscribed("ada", 2)
        buy(running, ada)
        heard.until(lambda: positions(heard, "ada") >= 1)


def test_a_key_revoked_in_mid_stream_stops_its_account_alone(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, bob: OpenAccount
) -> None:
    running.admin.post("events", revoked_key_ends_stream=True)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        stream.follow("bob", bob.pair)
        heard.until(lambda: len(heard.subscribed_accounts) == 2)
        running.admin.revoke_key(ada.pair.api_key)
        heard.until(lambda: heard.refused == ["ada"])
        buy(running, bob)
        heard.until(lambda: positions(heard, "bob") == 1)


def test_a_key_the_exchange_does_not_know_is_told_once(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("nobody", KeyPair("N" * 64, "secret"))
        stream.follow("ada", ada.pair)
        heard.until(lambda: heard.refused == ["nobody"])
        heard.until_subscribed("ada")


@pytest.mark.parametrize("skew_ms", [2000, -2000, 3_600_000])
def test_a_clock_that_is_off_is_put_right_and_the_account_subscribed(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount, skew_ms: int
) -> None:
    running.admin.post("clock", skew_ms=skew_ms)
    heard = Heard()
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", ada.pair)
        heard.until_subscribed("ada")
        assert heard.refused == []


class Breaks(Heard):
    """A listener that fails at its first frame."""

    broken = False

    def frame(self, account_id: str, frame: str) -> None:
        if not self.broken:
            self.broken = True
            raise ValueError("a bug")
        super().frame(account_id, frame)


def test_a_stream_that_failed_is_a_gap_and_runs_again(
    running: RunningExchange, exchange: BinanceExchange, ada: OpenAccount
) -> None:
    heard = Breaks()
    environment = StreamEnvironment(
        budget=WeightBudget(machine_now),
        exchange_now=exchange.clock.now,
        resync=exchange.time,
        machine=machine_now,
        times=TIMES,
    )
    stream = BinanceUserStream(running.ws_api_url, environment, heard)
    stream.follow("ada", ada.pair)

    def run_twice() -> None:
        for _ in range(2):
            with suppress(ValueError):
                stream.run()

    thread = Thread(target=run_twice)
    thread.start()
    try:
        heard.until_subscribed("ada")
        buy(running, ada)
        heard.until_subscribed("ada", 2)
        assert heard.gaps == ["ada"]
    finally:
        stream.close()
        thread.join(PATIENCE_S)
