"""What is listed changes: pairs come and go, an asset gets another name.

Orders of a pair that is gone are cancelled when the exchange's clock passes its end.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from sandbox.exchange.accounts import Account
from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.commissions import USDT, cut, price_between
from sandbox.exchange.listed_paths import new_spec
from sandbox.exchange.movements import Cause, Movements, check_positive
from sandbox.exchange.order_desk import OrderDesk

_SMALLEST_TICK = Decimal("0.00000001")
_SIGNIFICANT_DIGITS = 5
# A tick times a step has at most 8 decimals.
_DECIMALS_OF_BOTH = 8


class Listings:
    """One for all pairs and accounts. `at` is exchange time in milliseconds."""

    def __init__(self, desk: OrderDesk, movements: Movements) -> None:
        self._desk = desk
        self._market = desk.matcher.market
        self._movements = movements

    def list_pair(self, base: str, quote: str, price: Decimal, *, at: int) -> SymbolSpec:
        """A new pair that trades from just after `at`, first at `price` (cut to its tick).

        Raises ValueError for a pair that is there.
        """
        check_positive(price=price)
        spec = self._market.symbols.get(base + quote) or _spec(base, quote, price)
        ticks = max((price / spec.tick_size).to_integral_value(ROUND_HALF_EVEN), Decimal(1))
        self._market.list_pair(spec, ticks * spec.tick_size, at)
        return spec

    def delist(self, symbol: str, *, at: int, now: int) -> None:
        """From `at` on the pair is gone. Raises KeyError for a pair that never was."""
        self._market.delist(symbol, at)
        self.look(now)

    def rename(
        self, old: str, new: str, ratio: Decimal, *, at: int, price: Decimal | None = None
    ) -> list[SymbolSpec]:
        """At once every `old` becomes `ratio` of `new`; returns the pairs listed for it.

        The pairs of `old` are delisted and their orders cancelled; `new` gets the same quotes.
        `price` is that of the new asset in USDT, by default the old one's divided by the ratio.
        """
        check_positive(ratio=ratio)
        usdt = price_between(self._market, old, USDT, at)
        scale = 1 / ratio if price is None or not usdt else price / usdt
        pairs = [
            spec
            for name, spec in self._market.symbols.items()
            if self._market.listed(name, at) and old in (spec.base, spec.quote)
        ]
        made: list[SymbolSpec] = []
        for spec in pairs:
            last = self._market.price(spec.name, at)
            self._market.delist(spec.name, at)
            if spec.base == old and not self._market.listed(new + spec.quote, at + 1):
                made.append(self.list_pair(new, spec.quote, last * scale, at=at - 1))
        self.look(at)
        for account in self._desk.accounts.accounts.values():
            self._rename_balance(account, old, new, ratio, at)
        return made

    def look(self, now: int) -> None:
        """Cancel the orders of pairs that are gone by now."""
        for order in self._desk.orders.open():
            if self._market.delisted(order.symbol, now):
                at = max(now, self._desk.accounts.account(order.uid).updated_at)
                self._desk.cancel(order, client_id=f"delisted-{order.order_id}", at=at)

    def _rename_balance(
        self, account: Account, old: str, new: str, ratio: Decimal, at: int
    ) -> None:
        held = account.free(old)
        if held:
            changes = {old: -held, new: cut(held * ratio)}
            self._movements.move(account.uid, changes, Cause("rename", f"{old}-{new}", at))


def _spec(base: str, quote: str, price: Decimal) -> SymbolSpec:
    """Rules that give the price five digits, and steps as fine as the tick allows."""
    exponent = price.adjusted() - _SIGNIFICANT_DIGITS + 1
    tick = max(Decimal(1).scaleb(min(exponent, -2)), _SMALLEST_TICK)
    decimals = _DECIMALS_OF_BOTH + tick.adjusted()
    step = Decimal(1).scaleb(-min(decimals, 5))
    return new_spec(base, quote, format(tick, "f"), format(step, "f"))
