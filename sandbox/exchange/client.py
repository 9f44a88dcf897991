"""Small clients of the sandbox exchange: the operator's calls, and signed calls of one account.

Both keep one connection open and may be used by one thread at a time.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.exchange.signing import hmac_signature

TIMEOUT_S = 30
Answer = dict[str, Any]
Amount = Decimal | str


class SandboxRefusal(Exception):
    """The exchange answered with an error; `answer` is its body."""

    def __init__(self, status: int, answer: Any) -> None:  # noqa: ANN401
        super().__init__(f"{status}: {answer}")
        self.status = status
        self.answer = answer


class _Connection:
    def __init__(self, address: str) -> None:
        host = urlsplit(address).netloc
        self._http = http.client.HTTPConnection(host, timeout=TIMEOUT_S)

    def ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Any:  # noqa: ANN401
        """The JSON answer. Raises SandboxRefusal, and OSError when the exchange is gone."""
        self._http.request(method, path, body=body, headers=dict(headers))
        reply = self._http.getresponse()
        text = reply.read().decode()
        answer = json.loads(text) if "json" in reply.headers.get("Content-Type", "") else text
        if reply.status != http.client.OK:
            raise SandboxRefusal(reply.status, answer)
        return answer

    def close(self) -> None:
        self._http.close()


class AdminClient:
    """The calls under `/sandbox/`, described in `admin`, `faults` and `fault_switches`."""

    def __init__(self, address: str) -> None:
        self._connection = _Connection(address)

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> Answer:
        return dict(self._connection.ask("GET", f"/sandbox/{path}", None, {}))

    def post(self, path: str, /, **body: Any) -> Answer:  # noqa: ANN401
        text = json.dumps(body, default=str)
        return dict(self._connection.ask("POST", f"/sandbox/{path}", text, {}))

    def delete(self, path: str, /, **body: Any) -> Answer:  # noqa: ANN401
        text = json.dumps(body, default=str)
        return dict(self._connection.ask("DELETE", f"/sandbox/{path}", text, {}))

    def fault(self, kind: str, path: str = "*", **more: Any) -> int:  # noqa: ANN401
        """Make the next request to `path` go wrong (see `fault_switches`); the rule's number."""
        return int(self.post("faults", kind=kind, path=path, **more)["number"])

    def now(self) -> int:
        """Exchange time in ms."""
        return int(self.get("clock")["now"])

    def set_time(self, at: int) -> int:
        return int(self.post("clock", set=at)["now"])

    def advance(self, milliseconds: int) -> int:
        return int(self.post("clock", advance=milliseconds)["now"])

    def open_account(
        self,
        balances: Mapping[str, Amount],
        *,
        permissions: Mapping[str, bool] | None = None,
        fee_in_bnb: bool = False,
        days_ago: int = 0,
    ) -> Answer:
        """`uid`, `key` and `secret` of a new account, opened `days_ago` with what is in it; the
        key may only read unless told."""
        return self.post(
            "accounts",
            balances=dict(balances),
            permissions=dict(permissions or {}),
            fee_in_bnb=fee_in_bnb,
            days_ago=days_ago,
        )

    def add_key(self, uid: int, **permissions: bool) -> Answer:
        return self.post("keys", uid=uid, permissions=permissions)

    def revoke_key(self, key: str) -> Answer:
        return self.post("keys/change", key=key, revoked=True)

    def deposit(self, uid: int, asset: str, amount: Amount, *, status: int = 1) -> Answer:
        return self.post("deposits", uid=uid, asset=asset, amount=amount, status=status)

    def withdraw(
        self, uid: int, asset: str, amount: Amount, *, fee: Amount = "0", status: int = 6
    ) -> Answer:
        return self.post("withdrawals", uid=uid, asset=asset, amount=amount, fee=fee, status=status)

    def set_price(self, symbol: str, price: Amount) -> Answer:
        return self.post("price", symbol=symbol, price=price)

    def books(self, uid: int) -> Answer:
        return self.get(f"books?uid={uid}")


class SignedClient:
    """Signed REST calls with one key.

    Stamped by `clock` (exchange time in ms), or by asking the exchange, at weight 1, each time.
    """

    def __init__(
        self, address: str, key: str, secret: str, *, clock: Callable[[], int] | None = None
    ) -> None:
        self._connection = _Connection(address)
        self._clock = clock or self.time
        self._key = key
        self._secret = secret

    def close(self) -> None:
        self._connection.close()

    def call(self, method: str, path: str, **parameters: str | int) -> Any:  # noqa: ANN401
        """The answer of any signed call. Raises SandboxRefusal."""
        stamped = parameters | {"timestamp": self._clock(), "recvWindow": 10_000}
        text = urlencode(stamped)
        signed = f"{text}&signature={hmac_signature(self._secret, text)}"
        headers = {"X-MBX-APIKEY": self._key}
        return self._connection.ask(method, f"{path}?{signed}", None, headers)

    def time(self) -> int:
        return int(self._connection.ask("GET", "/api/v3/time", None, {})["serverTime"])

    def market_order(
        self,
        side: str,
        symbol: str,
        *,
        quantity: Amount | None = None,
        quote: Amount | None = None,
        client_id: str | None = None,
    ) -> Answer:
        """A MARKET order for a quantity or a quote amount; the FULL reply."""
        order = {"symbol": symbol, "side": side, "type": "MARKET"}
        amounts = {"quantity": quantity, "quoteOrderQty": quote, "newClientOrderId": client_id}
        order |= {name: str(value) for name, value in amounts.items() if value is not None}
        return dict(self.call("POST", "/api/v3/order", **order))
