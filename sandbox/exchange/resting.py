"""Fills resting orders when the market's path crosses them.

Whole minutes are judged by their candle, the running one by the price at its end, so nothing that
has not happened yet is used. A price that only touches the limit fills half of the order, one that
trades through it fills the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from heapq import merge

from sandbox.exchange.order_desk import OrderDesk
from sandbox.exchange.orders import Order
from sandbox.exchange.synthetic_book import down_to_step

MINUTE_MS = 60_000
CANDLES_A_CALL = 1_000


@dataclass(frozen=True, slots=True)
class Reach:
    """The lowest and highest price of a pair between two moments, the later one being `at`."""

    symbol: str
    at: int
    low: Decimal
    high: Decimal


class RestingOrders:
    """Looks at the market each time the exchange's clock has moved on."""

    def __init__(self, desk: OrderDesk, started_at: int) -> None:
        self._desk = desk
        self.looked_at = started_at

    def look(self, now: int) -> None:
        """Fill what the market crossed since the last look. A clock that went back only resets."""
        since, self.looked_at = self.looked_at, now
        waiting = self._desk.orders.open()
        if now <= since or not waiting:
            return
        symbols = sorted({order.symbol for order in waiting})
        paths = [self._path(symbol, since, now) for symbol in symbols]
        # All pairs together in the order of time, so that no balance is told before an older one.
        for reach in merge(*paths, key=lambda reach: reach.at):
            self._fill_crossed(reach)

    def look_again(self, now: int) -> None:
        """Judge the price of this moment alone, after it was set by hand."""
        for symbol in sorted({order.symbol for order in self._desk.orders.open()}):
            price = self._desk.matcher.market.price(symbol, now)
            self._fill_crossed(Reach(symbol, now, price, price))

    def _path(self, symbol: str, since: int, now: int) -> Iterator[Reach]:
        market = self._desk.matcher.market
        start = -(-since // MINUTE_MS) * MINUTE_MS
        while start + MINUTE_MS <= now:
            end = min(now - now % MINUTE_MS, start + CANDLES_A_CALL * MINUTE_MS) - 1
            candles = market.candles(
                symbol, "1m", start=start, end=end, limit=CANDLES_A_CALL, now=now
            )
            for candle in candles:
                yield Reach(symbol, candle.close_time, candle.low, candle.high)
            start = end + 1
        price = market.price(symbol, now)
        yield Reach(symbol, now, price, price)

    def _fill_crossed(self, reach: Reach) -> None:
        step = self._desk.matcher.spec(reach.symbol).step_size
        for order in self._desk.orders.open(symbol=reach.symbol):
            at = max(reach.at, self._desk.accounts.account(order.uid).updated_at)
            extreme = reach.low if order.buys else reach.high
            if reach.at < order.created_at or not _reached(order, extreme):
                continue
            half = down_to_step(order.quantity / 2, step)
            touched_only = extreme == order.price and not order.executed and half
            self._desk.fill_resting(order, half if touched_only else order.remaining, at)


def _reached(order: Order, extreme: Decimal) -> bool:
    return extreme <= order.price if order.buys else extreme >= order.price
