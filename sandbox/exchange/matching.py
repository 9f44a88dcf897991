"""What an order would get from the book at a moment, and the refusals it may meet before that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account
from sandbox.exchange.catalogue import TRADING, SymbolSpec
from sandbox.exchange.commissions import USDT, FeeSettings, price_between
from sandbox.exchange.filters import SymbolRules, rules_of
from sandbox.exchange.market import Market
from sandbox.exchange.orders import Order, OrderRequest
from sandbox.exchange.synthetic_book import (
    BookSettings,
    Level,
    book_side,
    take_quantity,
    take_quote,
    total_quantity,
    total_value,
)

ZERO = Decimal(0)


@dataclass(slots=True)
class TradingSettings:
    """Set through the admin API; the books and fees of every pair."""

    book: BookSettings = field(default_factory=BookSettings)
    fees: FeeSettings = field(default_factory=FeeSettings)


class Matcher:
    """Answers from the market alone; changes nothing."""

    def __init__(self, market: Market, seed: int, settings: TradingSettings) -> None:
        self.market = market
        self._seed = seed
        self._settings = settings
        self._rules: dict[str, SymbolRules] = {}

    def spec(self, symbol: str) -> SymbolSpec:
        """Raises -1121 for a pair that never was; one that is delisted still has its rules."""
        found = self.market.symbols.get(symbol)
        if found is None:
            raise api_error.invalid_symbol()
        return found

    def listed_spec(self, symbol: str, at: int) -> SymbolSpec:
        """Raises -1121 for a pair that is not listed at `at`."""
        if not self.market.listed(symbol, at):
            raise api_error.invalid_symbol()
        return self.spec(symbol)

    def match(
        self, account: Account, request: OrderRequest, resting: list[Order], at: int
    ) -> list[Level]:
        """The levels the order takes at once. Raises ApiError for an order that is refused.

        `resting` are the account's open orders of the pair.
        """
        spec = self.listed_spec(request.symbol, at)
        if self.market.status(spec.name, at) != TRADING:
            raise api_error.order_rejected("Market is closed.")
        if request.quote_quantity and not spec.quote_order_quantity_market_allowed:
            raise api_error.order_rejected(
                "Quote order qty market orders are not support for this symbol."
            )
        price = self.market.price(spec.name, at)
        self._check_filters(request, spec, price)
        self._check_account(account, request, spec, resting)
        taken = self._take(request, spec, price, at)
        if request.kind == "LIMIT_MAKER" and taken:
            raise api_error.order_rejected("Order would immediately match and take.")
        if request.quote_quantity:
            self._rules_of(spec).check_quantity(total_quantity(taken), market_order=True)
        _check_balance(account, request, spec, taken)
        return taken

    def levels(self, spec: SymbolSpec, price: Decimal, at: int, *, asks: bool) -> Iterable[Level]:
        """One side of the book around `price`, best first."""
        return book_side(
            spec,
            price,
            first_level=self._first_level(spec, at),
            asks=asks,
            noise=f"{self._seed}/{spec.name}/{at}/{asks}",
            settings=self._settings.book,
        )

    def _rules_of(self, spec: SymbolSpec) -> SymbolRules:
        found = self._rules.get(spec.name)
        if found is None:
            found = self._rules[spec.name] = rules_of(spec.filters)
        return found

    def _check_filters(self, request: OrderRequest, spec: SymbolSpec, price: Decimal) -> None:
        rules = self._rules_of(spec)
        market_order = request.kind == "MARKET"
        if not market_order:
            rules.check_price(request.price, price, buys=request.buys)
        if request.quantity:
            rules.check_quantity(request.quantity, market_order=market_order)
        value = request.quote_quantity or request.quantity * (request.price or price)
        rules.check_value(value, market_order=market_order)

    def _check_account(
        self, account: Account, request: OrderRequest, spec: SymbolSpec, resting: list[Order]
    ) -> None:
        rules = self._rules_of(spec)
        if request.kind != "MARKET":
            rules.check_open_orders(len(resting))
        if request.buys:
            held = account.balance(spec.base)
            waiting = sum((order.remaining for order in resting if order.buys), ZERO)
            rules.check_position(held.free + held.locked + waiting + request.quantity)

    def _take(
        self, request: OrderRequest, spec: SymbolSpec, price: Decimal, at: int
    ) -> list[Level]:
        levels = self.levels(spec, price, at, asks=request.buys)
        if request.quote_quantity:
            return take_quote(levels, request.quote_quantity, spec.step_size)
        limit = None if request.kind == "MARKET" else request.price
        taken = take_quantity(levels, request.quantity, limit=limit, buys=request.buys)
        if request.time_in_force == "FOK" and total_quantity(taken) < request.quantity:
            return []
        return taken

    def _first_level(self, spec: SymbolSpec, at: int) -> Decimal:
        settings = self._settings.book
        least = spec.min_notional * settings.least_notionals
        quote_in_usdt = price_between(self.market, spec.quote, USDT, at)
        if not quote_in_usdt:
            return least
        return max(least, spec.day_value_usdt * settings.first_level_share / quote_in_usdt)


def _check_balance(
    account: Account, request: OrderRequest, spec: SymbolSpec, taken: list[Level]
) -> None:
    if request.buys:
        limit_value = request.price * request.quantity
        enough = max(total_value(taken), limit_value) <= account.free(spec.quote)
    else:
        enough = (request.quantity or total_quantity(taken)) <= account.free(spec.base)
    if not enough:
        raise api_error.insufficient_balance()
