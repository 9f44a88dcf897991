"""The Throttle port: TRIES#<key>, one item per key and window, by the machine's clock."""

from datetime import datetime, timedelta

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import TriesItem
from chalicelib.adapters.dynamo.tables import Tables


class DynamoThrottle:
    """Counters in the table `jobs`; a window that is over is never read again."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def count(self, key: str, seconds: int, now: datetime) -> int:
        """Add one; returns the count of the window, this one included."""
        window = whole_seconds(now) // seconds
        tries = self._tables.model(TriesItem)(f"TRIES#{key}", f"{seconds}#{window}")
        with store_errors(f"counting {key}"):
            tries.update(
                actions=[
                    TriesItem.tries.add(1),
                    TriesItem.expires_at.set(whole_seconds(now + timedelta(seconds=seconds))),
                ]
            )
        return int(tries.tries)
