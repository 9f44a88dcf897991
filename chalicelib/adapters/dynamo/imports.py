"""The Imports port: T#<trader> / IMPORT is the line, IMPORT#PART#<account>#<name> what one step
found, IMPORT#PROGRESS#<account> how far an account's import is.

Line and parts are compressed JSON. A long part goes on in pieces, named with "~" and a number,
which are written before it.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant, milliseconds
from chalicelib.adapters.dynamo.ledger_rows import change_of, entry_item, fill_of
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.imported import ImportedDay, ImportedLine
from chalicelib.domain.ledger import Checkpoint, LedgerEntry
from chalicelib.domain.money import plain
from chalicelib.services.import_ports import ImportPart, ImportProgress

_IMPORT: Final = "IMPORT"
_PART: Final = "IMPORT#PART#"
_PROGRESS: Final = "IMPORT#PROGRESS#"
_TO_A_PIECE: Final = 2_000
"""Entries: some 100 KB compressed, a quarter of what an item may hold."""


class DynamoImports:
    """Imports in the table `history`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def line(self, trader_id: str) -> ImportedLine | None:
        """None where nothing was imported."""
        found = self._tables.get_each("history", [(f"T#{trader_id}", _IMPORT)])
        return _line_of(_unpacked(found[0])) if found else None

    def put_line(self, trader_id: str, line: ImportedLine) -> None:
        """Write it, replacing."""
        self._put(trader_id, _IMPORT, _packed(_plain_line(line)))

    def parts(self, trader_id: str) -> list[ImportPart]:
        """All that was found of all his accounts, by account and name."""
        pieces: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
        complete: set[tuple[str, str]] = set()
        for item in self._items(trader_id, _PART):
            account_id, name = item["sk"]["S"].removeprefix(_PART).split("#", 1)
            base, _, number = name.partition("~")
            pieces[account_id, base].append(_unpacked(item))
            if not number:
                complete.add((account_id, base))
        return [_part_of(*each, pieces[each]) for each in sorted(complete)]

    def put_part(self, trader_id: str, part: ImportPart) -> None:
        """Write it whole, replacing one of the same name."""
        entries = part.entries
        for number, start in enumerate(range(_TO_A_PIECE, len(entries), _TO_A_PIECE), 1):
            piece = [_plain_entry(each) for each in entries[start : start + _TO_A_PIECE]]
            name = f"{_PART}{part.account_id}#{part.name}~{number:04d}"
            self._put(trader_id, name, _packed({"entries": piece}))
        content = {
            "entries": [_plain_entry(each) for each in entries[:_TO_A_PIECE]],
            "readings": [_plain_reading(each) for each in part.readings],
        }
        self._put(trader_id, f"{_PART}{part.account_id}#{part.name}", _packed(content))

    def progress(self, trader_id: str) -> dict[str, ImportProgress]:
        """How far the imports of his accounts are, by account."""
        found = (
            ImportProgress(
                item["sk"]["S"].removeprefix(_PROGRESS),
                int(item["percent"]["N"]),
                item["problem"]["S"] if "problem" in item else "",
            )
            for item in self._items(trader_id, _PROGRESS)
        )
        return {each.account_id: each for each in found}

    def put_progress(self, trader_id: str, progress: ImportProgress) -> None:
        """Write it, replacing."""
        item: RawItem = {"percent": {"N": str(progress.percent)}}
        if progress.problem:
            item["problem"] = {"S": progress.problem}
        self._put(trader_id, _PROGRESS + progress.account_id, item)

    def forget(self, trader_id: str) -> None:
        """Remove all of the trader's."""
        for item in list(self._items(trader_id, _IMPORT)):
            with store_errors(f"removing the import of {trader_id}"):
                self._tables.client.delete_item(
                    TableName=self._tables.name("history"), Key={"pk": item["pk"], "sk": item["sk"]}
                )

    def _items(self, trader_id: str, prefix: str) -> Iterator[RawItem]:
        return self._tables.query(
            "history",
            KeyConditionExpression="pk = :trader AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":trader": {"S": f"T#{trader_id}"},
                ":prefix": {"S": prefix},
            },
            ConsistentRead=True,
        )

    def _put(self, trader_id: str, name: str, content: RawItem) -> None:
        self._tables.put_each("history", [key(f"T#{trader_id}", name) | content])


def _packed(content: object) -> RawItem:
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    return {"content": {"B": zlib.compress(text.encode(), 9)}}


def _unpacked(item: RawItem) -> Any:  # noqa: ANN401  JSON
    return json.loads(zlib.decompress(item["content"]["B"]))


def _plain_entry(entry: LedgerEntry) -> RawItem:
    item = entry_item("", entry)
    del item["pk"]
    return item


def _entry_of(item: RawItem) -> LedgerEntry:
    return fill_of(item) if item["sk"]["S"].startswith("T#") else change_of(item)


def _plain_reading(reading: Checkpoint) -> list[object]:
    held = {asset: plain(quantity) for asset, quantity in reading.quantities.items()}
    return [milliseconds(reading.taken_at), held]


def _reading_of(found: list[Any]) -> Checkpoint:
    at, held = found
    return Checkpoint(instant(at), {asset: Decimal(text) for asset, text in held.items()})


def _part_of(account_id: str, name: str, pieces: list[Any]) -> ImportPart:
    return ImportPart(
        account_id,
        name,
        tuple(_entry_of(each) for piece in pieces for each in piece["entries"]),
        tuple(_reading_of(each) for piece in pieces for each in piece.get("readings", ())),
    )


def _plain_line(line: ImportedLine) -> dict[str, object]:
    return {
        "until": milliseconds(line.until),
        "accounts": list(line.accounts),
        "days": [
            [
                each.day,
                each.index,
                plain(each.value),
                plain(each.net_flow),
                None if each.btc is None else plain(each.btc),
                each.certain,
            ]
            for each in line.days
        ],
    }


def _line_of(content: dict[str, Any]) -> ImportedLine:
    days = tuple(
        ImportedDay(
            day,
            index,
            Decimal(value),
            Decimal(net_flow),
            None if btc is None else Decimal(btc),
            certain,
        )
        for day, index, value, net_flow, btc, certain in content["days"]
    )
    return ImportedLine(instant(content["until"]), tuple(content["accounts"]), days)
