"""The History port: B#<block> / H#<hour>, D#<day>, S#<hour>, R#<hour>, N.

The bytes are for `blocks`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from chalicelib.adapters.dynamo.blocks import decode_block, encode_block
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.tables import EXPIRES, RawItem, Tables, key
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.windows import hour_start
from chalicelib.services.ports import BlockKey

_KEPT: Final = {
    Kind.HOUR: timedelta(days=40),
    Kind.SCORES: timedelta(days=3),
    Kind.RANKS: timedelta(days=3),
}
_DIGITS: Final = 7


class DynamoHistory:
    """Blocks in the table `history`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        """Those of `keys` that exist, 100 to a call.

        What is asked of the newest hour and not found is asked for again consistently: it
        may have been written a moment ago.
        """
        found = self._read(keys, consistent=False)
        newest: dict[Kind, int] = {}
        for _, kind, number in keys:
            newest[kind] = max(number, newest.get(kind, number))
        missing = [each for each in keys if each not in found and each[2] == newest[each[1]]]
        return found | self._read(missing, consistent=True)

    def block_range(self, block: int, kind: Kind, first: int, last: int) -> dict[int, Block]:
        """Blocks of one kind with first ≤ number ≤ last, by number."""
        if first > last:
            return {}
        items = self._tables.query(
            "history",
            KeyConditionExpression="pk = :block AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":block": {"S": f"B#{block}"},
                ":first": {"S": _sort_key(kind, first)},
                ":last": {"S": _sort_key(kind, last)},
            },
        )
        return {_block_key(item)[2]: _block(item) for item in items}

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        """Write all, replacing, 25 to a call."""
        self._tables.put_each("history", (_item(*each) for each in blocks.items()))

    def _read(self, keys: Iterable[BlockKey], *, consistent: bool) -> dict[BlockKey, Block]:
        wanted = [(f"B#{block}", _sort_key(kind, number)) for block, kind, number in keys]
        items = self._tables.get_each("history", wanted, consistent=consistent)
        return {_block_key(item): _block(item) for item in items}


def _sort_key(kind: Kind, number: int) -> str:
    return kind.value if kind is Kind.SLOW else f"{kind.value}#{number:0{_DIGITS}d}"


def _block_key(item: RawItem) -> BlockKey:
    letter, _, number = item["sk"]["S"].partition("#")
    return int(item["pk"]["S"].removeprefix("B#")), Kind(letter), int(number or 0)


def _block(item: RawItem) -> Block:
    return decode_block(item["content"]["B"])


def _item(place: BlockKey, block: Block) -> RawItem:
    number, kind, hour = place
    item = key(f"B#{number}", _sort_key(kind, hour)) | {"content": {"B": encode_block(block)}}
    if kind in _KEPT:
        item[EXPIRES] = {"N": str(whole_seconds(hour_start(hour) + _KEPT[kind]))}
    return item
