"""Stores the price lists that the fast-forward needs, as ingest would each minute."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.market import PriceList, price_list
from chalicelib.services.exchange_ports import Exchange
from chalicelib.services.ports import Prices


class PriceKeeper:
    """Takes price lists from the exchange at instants the fast-forward stops at."""

    def __init__(self, exchange: Exchange, prices: Prices) -> None:
        """Reads and stores the exchange's symbols."""
        self._exchange = exchange
        self._prices = prices
        self._symbols = exchange.symbols()
        self._newest: PriceList | None = None
        prices.put_symbols(self._symbols)

    def keep(self, minute: datetime) -> Mapping[str, Decimal]:
        """Store the list of the full minute that exchange time stands at, if it is not stored;
        returns the last price of each symbol that trades."""
        quotes = self._exchange.quotes()
        if self._newest is None or self._newest.taken_at < minute:
            self._newest = price_list(self._symbols.values(), quotes, minute, self._newest)
            self._prices.put_minute(self._newest)
        return {name: quote.price for name, quote in quotes.items()}
