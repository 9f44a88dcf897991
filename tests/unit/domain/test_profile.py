"""What others see of a trader's coins."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.market import PriceList
from chalicelib.domain.profile import public_view
from tests.builders import amounts, asset_price, at, prices

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


def test_thin_assets_are_pooled_before_rounding() -> None:
    view = public_view(amounts(BTC="0.001", ANT="10", BEE="20"), LISTED, None, {})
    assert view["allocation"] == [["BTC", 60], ["other coins", 40]]


def test_coins_are_those_named_in_the_allocation() -> None:
    held = amounts(BTC="1", ETH="0.0001", ANT="9000", USDT="6000")
    view = public_view(held, LISTED, None, {})
    assert [coin[0] for coin in view["coins"]] == ["BTC", "USDT"]


def test_changes_are_hundredths_of_a_percent_and_unknown_is_null() -> None:
    day_before = prices(BTC="50000")
    view = public_view(amounts(BTC="1", ETH="1"), LISTED, day_before, {"ETH": Decimal("6000.20")})
    assert view["coins"] == [["BTC", 2000, None], ["ETH", None, -5000]]


def test_what_never_had_a_price_is_left_out() -> None:
    view = public_view(amounts(BTC="1", NEW="5"), LISTED, None, {})
    assert view["allocation"] == [["BTC", 100]]


def test_a_coin_lent_to_the_exchange_is_the_coin() -> None:
    view = public_view(amounts(BTC="0.5", LDBTC="0.5", USDT="60000"), LISTED, None, {})
    assert view["allocation"] == [["BTC", 50], ["USDT", 50]]


def test_risk_is_text_of_thirty_days() -> None:
    indices = [1.0]
    for percent in (2, -1, 3, -2, 1) * 6:
        indices.append(indices[-1] * (1 + percent / 100))
    risk = public_view({}, LISTED, None, {}, indices)["risk"]
    assert risk == ["36.04", "6.08", "11.46"]


@pytest.mark.parametrize("indices", [[1.0] * 30, [1.0] * 15 + [None] + [1.0] * 15, [1.0] * 31, []])
def test_risk_is_unknown_unless_all_days_are_there_and_moved(indices: list[float | None]) -> None:
    assert public_view({}, LISTED, None, {}, indices)["risk"] == [None, None, None]


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["BTC", "ETH", "DOT", "ANT", "BEE", "USDT"]),
        st.decimals("0", "100000", places=8),
    ),
    st.decimals("0.1", "1000", places=4),
)
def test_scaling_all_quantities_changes_nothing(held: dict[str, Decimal], scale: Decimal) -> None:
    scaled = {asset: quantity * scale for asset, quantity in held.items()}
    before = prices(BTC="55000", ETH="3100", DOT="4")
    buys = {"BTC": Decimal(61000)}
    assert public_view(held, LISTED, before, buys) == public_view(scaled, LISTED, before, buys)
