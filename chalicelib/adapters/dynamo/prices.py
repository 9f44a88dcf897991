"""The Prices port: PRICE#<exchange> / M#<minute>, H#<hour>, LATEST, SYMBOLS."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import PriceItem
from chalicelib.adapters.dynamo.price_rows import (
    decode_prices,
    decode_symbols,
    encode_prices,
    encode_symbols,
)
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict
from chalicelib.domain.market import PriceList, Symbol

_MINUTES_KEPT: Final = timedelta(days=8)


class DynamoPrices:
    """The price lists of one exchange, in the table `history`."""

    def __init__(self, tables: Tables, exchange: str) -> None:
        self._tables = tables
        self._pk = f"PRICE#{exchange}"

    def put_minute(self, prices: PriceList) -> None:
        """Store under the minute `taken_at`, if absent."""
        expires_at = whole_seconds(prices.taken_at + _MINUTES_KEPT)
        self._put_if_absent(_minute(prices.taken_at), prices, expires_at)

    def put_latest(self, prices: PriceList) -> None:
        """Replace the newest list."""
        self._put("LATEST", encode_prices(prices))

    def put_hour(self, hour: int, prices: PriceList) -> None:
        """Store the list of a full hour, if absent."""
        self._put_if_absent(_hour(hour), prices, None)

    def minute(self, at: datetime) -> PriceList | None:
        """The list stored for that full minute."""
        if at.second or at.microsecond:
            return None
        return self._list(_minute(at), consistent=True)

    def first_minute_from(self, start: datetime, end: datetime) -> PriceList | None:
        """The first list stored for a minute with start ≤ minute ≤ end."""
        first = _minute(start + timedelta(minutes=1, microseconds=-1))
        last = _minute(end)
        if first > last:
            return None
        with store_errors(f"reading prices from {start.isoformat()}"):
            found = self._tables.model(PriceItem).query(
                self._pk,
                PriceItem.sk.between(first, last),
                consistent_read=True,
                limit=1,
            )
            item = next(found, None)
        return decode_prices(item.content) if item else None

    def latest(self) -> PriceList | None:
        """The newest list."""
        return self._list("LATEST", consistent=False)

    def hours(self, hours: Sequence[int]) -> dict[int, PriceList]:
        """The lists of those full hours that are stored.

        The newest hour asked for, if not found, is asked for again consistently: it may have
        been stored a moment ago.
        """
        keys = {_hour(hour): hour for hour in hours}
        items = self._tables.get_each("history", [(self._pk, sk) for sk in keys])
        found = {keys[item["sk"]["S"]]: decode_prices(item["content"]["B"]) for item in items}
        if hours and max(hours) not in found:
            newest = self._list(_hour(max(hours)), consistent=True)
            if newest is not None:
                found[max(hours)] = newest
        return dict(sorted(found.items()))

    def put_symbols(self, symbols: Mapping[str, Symbol]) -> None:
        """Replace the stored list of symbols."""
        self._put("SYMBOLS", encode_symbols(symbols))

    def symbols(self) -> dict[str, Symbol]:
        """The stored list by name; empty before the first was stored."""
        item = self._tables.find(PriceItem, self._pk, "SYMBOLS", consistent=False)
        return decode_symbols(item.content) if item else {}

    def _list(self, sk: str, *, consistent: bool) -> PriceList | None:
        item = self._tables.find(PriceItem, self._pk, sk, consistent=consistent)
        return decode_prices(item.content) if item else None

    def _put(self, sk: str, content: bytes) -> None:
        with store_errors(f"storing {self._pk} {sk}"):
            self._tables.model(PriceItem)(self._pk, sk, content=content).save()

    def _put_if_absent(self, sk: str, prices: PriceList, expires_at: int | None) -> None:
        item = self._tables.model(PriceItem)(
            self._pk, sk, content=encode_prices(prices), expires_at=expires_at
        )
        try:
            with store_errors(f"storing {self._pk} {sk}"):
                item.save(condition=PriceItem.pk.does_not_exist())
        except Conflict:
            return


def _minute(at: datetime) -> str:
    return f"M#{whole_seconds(at.astimezone(UTC)) // 60:09d}"


def _hour(hour: int) -> str:
    return f"H#{hour:07d}"
