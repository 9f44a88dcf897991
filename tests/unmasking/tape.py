"""The public tape as orders: prints of one instant and side are one order that took them.

Two tapes of the same story. The sandbox's own has 3,300 to 4,200 orders an hour in every liquid
pair, which is cheap, and far fewer than a pair of that traded value has. `DenseTape` draws other
people's orders anew, so that they sum to what the pair trades in the hour, at the sandbox's
prices and with its books. The league's own orders are the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.path import first_id_of, random_for
from sandbox.exchange.public_tape import trades_between
from sandbox.exchange.tape import TapeTrade

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HOUR_MS = 3_600_000
_ALL = 10**9
_STEP_MS = 10_000


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders in columns: when (ms), whether the taker bought, `value` in USDT, average price."""

    at_ms: Ints
    buys: Bools
    value: Floats
    price: Floats

    def __len__(self) -> int:
        return len(self.value)

    def those(self, wanted: Bools) -> Orders:
        """The orders for which `wanted` is true."""
        return Orders(self.at_ms[wanted], self.buys[wanted], self.value[wanted], self.price[wanted])


class Tape(Protocol):
    """What everybody can read of a pair's hour."""

    def hour(self, pair: str, hour: int) -> Orders:
        """The orders of the hour, in order of time."""


def grouped(trades: Iterable[TapeTrade]) -> Orders:
    """Prints as the orders that took them: those of one millisecond and side are one."""
    sums: dict[tuple[int, bool], list[float]] = {}
    for trade in trades:
        found = sums.setdefault((trade.time, not trade.is_buyer_maker), [0.0, 0.0])
        found[0] += float(trade.quote_quantity)
        found[1] += float(trade.quantity)
    value, quantity = np.array(list(sums.values()), dtype=np.float64).reshape(-1, 2).T
    times = np.array([at for at, _ in sums], dtype=np.int64)
    return Orders(
        times, np.array([buys for _, buys in sums], dtype=np.bool_), value, value / quantity
    )


def together(parts: Iterable[Orders]) -> Orders:
    """Several tapes as one, in order of time."""
    found = list(parts)
    at_ms = np.concatenate([part.at_ms for part in found])
    order = np.argsort(at_ms, kind="stable")
    return Orders(
        at_ms[order],
        np.concatenate([part.buys for part in found])[order],
        np.concatenate([part.value for part in found])[order],
        np.concatenate([part.price for part in found])[order],
    )


class SandboxTape:
    """The sandbox exchange's whole public tape."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.hour = cache(self._hour)

    def _hour(self, pair: str, hour: int) -> Orders:
        start, end = hour * HOUR_MS, (hour + 1) * HOUR_MS
        return grouped(trades_between(self._exchange, pair, start=start, end=end, limit=_ALL))


@dataclass(frozen=True, slots=True)
class Density:
    """How other people's orders are drawn: log-normal values (USDT) around `mean`, `spread` their
    standard deviation in logarithms, none below `least`.

    Binance's own hourly candles have the number of trades. ETHUSDT at 2026-03-27 23:00: 61,934
    trades for 10.35 M USDT, 167 USDT each. A taker's order makes several; three are assumed, so
    500 USDT. The spread is that of the sandbox's own prints (1.7 to 1.8), and at it a median of
    100 USDT. Fewer and larger orders than are real are what favours the attacker.
    """

    mean: float = 500.0
    spread: float = 1.8
    least: float = 5.0


def _summing_to(traded: float, density: Density, dice: np.random.Generator) -> Floats:
    """Values of orders, drawn until they sum to `traded`; the last one is cut to fit."""
    count = int(2 * traded / density.mean) + 100
    middle = np.log(density.mean) - density.spread**2 / 2
    value = np.maximum(np.exp(dice.normal(middle, density.spread, count)), density.least)
    upto = np.cumsum(value)
    last = min(int(np.searchsorted(upto, traded)), count - 1)
    value[last] -= max(upto[last] - traded, 0.0)
    found: Floats = value[: last + 1]
    return found


class DenseTape:
    """A tape on which every pair trades `day_value` USDT in 24 h; the hours share it out as the
    sandbox's candles do."""

    def __init__(
        self, exchange: Exchange, *, day_value: float, seed: int, density: Density | None = None
    ) -> None:
        self._exchange, self._day_value, self._seed = exchange, day_value, seed
        self._density = density or Density()
        self.hour = cache(self._hour)

    def _hour(self, pair: str, hour: int) -> Orders:
        return together((self._others(pair, hour), self._own(pair, hour)))

    def _own(self, pair: str, hour: int) -> Orders:
        """The orders of the league's traders, from the sandbox's tape."""
        fills = self._exchange.desk.fills.of_symbol(pair, from_id=first_id_of(hour * HOUR_MS))
        end = (hour + 1) * HOUR_MS
        return grouped(
            TapeTrade(
                fill.trade_id,
                fill.price,
                fill.quantity,
                fill.quote_quantity,
                fill.executed_at,
                fill.is_buyer_maker,
            )
            for fill in fills
            if fill.executed_at < end
        )

    def _others(self, pair: str, hour: int) -> Orders:
        dice, density = random_for(self._seed, pair, hour, "orders"), self._density
        value = _summing_to(self._traded(pair, hour), density, dice)
        count = len(value)
        at_ms = hour * HOUR_MS + np.sort(dice.integers(0, HOUR_MS, count))
        steps = (at_ms - hour * HOUR_MS) // _STEP_MS
        buys = dice.random(count) < 0.5
        away = self._away(pair, hour, value, dice.uniform(0.5, 1.5, count))
        price = self._prices(pair, hour)[steps] + np.where(buys, away, -away)
        return Orders(at_ms, buys, value, price)

    def _away(self, pair: str, hour: int, value: Floats, depth: Floats) -> Floats:
        """How far from the last price each order is filled on average, in a book like that in
        which the league's own orders are: else the price alone would tell these apart."""
        exchange = self._exchange
        spec, book = exchange.market.symbols[pair], exchange.trading.book
        tick, last = float(spec.tick_size), float(exchange.market.price(pair, hour * HOUR_MS))
        distance = max(tick, round(last * float(book.step_share) / tick) * tick)
        first = max(
            float(spec.min_notional) * book.least_notionals,
            spec.day_value_usdt * float(book.first_level_share),
        )
        left, sum_of_levels = value / (first * depth), np.zeros(len(value))
        for level in range(book.levels):
            taken = np.clip(left - (2**level - 1), 0, 2**level)
            sum_of_levels += taken * level
        found: Floats = tick + distance * sum_of_levels / left
        return found

    def _traded(self, pair: str, hour: int) -> float:
        market, start = self._exchange.market, hour * HOUR_MS
        candle = market.candles(pair, "1h", start=start, end=None, limit=1, now=start + HOUR_MS)[0]
        usual = market.symbols[pair].day_value_usdt
        return float(candle.quote_volume) * self._day_value / usual

    def _prices(self, pair: str, hour: int) -> Floats:
        """The price in each ten seconds of the hour."""
        times = range(hour * HOUR_MS + _STEP_MS, (hour + 1) * HOUR_MS + _STEP_MS, _STEP_MS)
        return np.array([float(self._exchange.market.price(pair, at)) for at in times])
