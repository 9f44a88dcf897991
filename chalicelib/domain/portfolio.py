"""What a trader's coins are worth and how they did: equity, allocation, cost, change.

Pure arithmetic on quantities and price lists. What was paid for a coin is in `cost.py`; the
return of the whole portfolio in `performance.py`.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal, localcontext

from chalicelib.domain.market import PriceList
from chalicelib.domain.money import EXACT, Asset, shown_percent

_SHARE = Decimal("1e-18")


def values(holdings: Mapping[Asset, Decimal], prices: PriceList) -> dict[Asset, Decimal]:
    """Value in USDT of each holding at `prices`, exact; holdings of 0 are left out.

    Raises MissingPrice, naming the first asset that cannot be priced.
    """
    with localcontext(EXACT):
        return {asset: held * prices.usdt(asset) for asset, held in holdings.items() if held}


def equity(holdings: Mapping[Asset, Decimal], prices: PriceList) -> Decimal:
    """Value of all holdings in USDT at `prices`, exact. Raises MissingPrice."""
    with localcontext(EXACT):
        return sum(values(holdings, prices).values(), Decimal(0))


def allocation(holdings: Mapping[Asset, Decimal], prices: PriceList) -> dict[Asset, Decimal]:
    """Share of equity held in each asset: ratios that sum to 1 (0.25 is 25%).

    Each holding is valued in USDT at `prices`; shares have 18 decimals, what rounding leaves
    over goes to the largest (of equals the first by name). Empty when equity is 0.
    Raises MissingPrice, naming the first asset that cannot be priced.
    """
    worth = values(holdings, prices)
    with localcontext(EXACT):
        total = sum(worth.values(), Decimal(0))
        if total <= 0:
            return {}
        shares = {
            asset: (value / total).quantize(_SHARE, ROUND_DOWN) for asset, value in worth.items()
        }
        largest = min(shares, key=lambda asset: (-shares[asset], asset))
        shares[largest] += 1 - sum(shares.values())
    return shares


def whole_percents(worth: Mapping[str, Decimal]) -> list[tuple[str, int]]:
    """`worth` as whole percentages that sum to 100, greatest first, then by name.

    Largest remainder; of equal remainders the larger share is rounded up first, then the
    first by name (three thirds are 34, 33, 33). Rows of 0 % are left out. Multiplying all of
    `worth` by one number changes nothing. Empty when nothing is worth more than 0.
    """
    worth = {name: value for name, value in worth.items() if value > 0}
    if not worth:
        return []
    with localcontext(EXACT):
        total = sum(worth.values(), Decimal(0))
        parts = {name: divmod(value * 100, total) for name, value in worth.items()}
        percents = {name: int(whole) for name, (whole, _) in parts.items()}
        by_claim = sorted(worth, key=lambda name: (-parts[name][1], -worth[name], name))
    for name in by_claim[: 100 - sum(percents.values())]:
        percents[name] += 1
    order = sorted(worth, key=lambda name: (-percents[name], -worth[name], name))
    return [(name, percents[name]) for name in order if percents[name]]


def change_percent(price: Decimal, earlier: Decimal) -> Decimal:
    """Change of a price in percent with 2 decimals: price / earlier − 1. Both are above 0."""
    with localcontext(EXACT):
        return shown_percent((price / earlier - 1) * 100)


def average_cost(moves: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Average price in USDT paid for what is still held of a coin; None when nothing is.

    `moves` are signed changes of the holding with the coin's price in USDT at that moment, in
    order of time. What leaves takes its share of the cost with it.
    """
    held = cost = Decimal(0)
    with localcontext(EXACT):
        for quantity, price in moves:
            if quantity > 0:
                cost += quantity * price
            elif held > 0:
                cost += cost * max(quantity, -held) / held
            held = max(held + quantity, Decimal(0))
        return cost / held if held else None
