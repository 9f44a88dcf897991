"""A price list as bytes: columns, compressed; about 6 KB for 600 assets.

After the version byte comes LZMA2 (a quarter smaller than zlib here, and a row is written
every 15 seconds) over JSON: `taken` (milliseconds), `assets`, `prices`
(exact plain decimals), `traded` (three significant digits, the rest cut off: an asset stays
in its tier), `instants` (all distinct ones, in milliseconds before `taken`), and `quoted`
and `first`, places in that list. A list of symbols is made alike.
"""

import json
import lzma
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Final

from chalicelib.adapters.dynamo.instants import instant, milliseconds
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.market import AssetPrice, PriceList, Symbol
from chalicelib.domain.money import plain

_VERSION: Final = 1
_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 0}]
_CUT: Final = Context(prec=3, rounding=ROUND_DOWN)


def encode_prices(prices: PriceList) -> bytes:
    """The bytes of a price list; the same list gives the same bytes."""
    taken = milliseconds(prices.taken_at)
    rows = sorted(prices.assets.items())
    places: dict[int, int] = {}

    def place(at: datetime) -> int:
        return places.setdefault(taken - milliseconds(at), len(places))

    return _pack(
        {
            "taken": taken,
            "assets": [asset for asset, _ in rows],
            "prices": [plain(each.price) for _, each in rows],
            "traded": [str(_CUT.normalize(each.traded_usdt)) for _, each in rows],
            "quoted": [place(each.quoted_at) for _, each in rows],
            "first": [place(each.first_at) for _, each in rows],
            "instants": list(places),
        }
    )


def decode_prices(packed: bytes) -> PriceList:
    """The price list of those bytes. Raises InvalidRequest when they cannot be read."""
    content = _unpack(packed)
    instants = [instant(content["taken"] - before) for before in content["instants"]]
    names = ("assets", "prices", "traded", "quoted", "first")
    columns = zip(*(content[name] for name in names), strict=True)
    return PriceList(
        instant(content["taken"]),
        {
            asset: AssetPrice(Decimal(price), Decimal(traded), instants[quoted], instants[first])
            for asset, price, traded, quoted, first in columns
        },
    )


def encode_symbols(symbols: Mapping[str, Symbol]) -> bytes:
    """The bytes of a list of symbols."""
    rows = sorted(symbols.values(), key=lambda symbol: symbol.name)
    return _pack({"symbols": [[each.name, each.base, each.quote, each.trading] for each in rows]})


def decode_symbols(packed: bytes) -> dict[str, Symbol]:
    """The symbols of those bytes, by name. Raises InvalidRequest as `decode_prices` does."""
    rows = _unpack(packed)["symbols"]
    return {name: Symbol(name, base, quote, trading) for name, base, quote, trading in rows}


def _pack(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return bytes([_VERSION]) + lzma.compress(
        text.encode(), format=lzma.FORMAT_RAW, filters=_FILTERS
    )


def _unpack(packed: bytes) -> dict[str, Any]:
    if not packed or packed[0] != _VERSION:
        raise InvalidRequest(f"price row of version {packed[:1].hex()}; this reader knows 01")
    try:
        content: dict[str, Any] = json.loads(
            lzma.decompress(packed[1:], format=lzma.FORMAT_RAW, filters=_FILTERS)
        )
    except (lzma.LZMAError, ValueError) as error:
        raise InvalidRequest(f"unreadable price row: {error}") from error
    return content
