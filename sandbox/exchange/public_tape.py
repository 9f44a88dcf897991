"""The public tape: other people's trades and the users' own fills, merged by trade id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import merge
from itertools import islice

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.orders import OwnFill
from sandbox.exchange.path import OTHERS_PER_MS, first_id_of, time_of_id
from sandbox.exchange.tape import TapeTrade

ZERO = Decimal(0)


def recent_trades(exchange: Exchange, symbol: str, *, limit: int) -> list[TapeTrade]:
    """The newest `limit` trades until now, ascending."""
    now = exchange.now()
    others = exchange.market.recent_tape(symbol, before=now, limit=limit)
    since = others[0].id if others else 0
    own = exchange.desk.fills.of_symbol(symbol, from_id=since)
    return _merged(others, own)[-limit:]


def trades_between(
    exchange: Exchange, symbol: str, *, start: int, end: int, limit: int
) -> list[TapeTrade]:
    """The oldest `limit` trades in [start, end), ascending."""
    end = min(end, exchange.now() + 1)
    others = exchange.market.tape(symbol, start=start, end=end, limit=limit)
    own = exchange.desk.fills.of_symbol(symbol, from_id=first_id_of(start))
    return _merged(others, (fill for fill in own if fill.executed_at < end))[:limit]


def trades_from(exchange: Exchange, symbol: str, from_id: int, *, limit: int) -> list[TapeTrade]:
    """The oldest `limit` trades with an id of `from_id` or more, ascending."""
    found = trades_between(
        exchange,
        symbol,
        start=time_of_id(from_id),
        end=exchange.now() + 1,
        limit=limit + OTHERS_PER_MS,
    )
    return list(islice((trade for trade in found if trade.id >= from_id), limit))


def _merged(others: Iterable[TapeTrade], own: Iterable[OwnFill]) -> list[TapeTrade]:
    return list(merge(others, map(_as_public, own), key=lambda trade: trade.id))


def _as_public(fill: OwnFill) -> TapeTrade:
    return TapeTrade(
        id=fill.trade_id,
        price=fill.price,
        quantity=fill.quantity,
        quote_quantity=fill.quote_quantity,
        time=fill.executed_at,
        is_buyer_maker=fill.is_buyer_maker,
    )


@dataclass(frozen=True, slots=True)
class AggregateTrade:
    """Trades of one moment, price and taker side as one; its id is that of its first trade."""

    first: TapeTrade
    last_id: int
    quantity: Decimal


def aggregate(trades: Sequence[TapeTrade]) -> list[AggregateTrade]:
    """`trades` with neighbours of one moment, price and side put together."""
    groups: list[list[TapeTrade]] = []
    for trade in trades:
        if groups and _together(groups[-1][-1], trade):
            groups[-1].append(trade)
        else:
            groups.append([trade])
    return [
        AggregateTrade(group[0], group[-1].id, sum((trade.quantity for trade in group), ZERO))
        for group in groups
    ]


def _together(one: TapeTrade, other: TapeTrade) -> bool:
    return (one.time, one.price, one.is_buyer_maker) == (
        other.time,
        other.price,
        other.is_buyer_maker,
    )
