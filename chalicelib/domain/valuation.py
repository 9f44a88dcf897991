"""What a set of holdings is worth at one list of prices, and how good those prices are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from chalicelib.domain.block import Flag
from chalicelib.domain.market import (
    STALE_AFTER,
    UNRANKED_AFTER,
    USDT,
    PriceList,
    Tier,
    underlying,
)
from chalicelib.domain.money import EXACT, Asset

_ZERO = Decimal(0)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Valuation:
    """The value of holdings in USDT and, of it, the parts with a price older than 2 h and in
    thin assets.

    `partial`: some price is missing at the moment (its last one is kept, at most 2 h old).
    `unpriced`: some price is older than 7 days. `not_valued`: assets left out, because they
    never had a price.
    """

    value: Decimal
    stale: Decimal = _ZERO
    thin: Decimal = _ZERO
    partial: bool = False
    unpriced: bool = False
    not_valued: frozenset[Asset] = frozenset()

    def flags(self) -> Flag:
        """STALE above 5 % of the value, THIN above 50 %, PARTIAL and UNPRICED as they are."""
        with localcontext(EXACT):
            flags = Flag(0)
            flags |= Flag.STALE if self.stale * 20 > self.value else Flag(0)
            flags |= Flag.THIN if self.thin * 2 > self.value else Flag(0)
        flags |= Flag.PARTIAL if self.partial else Flag(0)
        return flags | (Flag.UNPRICED if self.unpriced else Flag(0))


def together(holdings: Iterable[Mapping[Asset, Decimal]]) -> dict[Asset, Decimal]:
    """Several accounts as one portfolio: quantity per asset, zero ones left out."""
    sums: dict[Asset, Decimal] = {}
    with localcontext(EXACT):
        for held in holdings:
            for asset, quantity in held.items():
                sums[asset] = sums.get(asset, _ZERO) + quantity
    return {asset: quantity for asset, quantity in sums.items() if quantity}


def valuation(held: Mapping[Asset, Decimal], prices: PriceList, at: datetime) -> Valuation:
    """What `held` is worth at `prices`, for the mark of the instant `at`.

    An Earn claim counts as its coin. An asset whose first price came after `at` is not yet
    valued. Exact: nothing is rounded.
    """
    value = stale = thin = _ZERO
    partial = unpriced = False
    not_valued: set[Asset] = set()
    with localcontext(EXACT):
        for asset, quantity in held.items():
            coin = underlying(asset, prices)
            found = prices.assets.get(coin)
            if coin == USDT:
                value += quantity
            elif found is None or found.first_at > at:
                not_valued.add(asset)
            elif quantity:
                worth = quantity * found.price
                value += worth
                age = prices.age(coin)
                partial |= timedelta(0) < age <= STALE_AFTER
                unpriced |= age > UNRANKED_AFTER
                stale += worth if age > STALE_AFTER else _ZERO
                thin += worth if prices.tier(coin) is Tier.THIN else _ZERO
    return Valuation(value, stale, thin, partial, unpriced, frozenset(not_valued))
