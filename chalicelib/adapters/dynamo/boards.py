"""The Boards port: BOARD#<window> / <hour>#<rev>#<n>, a thousand seats to an item, and CURRENT.

An item's seats are int32, byte-shuffled and compressed, after a version byte.
"""

import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import BoardHeadItem
from chalicelib.adapters.dynamo.planes import from_planes, to_planes
from chalicelib.adapters.dynamo.tables import EXPIRES, RawItem, Tables, key
from chalicelib.domain.errors import Conflict, InvalidRequest
from chalicelib.domain.windows import hour_start
from chalicelib.services.ports import BoardHead, League

_TO_AN_ITEM: Final = 1000
_KEPT: Final = timedelta(days=3)
_REVISIONS: Final = 10_000  # more than an hour can have
_VERSION: Final = b"\x01"


class DynamoBoards:
    """Boards in the table `history`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put_orders(self, hour: int, revision: int, orders: Mapping[str, Sequence[int]]) -> None:
        """Write the items of the boards of these windows, replacing, 25 to a call."""
        expires_at = {"N": str(whole_seconds(hour_start(hour) + _KEPT))}
        self._tables.put_each(
            "history",
            (
                key(*_order_key(window, hour, revision, start // _TO_AN_ITEM))
                | {"content": {"B": _packed(seats[start : start + _TO_AN_ITEM])}}
                | {EXPIRES: expires_at}
                for window, seats in orders.items()
                for start in range(0, len(seats), _TO_AN_ITEM)
            ),
        )

    def publish(self, window: str, head: BoardHead) -> None:
        """Make it current unless one of a later (hour, revision) already is."""
        item = self._tables.model(BoardHeadItem)(
            f"BOARD#{window}",
            "CURRENT",
            edition=_edition(head),
            hour=head.hour,
            revision=head.revision,
            length=head.length,
            joined=head.league.joined,
            active=head.league.active,
            retired=head.league.retired,
            ranked=head.league.ranked,
            median=head.league.median,
        )
        not_later = BoardHeadItem.pk.does_not_exist() | (BoardHeadItem.edition <= _edition(head))
        try:
            with store_errors(f"publishing the {window} board of hour {head.hour}"):
                item.save(condition=not_later)
        except Conflict:
            return

    def current(self, window: str) -> BoardHead | None:
        """None before the first board."""
        item = self._tables.find(BoardHeadItem, f"BOARD#{window}", "CURRENT", consistent=False)
        if item is None:
            return None
        league = League(
            joined=int(item.joined),
            active=int(item.active),
            retired=int(item.retired),
            ranked=int(item.ranked),
            median=None if item.median is None else int(item.median),
        )
        return BoardHead(int(item.hour), int(item.revision), int(item.length), league)

    def order(self, window: str, head: BoardHead, start: int, count: int) -> list[int]:
        """Seats at places start … start + count − 1 (from 0), those the board has.

        Items that are not found are asked for again consistently: the head may be newer than
        what the nearest copy of the table has.
        """
        end = min(start + count, head.length)
        if start >= end:
            return []
        numbers = range(start // _TO_AN_ITEM, (end - 1) // _TO_AN_ITEM + 1)
        keys = [_order_key(window, head.hour, head.revision, number) for number in numbers]
        items = {item["sk"]["S"]: item for item in self._tables.get_each("history", keys)}
        missing = [each for each in keys if each[1] not in items]
        again = self._tables.get_each("history", missing, consistent=True)
        items |= {item["sk"]["S"]: item for item in again}
        there = takewhile(items.__contains__, (sk for _, sk in keys))
        seats = [seat for sk in there for seat in _seats(items[sk])]
        first = numbers[0] * _TO_AN_ITEM
        return seats[start - first : end - first]


def _edition(head: BoardHead) -> int:
    """(hour, revision) as one number of the same order: a condition on one attribute."""
    return head.hour * _REVISIONS + head.revision


def _order_key(window: str, hour: int, revision: int, number: int) -> tuple[str, str]:
    return f"BOARD#{window}", f"{hour:07d}#{revision:04d}#{number:06d}"


def _packed(seats: Sequence[int]) -> bytes:
    return _VERSION + zlib.compress(to_planes(array("i", seats)), 9)


def _seats(item: RawItem) -> Iterator[int]:
    packed = item["content"]["B"]
    if packed[:1] != _VERSION:
        raise InvalidRequest(f"board item of version {packed[:1].hex()}: not known here")
    return (int(seat) for seat in from_planes("i", zlib.decompress(packed[1:])))
