"""Accounts of the exchange: balances, and the keys that open them.

Keys and secrets are derived from the seed, so the same script meets the same credentials.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.public_keys import registered

ZERO = Decimal(0)
FIRST_UID = 100_000_001
MOST_DAYS_AGO = 90
"""How long ago an account can have been opened whose past is made up."""
KEY_LENGTH = 64
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What a key may do, in the words of the exchange's own page about it."""

    reading: bool = True
    spot_and_margin_trading: bool = False
    withdrawals: bool = False
    internal_transfer: bool = False
    universal_transfer: bool = False
    margin: bool = False
    futures: bool = False
    vanilla_options: bool = False
    portfolio_margin: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key of an account. `allowed_addresses` is empty when it works from everywhere.

    A key has a `secret`, or a `public_key` (PEM) whose secret half only its owner has.
    """

    key: str
    secret: str
    uid: int
    created_at: int
    permissions: KeyPermissions = KeyPermissions()
    allowed_addresses: tuple[str, ...] = ()
    revoked: bool = False
    public_key: str = ""


@dataclass(slots=True)
class Balance:
    free: Decimal = ZERO
    locked: Decimal = ZERO


@dataclass(slots=True)
class Account:
    """One account. `updated_at` grows with every change; `initial` is what it was opened with."""

    uid: int
    created_at: int
    updated_at: int
    fee_in_bnb: bool = False
    can_trade: bool = True
    balances: dict[str, Balance] = field(default_factory=dict)
    initial: dict[str, Decimal] = field(default_factory=dict)

    def balance(self, asset: str) -> Balance:
        found = self.balances.get(asset)
        if found is None:
            found = self.balances[asset] = Balance()
        return found

    def free(self, asset: str) -> Decimal:
        found = self.balances.get(asset)
        return found.free if found else ZERO

    def credit(self, asset: str, quantity: Decimal) -> None:
        self.balance(asset).free += quantity

    def debit(self, asset: str, quantity: Decimal) -> None:
        """Take from the free balance. Raises -2010 when there is too little."""
        if quantity > self.free(asset):
            raise api_error.insufficient_balance()
        self.balance(asset).free -= quantity

    def lock(self, asset: str, quantity: Decimal) -> None:
        self.debit(asset, quantity)
        self.balance(asset).locked += quantity

    def unlock(self, asset: str, quantity: Decimal) -> None:
        balance = self.balance(asset)
        balance.locked -= quantity
        balance.free += quantity

    def spend_locked(self, asset: str, quantity: Decimal) -> None:
        self.balance(asset).locked -= quantity

    def touched(self, at: int) -> None:
        self.updated_at = max(at, self.updated_at)


def derived_credential(seed: int, purpose: str) -> str:
    """64 letters and digits that only depend on the seed and the purpose."""
    digest = hashlib.sha512(f"{seed}/{purpose}".encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


class AccountBook:
    """All accounts and keys."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.accounts: dict[int, Account] = {}
        self.keys: dict[str, ApiKey] = {}

    def open(
        self, balances: Mapping[str, Decimal], *, at: int, fee_in_bnb: bool = False
    ) -> Account:
        uid = FIRST_UID + len(self.accounts)
        account = Account(uid=uid, created_at=at, updated_at=at, fee_in_bnb=fee_in_bnb)
        for asset, quantity in balances.items():
            account.balance(asset).free = account.initial[asset] = quantity
        self.accounts[uid] = account
        return account

    def account(self, uid: int) -> Account:
        """Raises KeyError for an unknown uid."""
        return self.accounts[uid]

    def add_key(
        self,
        uid: int,
        *,
        at: int,
        permissions: KeyPermissions | None = None,
        allowed_addresses: Iterable[str] = (),
        public_key: str = "",
    ) -> ApiKey:
        """A new key. Raises ValueError for a `public_key` that cannot be used."""
        number = len(self.keys)
        made = ApiKey(
            key=derived_credential(self.seed, f"key/{number}"),
            secret="" if public_key else derived_credential(self.seed, f"secret/{number}"),
            uid=uid,
            created_at=at,
            permissions=permissions or KeyPermissions(),
            allowed_addresses=tuple(allowed_addresses),
            public_key=registered(public_key) if public_key else "",
        )
        self.keys[made.key] = made
        return made

    def revoke(self, key: str) -> ApiKey:
        """Raises KeyError for an unknown key."""
        return self._replace(replace(self.keys[key], revoked=True))

    def permit(self, key: str, permissions: KeyPermissions) -> ApiKey:
        return self._replace(replace(self.keys[key], permissions=permissions))

    def restrict(self, key: str, allowed_addresses: Iterable[str]) -> ApiKey:
        return self._replace(replace(self.keys[key], allowed_addresses=tuple(allowed_addresses)))

    def _replace(self, key: ApiKey) -> ApiKey:
        self.keys[key.key] = key
        return key

    def uid_of(self, key: str | None) -> int | None:
        """The account of a key, usable or not; None for an unknown one."""
        found = self.keys.get(key or "")
        return found.uid if found else None

    def may_read(self, key: str, address: str) -> bool:
        """Whether the key may be used from there to read its account."""
        try:
            return self.usable_key(key, address).permissions.reading
        except ApiError:
            return False

    def usable_key(self, key: str | None, address: str) -> ApiKey:
        """The live key. Raises -2014 for a malformed one, -2015 for one that may not be used."""
        if not key or len(key) != KEY_LENGTH or not key.isalnum() or not key.isascii():
            raise api_error.bad_key_format()
        found = self.keys.get(key)
        if found is None or found.revoked:
            raise api_error.key_refused()
        if found.allowed_addresses and address not in found.allowed_addresses:
            raise api_error.key_refused()
        return found
