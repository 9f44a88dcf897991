"""A sandbox exchange without sockets, and signed requests to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sandbox.exchange.accounts import ApiKey, KeyPermissions
from sandbox.exchange.clock import FixedMachineClock
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.rest import RestReply, RestRequest, answer
from sandbox.exchange.running import USUAL_HOURS, USUAL_START
from sandbox.exchange.signing import hmac_signature, socket_signed_text
from sandbox.exchange.synthetic import synthetic_market

SEED = 1
TRADES = KeyPermissions(spot_and_margin_trading=True)


def make_exchange(
    *, start: int = USUAL_START, limits: LimitSettings | None = None, seed: int = SEED
) -> Exchange:
    """A frozen exchange whose machine clock stands still too."""
    return Exchange(
        synthetic_market(seed, start=start, hours=USUAL_HOURS),
        seed=seed,
        start=start,
        machine=FixedMachineClock(),
        limits=limits,
    )


def machine_of(exchange: Exchange) -> FixedMachineClock:
    assert isinstance(exchange.machine, FixedMachineClock)
    return exchange.machine


@dataclass(frozen=True, slots=True)
class Trader:
    """One account of an exchange, and its signed requests."""

    exchange: Exchange
    key: ApiKey

    @property
    def uid(self) -> int:
        return self.key.uid

    def ask(self, method: str, path: str, **parameters: object) -> RestReply:
        """The reply to a signed request, parameters in the query."""
        text = urlencode({"timestamp": self.exchange.now()} | parameters)
        query = f"{text}&signature={hmac_signature(self.key.secret, text)}"
        return answer(self.exchange, RestRequest(method, path, query, key=self.key.key))

    def get(self, path: str, **parameters: object) -> Any:  # noqa: ANN401
        """The JSON of a call that must succeed."""
        return success(self.ask("GET", path, **parameters))

    def order(self, side: str, symbol: str, kind: str = "MARKET", **more: object) -> RestReply:
        return self.ask("POST", "/api/v3/order", symbol=symbol, side=side, type=kind, **more)

    def limit(self, side: str, symbol: str, quantity: str, price: str, **more: object) -> Any:  # noqa: ANN401
        """The JSON of a LIMIT order that must be accepted."""
        extra = {"timeInForce": "GTC"} | more
        return success(self.order(side, symbol, "LIMIT", quantity=quantity, price=price, **extra))

    def free(self, asset: str) -> Decimal:
        return self.exchange.accounts.account(self.uid).free(asset)

    def locked(self, asset: str) -> Decimal:
        return self.exchange.accounts.account(self.uid).balance(asset).locked

    def subscribe_frame(self, request_id: object = "s", **more: object) -> str:
        """A signed `userDataStream.subscribe.signature` frame."""
        return self.socket_frame("userDataStream.subscribe.signature", request_id, **more)

    def socket_frame(self, method: str, request_id: object = "r", **more: object) -> str:
        parameters = {"apiKey": self.key.key, "timestamp": self.exchange.now()} | more
        text = socket_signed_text({name: str(value) for name, value in parameters.items()})
        parameters["signature"] = hmac_signature(self.key.secret, text)
        return json.dumps({"id": request_id, "method": method, "params": parameters})


def open_trader(
    exchange: Exchange,
    balances: Mapping[str, str] | None = None,
    *,
    permissions: KeyPermissions = TRADES,
    fee_in_bnb: bool = False,
) -> Trader:
    held = {asset: Decimal(amount) for asset, amount in (balances or {"USDT": "10000"}).items()}
    account = exchange.accounts.open(held, at=exchange.now(), fee_in_bnb=fee_in_bnb)
    key = exchange.accounts.add_key(account.uid, at=exchange.now(), permissions=permissions)
    return Trader(exchange, key)


def ask(exchange: Exchange, path: str, **parameters: object) -> RestReply:
    """The reply to a public GET."""
    return answer(exchange, RestRequest("GET", path, urlencode(parameters)))


def success(reply: RestReply) -> Any:  # noqa: ANN401
    assert reply.status == 200, reply.body
    return json.loads(reply.body)


def refusal(reply: RestReply) -> tuple[int, int, str]:
    """HTTP status, code and message of a refused call."""
    body = json.loads(reply.body)
    return reply.status, body["code"], body["msg"]
