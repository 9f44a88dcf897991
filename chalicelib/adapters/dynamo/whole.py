"""The Whole port: every trader and every account, by reading the tables from end to end; and what
a backup has.

Traders and accounts of a league of 100,000 are some 200 MB: minutes, and a few cents. For
operators alone.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from chalicelib.adapters.dynamo.accounts import account_of
from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import TraderItem
from chalicelib.adapters.dynamo.tables import RawItem, Tables
from chalicelib.adapters.dynamo.traders import trader_of
from chalicelib.domain.account import ExchangeAccount, Trader
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound


def _everything(item: RawItem) -> bool:
    return "pk" in item


def _history(item: RawItem) -> bool:
    """Prices, imports, the secrets of rows, and how many follow; not blocks, boards and seats."""
    partition: str = item["pk"]["S"]
    return partition.startswith(("PRICE#", "T#")) or item["sk"]["S"] in ("SECRETS", "FOLLOWERS")


def _jobs(item: RawItem) -> bool:
    """The newest public file, and what operators did; not runs and leases."""
    partition: str = item["pk"]["S"]
    return partition.startswith(("HOURFILE", "ACT#"))


_BROUGHT_BACK: Final[Mapping[str, Callable[[RawItem], bool]]] = {
    "ledger": _everything,
    "accounts": _everything,
    "traders": _everything,
    "history": _history,
    "jobs": _jobs,
}


class DynamoWhole:
    """Scans of the tables `traders` and `accounts`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def traders(self) -> Iterator[Trader]:
        """Everyone with a profile."""
        for item in self._of_kind("traders", "PROFILE"):
            yield trader_of(self._tables.model(TraderItem).from_raw_data(item))

    def accounts(self) -> Iterator[ExchangeAccount]:
        """Every exchange account that ever was."""
        for item in self._of_kind("accounts", "META"):
            yield account_of(item)

    def bring_back(self, table: str, source: str) -> int:
        """Put what is missing; what is there stays, for it may be newer."""
        wanted = _BROUGHT_BACK.get(table)
        if wanted is None:
            raise InvalidRequest(f"{table}: nothing of it is brought back, it is rebuilt")
        if source == self._tables.name(table):
            raise InvalidRequest(f"{source} is the table itself")
        found = 0
        for item in filter(wanted, self._scan(source)):
            found += 1
            with suppress(Conflict), store_errors(f"bringing back an item of {table}"):
                self._tables.client.put_item(
                    TableName=self._tables.name(table),
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                )
        return found

    def _of_kind(self, table: str, sort_key: str) -> Iterator[RawItem]:
        return self._scan(
            self._tables.name(table),
            FilterExpression="sk = :kind",
            ExpressionAttributeValues={":kind": {"S": sort_key}},
        )

    def _scan(self, name: str, **more: object) -> Iterator[RawItem]:
        asked: RawItem = {"TableName": name, "ConsistentRead": True, **more}
        while True:
            try:
                with store_errors(f"reading all of {name}"):
                    page = self._tables.client.scan(**asked)
            except self._tables.client.exceptions.ResourceNotFoundException as error:
                raise NotFound(f"there is no table {name}") from error
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
