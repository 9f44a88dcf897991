"""What others see of a trader's trades."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Side
from chalicelib.domain.market import PriceList
from chalicelib.domain.trade_rows import (
    ClosedHour,
    Precision,
    TradeRow,
    exact_rows,
    guarded_rows,
)
from chalicelib.domain.windows import hour_of
from tests.builders import NOON, asset_price, at, balance_change, fill

THIN = "4999999"
MIDDLE = "99999999"
LISTED = PriceList(
    at(hours=1),
    {
        "BTC": asset_price("60000"),
        "ETH": asset_price("3000.10"),
        "DOT": asset_price("5", traded_usdt=MIDDLE),
        "ANT": asset_price("2", traded_usdt=THIN),
        "BEE": asset_price("1", traded_usdt=THIN),
    },
)


def closed(value: str | None = "10000", listed: PriceList = LISTED) -> dict[int, ClosedHour]:
    """The hours from NOON − 1 to NOON + 2, closed, with this opening value."""
    hour = ClosedHour(listed, Decimal(value) if value else None)
    return {hour_of(NOON) + step: hour for step in (-1, 0, 1, 2)}


def rows(
    *entries: LedgerEntry, value: str | None = "10000", day_over: bool = True
) -> list[TradeRow]:
    """The guarded rows of `entries`."""
    return guarded_rows(entries, closed(value), day_over=day_over)


def test_fills_of_one_hour_pair_and_side_are_one_row() -> None:
    entries = [fill(trade_id=n, executed_at=at(minutes=n)) for n in (0, 30, 59)]
    entries.append(fill(trade_id=9, side=Side.SELL, executed_at=at(minutes=5)))
    entries.append(fill(trade_id=10, executed_at=at(minutes=60)))
    listed = [(row.at, row.pair, row.side) for row in rows(*entries)]
    assert listed == [
        (at(hours=1), "BTC/USDT", Side.BUY),
        (NOON, "BTC/USDT", Side.BUY),
        (NOON, "BTC/USDT", Side.SELL),
    ]


def test_the_price_is_that_of_the_closing_mark_not_of_the_fill() -> None:
    assert rows(fill(price="59123.45"))[0].price == 60000


def test_the_price_of_a_cross_pair_has_six_significant_digits() -> None:
    assert str(rows(fill(base="ETH", quote="BTC"))[0].price) == "0.0500017"


def test_an_hour_that_has_not_closed_is_not_listed() -> None:
    assert rows(fill(executed_at=at(hours=3))) == []


def test_a_middle_asset_shows_its_day_and_no_price_after_the_days_others() -> None:
    late, early = at(hours=1, minutes=5), at(hours=-1)
    found = rows(fill(base="DOT", executed_at=late), fill(trade_id=2, executed_at=early))
    assert [(row.pair, row.precision) for row in found] == [
        ("BTC/USDT", Precision.HOUR),
        ("DOT/USDT", Precision.DAY),
    ]
    assert (found[1].at, found[1].price) == (NOON - timedelta(hours=12), None)


def test_a_row_that_tells_its_day_alone_appears_when_the_day_is_over() -> None:
    fills = fill(base="DOT"), fill(trade_id=2)
    assert [row.pair for row in rows(*fills, day_over=False)] == ["BTC/USDT"]


def test_middle_rows_of_a_day_do_not_tell_their_order() -> None:
    one = fill(base="DOT", executed_at=NOON, quantity="0.01")
    other = fill(base="DOT", executed_at=at(hours=1), quantity="0.1")
    swapped = (replace(one, executed_at=at(hours=1)), replace(other, executed_at=NOON))
    assert rows(one, other) == rows(*swapped)


@pytest.mark.parametrize(("base", "quote"), [("ANT", "USDT"), ("BTC", "ANT"), ("NEW", "USDT")])
def test_a_pair_with_a_thin_asset_is_not_listed(base: str, quote: str) -> None:
    assert rows(fill(base=base, quote=quote)) == []


@pytest.mark.parametrize(
    ("spent", "size"),
    [
        ("99.99", "<1"),
        ("100", "1-5"),
        ("499.99", "1-5"),
        ("500", "5-20"),
        ("2000", "20-50"),
        ("5000", "20-50"),
        ("5000.01", ">50"),
        ("20000", ">50"),
    ],
)
def test_the_size_is_a_range_of_the_opening_value(spent: str, size: str) -> None:
    assert rows(fill(quote_quantity=spent))[0].size == size


def test_the_size_counts_all_fills_of_the_row() -> None:
    halves = [fill(trade_id=n, quote_quantity="60") for n in (1, 2)]
    assert rows(*halves)[0].size == "1-5"


def test_the_size_of_a_cross_pair_is_valued_in_usdt() -> None:
    assert rows(fill(base="ETH", quote="BTC", quote_quantity="0.1"))[0].size == ">50"


@pytest.mark.parametrize(
    ("change", "size"),
    [
        (balance_change(quantity="90000", changed_at=at(minutes=1)), "1-5"),
        (balance_change(asset="BTC", quantity="1", changed_at=at(minutes=1)), "1-5"),
        (balance_change(quantity="90000", changed_at=at(minutes=-1)), "5-20"),
        (balance_change(quantity="90000", changed_at=at(minutes=45)), "5-20"),
        (balance_change(quantity="-9000", changed_at=at(minutes=1)), ">50"),
        (balance_change(asset="NEW", quantity="9", changed_at=at(minutes=1)), "5-20"),
        (
            balance_change(kind=ChangeKind.CONVERT, quantity="90000", changed_at=at(minutes=1)),
            "5-20",
        ),
    ],
    ids=["deposit", "coin", "before the hour", "later", "withdrawal", "no price", "no flow"],
)
def test_a_flow_since_the_opening_mark_counts(change: BalanceChange, size: str) -> None:
    bought = fill(quote_quantity="1000", executed_at=at(minutes=30))
    assert rows(change, bought)[0].size == size


def test_without_an_opening_value_or_flow_the_size_is_unknown() -> None:
    assert rows(fill(), value=None)[0].size is None


def test_in_the_first_hour_the_size_is_of_what_was_linked() -> None:
    link = balance_change(kind=ChangeKind.LINK, quantity="1000", changed_at=NOON)
    bought = fill(quote_quantity="100", executed_at=at(minutes=1))
    assert rows(link, bought, value=None)[0].size == "5-20"


@settings(max_examples=50)
@given(
    st.lists(st.decimals("0.00001", "50000", places=5), min_size=1, max_size=5),
    st.decimals("0.1", "1000", places=4),
)
def test_scaling_all_quantities_changes_nothing(spent: list[Decimal], scale: Decimal) -> None:
    def scaled(by: Decimal) -> list[TradeRow]:
        fills = [
            fill(trade_id=n, quote_quantity=str(each * by), executed_at=at(hours=n % 3))
            for n, each in enumerate(spent)
        ]
        return guarded_rows(fills, closed(str(10000 * by)), day_over=True)

    assert scaled(Decimal(1)) == scaled(scale)


def test_every_fill_has_its_second_and_price_and_no_size() -> None:
    row = exact_rows([fill(price="59123.45", executed_at=at(milliseconds=1750))])[0]
    assert row == TradeRow(
        at(seconds=1), Precision.SECOND, "BTC/USDT", Side.BUY, Decimal("59123.45"), None
    )


def test_they_come_newest_first_and_without_flows() -> None:
    entries: Sequence[Fill | BalanceChange] = [
        fill(price="1"),
        fill(price="2", executed_at=at(seconds=1)),
        balance_change(),
    ]
    assert [row.price for row in exact_rows(entries)] == [2, 1]


def test_the_order_within_a_second_is_not_that_of_execution() -> None:
    one, other = fill(price="1", executed_at=at(milliseconds=1)), fill(price="2")
    swapped = [replace(one, executed_at=NOON), replace(other, executed_at=at(milliseconds=1))]
    assert exact_rows([one, other]) == exact_rows(swapped)
