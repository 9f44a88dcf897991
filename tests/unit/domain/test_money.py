from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.money import EXACT, amount, eight_decimals, plain, shown_percent


@pytest.mark.parametrize("text", ["0", "1", "0.00000001", "-3.50", "100200300.400"])
def test_plain_decimals_are_amounts(text: str) -> None:
    assert amount(text, "price") == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", "1e5", "1E5", ".5", "5.", "+1", "01", " 1", "1 ", "1,5", "0x1", "NaN", "inf", "١", "--1"],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidRequest, match="price"):
        amount(text, "price")


@pytest.mark.parametrize("text", ["1" + "0" * 38, "0." + "0" * 40 + "1", "9" * 1_000_000])
def test_nobody_has_so_many_digits(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        amount(text, "price")
    assert len(str(refused.value)) < 100


def test_the_sum_of_the_longest_amounts_is_exact() -> None:
    longest = "9" * 38 + "." + "9" * 40
    with localcontext(EXACT):
        doubled = amount(longest, "f") + amount(longest, "l")
    assert Fraction(doubled) == 2 * Fraction(longest)


@pytest.mark.parametrize("thing", [1, 1.5, None, True, Decimal(1), b"1"])
def test_only_text_is_an_amount(thing: object) -> None:
    with pytest.raises(InvalidRequest):
        amount(thing, "price")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.500", "1.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("-0", "0"),
        ("0.00", "0"),
        ("1E-8", "0.00000001"),
    ],
)
def test_amounts_are_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_writing_and_reading_an_amount_is_the_identity(value: Decimal) -> None:
    assert amount(plain(value), "value") == value


@pytest.mark.parametrize(
    ("percent", "shown"),
    [
        ("1.005", "1.01"),
        ("-1.005", "-1.01"),
        ("-0.004", "0.00"),
        ("1.004999995", "1.01"),
        ("1.0049999949", "1.00"),
        ("-100", "-100.00"),
        ("12345678901234567890.125", "12345678901234567890.13"),
    ],
)
def test_a_percentage_is_rounded_to_8_decimals_and_then_to_2(percent: str, shown: str) -> None:
    assert str(shown_percent(Decimal(percent))) == shown


def test_eight_decimals_are_kept_even_where_they_are_zero() -> None:
    assert f"{eight_decimals(Decimal('4.5')):f}" == "4.50000000"
    assert f"{eight_decimals(Decimal('-1e-20')):f}" == "0.00000000"
