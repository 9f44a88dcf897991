"""The RowSecrets port: B#<block> / SECRETS, one flat attribute r_<place> per seat, made once."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.account import SEATS_PER_BLOCK, block_of

_SORT_KEY: Final = "SECRETS"
_BYTES: Final = 16
_AT_ONCE: Final = 90  # an expression ends at 4 KB


class DynamoRowSecrets:
    """Secrets in the table `history`, beside the marks that they hide."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of_seats(self, seats: Sequence[int]) -> dict[int, bytes]:
        """Secrets of those of `seats` that have one."""
        keys = [(f"B#{block}", _SORT_KEY) for block in sorted({block_of(seat) for seat in seats})]
        items = {each["pk"]["S"]: each for each in self._tables.get_each("history", keys)}
        return _found(seats, items)

    def make(self, seats: Sequence[int]) -> dict[int, bytes]:
        """A new secret for each seat that has none; returns what is then stored for each."""
        by_block: defaultdict[int, list[int]] = defaultdict(list)
        for seat in seats:
            by_block[block_of(seat)].append(seat)
        made: dict[int, bytes] = {}
        for block, together in by_block.items():
            for start in range(0, len(together), _AT_ONCE):
                part = together[start : start + _AT_ONCE]
                made |= _found(part, {f"B#{block}": self._made(block, part)})
        return made

    def forget(self, seat: int) -> None:
        """Destroy it."""
        with store_errors(f"destroying the secret of seat {seat}"):
            self._tables.client.update_item(
                TableName=self._tables.name("history"),
                Key=key(f"B#{block_of(seat)}", _SORT_KEY),
                UpdateExpression="REMOVE #secret",
                ExpressionAttributeNames={"#secret": _attribute(seat)},
            )

    def _made(self, block: int, seats: Sequence[int]) -> RawItem:
        names = {f"#n{number}": _attribute(seat) for number, seat in enumerate(seats)}
        values = {f":v{number}": {"B": secrets.token_bytes(_BYTES)} for number in range(len(seats))}
        sets = [
            f"#n{number} = if_not_exists(#n{number}, :v{number})" for number in range(len(seats))
        ]
        with store_errors(f"making secrets of block {block}"):
            answer = self._tables.client.update_item(
                TableName=self._tables.name("history"),
                Key=key(f"B#{block}", _SORT_KEY),
                UpdateExpression="SET " + ", ".join(sets),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        item: RawItem = answer["Attributes"]
        return item


def _found(seats: Sequence[int], items: Mapping[str, RawItem]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for seat in seats:
        secret = items.get(f"B#{block_of(seat)}", {}).get(_attribute(seat))
        if secret is not None:
            found[seat] = bytes(secret["B"])
    return found


def _attribute(seat: int) -> str:
    return f"r_{seat % SEATS_PER_BLOCK}"
