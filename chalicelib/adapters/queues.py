"""SQS: the queue from ingest to record, and the queue of the hour's work.

Sending is all that is here; Lambda (or the runner of one machine) receives. What a body
holds is for `messages`. A message may arrive twice when a refused batch is sent again.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.messages import join_items, write_item, write_task
from chalicelib.domain.errors import DeliveryFailed, InvalidRequest
from chalicelib.services.ports import RankTask, ShardTask, StreamItem

LARGEST: Final = 262_144
"""What SQS takes in one batch, all bodies together, in bytes."""

_FULL: Final = 200_000
_WRAPPING: Final = len(join_items([""]))
_BATCH: Final = 10
_TRIES: Final = 3


class Queue:
    """One SQS queue to send to; `pause` waits so many seconds between two tries."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - boto3 has no types
        address: str,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._address = address
        self._pause = pause

    def send(self, bodies: Sequence[str]) -> None:
        """Send all bodies (ASCII). Raises DeliveryFailed, naming how many were refused."""
        waiting, reason = list(bodies), ""
        for number in range(_TRIES):
            if number:
                self._pause(0.2 * 4**number)
            refused: list[str] = []
            for batch in _batches(waiting):
                left, why = self._send_batch(batch)
                refused += left
                reason = why or reason
            waiting = refused
            if not waiting:
                return
        raise DeliveryFailed(f"{len(waiting)} of {len(bodies)} messages were refused: {reason}")

    def _send_batch(self, batch: Sequence[str]) -> tuple[list[str], str]:
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(batch)]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._address, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            return list(batch), type(error).__name__ + f": {error}"
        failed = answer.get("Failed", [])
        reasons = sorted({str(each.get("Code", "")) for each in failed})
        return [batch[int(each["Id"])] for each in failed], ", ".join(reasons)


class TaskQueue:
    """The Tasks port: one task to a message."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def send(self, tasks: Iterable[ShardTask | RankTask]) -> None:
        """Raises DeliveryFailed when any was refused."""
        self._queue.send([write_task(task) for task in tasks])


class EventQueue:
    """The Events port: several items to a message, in their order."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def send(self, items: Sequence[StreamItem]) -> None:
        """Raises DeliveryFailed when any was refused.

        Raises InvalidRequest, before anything is sent, for an item too large for a message:
        no later try would help.
        """
        self._queue.send([join_items(pieces) for pieces in _filled(items)])


def _filled(items: Iterable[StreamItem]) -> list[list[str]]:
    messages: list[list[str]] = []
    size = _FULL
    for item in items:
        piece = write_item(item)
        if len(piece) + _WRAPPING > LARGEST:
            raise InvalidRequest(
                f"an event of account {item.account_id} has {len(piece)} bytes, "
                f"more than the {LARGEST} of a message"
            )
        if size + len(piece) > _FULL:
            messages.append([])
            size = _WRAPPING
        messages[-1].append(piece)
        size += len(piece) + 1
    return messages


def _batches(bodies: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == _BATCH or size + len(body) > LARGEST):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body)
    if batch:
        yield batch
