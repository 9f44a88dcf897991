"""The Whole port: every trader and every account, by reading the tables from end to end.

A league of 100,000 is some 200 MB: minutes, and a few cents. For operators alone.
"""

from collections.abc import Iterator

from chalicelib.adapters.dynamo.accounts import account_of
from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import TraderItem
from chalicelib.adapters.dynamo.tables import RawItem, Tables
from chalicelib.adapters.dynamo.traders import trader_of
from chalicelib.domain.account import ExchangeAccount, Trader


class DynamoWhole:
    """Scans of the tables `traders` and `accounts`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def traders(self) -> Iterator[Trader]:
        """Everyone with a profile."""
        for item in self._scan("traders", "PROFILE"):
            yield trader_of(self._tables.model(TraderItem).from_raw_data(item))

    def accounts(self) -> Iterator[ExchangeAccount]:
        """Every exchange account that ever was."""
        for item in self._scan("accounts", "META"):
            yield account_of(item)

    def _scan(self, table: str, sort_key: str) -> Iterator[RawItem]:
        asked: RawItem = {
            "TableName": self._tables.name(table),
            "FilterExpression": "sk = :kind",
            "ExpressionAttributeValues": {":kind": {"S": sort_key}},
            "ConsistentRead": True,
        }
        while True:
            with store_errors(f"reading all of {table}"):
                page = self._tables.client.scan(**asked)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
