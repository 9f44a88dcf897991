"""The Acts port: ACT#<month> / <milliseconds>#<id>, for 400 days."""

import secrets
from datetime import timedelta
from typing import Final

from chalicelib.adapters.dynamo.instants import instant, sortable, whole_seconds
from chalicelib.adapters.dynamo.tables import EXPIRES, Tables, key
from chalicelib.services.act_ports import Act

_KEPT: Final = timedelta(days=400)


class DynamoActs:
    """Acts in the table `jobs`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, act: Act) -> None:
        """Write it down."""
        place = key(f"ACT#{act.at:%Y-%m}", f"{sortable(act.at)}#{secrets.token_hex(4)}")
        texts = {"who": act.who, "what": act.what, "why": act.why}
        content = {name: {"S": text} for name, text in texts.items()}
        expiry = {EXPIRES: {"N": str(whole_seconds(act.at + _KEPT))}}
        self._tables.put_each("jobs", [place | content | expiry])

    def newest(self, month: str) -> list[Act]:
        """Those of a month, newest first."""
        items = self._tables.query(
            "jobs",
            KeyConditionExpression="pk = :month",
            ExpressionAttributeValues={":month": {"S": f"ACT#{month}"}},
            ScanIndexForward=False,
        )
        return [
            Act(
                instant(item["sk"]["S"].partition("#")[0]),
                *(item[name]["S"] for name in ("who", "what", "why")),
            )
            for item in items
        ]
