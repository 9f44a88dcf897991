"""The operator's calls that move balances without a trade, and those about what is listed.

Bodies and effects of all of them are in `docs/sandbox-exchange.md`, under "The wallet". Every call
is carried out at the exchange's time; a refused one answers 400 and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.exchange.busy_life import live
from sandbox.exchange.earn import REALTIME
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.fiat import CARD, FIAT_DONE
from sandbox.exchange.records import to_plain
from sandbox.exchange.wallet import CONVERT_DONE
from sandbox.exchange.wallet_records import SPOT

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Body = Mapping[str, Any]
Answer = dict[str, Any]
# What begins at a moment shows just after it, so "at once" is a millisecond before now.
JUST_BEFORE_MS = 1


class WalletAdmin:
    """The actions on one exchange, by method and path."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        actions: dict[str, Callable[[Body], Answer]] = {
            "converts": self.convert,
            "dust": self.sweep_dust,
            "dividends": self.pay_dividend,
            "earn/flexible/subscribe": self.subscribe,
            "earn/flexible/redeem": self.redeem,
            "earn/flexible/reward": self.reward,
            "earn/locked/subscribe": self.lock,
            "earn/locked/redeem": self.unlock,
            "earn/locked/reward": self.reward_locked,
            "transfers": self.transfer,
            "sub-transfers": self.sub_transfer,
            "fiat/orders": self.order_fiat,
            "fiat/orders/advance": self.advance_fiat,
            "fiat/payments": self.pay_fiat,
            "unexplained": self.change_unexplained,
            "assets/rename": self.rename,
            "pairs/delist": self.delist,
            "pairs/list": self.list_pair,
            "wallet/settings": self.change_settings,
            "life": self.live,
        }
        self.actions = {("POST", f"/sandbox/{path}"): action for path, action in actions.items()}

    def convert(self, body: Body) -> Answer:
        row = self._exchange.wallet.convert(
            _uid(body),
            (body["from_asset"], _amount(body, "from_amount")),
            (body["to_asset"], _amount(body, "to_amount")),
            at=self._exchange.now(),
            status=body.get("status", CONVERT_DONE),
        )
        return to_plain(row)

    def sweep_dust(self, body: Body) -> Answer:
        rows = self._exchange.wallet.sweep_dust(_uid(body), body["assets"], at=self._exchange.now())
        return {"rows": [to_plain(row) for row in rows]}

    def pay_dividend(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.wallet.pay_dividend(
                *_held(body), at=self._exchange.now(), info=body.get("info", "Airdrop")
            )
        )

    def subscribe(self, body: Body) -> Answer:
        return self._earned(
            self._exchange.earn.subscribe, body, from_funding=_amount(body, "from_funding", "0")
        )

    def redeem(self, body: Body) -> Answer:
        return self._earned(
            self._exchange.earn.redeem, body, destination=body.get("destination", SPOT)
        )

    def reward(self, body: Body) -> Answer:
        return self._earned(self._exchange.earn.reward, body, kind=body.get("type", REALTIME))

    def lock(self, body: Body) -> Answer:
        return self._earned(self._exchange.earn.lock, body, days=int(body["days"]))

    def unlock(self, body: Body) -> Answer:
        row = self._exchange.earn.unlock(int(body["position_id"]), at=self._exchange.now())
        return to_plain(row)

    def reward_locked(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.earn.reward_locked(
                int(body["position_id"]), _amount(body, "amount"), at=self._exchange.now()
            )
        )

    def transfer(self, body: Body) -> Answer:
        uid, asset, amount = _held(body)
        wallet = self._exchange.wallet
        return to_plain(wallet.transfer(uid, body["type"], asset, amount, at=self._exchange.now()))

    def sub_transfer(self, body: Body) -> Answer:
        inward = _one_of(body, "direction", "out", "in")
        return to_plain(
            self._exchange.wallet.sub_transfer(*_held(body), inward=inward, at=self._exchange.now())
        )

    def order_fiat(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.fiat.order(
                _uid(body),
                body["currency"],
                _amount(body, "amount"),
                withdraws=_one_of(body, "direction", "deposit", "withdraw"),
                at=self._exchange.now(),
                fee=_amount(body, "fee", "0"),
                status=body.get("status", FIAT_DONE),
            )
        )

    def advance_fiat(self, body: Body) -> Answer:
        fiat = self._exchange.fiat
        return to_plain(fiat.advance(body["order_no"], body["status"], at=self._exchange.now()))

    def pay_fiat(self, body: Body) -> Answer:
        return to_plain(
            self._exchange.fiat.pay(
                _uid(body),
                (body["currency"], _amount(body, "spent")),
                (body["asset"], _amount(body, "quantity")),
                sells=_one_of(body, "direction", "buy", "sell"),
                at=self._exchange.now(),
                fee=_amount(body, "fee", "0"),
                method=body.get("method", CARD),
            )
        )

    def change_unexplained(self, body: Body) -> Answer:
        changes = {asset: Decimal(str(each)) for asset, each in body["changes"].items()}
        self._exchange.wallet.change_unexplained(
            _uid(body),
            changes,
            at=self._exchange.now(),
            updates=bool(body.get("balance_updates", True)),
            positions=bool(body.get("positions", True)),
        )
        return {"uid": _uid(body), "changes": {a: str(each) for a, each in changes.items()}}

    def rename(self, body: Body) -> Answer:
        specs = self._exchange.listings.rename(
            body["old"],
            body["new"],
            _amount(body, "ratio", "1"),
            at=self._exchange.now(),
            price=_amount(body, "price") if "price" in body else None,
        )
        return {"listed": [spec.name for spec in specs]}

    def delist(self, body: Body) -> Answer:
        now = self._exchange.now()
        at = int(body.get("at", now))
        self._exchange.listings.delist(body["symbol"], at=at, now=now)
        return {"symbol": body["symbol"], "at": at}

    def list_pair(self, body: Body) -> Answer:
        at = int(body.get("at", self._exchange.now() - JUST_BEFORE_MS))
        price = _amount(body, "price")
        spec = self._exchange.listings.list_pair(body["base"], body["quote"], price, at=at)
        return {
            "symbol": spec.name,
            "at": at,
            "tick_size": format(spec.tick_size, "f"),
            "step_size": format(spec.step_size, "f"),
        }

    def change_settings(self, body: Body) -> Answer:
        settings = self._exchange.wallet_settings
        settings.set_balance_updates(body.get("balance_updates", {}))
        settings.set_lags(body.get("history_lag_ms", {}))
        shown = body.get("rewards_as_dividends", settings.rewards_as_dividends)
        settings.rewards_as_dividends = bool(shown)
        return {
            "silent": sorted(settings.silent),
            "history_lag_ms": settings.history_lag_ms,
            "rewards_as_dividends": settings.rewards_as_dividends,
        }

    def live(self, body: Body) -> Answer:
        """A random life from now on; time ends `over_ms` later. How often the account did what."""
        start = self._exchange.now()
        done = live(
            self._exchange,
            _uid(body),
            Random(int(body.get("seed", 0))),
            acts=int(body["acts"]),
            start=start,
            end=start + int(body.get("over_ms", 0)),
            surprises=bool(body.get("surprises", False)),
        )
        return {"uid": _uid(body), "now": self._exchange.now(), "done": dict(done)}

    def _earned(self, act: Callable[..., DataclassInstance], body: Body, **more: object) -> Answer:
        return to_plain(act(*_held(body), at=self._exchange.now(), **more))


def _uid(body: Body) -> int:
    return int(body["uid"])


def _amount(body: Body, name: str, usual: str | None = None) -> Decimal:
    return Decimal(str(body[name] if usual is None else body.get(name, usual)))


def _held(body: Body) -> tuple[int, str, Decimal]:
    return _uid(body), body["asset"], _amount(body, "amount")


def _one_of(body: Body, name: str, first: str, second: str) -> bool:
    """Whether the word is the second of the two. Raises ValueError for any other word."""
    if body[name] not in {first, second}:
        raise ValueError(f"{name} is {body[name]}, neither {first} nor {second}")
    return bool(body[name] == second)
