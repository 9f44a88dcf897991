from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imported import ImportedLine, imported_line, minutes_wanted
from chalicelib.domain.ledger import Checkpoint, LedgerEntry
from chalicelib.domain.past_prices import PastPrices, past_prices
from chalicelib.domain.rebuild import Past, RebuiltAccount, day_of, midnight, rebuilt
from chalicelib.domain.series import DayMark, cumulative
from chalicelib.domain.windows import date_of_day, hour_of
from tests.builders import NOON, at, balance_change, checkpoint, fill, symbols

FIRST = day_of(NOON)
LINK = at(hours=72)
HOURS = range(hour_of(midnight(FIRST)), hour_of(LINK) + 2)
PAIRS = list(symbols("BTC/USDT").values())


def btc(*daily: str) -> PastPrices:
    """A price for each day from the first on."""
    closes = {hour: Decimal(daily[(hour - HOURS.start) // 24]) for hour in HOURS}
    return past_prices(PAIRS, {"BTCUSDT": closes}, HOURS)


FLAT = btc("100", "100", "100", "100")


def account(
    *entries: LedgerEntry, name: str = "ada", since: int = FIRST, **held: str
) -> RebuiltAccount:
    return rebuilt(Past(name, checkpoint(LINK, **held), midnight(since), entries))


def shown(line: ImportedLine) -> list[str]:
    """The line as others see it, up to the link."""
    marks = [DayMark(date_of_day(each.day), each.index, each.btc) for each in line.days]
    marks.append(DayMark(date_of_day(day_of(line.until)), 1.0, None))
    return [str(point.cumulative) for point in cumulative(marks)]


def test_a_line_follows_prices_and_ends_at_one() -> None:
    line = imported_line([account(BTC="1")], btc("100", "110", "99", "198"), LINK)
    assert shown(line) == ["0.00", "10.00", "-1.00", "98.00", "98.00"]
    assert [each.value for each in line.days] == [100, 110, 99, 198]
    assert [each.btc for each in line.days] == [100, 110, 99, 198]


def test_a_deposit_does_not_change_the_index() -> None:
    deposit = balance_change(quantity="500", changed_at=at(hours=30))
    line = imported_line([account(deposit, BTC="1", USDT="500")], FLAT, LINK)
    assert shown(line) == ["0.00"] * 5
    assert [each.net_flow for each in line.days] == [0, 0, 500, 0]


def test_days_before_anything_was_held_are_left_out() -> None:
    deposit = balance_change(quantity="500", changed_at=at(hours=30))
    line = imported_line([account(deposit, USDT="500")], FLAT, LINK)
    assert [each.day for each in line.days] == [FIRST + 1, FIRST + 2]


def test_accounts_are_one_portfolio() -> None:
    prices = btc("100", "200", "200", "200")
    line = imported_line([account(BTC="1"), account(name="bob", USDT="100")], prices, LINK)
    assert shown(line) == ["0.00", "50.00", "50.00", "50.00", "50.00"]


def test_an_account_whose_past_begins_later_joins_as_a_flow() -> None:
    prices = btc("100", "200", "200", "200")
    late = account(name="bob", since=FIRST + 2, USDT="1000")
    line = imported_line([account(BTC="1"), late], prices, LINK)
    assert shown(line) == ["0.00", "100.00", "100.00", "100.00", "100.00"]
    assert [each.net_flow for each in line.days] == [0, 0, 0, 1000]


def test_nothing_after_the_first_link_is_looked_at() -> None:
    later = checkpoint(LINK + timedelta(days=9), USDT="1000")
    entry = balance_change(quantity="900", changed_at=LINK + timedelta(days=5))
    past = Past("bob", later, midnight(FIRST), (entry,))
    line = imported_line([rebuilt(past)], FLAT, LINK)
    assert [each.value for each in line.days] == [100] * 4


READ = midnight(FIRST + 2) - timedelta(milliseconds=1)


def test_what_is_unexplained_on_one_day_is_no_exchange_of_coins() -> None:
    """A coin went and dollars came on the second day, and no history says why: two flows."""
    readings = (
        checkpoint(READ - timedelta(days=1), BTC="2"),
        checkpoint(READ, BTC="1", USDT="40"),
    )
    past = Past("ada", checkpoint(LINK, BTC="1", USDT="40"), midnight(FIRST), (), readings)
    line = imported_line([rebuilt(past)], FLAT, LINK)
    assert shown(line) == ["0.00"] * 5
    assert [each.net_flow for each in line.days] == [0, 0, -60, 0]
    assert [each.value for each in line.days] == [200, 200, 140, 140]


def test_a_deposit_told_late_is_held_once() -> None:
    """Credited on the first day; its history dates it at the start of the second, in which the
    coin doubles. It is there once, so the day's gain is that of the coin."""
    told = balance_change(asset="BTC", quantity="1", changed_at=midnight(FIRST + 1))
    readings = (
        checkpoint(READ - timedelta(days=2), BTC="1", USDT="100"),
        checkpoint(READ - timedelta(days=1), BTC="2", USDT="100"),
        checkpoint(READ, BTC="2", USDT="100"),
    )
    past = Past("ada", checkpoint(LINK, BTC="2", USDT="100"), midnight(FIRST), (told,), readings)
    line = imported_line([rebuilt(past)], btc("100", "100", "200", "200"), LINK)
    assert [each.net_flow for each in line.days] == [0, 100, 0, 0]
    assert line.days[2].index / line.days[1].index == pytest.approx(500 / 300)


def test_a_fill_is_performance() -> None:
    bought = fill(price="50", quantity="1", executed_at=at(hours=30))
    line = imported_line([account(bought, BTC="1", USDT="50")], FLAT, LINK)
    assert shown(line) == ["0.00", "0.00", "50.00", "50.00", "50.00"]


def test_a_large_flow_is_valued_at_its_minute() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(hours=30, seconds=10))
    accounts = [account(deposit, BTC="2")]
    wanted = minutes_wanted(accounts, FLAT, LINK)
    assert wanted == {at(hours=30, minutes=1): {"BTC"}, LINK: {"BTC"}}
    closes = {hour: Decimal(100) for hour in HOURS}
    minutes = {at(hours=30, minutes=1): {"BTCUSDT": Decimal(90)}}
    prices = past_prices(PAIRS, {"BTCUSDT": closes}, HOURS, minutes)
    line = imported_line(accounts, prices, LINK)
    assert [each.net_flow for each in line.days] == [0, 0, 90, 0]


def test_a_small_flow_is_valued_at_its_hour() -> None:
    interest = balance_change(asset="BTC", quantity="0.001", changed_at=at(hours=30))
    accounts = [account(interest, BTC="1")]
    assert minutes_wanted(accounts, FLAT, LINK).keys() == {LINK}


def test_a_coin_without_a_price_is_left_out() -> None:
    line = imported_line([account(BTC="1", NOPAIR="5")], FLAT, LINK)
    assert {each.value for each in line.days} == {Decimal(100)}


def test_a_coin_with_its_first_price_enters_as_a_flow() -> None:
    closes = {"BTCUSDT": {h: Decimal(100) for h in HOURS}}
    closes["NEWUSDT"] = {h: Decimal(7) for h in HOURS if h > hour_of(at(hours=20))}
    prices = past_prices(symbols("BTC/USDT", "NEW/USDT").values(), closes, HOURS)
    line = imported_line([account(BTC="1", NEW="10")], prices, LINK)
    assert shown(line) == ["0.00"] * 5
    assert [each.net_flow for each in line.days] == [0, 0, 70, 0]


@pytest.mark.parametrize("factor", [Decimal("0.37"), Decimal(1000), Decimal("12345.678")])
@given(
    daily=st.lists(st.integers(50, 200).map(str), min_size=4, max_size=4),
    moves=st.lists(
        st.tuples(st.integers(0, 71 * 60), st.sampled_from(["BTC", "USDT"]), st.integers(-20, 90)),
        max_size=6,
    ),
)
def test_others_see_the_same_of_an_account_many_times_as_large(
    factor: Decimal, daily: Sequence[str], moves: Sequence[tuple[int, str, int]]
) -> None:
    entries = tuple(
        balance_change(
            asset=asset, quantity=str(amount), changed_at=at(minutes=minute), change_id=str(number)
        )
        for number, (minute, asset, amount) in enumerate(moves)
        if amount
    )
    reading = checkpoint(LINK, BTC="1000", USDT="100000")
    prices = btc(*daily)

    def line(scale: Decimal) -> list[str]:
        held = {asset: quantity * scale for asset, quantity in reading.quantities.items()}
        scaled = tuple(replace(each, quantity=each.quantity * scale) for each in entries)
        past = Past("ada", Checkpoint(LINK, held), midnight(FIRST), scaled)
        return shown(imported_line([rebuilt(past)], prices, LINK))

    assert line(factor) == line(Decimal(1))
