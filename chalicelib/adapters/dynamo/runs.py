"""The Runs port: RUN#<hour> with its frozen shards and those done, RUN#LAST with the newest of
them, SHARD#<n> with its hour."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import NewestRunItem, RunItem, ShardItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict
from chalicelib.domain.windows import hour_start

_KEPT: Final = timedelta(days=40)


class DynamoRuns:
    """How far each hour and each shard is, in the table `jobs`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def begin(self, hour: int, shards: Sequence[int]) -> list[int]:
        """Freeze the hour's list of shards if it has none; returns the frozen list."""
        run = self._run(hour)
        expires_at = whole_seconds(hour_start(hour) + _KEPT)
        with store_errors(f"beginning the run of hour {hour}"):
            run.update(
                actions=[
                    RunItem.shards.set(RunItem.shards | list(shards)),
                    RunItem.expires_at.set(expires_at),
                ]
            )
        self._set_newest(hour)
        return _numbers(run.shards)

    def newest_begun(self) -> int | None:
        """The newest hour whose run began."""
        item = self._tables.find(NewestRunItem, "RUN#LAST", "STATE")
        return int(item.hour) if item else None

    def shards(self, hour: int) -> list[int] | None:
        """The frozen list, None when the hour never began."""
        run = self._find(hour)
        return None if run is None or run.shards is None else _numbers(run.shards)

    def mark_done(self, hour: int, shard: int) -> bool:
        """Add the shard to those done; returns whether all are done now."""
        run = self._run(hour)
        with store_errors(f"noting shard {shard} of hour {hour}"):
            run.update(actions=[RunItem.done.add({shard})])
        return run.shards is not None and set(_numbers(run.shards)) <= set(_numbers(run.done))

    def done(self, hour: int) -> set[int]:
        """The shards done so far."""
        run = self._find(hour)
        return set(_numbers(run.done)) if run is not None and run.done else set()

    def mark_ranked(self, hour: int) -> None:
        """Note that the hour's board is out."""
        with store_errors(f"noting the board of hour {hour}"):
            self._run(hour).update(actions=[RunItem.ranked.set(True)])

    def ranked(self, hour: int) -> bool:
        """Whether it is."""
        run = self._find(hour)
        return run is not None and bool(run.ranked)

    def last_complete(self, shard: int) -> int | None:
        """The newest hour that this shard has marked."""
        item = self._tables.find(ShardItem, f"SHARD#{shard}", "STATE")
        return int(item.last_complete) if item else None

    def set_last_complete(self, shard: int, hour: int) -> None:
        """Note it, if it is newer."""
        newer = ShardItem.pk.does_not_exist() | (ShardItem.last_complete < hour)
        item = self._tables.model(ShardItem)(f"SHARD#{shard}", "STATE", last_complete=hour)
        try:
            with store_errors(f"noting hour {hour} of shard {shard}"):
                item.save(condition=newer)
        except Conflict:
            return

    def _set_newest(self, hour: int) -> None:
        """Before any task of the hour is sent: who then finds an older hour was in time."""
        newer = NewestRunItem.pk.does_not_exist() | (NewestRunItem.hour < hour)
        item = self._tables.model(NewestRunItem)("RUN#LAST", "STATE", hour=hour)
        try:
            with store_errors(f"noting that the run of hour {hour} began"):
                item.save(condition=newer)
        except Conflict:
            return

    def _run(self, hour: int) -> RunItem:
        return self._tables.model(RunItem)(f"RUN#{hour}", "STATE")

    def _find(self, hour: int) -> RunItem | None:
        return self._tables.find(RunItem, f"RUN#{hour}", "STATE")


def _numbers(stored: Sequence[float] | set[float]) -> list[int]:
    return [int(number) for number in stored]
