"""A price list as bytes: columns, compressed; under 8 KB for 600 assets.

After the version byte comes zlib over JSON, whose members are texts with a space between
two rows: `assets`, `prices` (exact plain decimals), `traded` (three significant digits, the
rest cut off: an asset stays in its tier), `instants` (all distinct ones, in milliseconds
before `taken`), and `quoted` and `first`, places in that list. Symbols are stored alike.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Final

from chalicelib.adapters.dynamo.deflate import deflate
from chalicelib.adapters.dynamo.instants import instant, milliseconds
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.market import AssetPrice, PriceList, Symbol
from chalicelib.domain.money import plain

_VERSION: Final = 1
_CUT: Final = Context(prec=3, rounding=ROUND_DOWN)


def encode_prices(prices: PriceList) -> bytes:
    """The bytes of a price list; the same list gives the same bytes.

    Raises InvalidRequest for an asset whose code has a space.
    """
    taken = milliseconds(prices.taken_at)
    rows = sorted(prices.assets.items())
    places: dict[int, int] = {}

    def place(at: datetime) -> int:
        return places.setdefault(taken - milliseconds(at), len(places))

    return _pack(
        {
            "taken": [taken],
            "assets": [asset for asset, _ in rows],
            "prices": [plain(each.price) for _, each in rows],
            "traded": [str(_CUT.normalize(each.traded_usdt)) for _, each in rows],
            "quoted": [place(each.quoted_at) for _, each in rows],
            "first": [place(each.first_at) for _, each in rows],
            "instants": places,
        }
    )


def decode_prices(packed: bytes) -> PriceList:
    """The price list of those bytes. Raises InvalidRequest when they cannot be read."""
    columns = _unpack(packed)
    taken = int(columns["taken"][0])
    instants = [instant(taken - int(before)) for before in columns["instants"]]
    names = ("assets", "prices", "traded", "quoted", "first")
    rows = zip(*(columns[name] for name in names), strict=True)
    return PriceList(
        instant(taken),
        {
            asset: AssetPrice(
                Decimal(price), Decimal(traded), instants[int(quoted)], instants[int(first)]
            )
            for asset, price, traded, quoted, first in rows
        },
    )


def encode_symbols(symbols: Mapping[str, Symbol]) -> bytes:
    """The bytes of a list of symbols. Raises InvalidRequest for a name with a space."""
    rows = sorted(symbols.values(), key=lambda symbol: symbol.name)
    return _pack(
        {
            "names": [each.name for each in rows],
            "bases": [each.base for each in rows],
            "quotes": [each.quote for each in rows],
            "trading": [int(each.trading) for each in rows],
        }
    )


def decode_symbols(packed: bytes) -> dict[str, Symbol]:
    """The symbols of those bytes, by name. Raises InvalidRequest as `decode_prices` does."""
    columns = _unpack(packed)
    rows = zip(*(columns[name] for name in ("names", "bases", "quotes", "trading")), strict=True)
    return {name: Symbol(name, base, quote, trading == "1") for name, base, quote, trading in rows}


def _pack(columns: Mapping[str, Iterable[object]]) -> bytes:
    texts = {name: [str(cell) for cell in column] for name, column in columns.items()}
    for cell in (cell for column in texts.values() for cell in column):
        if " " in cell:
            raise InvalidRequest(f"{cell!r} has a space")
    members = (
        f"{json.dumps(name)}:{json.dumps(' '.join(column), ensure_ascii=False)}"
        for name, column in texts.items()
    )
    parts = [("{" if not number else ",") + member for number, member in enumerate(members)]
    return bytes([_VERSION]) + deflate(part.encode() for part in [*parts, "}"])


def _unpack(packed: bytes) -> dict[str, list[str]]:
    if not packed or packed[0] != _VERSION:
        raise InvalidRequest(f"price row of version {packed[:1].hex()}; this reader knows 01")
    try:
        content: dict[str, Any] = json.loads(zlib.decompress(packed[1:]))
    except (zlib.error, ValueError) as error:
        raise InvalidRequest(f"unreadable price row: {error}") from error
    return {name: text.split(" ") if text else [] for name, text in content.items()}
