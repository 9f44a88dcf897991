"""What is listed covers every kind of pair a client has to survive."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.exchange.catalogue import SYMBOLS, SymbolSpec, make_spec, split_name

# `exchangeInfo` of the exchange's documentation: every field of a symbol.
FIELDS = [
    "symbol",
    "status",
    "baseAsset",
    "baseAssetPrecision",
    "quoteAsset",
    "quotePrecision",
    "quoteAssetPrecision",
    "baseCommissionPrecision",
    "quoteCommissionPrecision",
    "orderTypes",
    "icebergAllowed",
    "ocoAllowed",
    "otoAllowed",
    "opoAllowed",
    "quoteOrderQtyMarketAllowed",
    "allowTrailingStop",
    "cancelReplaceAllowed",
    "amendAllowed",
    "pegInstructionsAllowed",
    "isSpotTradingAllowed",
    "isMarginTradingAllowed",
    "filters",
    "permissions",
    "permissionSets",
    "defaultSelfTradePreventionMode",
    "allowedSelfTradePreventionModes",
]
KNOWN_FILTERS = [
    "PRICE_FILTER",
    "LOT_SIZE",
    "MARKET_LOT_SIZE",
    "NOTIONAL",
    "MIN_NOTIONAL",
    "PERCENT_PRICE_BY_SIDE",
    "MAX_NUM_ORDERS",
    "MAX_NUM_ALGO_ORDERS",
    "MAX_POSITION",
    "ICEBERG_PARTS",
    "TRAILING_DELTA",
    "MAX_NUM_ORDER_LISTS",
    "MAX_NUM_ORDER_AMENDS",
]
EVERY = pytest.mark.parametrize("spec", SYMBOLS.values(), ids=list(SYMBOLS))


def quotes_of(coin: str) -> set[str]:
    return {spec.quote for spec in SYMBOLS.values() if spec.base == coin}


@EVERY
def test_exchange_info_has_every_documented_field(spec: SymbolSpec) -> None:
    assert list(spec.exchange_info()) == FIELDS


@EVERY
def test_a_value_never_needs_more_than_eight_decimals(spec: SymbolSpec) -> None:
    assert spec.tick_size * spec.step_size % Decimal("0.00000001") == 0


@EVERY
def test_the_filters_say_what_the_spec_says(spec: SymbolSpec) -> None:
    by_type = {each["filterType"]: each for each in spec.filters}
    notional = by_type.get("NOTIONAL") or by_type["MIN_NOTIONAL"]

    assert Decimal(by_type["PRICE_FILTER"]["tickSize"]) == spec.tick_size
    assert Decimal(by_type["LOT_SIZE"]["stepSize"]) == spec.step_size
    assert Decimal(notional["minNotional"]) == spec.min_notional


@pytest.mark.parametrize("status", ["TRADING", "HALT", "BREAK", "CANCEL_ONLY"])
def test_there_is_a_pair_in_every_state(status: str) -> None:
    assert status in {spec.status for spec in SYMBOLS.values()}


@pytest.mark.parametrize(
    ("coin", "quotes"),
    [("PIVX", {"BTC"}), ("WAN", {"BTC"}), ("NAV", {"BTC"}), ("FIS", {"FDUSD"}), ("ARPA", {"TRY"})],
)
def test_some_coins_have_no_usdt_pair(coin: str, quotes: set[str]) -> None:
    assert quotes_of(coin) == quotes


@pytest.mark.parametrize("name", ["USDTTRY", "EURUSDT", "USDCUSDT", "LDOUSDT", "币安人生USDT"])
def test_the_pairs_that_mislead_are_listed(name: str) -> None:
    assert name in SYMBOLS


def test_both_forms_of_the_notional_filter_and_an_unknown_one_occur() -> None:
    types = {each["filterType"] for spec in SYMBOLS.values() for each in spec.filters}

    assert {"NOTIONAL", "MIN_NOTIONAL"} <= types
    assert types - set(KNOWN_FILTERS) == {"QUIET_HOURS"}


def test_a_pair_refuses_market_orders_by_quote_quantity() -> None:
    assert not SYMBOLS["DCRUSDT"].exchange_info()["quoteOrderQtyMarketAllowed"]


def test_the_present_state_goes_out_instead_of_the_first_one() -> None:
    assert SYMBOLS["BTCUSDT"].exchange_info("HALT")["status"] == "HALT"


def test_a_tick_and_step_that_need_nine_decimals_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 8 decimals"):
        make_spec("ETH", "BTC", "0.00001", "0.0001", 1)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("PEPEUSDT", ("PEPE", "USDT")), ("USDTTRY", ("USDT", "TRY")), ("ABCXYZ", None)],
)
def test_a_name_splits_at_its_quote(name: str, parts: tuple[str, str] | None) -> None:
    assert split_name(name) == parts
