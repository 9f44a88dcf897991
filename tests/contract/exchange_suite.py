"""What the league expects of any exchange: one suite for every adapter, written on the ports alone.

An adapter passes it at a place where accounts can be opened and traded at will, driven through
`ExchangeUnderTest`: subclass `ExchangeSuite` under a name that begins with Test, and give it a
fixture `venue`, made anew for each test, beside it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from queue import Queue
from threading import Thread
from typing import TypeAlias

import pytest

from chalicelib.domain.account import AccountState, KeyPair, state_after_check
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    InvalidRequest,
    KeyRevoked,
    RateLimited,
    RegionRefused,
)
from chalicelib.domain.holdings import Position
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Source, order_of
from chalicelib.domain.market import Quote
from chalicelib.domain.money import EXACT, Asset
from chalicelib.services.exchange_ports import ExchangeState, FrameContent
from tests.contract.exchange_under_test import ExchangeUnderTest, Failure
from tests.heard import PATIENCE_S, Heard

HOUR = timedelta(hours=1)
INSTANT = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)

FAILS_AS: Mapping[Failure, type[ExchangeError]] = {
    Failure.OUTAGE: ExchangeUnavailable,
    Failure.EMPTY_ANSWER: ExchangeUnavailable,
    Failure.HALF_ANSWER: ExchangeUnavailable,
    Failure.OTHER_SHAPE: ExchangeUnavailable,
    Failure.TOO_MUCH: RateLimited,
    Failure.REGION: RegionRefused,
}

Call: TypeAlias = Callable[[ExchangeUnderTest, KeyPair, datetime], object]
PUBLIC_CALLS: Mapping[str, Call] = {
    "state": lambda venue, pair, now: venue.exchange.state(),
    "time": lambda venue, pair, now: venue.exchange.time(),
    "symbols": lambda venue, pair, now: venue.exchange.symbols(),
    "quotes": lambda venue, pair, now: venue.exchange.quotes(),
    "minute_close": lambda venue, pair, now: venue.exchange.minute_close(venue.symbol, now),
}
KEY_CALLS: Mapping[str, Call] = {
    "account": lambda venue, pair, now: venue.exchange.account(pair),
    "permissions": lambda venue, pair, now: venue.exchange.permissions(pair),
    "movements": lambda venue, pair, now: [
        venue.exchange.movements(pair, history, now - HOUR, now)
        for history in venue.exchange.histories()
    ],
}
ALL_CALLS: Mapping[str, Call] = {**PUBLIC_CALLS, **KEY_CALLS}


def movements(
    venue: ExchangeUnderTest, pair: KeyPair, start: datetime, end: datetime
) -> list[BalanceChange]:
    """Of all histories, oldest first, each at a time when it may be asked for."""
    found: list[BalanceChange] = []
    for history in venue.exchange.histories():
        try:
            found += venue.exchange.movements(pair, history, start, end)
        except RateLimited as error:
            venue.wait(error.retry_at)
            found += venue.exchange.movements(pair, history, start, end)
    return sorted(found, key=order_of)


def recent(venue: ExchangeUnderTest, pair: KeyPair) -> list[BalanceChange]:
    """What moved within the last hour."""
    now = venue.exchange.time()
    return movements(venue, pair, now - HOUR, now + MINUTE)


def fills(venue: ExchangeUnderTest, pair: KeyPair, start: datetime | None = None) -> list[Fill]:
    """Of the pair that is traded, by default of the last hour."""
    symbol = venue.exchange.symbols()[venue.symbol]
    return venue.exchange.fills(pair, symbol, start or venue.exchange.time() - HOUR)


def total(entries: Iterable[LedgerEntry]) -> dict[Asset, Decimal]:
    """What the entries changed, by asset."""
    sums: dict[Asset, Decimal] = {}
    with localcontext(EXACT):
        for entry in entries:
            for asset, change in entry.changes().items():
                sums[asset] = sums.get(asset, Decimal(0)) + change
    return {asset: quantity for asset, quantity in sums.items() if quantity}


def held(venue: ExchangeUnderTest, pair: KeyPair) -> dict[Asset, Decimal]:
    """What the account holds, without the assets it holds nothing of."""
    quantities = venue.exchange.account(pair).quantities
    return {asset: quantity for asset, quantity in quantities.items() if quantity}


def change(before: Mapping[Asset, Decimal], after: Mapping[Asset, Decimal]) -> dict[Asset, Decimal]:
    """What came and went between two readings."""
    with localcontext(EXACT):
        changes = {
            asset: after.get(asset, Decimal(0)) - before.get(asset, Decimal(0))
            for asset in before.keys() | after.keys()
        }
    return {asset: quantity for asset, quantity in changes.items() if quantity}


def parsed(venue: ExchangeUnderTest, heard: Heard, account_id: str = "ada") -> list[FrameContent]:
    """The frames that came, read."""
    frames = list(heard.frames[account_id])
    return [venue.parser.parse(frame, number) for number, frame in enumerate(frames)]


def traded(venue: ExchangeUnderTest, heard: Heard, account_id: str = "ada") -> list[Fill]:
    """The fills among them."""
    return [each for each in parsed(venue, heard, account_id) if isinstance(each, Fill)]


@contextmanager
def prices_of(venue: ExchangeUnderTest) -> Iterator[Callable[[str], datetime]]:
    """Gives the time at which the price stream next says that the pair has a price."""
    told: Queue[tuple[datetime, Quote]] = Queue()

    def listen(at: datetime, quotes: Mapping[str, Quote]) -> None:
        if venue.symbol in quotes:
            told.put((at, quotes[venue.symbol]))

    def told_at(price: str) -> datetime:
        while True:
            at, quote = told.get(timeout=PATIENCE_S)
            if quote.price == Decimal(price):
                return at

    stream = venue.price_stream()
    thread = Thread(target=stream.run, args=(listen,), name="price-stream")
    thread.start()
    try:
        yield told_at
    finally:
        stream.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


class ExchangeSuite:
    """Each test is one claim; `venue` comes from the subclass."""

    def test_the_same_account_has_the_same_name_by_each_of_its_keys(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair, other = venue.open_account(), venue.open_account()
        uid = venue.exchange.account(pair).uid
        assert venue.exchange.account(venue.another_key(pair)).uid == uid
        assert venue.exchange.account(other).uid != uid

    def test_an_order_that_waits_changes_no_quantity(self, venue: ExchangeUnderTest) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        venue.leave_order_open(pair)
        assert held(venue, pair) == {venue.quote: Decimal(5000)}

    def test_a_reading_is_not_older_than_the_last_change(self, venue: ExchangeUnderTest) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        venue.buy(pair, "1000")
        reading = venue.exchange.account(pair)
        assert fills(venue, pair)[-1].executed_at <= reading.updated_at <= venue.exchange.time()

    def test_a_key_that_only_reads_may_be_linked(self, venue: ExchangeUnderTest) -> None:
        permissions = venue.exchange.permissions(venue.open_account())
        assert state_after_check(permissions) is AccountState.LIVE

    def test_fills_explain_what_changed_to_the_last_digit(self, venue: ExchangeUnderTest) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        before = held(venue, pair)
        venue.buy(pair, "1000")
        found = fills(venue, pair)
        assert len(found) > 1
        assert total(found) == change(before, held(venue, pair))
        assert {(each.base, each.quote) for each in found} == {(venue.base, venue.quote)}

    def test_fills_come_oldest_first_each_with_an_id_that_stays(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        venue.buy(pair, "1000")
        venue.buy(pair, "700")
        found = fills(venue, pair)
        assert [each.executed_at for each in found] == sorted(each.executed_at for each in found)
        assert len({each.entry_id for each in found}) == len(found)
        assert fills(venue, pair) == found
        assert len({each.order_id for each in found}) == 2

    def test_fills_are_asked_for_from_an_instant_on(self, venue: ExchangeUnderTest) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        venue.buy(pair, "1000")
        venue.buy(pair, "700")
        found = fills(venue, pair)
        newest = found[-1].executed_at
        later = [each for each in found if each.executed_at == newest]
        assert fills(venue, pair, newest) == later
        assert fills(venue, pair, newest + INSTANT) == []

    def test_histories_have_names_of_their_own(self, venue: ExchangeUnderTest) -> None:
        names = venue.exchange.histories()
        assert len(set(names)) == len(names) > 0

    def test_an_account_to_which_nothing_happened_has_empty_histories(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair = venue.open_account()
        assert recent(venue, pair) == []
        assert fills(venue, pair) == []

    def test_histories_explain_what_changed_without_a_fill(self, venue: ExchangeUnderTest) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        before = held(venue, pair)
        venue.deposit(pair, venue.quote, "250")
        venue.withdraw(pair, venue.quote, "99", fee="1")
        venue.convert(pair, (venue.quote, "100.5"), (venue.base, "0.0017"))
        found = recent(venue, pair)
        assert total(found) == change(before, held(venue, pair))
        assert {(each.kind, each.asset, each.quantity) for each in found} == {
            (ChangeKind.DEPOSIT, venue.quote, Decimal(250)),
            (ChangeKind.WITHDRAWAL, venue.quote, Decimal(-100)),
            (ChangeKind.CONVERT, venue.quote, Decimal("-100.5")),
            (ChangeKind.CONVERT, venue.base, Decimal("0.0017")),
        }
        assert {each.source for each in found} == {Source.HISTORY}

    def test_a_history_asked_again_says_the_same_under_the_same_ids(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair = venue.open_account(**{venue.quote: "5000"})
        venue.deposit(pair, venue.quote, "250")
        venue.deposit(pair, venue.quote, "250")
        venue.convert(pair, (venue.quote, "100"), (venue.base, "0.001"))
        found = recent(venue, pair)
        assert len({each.entry_id for each in found}) == len(found) == 4
        assert recent(venue, pair) == found

    def test_a_history_holds_its_first_instant_and_not_its_last(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair = venue.open_account()
        venue.deposit(pair, venue.quote, "250")
        [deposit] = recent(venue, pair)
        at = deposit.changed_at
        assert movements(venue, pair, at, at + INSTANT) == [deposit]
        assert movements(venue, pair, at - HOUR, at) == []
        assert movements(venue, pair, at + INSTANT, at + HOUR) == []

    def test_what_is_quoted_is_listed_and_trades(self, venue: ExchangeUnderTest) -> None:
        symbols, quotes = venue.exchange.symbols(), venue.exchange.quotes()
        assert quotes[venue.symbol].price > 0
        assert all(symbols[name].trading for name in quotes)
        assert (symbols[venue.symbol].base, symbols[venue.symbol].quote) == (
            venue.base,
            venue.quote,
        )

    def test_a_halted_pair_is_listed_and_not_quoted(self, venue: ExchangeUnderTest) -> None:
        with venue.halt():
            assert not venue.exchange.symbols()[venue.symbol].trading
            assert venue.symbol not in venue.exchange.quotes()

    def test_the_close_of_a_minute_is_known_once_it_is_over(self, venue: ExchangeUnderTest) -> None:
        minute = venue.exchange.time().replace(second=0, microsecond=0)
        close = venue.exchange.minute_close(venue.symbol, minute - 5 * MINUTE)
        assert close is not None
        assert close > 0
        assert venue.exchange.minute_close(venue.symbol, minute + HOUR) is None

    def test_an_exchange_that_is_closed_says_so(self, venue: ExchangeUnderTest) -> None:
        assert venue.exchange.state() is ExchangeState.OPEN
        with venue.maintenance():
            assert venue.exchange.state() is ExchangeState.MAINTENANCE

    @pytest.mark.parametrize("call", KEY_CALLS)
    def test_a_deleted_key_is_told_from_an_exchange_that_fails(
        self, venue: ExchangeUnderTest, call: str
    ) -> None:
        pair = venue.open_account()
        venue.revoke(pair)
        with pytest.raises(KeyRevoked):
            KEY_CALLS[call](venue, pair, venue.exchange.time())

    @pytest.mark.parametrize("failure", FAILS_AS)
    @pytest.mark.parametrize("call", ALL_CALLS)
    def test_every_failure_has_its_class(
        self, venue: ExchangeUnderTest, call: str, failure: Failure
    ) -> None:
        pair, now = venue.open_account(), venue.exchange.time()
        with venue.failing(failure), pytest.raises(ExchangeError) as caught:
            ALL_CALLS[call](venue, pair, now)
        assert type(caught.value) is FAILS_AS[failure]
        assert pair.api_key not in str(caught.value)

    @pytest.mark.parametrize("call", ALL_CALLS)
    def test_a_ban_of_the_address_stops_every_call_until_it_ends(
        self, venue: ExchangeUnderTest, call: str
    ) -> None:
        pair, now = venue.open_account(), venue.exchange.time()
        with venue.failing(Failure.BANNED), pytest.raises(RateLimited) as told:
            venue.exchange.account(pair)
        with pytest.raises(RateLimited) as caught:
            ALL_CALLS[call](venue, pair, now)
        assert told.value.banned
        assert caught.value.banned
        assert abs(caught.value.retry_at - told.value.retry_at) < MINUTE

    @pytest.mark.parametrize("failure", FAILS_AS)
    def test_fills_fail_as_everything_does(
        self, venue: ExchangeUnderTest, failure: Failure
    ) -> None:
        pair, now = venue.open_account(), venue.exchange.time()
        symbol = venue.exchange.symbols()[venue.symbol]
        with venue.failing(failure), pytest.raises(FAILS_AS[failure]):
            venue.exchange.fills(pair, symbol, now)

    def test_the_stream_says_of_a_fill_what_the_history_says(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair, heard = venue.open_account(**{venue.quote: "5000"}), Heard()
        with venue.stream(heard) as stream:
            stream.follow("ada", pair)
            heard.until_subscribed("ada")
            venue.buy(pair, "1000")
            found = fills(venue, pair)
            heard.until(lambda: len(traded(venue, heard)) >= len(found))
        assert sorted(traded(venue, heard), key=order_of) == sorted(found, key=order_of)

    def test_the_stream_gives_quantities_as_a_reading_does(self, venue: ExchangeUnderTest) -> None:
        pair, heard = venue.open_account(**{venue.quote: "5000"}), Heard()

        def quantities() -> dict[Asset, Decimal]:
            found: dict[Asset, Decimal] = {}
            for content in parsed(venue, heard):
                if isinstance(content, Position):
                    found |= content.quantities
            return {asset: quantity for asset, quantity in found.items() if quantity}

        with venue.stream(heard) as stream:
            stream.follow("ada", pair)
            heard.until_subscribed("ada")
            venue.buy(pair, "1000")
            venue.deposit(pair, venue.quote, "250")
            now = held(venue, pair)
            heard.until(lambda: quantities() == now)

    def test_frames_reach_the_account_they_are_of(self, venue: ExchangeUnderTest) -> None:
        heard = Heard()
        ada, bob = (venue.open_account(**{venue.quote: "5000"}) for _ in range(2))
        with venue.stream(heard) as stream:
            stream.follow("ada", ada)
            stream.follow("bob", bob)
            heard.until(lambda: len(heard.subscribed_accounts) == 2)
            venue.buy(bob, "1000")
            heard.until(lambda: bool(traded(venue, heard, "bob")))
        assert heard.frames["ada"] == []

    def test_a_lost_connection_is_a_gap_until_the_account_is_subscribed_again(
        self, venue: ExchangeUnderTest
    ) -> None:
        pair, heard = venue.open_account(**{venue.quote: "5000"}), Heard()
        with venue.stream(heard) as stream:
            stream.follow("ada", pair)
            heard.until_subscribed("ada")
            venue.cut()
            heard.until_subscribed("ada", 2)
            assert heard.gaps == ["ada"]
            venue.buy(pair, "1000")
            heard.until(lambda: bool(traded(venue, heard)))

    def test_a_stream_that_is_closed_makes_no_gap(self, venue: ExchangeUnderTest) -> None:
        pair, heard = venue.open_account(), Heard()
        with venue.stream(heard) as stream:
            stream.follow("ada", pair)
            heard.until_subscribed("ada")
        assert heard.gaps == []

    def test_an_account_that_is_left_is_heard_no_more(self, venue: ExchangeUnderTest) -> None:
        heard = Heard()
        ada, bob = (venue.open_account(**{venue.quote: "5000"}) for _ in range(2))
        with venue.stream(heard) as stream:
            stream.follow("ada", ada)
            heard.until_subscribed("ada")
            stream.leave("ada")
            stream.follow("bob", bob)
            heard.until_subscribed("bob")
            venue.buy(ada, "1000")
            venue.buy(bob, "1000")
            heard.until(lambda: bool(traded(venue, heard, "bob")))
        assert traded(venue, heard, "ada") == []

    def test_a_deleted_key_is_not_asked_for_again(self, venue: ExchangeUnderTest) -> None:
        ada, bob, heard = venue.open_account(), venue.open_account(), Heard()
        venue.revoke(ada)
        with venue.stream(heard) as stream:
            stream.follow("ada", ada)
            heard.until(lambda: heard.refused == ["ada"])
            stream.follow("bob", bob)
            heard.until_subscribed("bob")
        assert heard.refused == ["ada"]
        assert "ada" not in heard.subscribed_accounts

    def test_a_price_that_changes_is_told_with_the_exchanges_time(
        self, venue: ExchangeUnderTest
    ) -> None:
        with prices_of(venue) as told_at:
            venue.move_price("61234.5")
            at = told_at("61234.5")
        assert abs(venue.exchange.time() - at) < MINUTE

    def test_prices_go_on_after_a_lost_connection(self, venue: ExchangeUnderTest) -> None:
        with prices_of(venue) as told_at:
            venue.move_price("60001")
            before = told_at("60001")
            venue.cut()
            venue.move_price("60002")
            assert told_at("60002") > before

    @pytest.mark.parametrize("frame", ["", "[]", "{}", "not a frame", '{"event": null}'])
    def test_what_is_no_frame_is_refused(self, venue: ExchangeUnderTest, frame: str) -> None:
        with pytest.raises(InvalidRequest):
            venue.parser.parse(frame, 0)
