"""The Doubts port: DOUBT#<slot> / A#<account>, with the instant of the doubt."""

from datetime import datetime

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant
from chalicelib.adapters.dynamo.items import DoubtItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict


class DynamoDoubts:
    """Doubts in the table `jobs`, until they are taken back."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, slot: int, account_id: str, at: datetime) -> None:
        """Note the doubt over an earlier one of the account."""
        with store_errors(f"noting a doubt about {account_id}"):
            item = self._item(slot, account_id)
            item.at = at
            item.save()

    def of_slot(self, slot: int) -> dict[str, datetime]:
        """Accounts of the slot that are in doubt, and at which instant."""
        rows = self._tables.query(
            "jobs",
            KeyConditionExpression="pk = :slot",
            ExpressionAttributeValues={":slot": {"S": f"DOUBT#{slot}"}},
        )
        return {row["sk"]["S"].removeprefix("A#"): instant(row["at"]["N"]) for row in rows}

    def remove(self, slot: int, account_id: str, at: datetime) -> None:
        """Take back the note of that instant; one that was put since stays."""
        try:
            with store_errors(f"settling a doubt about {account_id}"):
                self._item(slot, account_id).delete(condition=DoubtItem.at == at)
        except Conflict:
            return

    def _item(self, slot: int, account_id: str) -> DoubtItem:
        return self._tables.model(DoubtItem)(f"DOUBT#{slot}", f"A#{account_id}")
