"""Show a trader what he has: current holdings at the latest prices, and what they cost him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from functools import partial
from itertools import islice

from chalicelib.domain.account import Trader
from chalicelib.domain.cost import (
    Buy,
    changes_of,
    cost_of,
    held_by_coin,
    last_buy,
    lot_of,
    needs_market_price,
)
from chalicelib.domain.counted import counted
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import LedgerEntry, order_of
from chalicelib.domain.market import USDT, PriceList, underlying
from chalicelib.domain.money import EXACT, Asset, eight_decimals
from chalicelib.domain.portfolio import change_percent
from chalicelib.domain.valuation import together
from chalicelib.services.ports import Holdings, Ledger, Prices
from chalicelib.services.prices_then import PricesThen

MOST_ENTRIES = 1000
"""Of an account's ledger that are looked through, newest first, for what coins cost."""

_LONGEST_ORDER = timedelta(days=1)
_INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class OwnCoin:
    """A coin that is held; USDT with 8 decimals, None when unknown."""

    asset: Asset
    quantity: Decimal
    price_usdt: Decimal
    value_usdt: Decimal
    share_pct: Decimal | None
    average_cost_usdt: Decimal | None
    last_buy: Buy | None
    since_last_buy_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class Balance:
    """All that is held, greatest value first. Ages are in seconds: `holdings_age_s` since the
    exchange last told anything of the account that was silent the longest (None: no account),
    `prices_age_s` since the prices. `unpriced` coins never had a price and are left out."""

    value_usdt: Decimal | None
    holdings_age_s: int | None
    prices_age_s: int | None
    coins: list[OwnCoin]
    unpriced: list[Asset]


def show_balance(
    trader: Trader, *, now: datetime, holdings: Holdings, ledger: Ledger, prices: Prices
) -> Balance:
    """What the trader's linked accounts hold now; no value before the first prices are stored."""
    rows = [row for row in holdings.of_seat(trader.seat) if row.unlinked_at is None]
    heard = min((_heard_at(row) for row in rows), default=None)
    age = None if heard is None else _seconds(now - heard)
    listed = prices.latest()
    if listed is None:
        held = together(row.amounts() for row in rows)
        return Balance(None, age, None, [], sorted(held))
    held = held_by_coin(together(row.amounts() for row in rows), partial(underlying, prices=listed))
    priced = {coin for coin in held if coin == USDT or coin in listed.assets}
    past = _past(rows, now, ledger)
    coins = _coins({coin: held[coin] for coin in priced}, past, listed, prices, now)
    with localcontext(EXACT):
        total = sum((coin.value_usdt for coin in coins), Decimal(0))
    prices_age = _seconds(now - listed.taken_at)
    return Balance(total, age, prices_age, coins, sorted(set(held) - priced))


def _heard_at(row: AccountHoldings) -> datetime:
    told = [each.order.updated_at for each in row.quantities.values()]
    told += [at for at in (row.last_event_at, row.reconciled_at) if at is not None]
    return max(told, default=row.linked_at)


def _seconds(age: timedelta) -> int:
    return max(int(age.total_seconds()), 0)


def _coins(
    held: dict[Asset, Decimal], past: "_Past", listed: PriceList, prices: Prices, now: datetime
) -> list[OwnCoin]:
    coin_of = partial(underlying, prices=listed)
    then, by_hour = PricesThen(prices, now), PricesThen(prices, now, by_minute=False)
    with localcontext(EXACT):
        worth = {coin: quantity * listed.usdt(coin) for coin, quantity in held.items()}
        total = sum(worth.values(), Decimal(0))
    found = []
    for coin in sorted(held, key=lambda each: (-worth[each], each)):
        lot = [] if coin == USDT else lot_of(held[coin], changes_of(coin, past.whole, coin_of))
        buys = [] if coin == USDT else changes_of(coin, past.buys, coin_of)
        by_hour.know(entry.at for entry, _ in lot if needs_market_price(coin, entry))
        cost = cost_of(coin, lot, by_hour.usdt)
        buy, price = last_buy(coin, buys, then.usdt), listed.usdt(coin)
        paid = buy.price if buy else None
        with localcontext(EXACT):
            share = eight_decimals(worth[coin] / total * 100) if total > 0 else None
        found.append(
            OwnCoin(
                asset=coin,
                quantity=held[coin],
                price_usdt=price,
                value_usdt=eight_decimals(worth[coin]),
                share_pct=share,
                average_cost_usdt=None if cost is None else eight_decimals(cost),
                last_buy=buy,
                since_last_buy_pct=change_percent(price, paid) if paid else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Past:
    """Entries that count, oldest first: all since some instant, and beyond it those around the
    last buys."""

    whole: list[LedgerEntry]
    buys: list[LedgerEntry]


def _past(rows: Sequence[AccountHoldings], now: datetime, ledger: Ledger) -> _Past:
    known: list[LedgerEntry] = []
    older: list[LedgerEntry] = []
    since = min((row.linked_at for row in rows), default=now)
    for row in rows:
        newest_first = ledger.newest_first(row.account_id, row.linked_at, now + _LONGEST_ORDER)
        entries = list(islice(newest_first, MOST_ENTRIES))
        known += counted(entries)
        if len(entries) == MOST_ENTRIES:
            oldest = entries[-1].at
            since = max(since, oldest)
            for at in {
                each.bought_at for each in row.last_buys.values() if each.bought_at < oldest
            }:
                older += ledger.entries(row.account_id, at - _LONGEST_ORDER, at + _INSTANT)
    known.sort(key=order_of)
    return _Past(
        whole=[entry for entry in known if entry.at >= since],
        buys=sorted([*counted(older), *known], key=order_of),
    )
