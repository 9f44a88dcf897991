"""What others see of a trader's coins (rules.md §6 and §7), and nothing more.

Ratios, prices and names: multiplying all quantities by one number changes nothing. Trades are
in `trade_rows.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any, TypedDict

from chalicelib.domain.market import USDT, PriceList, Tier, underlying
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.performance import Ratios, ratios
from chalicelib.domain.portfolio import change_percent, whole_percents

POOLED = "other coins"
"""The row of an allocation that holds all thin assets together."""

_DAYS_OF_RISK = 30


class PublicView(TypedDict):
    """JSON values, as `public_view` makes them."""

    allocation: list[list[Any]]  # asset, whole percent
    coins: list[list[Any]]  # asset, two changes in hundredths of a percent or None
    risk: list[str | None]


def public_view(
    holdings: Mapping[Asset, Decimal],
    prices: PriceList,
    day_before: PriceList | None,
    last_buy_prices: Mapping[Asset, Decimal],
    indices: Sequence[float | None] = (),
) -> PublicView:
    """What others see of a trader's coins during a day, from his holdings at its 00:00 mark.

    `prices` are those of that mark, `day_before` those of the mark 24 h before,
    `last_buy_prices` the coin's price at the mark that closed the hour of its last buy,
    `indices` the index at the last 31 marks of 00:00, this one included, None where missing.

    Returns `allocation` [[asset, whole percent], …]; `coins` [[asset, change of 24 h, change
    since the last buy], …] in hundredths of a percent, None when unknown, for each asset named
    in the allocation; `risk` [volatility in %, Sharpe, Sortino] as text, None unless all days are
    there. What never had a price is left out.
    """
    worth: dict[str, Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for asset, held in holdings.items():
            coin = underlying(asset, prices)
            if _priced(coin, prices):
                thin = prices.tier(coin) is Tier.THIN
                worth[POOLED if thin else coin] += held * prices.usdt(coin)
    rows = whole_percents(worth)
    named = [asset for asset, _ in rows if asset != POOLED]
    return {
        "allocation": [[asset, percent] for asset, percent in rows],
        "coins": [
            [
                asset,
                _change(prices.usdt(asset), _price_of(asset, day_before)),
                _change(prices.usdt(asset), last_buy_prices.get(asset)),
            ]
            for asset in named
        ],
        "risk": _risk(indices),
    }


def _priced(asset: Asset, prices: PriceList) -> bool:
    return asset == USDT or asset in prices.assets


def _price_of(asset: Asset, prices: PriceList | None) -> Decimal | None:
    return prices.usdt(asset) if prices is not None and _priced(asset, prices) else None


def _change(price: Decimal, earlier: Decimal | None) -> int | None:
    """Hundredths of a percent; None when there is no earlier price."""
    return int(change_percent(price, earlier) * 100) if earlier else None


def _risk(indices: Sequence[float | None]) -> list[str | None]:
    found = Ratios(None, None, None)
    known = [Decimal(index) for index in indices if index]
    if len(known) == len(indices) == _DAYS_OF_RISK + 1:
        with localcontext(EXACT):
            found = ratios([after / before - 1 for before, after in pairwise(known)]).rounded()
    shown = (found.volatility, found.sharpe, found.sortino)
    return [None if each is None else str(each) for each in shown]
