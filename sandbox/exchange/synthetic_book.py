"""A small order book around the market's price: what an order meets when it takes.

Each level is a tick or a fraction of a basis point further away and about twice as deep, so an
ordinary order is filled in several parts and a large one can run the book dry.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from sandbox.exchange.catalogue import SymbolSpec

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class BookSettings:
    """How deep and how tight the books are.

    The first level of a side holds `first_level_share` of the day's traded value, at least
    `least_notionals` of the smallest order; levels lie `step_share` of the price apart.
    """

    levels: int = 12
    step_share: Decimal = Decimal("0.00002")
    first_level_share: Decimal = Decimal("0.0000002")
    least_notionals: int = 10


@dataclass(frozen=True, slots=True)
class Level:
    price: Decimal
    quantity: Decimal


def down_to_step(quantity: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` not above `quantity`; a step of 0 means no steps."""
    if step == 0:
        return quantity
    return (quantity / step).to_integral_value(ROUND_DOWN) * step


def book_side(
    spec: SymbolSpec,
    price: Decimal,
    *,
    first_level: Decimal,
    asks: bool,
    noise: str,
    settings: BookSettings,
) -> Iterable[Level]:
    """Levels from the best on. `first_level` is a value in the quote asset; `noise` seeds sizes."""
    tick, step = spec.tick_size, spec.step_size
    distance = max(tick, (price * settings.step_share / tick).to_integral_value() * tick)
    centre = (price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
    away = tick
    value = first_level
    dice = zlib.crc32(noise.encode())
    for number in range(settings.levels):
        level_price = centre + away if asks else centre - away
        if level_price <= 0:
            return
        part = Decimal(50 + (dice >> (number % 24)) % 101) / 100
        yield Level(level_price, max(step, down_to_step(value * part / level_price, step)))
        away += distance
        value *= 2


def take_quantity(
    levels: Iterable[Level], quantity: Decimal, *, limit: Decimal | None, buys: bool
) -> list[Level]:
    """What an order for `quantity` gets, level by level, not beyond its `limit` price."""
    taken: list[Level] = []
    left = quantity
    for level in levels:
        if left <= 0 or _beyond(level.price, limit, buys=buys):
            break
        part = min(left, level.quantity)
        taken.append(Level(level.price, part))
        left -= part
    return taken


def take_quote(levels: Iterable[Level], quote: Decimal, step: Decimal) -> list[Level]:
    """What `quote` of the quote asset gets: as near as whole steps allow, never above."""
    taken: list[Level] = []
    left = quote
    for level in levels:
        part = min(level.quantity, down_to_step(left / level.price, step))
        if part <= 0:
            break
        taken.append(Level(level.price, part))
        left -= part * level.price
        if part < level.quantity:
            break
    return taken


def _beyond(price: Decimal, limit: Decimal | None, *, buys: bool) -> bool:
    if limit is None:
        return False
    return price > limit if buys else price < limit


def total_quantity(taken: Iterable[Level]) -> Decimal:
    return sum((level.quantity for level in taken), ZERO)


def total_value(taken: Iterable[Level]) -> Decimal:
    return sum((level.price * level.quantity for level in taken), ZERO)
