"""What the queue functions of app.py call: take messages, answer which of them failed.

A failed message comes again, and after its last try goes to the dead-letter queue; the others
of its batch are done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from chalicelib import wiring
from chalicelib.domain.errors import Conflict, InvalidRequest
from chalicelib.domain.switches import Switch
from chalicelib.services import record_account_event
from chalicelib.services.ports import Lease, RankTask, ShardTask, StreamItem
from chalicelib.services.record_account_event import record_account_events
from chalicelib.services.unranked_hours import unranked_before

_MARKED_WITHIN: Final = timedelta(seconds=90)  # longer than the function may run

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
    refused = record_account_events(items, wiring.parsers(), where)
    return list(dict.fromkeys([*failed, *(origins[each.index] for each in refused)]))


def work(messages: Sequence[Message]) -> list[str]:
    """Do the tasks of the messages, one by one; returns the ids of those that failed."""
    return [message.message_id for message in messages if not _done(message)]


def _done(message: Message) -> bool:
    try:
        _do(wiring.read_task(message.body))
    except Exception:  # one bad message must not sink its batch
        _log.exception("task_failed", extra={"task": message.body})
        return False
    return True


def _do(task: ShardTask | RankTask) -> None:
    if isinstance(task, RankTask):
        _rank(task)
    else:
        _mark_alone(task)


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


def _mark_alone(task: ShardTask) -> None:
    """Mark the shard while nobody else does; two marks at once would take each other's work."""
    leases, now = wiring.stores().leases, wiring.machine_now()
    lease = Lease("shard", str(task.shard), uuid4().hex, now + _MARKED_WITHIN)
    if not leases.acquire(lease, now):
        raise Conflict(f"shard {task.shard} is being marked")
    try:
        wiring.mark_shard(task)
    finally:
        leases.release(lease)
