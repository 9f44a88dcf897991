"""What an account held at an earlier moment, worked out backward from what it holds now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from sandbox.exchange.accounts import ZERO, Balance
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.orders import Order, OwnFill


def balances_at(exchange: Exchange, uid: int, at: int) -> dict[str, Balance]:
    """Free and locked of every asset that was not at zero at the end of the millisecond `at`.

    Raises KeyError for an unknown uid.
    """
    totals = dict(_totals_now(exchange, uid))
    for movement in exchange.movements.of(uid):
        if movement.at > at:
            totals[movement.asset] = totals.get(movement.asset, ZERO) - movement.change
    for fill in exchange.desk.fills.all_of(uid):
        if fill.executed_at > at:
            for asset, change in fill_changes(exchange, fill):
                totals[asset] = totals.get(asset, ZERO) - change
    locked = _locked(exchange, uid, at)
    return {
        asset: Balance(total - locked[asset], locked[asset])
        for asset, total in sorted(totals.items())
        if total
    }


def fill_changes(exchange: Exchange, fill: OwnFill) -> Iterator[tuple[str, Decimal]]:
    """What a fill added to each asset of its account, its commission as a change of its own."""
    spec = exchange.market.symbols[fill.symbol]
    sign = 1 if fill.is_buyer else -1
    yield spec.base, sign * fill.quantity
    yield spec.quote, -sign * fill.quote_quantity
    yield fill.commission_asset, -fill.commission


def _totals_now(exchange: Exchange, uid: int) -> Iterator[tuple[str, Decimal]]:
    for asset, balance in exchange.accounts.account(uid).balances.items():
        yield asset, balance.free + balance.locked


def _locked(exchange: Exchange, uid: int, at: int) -> Mapping[str, Decimal]:
    locked: defaultdict[str, Decimal] = defaultdict(Decimal)
    fills = exchange.desk.fills.all_of(uid)
    for order in exchange.desk.orders:
        if order.uid == uid and _rested(order, at):
            executed = sum(
                (
                    fill.quantity
                    for fill in fills
                    if (fill.symbol, fill.order_id) == (order.symbol, order.order_id)
                    and fill.executed_at <= at
                ),
                ZERO,
            )
            spec = exchange.market.symbols[order.symbol]
            left = order.quantity - executed
            if order.buys:
                locked[spec.quote] += left * order.price
            else:
                locked[spec.base] += left
    return locked


def _rested(order: Order, at: int) -> bool:
    return order.created_at <= at and (order.open or order.updated_at > at)
