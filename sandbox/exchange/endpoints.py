"""One description per call of the exchange, used by REST and by the WebSocket API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, ApiKey
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.parameters import Parameters

Json = dict[str, Any] | list[Any]
Weight = Callable[[Parameters], int]

SIGNED_NAMES = frozenset({"timestamp", "recvWindow", "signature", "apiKey"})


class Security(Enum):
    """Who may call: everyone, a key that may read, a key that may trade."""

    NONE = "NONE"
    USER_DATA = "USER_DATA"
    TRADE = "TRADE"


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request: what was asked, by whom, at which exchange time (ms)."""

    exchange: Exchange
    parameters: Parameters
    at: int
    key: ApiKey | None = None

    @property
    def api_key(self) -> ApiKey:
        """The key of a signed call. Raises -2015 on a call without one."""
        if self.key is None:
            raise api_error.key_refused()
        return self.key

    @property
    def account(self) -> Account:
        """The account of a signed call."""
        return self.exchange.accounts.account(self.api_key.uid)

    def symbol(self) -> str:
        """The listed pair the call names. Raises -1102 when it names none, -1121 for another."""
        symbol = self.parameters.symbol()
        if symbol is None:
            raise api_error.missing("symbol")
        return self.exchange.matcher.listed_spec(symbol, self.at).name


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: its address, its parameters, its price and who may make it.

    `names` are the parameters it reads; any other is refused. `free_on_success` gives the weight
    back when the call succeeds. `per_account` makes the weight of a /sapi call count by account.
    `socket_method` is its name on the WebSocket API, empty when it has none.
    """

    method: str
    path: str
    handler: Handler
    names: frozenset[str] = frozenset()
    weight: int | Weight = 1
    security: Security = Security.NONE
    free_on_success: bool = False
    shows_order_count: bool = False
    per_account: bool = False
    socket_method: str = ""

    @property
    def signed(self) -> bool:
        return self.security is not Security.NONE

    def weight_of(self, parameters: Parameters) -> int:
        return self.weight if isinstance(self.weight, int) else self.weight(parameters)
