"""The Corrections port, in the table `jobs`: FIX#<shard> / <hour>#<account>#<entry> for what is
to be done, FIXED#<shard> / <hour>#<account> for what was.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.tables import EXPIRES, RawItem, Tables, key
from chalicelib.domain.account import shard_of
from chalicelib.domain.corrections import Corrected, Correction, Shown
from chalicelib.domain.windows import hour_start

_RECORD_KEPT: Final = timedelta(days=400)
_DIGITS: Final = 7
_AFTER_ALL: Final = "~"
"""Sorts behind every account."""


class DynamoCorrections:
    """Corrections by shard; none expires before it was done."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def note(self, corrections: Sequence[Correction]) -> None:
        """Write all, 25 to a call; a second copy changes nothing."""
        items = {_place(each): _item(each) for each in corrections}
        self._tables.put_each("jobs", items.values())

    def of_shard(self, shard: int) -> list[Correction]:
        """Those to be done, by hour and account."""
        return [_correction(item) for item in self._query(f"FIX#{shard}", "0", _AFTER_ALL)]

    def remove(self, corrections: Sequence[Correction]) -> None:
        """Take these back, 25 to a call."""
        self._tables.delete_each("jobs", [_place(each) for each in corrections])

    def keep(self, corrected: Corrected) -> None:
        """Write the record; `before` stays as it was first written."""
        place = f"{_digits(corrected.at_hour)}#{corrected.account_id}"
        expires_at = whole_seconds(hour_start(corrected.at_hour) + _RECORD_KEPT)
        with store_errors(f"keeping the record of a correction {place}"):
            self._tables.client.update_item(
                TableName=self._tables.name("jobs"),
                Key=key(f"FIXED#{shard_of(corrected.seat)}", place),
                UpdateExpression=(
                    "SET seat = :seat, touched = :touched, marked_from = :marked_from,"
                    " entries = :entries, numbers_after = :after, #expires = :expires,"
                    " numbers_before = if_not_exists(numbers_before, :before)"
                ),
                ExpressionAttributeNames={"#expires": EXPIRES},
                ExpressionAttributeValues={
                    ":seat": {"N": str(corrected.seat)},
                    ":touched": {"N": str(corrected.touched_hour)},
                    ":marked_from": {"N": str(corrected.from_hour)},
                    ":entries": {"L": [{"S": each} for each in corrected.entry_ids]},
                    ":before": {"S": _text(corrected.before)},
                    ":after": {"S": _text(corrected.after)},
                    ":expires": {"N": str(expires_at)},
                },
            )

    def kept(self, shard: int, first: int, last: int) -> list[Corrected]:
        """The records with first ≤ at_hour ≤ last, by hour and account."""
        borders = (_digits(first), f"{_digits(last)}#{_AFTER_ALL}")
        return [_corrected(item) for item in self._query(f"FIXED#{shard}", *borders)]

    def _query(self, partition: str, first: str, last: str) -> Iterator[RawItem]:
        return self._tables.query(
            "jobs",
            KeyConditionExpression="pk = :partition AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":partition": {"S": partition},
                ":first": {"S": first},
                ":last": {"S": last},
            },
            ConsistentRead=True,
        )


def _digits(hour: int) -> str:
    return f"{hour:0{_DIGITS}d}"


def _place(correction: Correction) -> tuple[str, str]:
    rest = f"{correction.account_id}#{correction.entry_id}"
    return f"FIX#{shard_of(correction.seat)}", f"{_digits(correction.hour)}#{rest}"


def _item(correction: Correction) -> RawItem:
    numbers = {"seat": correction.seat, "noted_in": correction.noted_in}
    return key(*_place(correction)) | {name: {"N": str(each)} for name, each in numbers.items()}


def _correction(item: RawItem) -> Correction:
    hour, account_id, entry_id = item["sk"]["S"].split("#", 2)
    return Correction(
        account_id=account_id,
        seat=int(item["seat"]["N"]),
        hour=int(hour),
        entry_id=entry_id,
        noted_in=int(item["noted_in"]["N"]),
    )


def _text(shown: Shown | None) -> str:
    return json.dumps(None if shown is None else dict(shown))


def _corrected(item: RawItem) -> Corrected:
    hour, account_id = item["sk"]["S"].split("#", 1)
    return Corrected(
        account_id=account_id,
        seat=int(item["seat"]["N"]),
        at_hour=int(hour),
        touched_hour=int(item["touched"]["N"]),
        from_hour=int(item["marked_from"]["N"]),
        entry_ids=tuple(each["S"] for each in item["entries"]["L"]),
        before=json.loads(item["numbers_before"]["S"]),
        after=json.loads(item["numbers_after"]["S"]),
    )
