"""What coins are worth: symbols, quotes, and the list of prices in USDT of one instant.

`price_list` makes the list that is stored; every mark, flow and chart reads stored lists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from enum import Enum

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.money import EXACT, Asset

USDT: Asset = "USDT"
BRIDGES: tuple[Asset, ...] = ("USDC", "FDUSD", "BTC", "ETH", "BNB", "TRY", "EUR")
EARN_PREFIX = "LD"
EARN_ALIASES: dict[Asset, Asset] = {"LDSHIB2": "SHIB", "LDBAKET": "BAKE"}
"""Claims on coins lent to the exchange whose code is not "LD" and the coin's own."""
NO_CLAIMS = frozenset({"LDO"})
"""Coins of their own whose code only looks like a claim."""

STALE_AFTER = timedelta(hours=2)
UNRANKED_AFTER = timedelta(days=7)
_LIQUID_FROM = Decimal(100_000_000)
_THIN_BELOW = Decimal(5_000_000)


class Tier(Enum):
    """How much of an asset changes hands: decides what others may see of its trades."""

    LIQUID = "liquid"
    MIDDLE = "middle"
    THIN = "thin"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A pair the exchange lists, e.g. BTCUSDT: base BTC priced in quote USDT.

    One that is listed and not `trading` is halted and may come back; one that was taken off the
    list is gone, and is in no list of symbols any more.
    """

    name: str
    base: Asset
    quote: Asset
    trading: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """The last price of a symbol (quote per base) and its traded value of 24 h, in quote."""

    price: Decimal
    traded: Decimal


@dataclass(frozen=True, slots=True)
class AssetPrice:
    """An asset's price in USDT, its traded value of 24 h in USDT, and since when and until
    when the exchange listed a way to price it as trading."""

    price: Decimal
    traded_usdt: Decimal
    quoted_at: datetime
    first_at: datetime


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of all assets at one instant; an asset that no longer trades keeps its last."""

    taken_at: datetime
    assets: Mapping[Asset, AssetPrice]

    def usdt(self, asset: Asset) -> Decimal:
        """Price of one `asset` in USDT. Raises MissingPrice when it never had one."""
        if asset == USDT:
            return Decimal(1)
        found = self.assets.get(asset)
        if found is None:
            raise MissingPrice(f"no {asset} price at {self.taken_at.isoformat()}")
        return found.price

    def age(self, asset: Asset) -> timedelta:
        """How long before this list the asset was last listed as trading (USDT: none)."""
        if asset == USDT:
            return timedelta(0)
        found = self.assets.get(asset)
        if found is None:
            raise MissingPrice(f"no {asset} price at {self.taken_at.isoformat()}")
        return self.taken_at - found.quoted_at

    def tier(self, asset: Asset) -> Tier:
        """The asset's tier by traded value over 24 h; never priced is thin, USDT is liquid."""
        if asset == USDT:
            return Tier.LIQUID
        found = self.assets.get(asset)
        if found is None or found.traded_usdt < _THIN_BELOW:
            return Tier.THIN
        return Tier.LIQUID if found.traded_usdt >= _LIQUID_FROM else Tier.MIDDLE


def underlying(asset: Asset, prices: PriceList) -> Asset:
    """The coin as which `asset` is valued: the lent coin for an Earn claim, one to one, else
    itself. A code with a price of its own, and one whose rest is no coin, is no claim."""
    if not asset.startswith(EARN_PREFIX) or asset in NO_CLAIMS or asset in prices.assets:
        return asset
    lent = EARN_ALIASES.get(asset, asset.removeprefix(EARN_PREFIX))
    return lent if lent == USDT or lent in prices.assets else asset


def claim_on(asset: Asset) -> Asset:
    """The code under which `asset` is held once it is lent to flexible Earn."""
    for claim, lent in EARN_ALIASES.items():
        if lent == asset:
            return claim
    return EARN_PREFIX + asset


def price_list(
    symbols: Iterable[Symbol],
    quotes: Mapping[str, Quote],
    taken_at: datetime,
    previous: PriceList | None = None,
) -> PriceList:
    """The prices in USDT at `taken_at`, by rules.md §3: direct, else over the first bridge.

    Only symbols that trade and have a quote count. What cannot be priced now keeps its
    price, traded value and instant from `previous`.
    """
    with localcontext(EXACT):
        rates = _rates(symbols, quotes)
        traded = _traded(symbols, quotes, rates)
        assets = dict(previous.assets) if previous else {}
        for asset in {base for base, _ in rates} - {USDT}:
            price = _usdt_price(asset, rates)
            if price is not None:
                known = assets.get(asset)
                first_at = known.first_at if known else taken_at
                assets[asset] = AssetPrice(price, traded.get(asset, Decimal(0)), taken_at, first_at)
    return PriceList(taken_at, assets)


def _rates(
    symbols: Iterable[Symbol], quotes: Mapping[str, Quote]
) -> dict[tuple[Asset, Asset], Decimal]:
    rates: dict[tuple[Asset, Asset], Decimal] = {}
    for symbol in symbols:
        quote = quotes.get(symbol.name)
        if symbol.trading and quote is not None and quote.price > 0:
            rates[symbol.base, symbol.quote] = quote.price
            rates.setdefault((symbol.quote, symbol.base), _inverse(quote.price))
    return rates


def _inverse(price: Decimal) -> Decimal:
    return (1 / price).quantize(Decimal("1e-18"))


def _usdt_price(asset: Asset, rates: Mapping[tuple[Asset, Asset], Decimal]) -> Decimal | None:
    direct = rates.get((asset, USDT))
    if direct is not None:
        return direct
    for bridge in BRIDGES:
        first, second = rates.get((asset, bridge)), rates.get((bridge, USDT))
        if first is not None and second is not None:
            return (first * second).quantize(Decimal("1e-18")).normalize()
    return None


def _traded(
    symbols: Iterable[Symbol],
    quotes: Mapping[str, Quote],
    rates: Mapping[tuple[Asset, Asset], Decimal],
) -> dict[Asset, Decimal]:
    sums: dict[Asset, Decimal] = {}
    for symbol in symbols:
        quote = quotes.get(symbol.name)
        if not symbol.trading or quote is None:
            continue
        unit = Decimal(1) if symbol.quote == USDT else _usdt_price(symbol.quote, rates)
        if unit is not None:
            value = (quote.traded * unit).quantize(Decimal(1))
            for asset in (symbol.base, symbol.quote):
                sums[asset] = sums.get(asset, Decimal(0)) + value
    return sums
