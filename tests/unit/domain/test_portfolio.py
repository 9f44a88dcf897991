"""Equity, allocation, cost and change of a trader's coins."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.portfolio import (
    allocation,
    average_cost,
    change_percent,
    equity,
    whole_percents,
)
from tests.builders import amounts, prices

LISTED = prices(BTC="60000", ETH="3000")
scales = st.decimals("0.1", "1000", places=4)
worths = st.dictionaries(
    st.sampled_from(["BTC", "ETH", "USDT", "SOL", "ADA"]),
    st.decimals("0", "1000000", places=8),
    max_size=5,
)


def test_equity_is_the_value_of_all_holdings() -> None:
    assert equity(amounts(BTC="0.5", ETH="2", USDT="10.5"), LISTED) == Decimal("36010.5")


def test_equity_of_nothing_is_zero() -> None:
    assert equity({}, LISTED) == 0


def test_equity_names_the_asset_without_a_price() -> None:
    with pytest.raises(MissingPrice, match="no SOL price"):
        equity(amounts(SOL="1"), LISTED)


def test_allocation_is_the_share_of_each_asset() -> None:
    shares = allocation(amounts(BTC="0.1", ETH="1", USDT="1000"), LISTED)
    assert shares == {"BTC": Decimal("0.6"), "ETH": Decimal("0.3"), "USDT": Decimal("0.1")}


def test_allocation_of_equity_zero_is_empty() -> None:
    assert allocation(amounts(BTC="0"), LISTED) == {}


@settings(max_examples=50)
@given(worths, scales)
def test_allocation_sums_to_one_and_does_not_change_with_scale(
    held: dict[str, Decimal], scale: Decimal
) -> None:
    listed = prices(BTC="60000.1", ETH="3000", SOL="151.7", ADA="0.3331")
    shares = allocation(held, listed)
    assert sum(shares.values()) == (1 if any(held.values()) else 0)
    assert shares == allocation({name: each * scale for name, each in held.items()}, listed)


@pytest.mark.parametrize(
    ("worth", "percents"),
    [
        (amounts(A="1", B="1", C="1"), [("A", 34), ("B", 33), ("C", 33)]),
        (amounts(C="1", B="1", A="1"), [("A", 34), ("B", 33), ("C", 33)]),
        (amounts(A="99.6", B="0.4"), [("A", 100)]),
        (amounts(A="0.5", B="99.5"), [("B", 100)]),
        (amounts(A="1.5", B="2.5", C="96"), [("C", 96), ("B", 3), ("A", 1)]),
        (amounts(A="7"), [("A", 100)]),
        (amounts(A="0"), []),
        ({}, []),
    ],
    ids=["thirds", "by name", "0 % dropped", "tie", "tie to the larger", "one", "zero", "none"],
)
def test_whole_percents_by_largest_remainder(
    worth: dict[str, Decimal], percents: list[tuple[str, int]]
) -> None:
    assert whole_percents(worth) == percents


@settings(max_examples=100)
@given(worths, scales)
def test_whole_percents_sum_to_100_and_do_not_change_with_scale(
    worth: dict[str, Decimal], scale: Decimal
) -> None:
    percents = whole_percents(worth)
    assert sum(percent for _, percent in percents) == (100 if any(worth.values()) else 0)
    assert percents == whole_percents({name: each * scale for name, each in worth.items()})


@pytest.mark.parametrize(
    ("price", "earlier", "percent"),
    [("110", "100", "10.00"), ("2", "3", "-33.33"), ("100.004", "100", "0.00")],
)
def test_a_change_of_price_has_two_decimals(price: str, earlier: str, percent: str) -> None:
    assert str(change_percent(Decimal(price), Decimal(earlier))) == percent


@pytest.mark.parametrize(
    ("moves", "cost"),
    [
        ([("1", "100"), ("3", "200")], "175"),
        ([("2", "100"), ("-1", "500"), ("1", "200")], "150"),
        ([("2", "100"), ("-2", "90"), ("1", "80")], "80"),
        ([("-5", "90"), ("1", "80")], "80"),
        ([("2", "100"), ("-2", "90")], None),
        ([], None),
    ],
    ids=["weighted", "a sale keeps the cost", "starts anew", "never short", "sold out", "none"],
)
def test_average_cost_of_what_is_still_held(moves: list[tuple[str, str]], cost: str | None) -> None:
    result = average_cost((Decimal(quantity), Decimal(price)) for quantity, price in moves)
    assert result == (Decimal(cost) if cost else None)
