"""Rebuild the newest hour for an operator: its marks again, late events included, then its board
under the next revision. Hours before it were published and are not ranked again."""

from collections.abc import Callable

from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.windows import DAY, run_of
from chalicelib.services.ports import Boards, RankTask, Runs, ShardTask, Tasks


def next_revision(hour: int, boards: Boards, runs: Runs) -> int:
    """The revision that a rebuild of the hour makes.

    Raises NotFound before the first board, Conflict for an hour that is not the newest.
    """
    head = boards.current(DAY.name)
    if head is None:
        raise NotFound("there is no board yet, so there is none to rebuild")
    if head.hour != hour:
        raise Conflict(
            f"{run_of(hour)} is not the newest board, {run_of(head.hour)} is: boards of earlier "
            "hours are published and not ranked again"
        )
    newest = runs.newest_begun()
    if newest is not None and newest > hour:
        raise Conflict(
            f"the run of {run_of(newest)} has begun: wait for its board, and rebuild that one"
        )
    return head.revision + 1


def rebuild_hour(
    hour: int,
    *,
    boards: Boards,
    runs: Runs,
    tasks: Tasks,
    mark: Callable[[ShardTask], object],
) -> int:
    """Mark every shard of the hour again with `mark`, then have it ranked; returns the revision.

    Raises as `next_revision`, before anything is done; what breaks off may be run again.
    """
    revision = next_revision(hour, boards, runs)
    for shard in runs.shards(hour) or []:
        mark(ShardTask(hour, shard, revision))
    tasks.send([RankTask(hour, revision)])
    return revision
