"""Schedules and queue functions on one machine: what EventBridge and the event source mappings
do when deployed, with events of the same shape into the same handlers of `app.py`.

One call at a time per process. `Runner.fire` and `Runner.drain` are the fast-forward's way, in
order and by hand; `LiveRunner` does it by itself, by exchange time and long polls.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig, SQSEventConfig

from sandbox.cloud import AwsClient
from sandbox.lambda_events import Context, queue_event, schedule_event
from sandbox.recorder import running
from sandbox.schedules import due

MOST_AT_ONCE = 10
"""How many messages SQS hands out in one call."""

SCHEDULE_DELAY = timedelta(seconds=10)
"""How long after its instant a schedule fires: events of the hour's last seconds come first."""

MOST_DUE = 200
"""Firings made good after a jump of exchange time; earlier ones are left out."""

Handler = Callable[[dict[str, Any], Context], Any]

_log = logging.getLogger(__name__)


class FunctionFailed(Exception):
    """A function did not do its work; the message names it, the cause is chained if known."""


@dataclass(frozen=True, slots=True)
class ScheduledFunction:
    """One function that a schedule starts."""

    name: str
    expression: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class QueueFunction:
    """One function that a queue's messages start."""

    name: str
    queue: str
    batch_size: int
    handler: Handler


def scheduled_functions(app: Chalice) -> list[ScheduledFunction]:
    """The schedules that `app` declares."""
    return [
        ScheduledFunction(source.name, _expression(source), app.handler_map[source.name])
        for source in app.event_sources
        if isinstance(source, ScheduledEventConfig)
    ]


def _expression(source: ScheduledEventConfig) -> str:
    given = source.schedule_expression
    return given if isinstance(given, str) else str(given.to_string())


def queue_functions(app: Chalice) -> list[QueueFunction]:
    """The queue functions that `app` declares, with the name of each one's queue."""
    return [
        QueueFunction(
            source.name,
            source.queue or str(source.queue_arn).rpartition(":")[2],
            min(source.batch_size, MOST_AT_ONCE),
            app.handler_map[source.name],
        )
        for source in app.event_sources
        if isinstance(source, SQSEventConfig)
    ]


class Runner:
    """Calls the functions of one app, one at a time."""

    def __init__(self, app: Chalice, sqs: AwsClient, addresses: Mapping[str, str]) -> None:
        """`sqs` is a boto3 client; `addresses` maps a queue's name to its address."""
        self.schedules = {each.name: each for each in scheduled_functions(app)}
        self.consumers = {each.name: each for each in queue_functions(app)}
        self._sqs = sqs
        self._addresses = dict(addresses)
        self._one_at_a_time = threading.Lock()

    def fire(self, name: str, at: datetime) -> None:
        """Call the scheduled function `name` as due at `at`. Raises what it raises."""
        function = self.schedules[name]
        self._call(function.name, function.handler, schedule_event(name, at))

    def due(self, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
        """What was due with after < t ≤ until: names and instants, in order."""
        firings = [
            (instant, each.name)
            for each in self.schedules.values()
            for instant in due(each.expression, after, until)
        ]
        return [(name, instant) for instant, name in sorted(firings)]

    def drain(self, name: str, messages: int | None = None) -> int:
        """Call the queue function `name` until so many messages are done, or (None) until its
        queue gives no more; returns how many were. Raises FunctionFailed when one failed."""
        done = 0
        while messages is None or done < messages:
            received, failed = self.poll(name, wait_seconds=0)
            if failed:
                raise FunctionFailed(f"{name}: {len(failed)} of {len(received)} messages failed")
            done += len(received)
            if len(received) < self.consumers[name].batch_size:
                break  # it hands out all it has
        return done

    def poll(self, name: str, *, wait_seconds: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Receive once and call the function; returns the ids of all messages and of those
        that failed, which are left in the queue for another try."""
        function = self.consumers[name]
        address = self._addresses[function.queue]
        messages = self._sqs.receive_message(
            QueueUrl=address,
            MaxNumberOfMessages=function.batch_size,
            WaitTimeSeconds=wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return (), ()
        ids = tuple(message["MessageId"] for message in messages)
        failed = self._failed(function, messages)
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._sqs.delete_message_batch(
                QueueUrl=address,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                    for place, message in enumerate(done)
                ],
            )
        return ids, tuple(each for each in ids if each in failed)

    def _failed(self, function: QueueFunction, messages: list[dict[str, Any]]) -> frozenset[str]:
        """As an event source mapping decides it: an exception or a bad answer fails them all."""
        everything = frozenset(message["MessageId"] for message in messages)
        event = queue_event(function.queue, messages)
        try:
            answer = self._call(function.name, function.handler, event)
        except Exception:
            _log.exception("function_failed", extra={"function": function.name})
            return everything
        if not answer or not answer.get("batchItemFailures"):
            return frozenset()
        named = frozenset(each.get("itemIdentifier") for each in answer["batchItemFailures"])
        return named if named <= everything else everything

    def _call(self, name: str, handler: Handler, event: dict[str, Any]) -> Any:  # noqa: ANN401
        with self._one_at_a_time, running(name):
            return handler(event, Context(name))


class LiveRunner:
    """Fires schedules as exchange time passes them and polls each queue in a thread."""

    def __init__(
        self, runner: Runner, exchange_time: Callable[[], datetime], since: datetime
    ) -> None:
        """Schedules due after `since` will be fired."""
        self._runner = runner
        self._exchange_time = exchange_time
        self._fired_until = since
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._keep_time, name="schedules", daemon=True)]
        self._threads += [
            threading.Thread(target=self._consume, args=(name,), name=name, daemon=True)
            for name in runner.consumers
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads, after the calls that are running."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _keep_time(self) -> None:
        while not self._stopping.wait(0.2):
            try:
                self._fire_due()
            except Exception:
                _log.exception("schedule_failed")

    def _fire_due(self) -> None:
        until = self._exchange_time() - SCHEDULE_DELAY
        for name, instant in self._due(until):
            self._fired_until = instant
            self._runner.fire(name, instant)

    def _due(self, until: datetime) -> Iterator[tuple[str, datetime]]:
        firings = self._runner.due(self._fired_until, until)
        yield from firings[-MOST_DUE:]

    def _consume(self, name: str) -> None:
        while not self._stopping.is_set():
            try:
                self._runner.poll(name, wait_seconds=1)
            except Exception:
                _log.exception("queue_failed", extra={"function": name})
                self._stopping.wait(1)
