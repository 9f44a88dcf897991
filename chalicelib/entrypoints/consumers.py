"""What the queue functions of app.py call: take messages, answer which of them failed.

A failed message comes again, and after its last try goes to the dead-letter queue; the others
of its batch are done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from chalicelib import logs, wiring
from chalicelib.domain.errors import Conflict, InvalidRequest
from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import hour_start, run_of
from chalicelib.services import record_account_event
from chalicelib.services.metric_ports import Metric
from chalicelib.services.ports import Lease, RankTask, ShardTask, StreamItem
from chalicelib.services.record_account_event import Told, record_account_events
from chalicelib.services.unranked_hours import unranked_before

MARKED_WITHIN: Final = timedelta(seconds=90)
"""How long a shard is reserved: longer than the function may run."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue, by the queue's own id of it."""

    message_id: str
    body: str


def record(messages: Sequence[Message]) -> list[str]:
    """Record what the messages say of accounts; returns the ids of those that failed.

    The items of all messages are recorded as one batch, so that an account is read and
    written once. A message fails when one of its items was refused.
    """
    failed: list[str] = []
    items: list[StreamItem] = []
    origins: list[str] = []
    for message in messages:
        try:
            read = wiring.read_items(message.body)
        except InvalidRequest:
            _log.exception("message_unreadable", extra={"message_id": message.message_id})
            failed.append(message.message_id)
            continue
        items += read
        origins += [message.message_id] * len(read)
    stores = wiring.stores()
    where = record_account_event.Stores(
        stores.accounts,
        stores.ledger,
        stores.holdings,
        stores.doubts,
        stores.runs,
        stores.corrections,
    )
    happened: list[datetime] = []

    def tell(told: Told) -> None:
        happened.extend(told.happened)
        runs = [run_of(hour) for hour in told.hours]
        if runs:  # else orders were placed or taken back, and no hour will show it
            extra = {"account_id": told.account_id, "traces": told.traces, "runs": runs}
            _log.info("recorded", extra=extra)

    refused = record_account_events(items, wiring.parsers(), where, tell)
    _measure_lag(happened)
    return list(dict.fromkeys([*failed, *(origins[each.index] for each in refused)]))


def _measure_lag(happened: Sequence[datetime]) -> None:
    metrics = wiring.metrics()
    if metrics is not None and happened:
        now = wiring.now()
        metrics.put(Metric.LAG, *(_milliseconds(now - at) for at in happened))


def _milliseconds(lag: timedelta) -> int:
    return max(0, round(lag / timedelta(milliseconds=1)))


def work(messages: Sequence[Message]) -> list[str]:
    """Do the tasks of the messages, one by one; returns the ids of those that failed."""
    return [message.message_id for message in messages if not _done(message)]


def _done(message: Message) -> bool:
    try:
        task = wiring.read_task(message.body)
        trace = task.opening.trace if task.opening is not None else ""
        with logs.bound(run=run_of(task.hour), trace=trace):
            return _did(task)
    except InvalidRequest:
        _log.exception("task_failed", extra={"task": message.body})
        return False


def _did(task: ShardTask | RankTask) -> bool:
    try:
        if isinstance(task, RankTask):
            _rank(task)
        else:
            mark_alone(task)
    except Exception:  # one bad message must not sink its batch
        _log.exception("task_failed")
        return False
    return True


def _rank(task: RankTask) -> None:
    """Rank the hour after those that were left out. While ranking is paused nothing is: the first
    tick after the pause asks again."""
    if wiring.switches().is_paused(Switch.RANKING):
        _log.warning("ranking_paused", extra={"hour": task.hour})
        return
    for hour in unranked_before(task.hour, wiring.stores().runs):
        _log.warning("hour_ranked_late", extra={"hour": hour})
        wiring.rank_traders(RankTask(hour))
    wiring.rank_traders(task)
    _log.info("board_published", extra={"hour": task.hour, "revision": task.revision})
    if task.revision == 0:
        _measure_hour(task)


def _measure_hour(task: RankTask) -> None:
    metrics = wiring.metrics()
    if metrics is None:
        return
    past = wiring.now() - hour_start(task.hour)
    metrics.put(Metric.HOUR_RANKED, round(past / timedelta(minutes=1), 3))
    if task.opening is not None:
        duration = wiring.machine_now() - task.opening.at
        metrics.put(Metric.HOUR_DURATION, round(max(0.0, duration.total_seconds()), 3))


def mark_alone(task: ShardTask) -> None:
    """Mark the shard while nobody else does; two marks at once would take each other's work.

    Raises Conflict while another marks it.
    """
    leases, now = wiring.stores().leases, wiring.machine_now()
    lease = Lease("shard", str(task.shard), uuid4().hex, now + MARKED_WITHIN)
    if not leases.acquire(lease, now):
        raise Conflict(f"shard {task.shard} is being marked")
    try:
        marks = wiring.mark_shard(task)
    finally:
        leases.release(lease)
    seconds = (wiring.machine_now() - now).total_seconds()
    extra = {"shard": task.shard, "marks": marks, "seconds": round(seconds, 3)}
    _log.info("shard_marked", extra=extra)
    metrics = wiring.metrics()
    if metrics is not None and marks and seconds > 0:
        metrics.put(Metric.MARKS_PER_SECOND, round(marks / seconds, 1))
