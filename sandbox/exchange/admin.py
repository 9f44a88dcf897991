"""The operator's calls under `/sandbox/`: JSON in, JSON out, no signature, loopback only.

GET  /sandbox/clock                     {now, running, skew_ms}
POST /sandbox/clock                     {set | advance | skew_ms, run: true | freeze: true}
POST /sandbox/accounts                  {balances, fee_in_bnb, permissions, allowed_addresses}
                                        -> {uid, key, secret}
GET  /sandbox/accounts                  every uid
POST /sandbox/accounts/change           {uid, fee_in_bnb, can_trade}
POST /sandbox/keys                      {uid, permissions, allowed_addresses, public_key: PEM or
                                        base64 of Ed25519 or RSA} -> {uid, key, secret}
POST /sandbox/keys/change               {key, permissions, allowed_addresses, revoked: true}
POST /sandbox/deposits                  {uid, asset, amount, status, wallet}: 0 pending, 6 credited,
                                        1 done; wallet 1 is funding, not spot
POST /sandbox/deposits/advance          {id, status}
POST /sandbox/withdrawals               {uid, asset, amount, fee, status, order_id, wallet}
POST /sandbox/withdrawals/advance       {id, status}
GET  /sandbox/market                    {shift_ms, symbols}: how recorded candles were moved
POST /sandbox/price                     {symbol, price, at}; in force at once when `at` is absent
POST /sandbox/status                    {symbol, status, at}
GET  /sandbox/books?uid=                balances, fills, orders, every movement: the truth
GET  /sandbox/state                     the whole state;  POST loads one
POST /sandbox/settings                  {fill_lag_ms, fees: {…}, book: {…}}
POST /sandbox/limits                    {reset: true} or new limits

Wallet and listings: see `wallet_admin`.
Faults: /sandbox/connections…, /sandbox/events (see `faults`), /sandbox/faults, /sandbox/bans,
/sandbox/maintenance, /sandbox/requests (see `fault_switches`).
A refused call answers 400 (404 for an unknown path) with {error}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.exchange.accounts import MOST_DAYS_AGO, ApiKey, KeyPermissions
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.intervals import DAY_MS
from sandbox.exchange.records import to_plain
from sandbox.exchange.state import books_of, dump_state, load_state
from sandbox.exchange.treasury import DEPOSIT_DONE, SPOT_WALLET, WITHDRAWAL_DONE
from sandbox.exchange.wallet_admin import WalletAdmin

Body = Mapping[str, Any]
Answer = dict[str, Any]
Action = Callable[[Body], Answer]
# A price set at t holds from just after t, so "at once" is a millisecond before now.
JUST_BEFORE_MS = 1


class Admin:
    """The actions of the operator on one exchange, by method and path."""

    def __init__(self, exchange: Exchange, on_key_changed: Callable[[str], None]) -> None:
        self._exchange = exchange
        self._on_key_changed = on_key_changed
        self.actions: dict[tuple[str, str], Action] = {
            ("GET", "/sandbox/clock"): lambda _: self._clock(),
            ("POST", "/sandbox/clock"): self.set_clock,
            ("GET", "/sandbox/accounts"): lambda _: {"uids": list(exchange.accounts.accounts)},
            ("POST", "/sandbox/accounts"): self.open_account,
            ("POST", "/sandbox/accounts/change"): self.change_account,
            ("POST", "/sandbox/keys"): self.add_key,
            ("POST", "/sandbox/keys/change"): self.change_key,
            ("POST", "/sandbox/deposits"): self.deposit,
            ("POST", "/sandbox/deposits/advance"): self.advance_deposit,
            ("POST", "/sandbox/withdrawals"): self.withdraw,
            ("POST", "/sandbox/withdrawals/advance"): self.advance_withdrawal,
            ("GET", "/sandbox/market"): lambda _: {
                "shift_ms": exchange.market.shift_ms,
                "symbols": list(exchange.market.symbols),
            },
            ("POST", "/sandbox/price"): self.set_price,
            ("POST", "/sandbox/status"): self.set_status,
            ("GET", "/sandbox/books"): lambda body: books_of(exchange, int(body["uid"])),
            ("GET", "/sandbox/state"): lambda _: dump_state(exchange),
            ("POST", "/sandbox/state"): self.load,
            ("POST", "/sandbox/settings"): self.change_settings,
            ("POST", "/sandbox/limits"): self.change_limits,
            **WalletAdmin(exchange).actions,
        }

    def set_clock(self, body: Body) -> Answer:
        clock = self._exchange.clock
        if "skew_ms" in body:
            clock.skew_ms = int(body["skew_ms"])
        if "set" in body:
            clock.set(int(body["set"]))
        if "advance" in body:
            clock.advance(int(body["advance"]))
        if body.get("run"):
            clock.run()
        if body.get("freeze"):
            clock.freeze()
        self._exchange.look_at_market()
        return self._clock()

    def open_account(self, body: Body) -> Answer:
        """With `days_ago` an account that was opened so long ago and has held this ever since."""
        exchange, days_ago = self._exchange, int(body.get("days_ago", 0))
        if not 0 <= days_ago <= MOST_DAYS_AGO:
            raise ValueError(f"days_ago: {days_ago} is not within 0 … {MOST_DAYS_AGO}")
        balances = {asset: Decimal(str(each)) for asset, each in body.get("balances", {}).items()}
        permissions = KeyPermissions(**body.get("permissions", {}))
        account = exchange.accounts.open(
            balances,
            at=exchange.now() - days_ago * DAY_MS,
            fee_in_bnb=bool(body.get("fee_in_bnb")),
        )
        return _credentials(
            exchange.accounts.add_key(
                account.uid,
                at=exchange.now(),
                permissions=permissions,
                allowed_addresses=body.get("allowed_addresses", ()),
            )
        )

    def change_account(self, body: Body) -> Answer:
        account = self._exchange.accounts.account(int(body["uid"]))
        account.fee_in_bnb = bool(body.get("fee_in_bnb", account.fee_in_bnb))
        account.can_trade = bool(body.get("can_trade", account.can_trade))
        return {
            "uid": account.uid,
            "fee_in_bnb": account.fee_in_bnb,
            "can_trade": account.can_trade,
        }

    def add_key(self, body: Body) -> Answer:
        uid = self._exchange.accounts.account(int(body["uid"])).uid
        return _credentials(
            self._exchange.accounts.add_key(
                uid,
                at=self._exchange.now(),
                permissions=KeyPermissions(**body.get("permissions", {})),
                allowed_addresses=body.get("allowed_addresses", ()),
                public_key=str(body.get("public_key", "")),
            )
        )

    def change_key(self, body: Body) -> Answer:
        accounts = self._exchange.accounts
        key = accounts.keys[body["key"]]
        if "permissions" in body:
            changed = to_plain(key.permissions) | body["permissions"]
            key = accounts.permit(key.key, KeyPermissions(**changed))
        if "allowed_addresses" in body:
            key = accounts.restrict(key.key, body["allowed_addresses"])
        if body.get("revoked"):
            key = accounts.revoke(key.key)
        self._on_key_changed(key.key)
        return {
            "uid": key.uid,
            "permissions": to_plain(key.permissions),
            "allowed_addresses": list(key.allowed_addresses),
            "revoked": key.revoked,
        }

    def deposit(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.treasury.deposit(
                int(body["uid"]),
                body["asset"],
                Decimal(str(body["amount"])),
                at=self._exchange.now(),
                status=int(body.get("status", DEPOSIT_DONE)),
                wallet=int(body.get("wallet", SPOT_WALLET)),
            )
        )

    def advance_deposit(self, body: Body) -> Answer:
        treasury = self._exchange.treasury
        return to_plain(
            treasury.advance_deposit(body["id"], int(body["status"]), at=self._exchange.now())
        )

    def withdraw(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.treasury.withdraw(
                int(body["uid"]),
                body["asset"],
                Decimal(str(body["amount"])),
                fee=Decimal(str(body.get("fee", 0))),
                at=self._exchange.now(),
                status=int(body.get("status", WITHDRAWAL_DONE)),
                order_id=body.get("order_id", ""),
                wallet=int(body.get("wallet", SPOT_WALLET)),
            )
        )

    def advance_withdrawal(self, body: Body) -> Answer:
        treasury = self._exchange.treasury
        return to_plain(
            treasury.advance_withdrawal(body["id"], int(body["status"]), at=self._exchange.now())
        )

    def set_price(self, body: Body) -> Answer:
        exchange = self._exchange
        at = int(body.get("at", exchange.now() - JUST_BEFORE_MS))
        exchange.market.set_price(body["symbol"], Decimal(str(body["price"])), at)
        exchange.resting.look_again(exchange.now())
        return {"symbol": body["symbol"], "price": str(body["price"]), "at": at}

    def set_status(self, body: Body) -> Answer:
        at = int(body.get("at", self._exchange.now()))
        self._exchange.market.set_status(body["symbol"], body["status"], at)
        return {"symbol": body["symbol"], "status": body["status"], "at": at}

    def load(self, body: Body) -> Answer:
        load_state(self._exchange, dict(body))
        return self._clock()

    def change_settings(self, body: Body) -> Answer:
        exchange = self._exchange
        exchange.fill_lag_ms = int(body.get("fill_lag_ms", exchange.fill_lag_ms))
        trading = exchange.trading
        trading.fees = replace(trading.fees, **_decimals(body.get("fees", {})))
        trading.book = replace(trading.book, **_decimals(body.get("book", {})))
        return {
            "fill_lag_ms": exchange.fill_lag_ms,
            "fees": to_plain(trading.fees),
            "book": to_plain(trading.book),
        }

    def change_limits(self, body: Body) -> Answer:
        limits = self._exchange.limits
        changes = dict(body)
        if changes.pop("reset", False):
            limits.reset()
        limits.settings = replace(limits.settings, **changes)
        return to_plain(limits.settings)

    def _clock(self) -> Answer:
        clock = self._exchange.clock
        return {"now": clock.now(), "running": clock.running, "skew_ms": clock.skew_ms}


def _credentials(key: ApiKey) -> Answer:
    return {"uid": key.uid, "key": key.key, "secret": key.secret}


def _decimals(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value) if isinstance(value, str) else value for name, value in values.items()
    }
