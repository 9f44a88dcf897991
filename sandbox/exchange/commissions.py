"""What a fill costs: in the asset received, or in BNB at a discount."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from sandbox.exchange.accounts import Account
from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.market import Market

EIGHT_DECIMALS = Decimal("0.00000001")
BNB = "BNB"
USDT = "USDT"


@dataclass(frozen=True, slots=True)
class FeeSettings:
    """`rate` of the value for maker and taker; paid in BNB it is `bnb_discount` less."""

    rate: Decimal = Decimal("0.001")
    bnb_discount: Decimal = Decimal("0.25")

    @property
    def bnb_rate(self) -> Decimal:
        return self.rate * (1 - self.bnb_discount)


def cut(quantity: Decimal) -> Decimal:
    """Cut to 8 decimals, as the exchange books amounts."""
    return quantity.quantize(EIGHT_DECIMALS, ROUND_DOWN)


def price_between(market: Market, base: str, quote: str, at: int) -> Decimal | None:
    """The price of `base` in `quote`, direct or inverse or over USDT; None when unknown."""
    if base == quote:
        return Decimal(1)
    if market.listed(base + quote, at):
        return market.price(base + quote, at)
    if market.listed(quote + base, at):
        return 1 / market.price(quote + base, at)
    if USDT in (base, quote):
        return None
    in_usdt = price_between(market, base, USDT, at)
    quote_in_usdt = price_between(market, quote, USDT, at)
    return in_usdt / quote_in_usdt if in_usdt and quote_in_usdt else None


@dataclass(frozen=True, slots=True)
class Commission:
    quantity: Decimal
    asset: str


class Commissions:
    """What each fill costs at the rates in force."""

    def __init__(self, market: Market, fees: Callable[[], FeeSettings]) -> None:
        self._market = market
        self._fees = fees

    def due(
        self,
        account: Account,
        spec: SymbolSpec,
        *,
        is_buyer: bool,
        quantity: Decimal,
        value: Decimal,
        at: int,
        bnb_kept: Decimal = Decimal(0),
    ) -> Commission:
        """The cost of a fill of `quantity` worth `value` in the quote asset.

        BNB pays where the account asked for it and has enough beside the `bnb_kept` that the
        order itself will spend, else the asset received.
        """
        fees = self._fees()
        if account.fee_in_bnb:
            in_bnb = self._in_bnb(spec, quantity, value, at)
            if in_bnb is not None and cut(in_bnb * fees.bnb_rate) <= account.free(BNB) - bnb_kept:
                return Commission(cut(in_bnb * fees.bnb_rate), BNB)
        if is_buyer:
            return Commission(cut(quantity * fees.rate), spec.base)
        return Commission(cut(value * fees.rate), spec.quote)

    def _in_bnb(
        self, spec: SymbolSpec, quantity: Decimal, value: Decimal, at: int
    ) -> Decimal | None:
        if spec.base == BNB:
            return quantity
        price = price_between(self._market, spec.quote, BNB, at)
        return None if price is None else value * price
