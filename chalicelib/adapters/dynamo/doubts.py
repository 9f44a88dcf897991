"""The Doubts port: DOUBT#<slot> / A#<account>#<ms>, one note for each instant of doubt."""

from datetime import datetime

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant, sortable
from chalicelib.adapters.dynamo.items import DoubtItem
from chalicelib.adapters.dynamo.tables import Tables


class DynamoDoubts:
    """Doubts in the table `jobs`, until they are taken back."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, slot: int, account_id: str, at: datetime) -> None:
        """Note the doubt, beside what is noted of the account already."""
        with store_errors(f"noting a doubt about {account_id}"):
            self._item(slot, account_id, at).save()

    def of_slot(self, slot: int) -> dict[str, set[datetime]]:
        """Accounts of the slot that are in doubt, and at which instants."""
        rows = self._tables.query(
            "jobs",
            KeyConditionExpression="pk = :slot",
            ExpressionAttributeValues={":slot": {"S": f"DOUBT#{slot}"}},
        )
        found: dict[str, set[datetime]] = {}
        for row in rows:
            account_id, at = row["sk"]["S"].removeprefix("A#").rsplit("#", 1)
            found.setdefault(account_id, set()).add(instant(at))
        return found

    def remove(self, slot: int, account_id: str, at: datetime) -> None:
        """Take back the note of that instant, and no other."""
        with store_errors(f"settling a doubt about {account_id}"):
            self._item(slot, account_id, at).delete()

    def _item(self, slot: int, account_id: str, at: datetime) -> DoubtItem:
        return self._tables.model(DoubtItem)(f"DOUBT#{slot}", f"A#{account_id}#{sortable(at)}")
