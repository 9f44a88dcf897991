"""What demo traders see of the exchange: its pairs with their rules and prices, by public REST."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests

from sandbox.demo_moves import Listing

TIMEOUT_S = 30


class DemoMarket:
    """The pairs that trade, at the prices of the last `look`."""

    def __init__(self, address: str) -> None:
        """`address` of the exchange, its rules read at once."""
        self._address = address
        self._session = requests.Session()
        rules = self._get("exchangeInfo")["symbols"]
        self._rules: dict[str, dict[str, Any]] = {
            each["symbol"]: each for each in rules if each["status"] == "TRADING"
        }
        self.listings: dict[str, Listing] = {}
        self.moved: dict[str, float] = {}
        self.look()

    def close(self) -> None:
        """Give up the connection to the exchange."""
        self._session.close()

    def look(self) -> None:
        """Read the prices of now; `moved` is then the change since the last look, as a ratio."""
        rows = self._get("ticker/price?symbolStatus=TRADING")
        self.take({row["symbol"]: Decimal(row["price"]) for row in rows})

    def take(self, prices: Mapping[str, Decimal]) -> None:
        """Go on with these prices, read elsewhere."""
        before = self.listings
        known = {name: price for name, price in prices.items() if name in self._rules and price}
        self.listings = {name: _listing(self._rules[name], price) for name, price in known.items()}
        self.moved = {
            name: float(each.price / before[name].price) - 1
            for name, each in self.listings.items()
            if name in before
        }

    def _get(self, path: str) -> Any:  # noqa: ANN401
        answer = self._session.get(f"{self._address}/api/v3/{path}", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()


def _listing(rules: Mapping[str, Any], price: Decimal) -> Listing:
    filters = {each["filterType"]: each for each in rules["filters"]}
    notional = filters.get("NOTIONAL") or filters["MIN_NOTIONAL"]
    return Listing(
        symbol=rules["symbol"],
        base=rules["baseAsset"],
        quote=rules["quoteAsset"],
        step=Decimal(filters["LOT_SIZE"]["stepSize"]),
        least_value=Decimal(notional["minNotional"]),
        price=price,
        by_quote_amount=bool(rules["quoteOrderQtyMarketAllowed"]),
    )
