"""What an account held at an earlier moment, worked out backward from what it holds now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from sandbox.exchange.accounts import ZERO, Balance
from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.orders import Order, OwnFill


class PastBalances:
    """The past of one account as it is known now. Raises KeyError for an unknown uid."""

    def __init__(self, exchange: Exchange, uid: int) -> None:
        account = exchange.accounts.account(uid)
        self._symbols = exchange.market.symbols
        self._now = {asset: each.free + each.locked for asset, each in account.balances.items()}
        fills = exchange.desk.fills.all_of(uid)
        self._changes = [
            *((each.at, each.asset, each.change) for each in exchange.movements.of(uid)),
            *(
                (fill.executed_at, asset, change)
                for fill in fills
                for asset, change in fill_changes(self._symbols[fill.symbol], fill)
            ),
        ]
        self._rested = [order for order in exchange.desk.orders.all_of(uid) if _rested(order)]
        self._fills: defaultdict[tuple[str, int], list[OwnFill]] = defaultdict(list)
        for fill in fills:
            self._fills[fill.symbol, fill.order_id].append(fill)

    def at(self, moment: int) -> dict[str, Balance]:
        """Free and locked of every asset that was not 0 at the end of the millisecond `moment`."""
        totals = defaultdict(Decimal, self._now)
        for changed_at, asset, change in self._changes:
            if changed_at > moment:
                totals[asset] -= change
        locked = self._locked(moment)
        return {
            asset: Balance(total - locked[asset], locked[asset])
            for asset, total in sorted(totals.items())
            if total
        }

    def _locked(self, moment: int) -> Mapping[str, Decimal]:
        locked: defaultdict[str, Decimal] = defaultdict(Decimal)
        for order in self._rested:
            if order.created_at <= moment and (order.open or order.updated_at > moment):
                spec = self._symbols[order.symbol]
                left = order.quantity - self._executed(order, moment)
                if order.buys:
                    locked[spec.quote] += left * order.price
                else:
                    locked[spec.base] += left
        return locked

    def _executed(self, order: Order, moment: int) -> Decimal:
        fills = self._fills[order.symbol, order.order_id]
        return sum((fill.quantity for fill in fills if fill.executed_at <= moment), ZERO)


def fill_changes(spec: SymbolSpec, fill: OwnFill) -> Iterator[tuple[str, Decimal]]:
    """What a fill added to each asset of its account, its commission as a change of its own."""
    sign = 1 if fill.is_buyer else -1
    yield spec.base, sign * fill.quantity
    yield spec.quote, -sign * fill.quote_quantity
    yield fill.commission_asset, -fill.commission


def _rested(order: Order) -> bool:
    """Whether the order was on the book for longer than a moment."""
    return order.open or order.updated_at > order.created_at
