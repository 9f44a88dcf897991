"""What a trader paid for the coins he holds: average cost, and the price of the last buy.

Both from his ledger, with the prices of the moment; for his eyes alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from typing import TypeAlias

from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Side
from chalicelib.domain.market import USDT
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.portfolio import average_cost

PriceAt: TypeAlias = Callable[[Asset, datetime], Decimal | None]
"""Price in USDT of one of an asset at an instant, None when it is not known."""


@dataclass(frozen=True, slots=True)
class Buy:
    """The last order or convert that increased a coin: its price in USDT, and when it was done."""

    price: Decimal | None
    bought_at: datetime


def changes_of(
    coin: Asset, entries: Sequence[LedgerEntry], coin_of: Callable[[Asset], Asset]
) -> list[tuple[LedgerEntry, Decimal]]:
    """Entries that change how much of `coin` there is, with that change; `coin_of` says as what
    coin an asset counts (a claim on a lent coin as that coin, so lending changes nothing)."""
    found = []
    for entry in entries:
        if isinstance(entry, BalanceChange) and entry.kind is ChangeKind.EARN_MOVE:
            continue
        with localcontext(EXACT):
            parts = (n for asset, n in entry.changes().items() if coin_of(asset) == coin)
            change = sum(parts, Decimal(0))
        if change:
            found.append((entry, change))
    return found


def lot_of(
    held: Decimal, changes: Sequence[tuple[LedgerEntry, Decimal]]
) -> list[tuple[LedgerEntry, Decimal]]:
    """The last of `changes` (oldest first), from where nothing was held to the `held` of now.
    Empty when they do not reach back that far."""
    left, start = held, len(changes)
    while left > 0 and start > 0:
        start -= 1
        with localcontext(EXACT):
            left -= changes[start][1]
    return list(changes[start:]) if left <= 0 else []


def cost_of(
    coin: Asset, lot: Sequence[tuple[LedgerEntry, Decimal]], price_at: PriceAt
) -> Decimal | None:
    """Average cost in USDT of what is held of a coin, from the changes since nothing was
    (`lot_of`). None without them, or when a price is missing on the way."""
    moves: list[tuple[Decimal, Decimal]] = []
    for entry, change in lot:
        price = _price_of(coin, entry, price_at)
        if price is None:
            return None
        moves.append((change, price))
    return average_cost(moves)


def needs_market_price(coin: Asset, entry: LedgerEntry) -> bool:
    """Whether the entry alone does not tell what was paid for the coin in USDT."""
    return not (isinstance(entry, Fill) and entry.base == coin and entry.quote == USDT)


def _price_of(coin: Asset, entry: LedgerEntry, price_at: PriceAt) -> Decimal | None:
    """What the entry itself says where it is a fill of the coin, else the market's price."""
    if isinstance(entry, Fill) and coin == entry.base:
        quote = price_at(entry.quote, entry.at)
        with localcontext(EXACT):
            return None if quote is None else entry.quote_quantity / entry.quantity * quote
    return price_at(coin, entry.at)


def last_buy(
    coin: Asset, changes: Sequence[tuple[LedgerEntry, Decimal]], price_at: PriceAt
) -> Buy | None:
    """The newest order or convert among the changes that increased the coin, over all its fills,
    on either side of a pair, the other coin valued at that minute. None when there is none.

    Deposits, transfers and dust do not count.
    """
    buys: dict[object, list[LedgerEntry]] = {}
    for entry, change in changes:
        if change > 0 and isinstance(entry, Fill) and entry.bought() == coin:
            buys.setdefault((entry.symbol, entry.order_id), []).append(entry)
        elif change > 0 and _is_convert(entry):
            buys.setdefault(entry.at.replace(microsecond=0), []).append(entry)
    if not buys:
        return None
    newest = max(buys.values(), key=lambda each: max(entry.at for entry in each))
    at = max(entry.at for entry in newest)
    return Buy(_paid(coin, newest, price_at), at)


def _is_convert(entry: LedgerEntry) -> bool:
    return isinstance(entry, BalanceChange) and entry.kind is ChangeKind.CONVERT


def _paid(coin: Asset, entries: Sequence[LedgerEntry], price_at: PriceAt) -> Decimal | None:
    """USDT paid for one of the coin over these entries; of a convert the market's price, as both
    sides of it are worth the same."""
    quantity = cost = Decimal(0)
    with localcontext(EXACT):
        for entry in entries:
            if isinstance(entry, Fill):
                bought = entry.side is Side.BUY
                gained, paid, other = (
                    (entry.quantity, entry.quote_quantity, entry.quote)
                    if bought
                    else (entry.quote_quantity, entry.quantity, entry.base)
                )
            else:
                gained, other = entry.changes()[coin], coin
                paid = gained
            price = price_at(other, entry.at)
            if price is None:
                return None
            quantity += gained
            cost += paid * price
        return cost / quantity if quantity else None


def held_by_coin(
    held: Mapping[Asset, Decimal], coin_of: Callable[[Asset], Asset]
) -> dict[Asset, Decimal]:
    """Quantities by the coin that each asset counts as."""
    found: dict[Asset, Decimal] = {}
    with localcontext(EXACT):
        for asset, quantity in held.items():
            coin = coin_of(asset)
            found[coin] = found.get(coin, Decimal(0)) + quantity
    return {coin: quantity for coin, quantity in found.items() if quantity}
