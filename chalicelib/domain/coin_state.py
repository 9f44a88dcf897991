"""How a coin's price comes about just now: what a page says beside a coin that has trouble.

The market's public knowledge: it depends on the coin alone, not on who holds it, or how much.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from chalicelib.domain.market import BRIDGES, STALE_AFTER, USDT, PriceList, Symbol, underlying
from chalicelib.domain.money import Asset

_PRICED_IN = frozenset({USDT, *BRIDGES})


class CoinState(Enum):
    """How a coin is priced."""

    TRADING = "trading"
    HALTED = "halted"  # listed, but it does not trade now: its last price is kept
    DELISTED = "delisted"  # no pair that prices it is listed any more: its last price is kept
    STALE_PRICE = "stale_price"  # listed as trading, but its price is older than two hours
    NOT_VALUED = "not_valued"  # it never had a price


def coin_state(
    asset: Asset, newest: PriceList, symbols: Mapping[str, Symbol], now: datetime
) -> CoinState:
    """The state of `asset` (an Earn claim: of its coin) at `now`, by the `newest` prices and the
    listed `symbols`; both by the exchange's clock. Without symbols nothing is said of listings.

    A renamed coin is delisted under its old name, and trades under its new one.
    """
    coin = underlying(asset, newest)
    if coin == USDT:
        return CoinState.TRADING
    found = newest.assets.get(coin)
    if found is None:
        return CoinState.NOT_VALUED
    if is_quoted(coin, newest) or not symbols:
        return _by_age(found.quoted_at, now)
    pairs = [each for each in symbols.values() if _prices(each, coin)]
    if not pairs:
        return CoinState.DELISTED
    if not any(each.trading for each in pairs):
        return CoinState.HALTED
    return _by_age(found.quoted_at, now)


def is_quoted(asset: Asset, newest: PriceList) -> bool:
    """Whether the newest prices have a price of that very moment for it."""
    coin = underlying(asset, newest)
    return coin == USDT or (coin in newest.assets and not newest.age(coin))


def _prices(symbol: Symbol, coin: Asset) -> bool:
    return (symbol.base == coin and symbol.quote in _PRICED_IN) or (
        symbol.quote == coin and symbol.base in _PRICED_IN
    )


def _by_age(quoted_at: datetime, now: datetime) -> CoinState:
    return CoinState.STALE_PRICE if now - quoted_at > STALE_AFTER else CoinState.TRADING
