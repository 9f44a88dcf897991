"""Orders and fills as the exchange keeps them, and the index that finds them again."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange import api_error

ZERO = Decimal(0)
FINAL = frozenset({"FILLED", "CANCELED", "EXPIRED", "REJECTED"})
FIRST_ORDER_ID = 1_000


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a trader asks for. `quantity` or, for MARKET, `quote_quantity`; never both."""

    symbol: str
    side: str
    kind: str
    time_in_force: str = "GTC"
    quantity: Decimal = ZERO
    quote_quantity: Decimal = ZERO
    price: Decimal = ZERO
    client_id: str = ""
    prevention_mode: str = "EXPIRE_MAKER"

    @property
    def buys(self) -> bool:
        return self.side == "BUY"


@dataclass(slots=True)
class Order:
    """One order and how far it came; `executed_quote` is the sum of price × quantity."""

    uid: int
    order_id: int
    client_id: str
    symbol: str
    side: str
    kind: str
    time_in_force: str
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    created_at: int
    updated_at: int
    prevention_mode: str = "EXPIRE_MAKER"
    status: str = "NEW"
    executed: Decimal = ZERO
    executed_quote: Decimal = ZERO
    expiry_reason: str = ""
    cancel_client_id: str = ""

    @property
    def buys(self) -> bool:
        return self.side == "BUY"

    @property
    def open(self) -> bool:
        return self.status not in FINAL

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.executed


@dataclass(frozen=True, slots=True)
class OwnFill:
    """One execution of a user's order; `trade_id` counts in the symbol's public tape."""

    uid: int
    trade_id: int
    order_id: int
    symbol: str
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    commission: Decimal
    commission_asset: str
    executed_at: int
    is_buyer: bool
    is_maker: bool

    @property
    def is_buyer_maker(self) -> bool:
        """The tape's flag: True when the taker sold."""
        return self.is_buyer == self.is_maker


class OrderIndex:
    """Every order by id and by client id; the open ones by account and symbol."""

    def __init__(self) -> None:
        self.last_order_id = FIRST_ORDER_ID
        self._by_id: dict[tuple[str, int], Order] = {}
        self._by_account: dict[tuple[int, str], list[Order]] = defaultdict(list)
        self._by_client_id: dict[tuple[int, str, str], Order] = {}
        self._open: dict[int, Order] = {}

    def add(self, order: Order) -> None:
        self.last_order_id = max(self.last_order_id, order.order_id)
        self._by_id[order.symbol, order.order_id] = order
        self._by_account[order.uid, order.symbol].append(order)
        self._by_client_id[order.uid, order.symbol, order.client_id] = order
        if order.open:
            self._open[order.order_id] = order

    def settle(self, order: Order) -> None:
        """Take an order out of the open ones once it is final."""
        if not order.open:
            self._open.pop(order.order_id, None)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._by_id.values())

    def open(self, uid: int | None = None, symbol: str | None = None) -> list[Order]:
        return [
            order
            for order in self._open.values()
            if (uid is None or order.uid == uid) and (symbol is None or order.symbol == symbol)
        ]

    def client_id_in_use(self, uid: int, symbol: str, client_id: str) -> bool:
        found = self._by_client_id.get((uid, symbol, client_id))
        return found is not None and found.open

    def find(self, uid: int, symbol: str, *, order_id: int | None, client_id: str | None) -> Order:
        """By either id, by both when both are given. Raises -2013, or -2039 when they differ."""
        if order_id is not None:
            found = self._by_id.get((symbol, order_id))
        else:
            found = self._by_client_id.get((uid, symbol, client_id or ""))
        if found is None or found.uid != uid:
            raise api_error.unknown_order()
        if client_id and found.client_id != client_id:
            raise api_error.ApiError(
                400, -2039, "Client order ID is not correct for this order ID."
            )
        return found

    def of_account(self, uid: int, symbol: str) -> list[Order]:
        """Oldest first."""
        return self._by_account.get((uid, symbol), [])

    def all_of(self, uid: int) -> list[Order]:
        """Every order of the account, by symbol and oldest first."""
        keys = sorted(key for key in self._by_account if key[0] == uid)
        return [order for key in keys for order in self._by_account[key]]


class FillTape:
    """All fills of users, by symbol in the order of their trade ids."""

    def __init__(self) -> None:
        self._by_symbol: dict[str, list[OwnFill]] = defaultdict(list)
        self._by_account: dict[tuple[int, str], list[OwnFill]] = defaultdict(list)

    def add(self, fill: OwnFill) -> None:
        self._by_symbol[fill.symbol].append(fill)
        self._by_account[fill.uid, fill.symbol].append(fill)

    def last_id(self, symbol: str) -> int:
        fills = self._by_symbol.get(symbol)
        return fills[-1].trade_id if fills else -1

    def of_symbol(self, symbol: str, *, from_id: int = 0) -> list[OwnFill]:
        return _from_id(self._by_symbol.get(symbol, []), from_id)

    def of_account(self, uid: int, symbol: str, *, from_id: int = 0) -> list[OwnFill]:
        return _from_id(self._by_account.get((uid, symbol), []), from_id)

    def all_of(self, uid: int) -> list[OwnFill]:
        """Every fill of the account, by symbol and trade id."""
        keys = sorted(key for key in self._by_account if key[0] == uid)
        return [fill for key in keys for fill in self._by_account[key]]

    def __iter__(self) -> Iterator[OwnFill]:
        for fills in self._by_symbol.values():
            yield from fills


def _from_id(fills: list[OwnFill], from_id: int) -> list[OwnFill]:
    return fills[bisect_left(fills, from_id, key=lambda fill: fill.trade_id) :]
