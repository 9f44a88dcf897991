"""Chance and arithmetic for a random life: which coin, how much of it, worth what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import TypeVar

from sandbox.exchange.accounts import ZERO, Account
from sandbox.exchange.commissions import cut, price_between
from sandbox.exchange.exchange import Exchange

Choice = TypeVar("Choice")

COINS = ("USDT", "BTC", "ETH", "BNB", "SOL", "XRP", "DOGE", "USDC")
CURRENCIES = ("EUR", "TRY")
# Mostly small parts, so that there is something left to live on; now and then all of it.
_PARTS = (*map(Decimal, ("0.02", "0.05", "0.1", "0.1", "0.15", "0.3")), Decimal(1))
_VALUES_USDT = (Decimal(3), Decimal(25), Decimal(180), Decimal(900))


class NotNow(Exception):
    """The act makes no sense for this account at this moment; another may."""


@dataclass(frozen=True, slots=True)
class Dice:
    """One account of one exchange, and the randomness of its life. Acts happen `now`."""

    exchange: Exchange
    uid: int
    random: Random

    @property
    def account(self) -> Account:
        return self.exchange.accounts.account(self.uid)

    @property
    def at(self) -> int:
        """Now, but never before what has already happened to the account."""
        return max(self.exchange.now(), self.account.updated_at)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """Raises NotNow where there is nothing to choose from."""
        if not choices:
            raise NotNow
        return self.random.choice(choices)

    def some_of(self, wanted: Callable[[str], bool] = lambda _: True) -> tuple[str, Decimal]:
        """A part, or all, of the free balance of an asset that is `wanted` and held."""
        held = [
            asset for asset, each in self.account.balances.items() if each.free and wanted(asset)
        ]
        asset = self.one_of(sorted(held))
        amount = cut(self.account.free(asset) * self.random.choice(_PARTS))
        if amount <= 0:
            raise NotNow
        return asset, amount

    def some_new(self, assets: Sequence[str] = COINS) -> tuple[str, Decimal]:
        """An asset that has a price, and as much of it as one of a few usual values buys."""
        asset = self.random.choice(assets)
        return asset, self.worth(asset, self.random.choice(_VALUES_USDT))

    def worth(self, asset: str, value_usdt: Decimal) -> Decimal:
        """How much of the asset has that value, cut to 8 decimals. Raises NotNow without price."""
        price = price_between(self.exchange.market, asset, "USDT", self.at)
        if not price or cut(value_usdt / price) <= 0:
            raise NotNow
        return cut(value_usdt / price)

    def value(self, asset: str, amount: Decimal) -> Decimal:
        """What that much of the asset is worth in USDT. Raises NotNow without price."""
        price = price_between(self.exchange.market, asset, "USDT", self.at)
        if not price or cut(amount * price) <= ZERO:
            raise NotNow
        return amount * price

    def chance(self, share: float) -> bool:
        return self.random.random() < share
