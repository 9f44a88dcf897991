"""What a demo trader may do in an hour, and what he knows when he decides.

Moves are relative (a share of what he holds), so that they fit any account and any price.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Protocol, TypeAlias

USDT = "USDT"
SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Listing:
    """A pair as the exchange lists it, and its last price (quote per base)."""

    symbol: str
    base: str
    quote: str
    step: Decimal
    least_value: Decimal
    price: Decimal
    by_quote_amount: bool = True


@dataclass(frozen=True, slots=True)
class Buy:
    """Spend a share (0 … 1) of the quote asset held, in second `second` of the hour."""

    second: float
    symbol: str
    share: float


@dataclass(frozen=True, slots=True)
class Sell:
    """Sell a share (0 … 1) of the base asset held."""

    second: float
    symbol: str
    share: float


@dataclass(frozen=True, slots=True)
class PayIn:
    """Deposit `quantity` of an asset."""

    second: float
    asset: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PayOut:
    """Withdraw a share (0 … 1) of an asset held, a small network fee included."""

    second: float
    asset: str
    share: float


Move: TypeAlias = Buy | Sell | PayIn | PayOut


@dataclass(frozen=True, slots=True)
class View:
    """What a trader sees at the start of an hour.

    `hour` counts from his joining, `clock_hour` is the hour of the day in UTC. `moved` is each
    symbol's change over the last hour, as a ratio (0.01 is 1 %).
    """

    hour: int
    clock_hour: int
    holdings: Mapping[str, Decimal]
    market: Mapping[str, Listing]
    moved: Mapping[str, float]
    dice: random.Random

    def second(self) -> float:
        """Some instant of the hour, to the millisecond."""
        return self.dice.randrange(SECONDS_AN_HOUR * 1000) / 1000

    def held(self, asset: str) -> Decimal:
        """Quantity held of an asset."""
        return self.holdings.get(asset, Decimal(0))

    def worth(self, asset: str) -> Decimal:
        """Value of a holding in USDT, 0 where the asset has no pair with USDT."""
        if asset == USDT:
            return self.held(USDT)
        listing = self.market.get(asset + USDT)
        return self.held(asset) * listing.price if listing else Decimal(0)

    def equity(self) -> Decimal:
        """Value of everything that has a pair with USDT."""
        return sum((self.worth(asset) for asset in self.holdings), Decimal(0))

    def listed(self, symbols: tuple[str, ...]) -> list[str]:
        """Those of `symbols` that trade; BTCUSDT where none does."""
        return [each for each in symbols if each in self.market] or ["BTCUSDT"]


class Strategy(Protocol):
    """How a trader behaves. Called once an hour; may remember."""

    def plan(self, view: View) -> list[Move]:
        """Moves of this hour, in any order."""


def order_amount(
    move: Buy | Sell, listing: Listing, holdings: Mapping[str, Decimal]
) -> tuple[str, Decimal] | None:
    """The order's amount by the exchange's own parameter, `quoteOrderQty` or `quantity`.

    None when it would be below the least value of an order.
    """
    share = Decimal(str(move.share))
    if isinstance(move, Sell):
        quantity = _down(holdings.get(listing.base, Decimal(0)) * share, listing.step)
        return ("quantity", quantity) if _enough(quantity * listing.price, listing) else None
    spent = _down(holdings.get(listing.quote, Decimal(0)) * share, Decimal("0.00000001"))
    if listing.quote == USDT:
        spent = _down(spent, Decimal("0.01"))
    if not _enough(spent, listing):
        return None
    if listing.by_quote_amount:
        return "quoteOrderQty", spent
    with_room = spent * Decimal("0.99") / listing.price
    quantity = _down(with_room, listing.step)
    return ("quantity", quantity) if _enough(quantity * listing.price, listing) else None


def _enough(value: Decimal, listing: Listing) -> bool:
    """A little above the exchange's limit, since the price may move before the order comes."""
    return value >= listing.least_value * Decimal("1.1")


def _down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_DOWN) * step
