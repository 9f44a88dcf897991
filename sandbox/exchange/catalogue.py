"""The pairs of the sandbox exchange, with the rules an order in them must obey.

One table says what is listed: every kind of pair a client has to survive is in it (halted, priced
only through BTC or TRY, a name outside ASCII, an unknown filter, …). What the pairs cost and how
they move is left to the sources of prices (`synthetic`, `candle_folder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

TRADING = "TRADING"
QUOTES = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "TRY", "EUR")
_EIGHT_DECIMALS = Decimal("0.00000001")
_MIN_NOTIONAL = {"BTC": "0.0001", "ETH": "0.001", "BNB": "0.01", "TRY": "100"}
_ORDER_TYPES = [
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
]
_PREVENTION_MODES = ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]


@dataclass(frozen=True, slots=True)
class SymbolSpec:
    """One pair. Prices are multiples of `tick_size`, quantities of `step_size`.

    `status` is the one the exchange starts with. `day_value_usdt` is what a usual day trades.
    """

    name: str
    base: str
    quote: str
    tick_size: Decimal
    step_size: Decimal
    day_value_usdt: int
    min_notional: Decimal
    filters: tuple[dict[str, Any], ...]
    status: str = TRADING
    quote_order_quantity_market_allowed: bool = True

    def exchange_info(self, status: str | None = None) -> dict[str, Any]:
        """The pair's entry of `exchangeInfo`, with `status` in place of the first one if given."""
        return {
            "symbol": self.name,
            "status": status or self.status,
            "baseAsset": self.base,
            "baseAssetPrecision": 8,
            "quoteAsset": self.quote,
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": list(_ORDER_TYPES),
            "icebergAllowed": True,
            "ocoAllowed": True,
            "otoAllowed": True,
            "opoAllowed": True,
            "quoteOrderQtyMarketAllowed": self.quote_order_quantity_market_allowed,
            "allowTrailingStop": True,
            "cancelReplaceAllowed": True,
            "amendAllowed": True,
            "pegInstructionsAllowed": True,
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": self.quote == "USDT",
            "filters": [dict(each) for each in self.filters],
            "permissions": [],
            "permissionSets": [["SPOT", "MARGIN"] if self.quote == "USDT" else ["SPOT"]],
            "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
            "allowedSelfTradePreventionModes": list(_PREVENTION_MODES),
        }


def make_spec(
    base: str,
    quote: str,
    tick: str,
    step: str,
    day_value_usdt: int,
    *,
    status: str = TRADING,
    quote_order_allowed: bool = True,
    old_notional: bool = False,
    more_filters: tuple[dict[str, Any], ...] = (),
) -> SymbolSpec:
    """A pair with the filters every pair has, made from its tick and step (decimal text).

    Raises ValueError where a fill's price × quantity would need more than 8 decimals, the most the
    exchange's texts can hold.
    """
    tick_size, step_size = Decimal(tick), Decimal(step)
    if (tick_size * step_size) % _EIGHT_DECIMALS:
        raise ValueError(f"{base}{quote}: tick {tick} × step {step} needs more than 8 decimals")
    min_notional = Decimal(_MIN_NOTIONAL.get(quote, "5"))
    filters = _filters(tick_size, step_size, min_notional, old_notional=old_notional)
    return SymbolSpec(
        name=base + quote,
        base=base,
        quote=quote,
        tick_size=tick_size,
        step_size=step_size,
        day_value_usdt=day_value_usdt,
        min_notional=min_notional,
        filters=(*filters, *more_filters),
        status=status,
        quote_order_quantity_market_allowed=quote_order_allowed,
    )


def split_name(name: str) -> tuple[str, str] | None:
    """Base and quote asset of a pair that is not in the catalogue; None if its quote is unknown."""
    for quote in QUOTES:
        if name.endswith(quote) and len(name) > len(quote):
            return name.removesuffix(quote), quote
    return None


def _text(value: Decimal) -> str:
    return format(value.quantize(_EIGHT_DECIMALS), "f")


def _filters(
    tick: Decimal, step: Decimal, min_notional: Decimal, *, old_notional: bool
) -> tuple[dict[str, Any], ...]:
    largest, zero = _text(step * 9_000_000_000), "0.00000000"
    return (
        {
            "filterType": "PRICE_FILTER",
            "minPrice": _text(tick),
            "maxPrice": _text(tick * 1_000_000_000),
            "tickSize": _text(tick),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": _text(step),
            "maxQty": largest,
            "stepSize": _text(step),
        },
        {"filterType": "ICEBERG_PARTS", "limit": 10},
        {"filterType": "MARKET_LOT_SIZE", "minQty": zero, "maxQty": largest, "stepSize": zero},
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10,
            "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 10,
            "maxTrailingBelowDelta": 2000,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5",
            "askMultiplierDown": "0.2",
            "avgPriceMins": 5,
        },
        _notional(min_notional, old=old_notional),
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
    )


def _notional(least: Decimal, *, old: bool) -> dict[str, Any]:
    if old:
        return {
            "filterType": "MIN_NOTIONAL",
            "minNotional": _text(least),
            "applyToMarket": True,
            "avgPriceMins": 5,
        }
    return {
        "filterType": "NOTIONAL",
        "minNotional": _text(least),
        "applyMinToMarket": True,
        "maxNotional": "9000000.00000000",
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    }


# No client knows this filter: it must be passed over.
_UNKNOWN_FILTER = {"filterType": "QUIET_HOURS", "fromHour": 0, "toHour": 0}
_MILLION = 1_000_000

_LISTED = (
    make_spec("BTC", "USDT", "0.01", "0.00001", 1_900 * _MILLION),
    make_spec("ETH", "USDT", "0.01", "0.0001", 1_200 * _MILLION),
    make_spec("BNB", "USDT", "0.01", "0.001", 260 * _MILLION),
    make_spec("SOL", "USDT", "0.01", "0.001", 480 * _MILLION),
    make_spec("XRP", "USDT", "0.0001", "0.1", 340 * _MILLION),
    make_spec("DOGE", "USDT", "0.00001", "1", 190 * _MILLION),
    make_spec("ADA", "USDT", "0.0001", "0.1", 62 * _MILLION),
    make_spec("TRX", "USDT", "0.0001", "0.1", 55 * _MILLION),
    make_spec("LINK", "USDT", "0.01", "0.01", 40 * _MILLION),
    make_spec("AVAX", "USDT", "0.01", "0.01", 32 * _MILLION),
    make_spec("LTC", "USDT", "0.01", "0.001", 36 * _MILLION, more_filters=(_UNKNOWN_FILTER,)),
    make_spec("PEPE", "USDT", "0.00000001", "1", 58 * _MILLION),
    make_spec("DOT", "USDT", "0.001", "0.01", 17 * _MILLION),
    make_spec("UNI", "USDT", "0.001", "0.01", 14 * _MILLION),
    make_spec("LDO", "USDT", "0.0001", "0.01", 9 * _MILLION),
    make_spec("币安人生", "USDT", "0.00001", "0.1", 12 * _MILLION),
    make_spec("ZEN", "USDT", "0.001", "0.01", 2_200_000),
    make_spec("QTUM", "USDT", "0.001", "0.1", 1_500_000, old_notional=True),
    make_spec("DCR", "USDT", "0.01", "0.001", 900_000, quote_order_allowed=False),
    make_spec("IOTX", "USDT", "0.00001", "1", 400_000),
    make_spec("USDC", "USDT", "0.0001", "1", 850 * _MILLION),
    make_spec("FDUSD", "USDT", "0.0001", "1", 180 * _MILLION),
    make_spec("EUR", "USDT", "0.0001", "0.1", 24 * _MILLION),
    make_spec("USDT", "TRY", "0.01", "1", 130 * _MILLION),
    make_spec("BTC", "USDC", "0.01", "0.00001", 420 * _MILLION),
    make_spec("BTC", "FDUSD", "0.01", "0.00001", 210 * _MILLION),
    make_spec("BTC", "TRY", "1", "0.00001", 9 * _MILLION),
    make_spec("ETH", "BTC", "0.00001", "0.001", 48 * _MILLION),
    make_spec("BNB", "BTC", "0.000001", "0.01", 11 * _MILLION),
    make_spec("SOL", "BTC", "0.000001", "0.01", 8 * _MILLION),
    make_spec("BNB", "ETH", "0.0001", "0.001", 2_600_000),
    make_spec("PIVX", "BTC", "0.00000001", "1", 9 * _MILLION),
    make_spec("WAN", "BTC", "0.00000001", "1", 7 * _MILLION),
    make_spec("NAV", "BTC", "0.00000001", "1", 150_000),
    make_spec("FIS", "FDUSD", "0.0001", "0.1", 700_000),
    make_spec("ARPA", "TRY", "0.001", "1", 1_100_000),
    make_spec("WAVES", "USDT", "0.0001", "0.01", 3_000_000, status="HALT"),
    make_spec("OMG", "USDT", "0.0001", "0.01", 2_000_000, status="BREAK"),
    make_spec("SRM", "USDT", "0.0001", "0.01", 1_000_000, status="CANCEL_ONLY"),
)

SYMBOLS: dict[str, SymbolSpec] = {spec.name: spec for spec in _LISTED}
