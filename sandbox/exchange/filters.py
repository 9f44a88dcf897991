"""The trading filters of a symbol, checked before an order reaches the book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange import api_error

ZERO = Decimal(0)
Filter = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LotSize:
    smallest: Decimal
    largest: Decimal
    step: Decimal

    def allows(self, quantity: Decimal) -> bool:
        if quantity < self.smallest or (self.largest and quantity > self.largest):
            return False
        return not self.step or (quantity - self.smallest) % self.step == 0


@dataclass(frozen=True, slots=True)
class PriceRange:
    lowest: Decimal
    highest: Decimal
    tick: Decimal

    def allows(self, price: Decimal) -> bool:
        if (self.lowest and price < self.lowest) or (self.highest and price > self.highest):
            return False
        return not self.tick or price % self.tick == 0


@dataclass(frozen=True, slots=True)
class Notional:
    """The value an order must have; `name` is the filter that says so."""

    name: str
    smallest: Decimal
    largest: Decimal
    smallest_for_market: bool
    largest_for_market: bool

    def allows(self, value: Decimal, *, market_order: bool) -> bool:
        if value < self.smallest and (self.smallest_for_market or not market_order):
            return False
        return not (
            self.largest and value > self.largest and (self.largest_for_market or not market_order)
        )


@dataclass(frozen=True, slots=True)
class PricePercent:
    """How far from the average price a limit may lie, as multiples of it."""

    bid_up: Decimal
    bid_down: Decimal
    ask_up: Decimal
    ask_down: Decimal

    def allows(self, price: Decimal, average: Decimal, *, buys: bool) -> bool:
        up, down = (self.bid_up, self.bid_down) if buys else (self.ask_up, self.ask_down)
        return average * down <= price <= average * up


@dataclass(frozen=True, slots=True)
class SymbolRules:
    """The filters of one symbol that the exchange enforces; the others are only listed."""

    lot: LotSize | None
    market_lot: LotSize | None
    price: PriceRange | None
    percent: PricePercent | None
    notionals: tuple[Notional, ...]
    most_open_orders: int
    largest_position: Decimal

    def check_quantity(self, quantity: Decimal, *, market_order: bool) -> None:
        if self.lot and not self.lot.allows(quantity):
            raise api_error.filter_failure("LOT_SIZE")
        if market_order and self.market_lot and not self.market_lot.allows(quantity):
            raise api_error.filter_failure("MARKET_LOT_SIZE")

    def check_value(self, value: Decimal, *, market_order: bool) -> None:
        for notional in self.notionals:
            if not notional.allows(value, market_order=market_order):
                raise api_error.filter_failure(notional.name)

    def check_price(self, price: Decimal, average: Decimal, *, buys: bool) -> None:
        if self.price and not self.price.allows(price):
            raise api_error.filter_failure("PRICE_FILTER")
        if self.percent and not self.percent.allows(price, average, buys=buys):
            raise api_error.filter_failure("PERCENT_PRICE_BY_SIDE")

    def check_open_orders(self, count: int) -> None:
        if self.most_open_orders and count >= self.most_open_orders:
            raise api_error.filter_failure("MAX_NUM_ORDERS")

    def check_position(self, position: Decimal) -> None:
        if self.largest_position and position > self.largest_position:
            raise api_error.filter_failure("MAX_POSITION")


def rules_of(filters: Iterable[Filter]) -> SymbolRules:
    """The enforceable part of exchangeInfo's `filters`; unknown ones are passed over."""
    known = {str(item["filterType"]): item for item in filters}
    return SymbolRules(
        lot=_lot(known.get("LOT_SIZE")),
        market_lot=_lot(known.get("MARKET_LOT_SIZE")),
        price=_price(known.get("PRICE_FILTER")),
        percent=_percent(known.get("PERCENT_PRICE_BY_SIDE")),
        notionals=tuple(_notionals(known)),
        most_open_orders=int(str(known.get("MAX_NUM_ORDERS", {}).get("maxNumOrders", 0))),
        largest_position=_number(known.get("MAX_POSITION", {}), "maxPosition"),
    )


def _number(item: Filter, name: str) -> Decimal:
    return Decimal(str(item.get(name, 0)))


def _lot(item: Filter | None) -> LotSize | None:
    if item is None:
        return None
    return LotSize(_number(item, "minQty"), _number(item, "maxQty"), _number(item, "stepSize"))


def _price(item: Filter | None) -> PriceRange | None:
    if item is None:
        return None
    return PriceRange(
        _number(item, "minPrice"), _number(item, "maxPrice"), _number(item, "tickSize")
    )


def _percent(item: Filter | None) -> PricePercent | None:
    if item is None:
        return None
    return PricePercent(
        bid_up=_number(item, "bidMultiplierUp"),
        bid_down=_number(item, "bidMultiplierDown"),
        ask_up=_number(item, "askMultiplierUp"),
        ask_down=_number(item, "askMultiplierDown"),
    )


def _notionals(known: Mapping[str, Filter]) -> Iterable[Notional]:
    newer = known.get("NOTIONAL")
    if newer is not None:
        yield Notional(
            "NOTIONAL",
            _number(newer, "minNotional"),
            _number(newer, "maxNotional"),
            smallest_for_market=bool(newer.get("applyMinToMarket")),
            largest_for_market=bool(newer.get("applyMaxToMarket")),
        )
    older = known.get("MIN_NOTIONAL")
    if older is not None:
        yield Notional(
            "MIN_NOTIONAL",
            _number(older, "minNotional"),
            ZERO,
            smallest_for_market=bool(older.get("applyToMarket")),
            largest_for_market=False,
        )
