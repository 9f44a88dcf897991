"""Price lists of the past, made of candles, and which pairs they need.

The lists are made by the rule of the live ones (`market.price_list`): what had no candle at an
hour keeps its last price.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from chalicelib.domain.hour import HourPrices
from chalicelib.domain.market import (
    BRIDGES,
    EARN_ALIASES,
    EARN_PREFIX,
    NO_CLAIMS,
    USDT,
    PriceList,
    Quote,
    Symbol,
    price_list,
)
from chalicelib.domain.money import Asset
from chalicelib.domain.windows import hour_of, hour_start

Closes: TypeAlias = Mapping[str, Mapping[int, Decimal]]
"""By name of a pair: the price at each full hour, which is the close of the candle before it."""

_ZERO = Decimal(0)


def coins_of(assets: Iterable[Asset]) -> set[Asset]:
    """The assets, and of claims on lent coins also the coins."""
    found = set(assets)
    for asset in list(found):
        if asset.startswith(EARN_PREFIX) and asset not in NO_CLAIMS:
            found.add(EARN_ALIASES.get(asset, asset.removeprefix(EARN_PREFIX)))
    return found


def pairs_among(assets: Iterable[Asset], symbols: Iterable[Symbol]) -> list[Symbol]:
    """Pairs of two of the coins, in the order of `symbols`: whoever held both may have traded
    them."""
    coins = coins_of(assets)
    return [each for each in symbols if {each.base, each.quote} <= coins]


def pairs_to_price(assets: Iterable[Asset], symbols: Iterable[Symbol]) -> list[Symbol]:
    """Pairs whose candles price the coins in USDT, and BTC, which every line needs: the direct
    one; for a coin that has none, those with the bridges, and the bridges' own."""
    listed = list(symbols)
    coins = coins_of(assets) | {"BTC"}
    direct = {coin for each in listed for coin in (each.base, each.quote) if _has(each, USDT)}
    indirect = coins - direct
    if indirect & {coin for each in listed for coin in (each.base, each.quote)}:
        coins |= set(BRIDGES)
    return [
        each
        for each in listed
        if (_has(each, USDT) and {each.base, each.quote} & coins - {USDT})
        or ({each.base, each.quote} & indirect and {each.base, each.quote} & set(BRIDGES))
    ]


@dataclass(frozen=True, slots=True)
class PastPrices:
    """The lists of full hours, by hour number, and of those minutes that were asked for."""

    hours: Mapping[int, PriceList]
    minutes: Mapping[datetime, PriceList]

    def of_hour(self, hour: int) -> HourPrices:
        """What values the hour that ends at full hour `hour`."""
        return HourPrices(self.hours[hour], self.minutes.get)


def past_prices(
    symbols: Iterable[Symbol],
    closes: Closes,
    hours: range,
    minutes: Mapping[datetime, Mapping[str, Decimal]] | None = None,
) -> PastPrices:
    """The lists of all `hours`, and of the full minutes whose closes are given."""
    pairs = [Symbol(each.name, each.base, each.quote, trading=True) for each in symbols]
    lists: dict[int, PriceList] = {}
    previous: PriceList | None = None
    for hour in hours:
        quotes = {
            name: Quote(found, _ZERO)
            for name, prices in closes.items()
            if (found := prices.get(hour)) is not None
        }
        previous = lists[hour] = price_list(pairs, quotes, hour_start(hour), previous)
    by_minute: dict[datetime, PriceList] = {}
    for minute, known in (minutes or {}).items():
        quotes = {name: Quote(close, _ZERO) for name, close in known.items()}
        by_minute[minute] = price_list(pairs, quotes, minute, lists.get(hour_of(minute)))
    return PastPrices(lists, by_minute)


def _has(symbol: Symbol, coin: Asset) -> bool:
    return coin in (symbol.base, symbol.quote)
