"""The Tasks and Events ports on SQS, and what happens when it refuses."""

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.adapters.aws import client
from chalicelib.adapters.messages import read_items, read_task
from chalicelib.adapters.queues import LARGEST, EventQueue, Queue, TaskQueue
from chalicelib.domain.errors import DeliveryFailed, InvalidRequest
from chalicelib.services.ports import Events, RankTask, ShardTask, Tasks
from tests.builders import NOON, stream_item
from tests.chaos.mail import Box, BoxedEvents, BoxedTasks
from tests.contract.conftest import REGION
from tests.fakes import FakeEvents, FakeTasks

_names = count()


class Received:
    """A queue of our own, and everything that arrived in it."""

    def __init__(self) -> None:
        self.sqs = client("sqs", REGION)
        self.address = self.sqs.create_queue(QueueName=f"queue-{next(_names)}")["QueueUrl"]

    def bodies(self) -> list[str]:
        bodies: list[str] = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.address, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return bodies
            bodies += [message["Body"] for message in answer["Messages"]]


@pytest.fixture
def received(cloud: None) -> Received:
    return Received()


def box() -> Box:
    """The queue in memory that schedules of faults are played on."""
    return Box(lambda: NOON, Random(1), batch=10_000)


@pytest.fixture(params=["fake", "boxed", "sqs"])
def events(request: pytest.FixtureRequest) -> tuple[Events, Callable[[], list[Any]]]:
    if request.param == "boxed":
        boxed = BoxedEvents(box())
        return boxed, lambda: [i for each in boxed.box.hand_out() for i in read_items(each.body)]
    if request.param == "fake":
        fake = FakeEvents()
        return fake, lambda: fake.sent
    received: Received = request.getfixturevalue("received")
    queue = EventQueue(Queue(received.sqs, received.address))
    return queue, lambda: [item for body in received.bodies() for item in read_items(body)]


@pytest.fixture(params=["fake", "boxed", "sqs"])
def tasks(request: pytest.FixtureRequest) -> tuple[Tasks, Callable[[], list[Any]]]:
    if request.param == "boxed":
        boxed = BoxedTasks(box())
        return boxed, lambda: [read_task(each.body) for each in boxed.box.hand_out()]
    if request.param == "fake":
        fake = FakeTasks()
        return fake, lambda: fake.sent
    received: Received = request.getfixturevalue("received")
    queue = TaskQueue(Queue(received.sqs, received.address))
    return queue, lambda: [read_task(body) for body in received.bodies()]


def test_every_item_arrives(events: tuple[Events, Callable[[], list[Any]]]) -> None:
    port, arrived = events
    items = [stream_item(sequence=number, frame="x" * 3000) for number in range(200)]
    port.send(items)
    assert sorted(item.sequence for item in arrived()) == list(range(200))


def test_nothing_to_send_is_no_error(events: tuple[Events, Callable[[], list[Any]]]) -> None:
    port, arrived = events
    port.send([])
    assert arrived() == []


def test_every_task_arrives(tasks: tuple[Tasks, Callable[[], list[Any]]]) -> None:
    port, arrived = tasks
    wanted: list[ShardTask | RankTask] = [
        *(ShardTask(5, shard) for shard in range(25)),
        RankTask(5),
        RankTask(5, 2),
    ]
    port.send(iter(wanted))
    assert {str(task) for task in arrived()} == {str(task) for task in wanted}


def test_frames_share_a_message_in_their_order(received: Received) -> None:
    items = [stream_item(sequence=number, frame="x" * 500) for number in range(100)]
    EventQueue(Queue(received.sqs, received.address)).send(items)
    (body,) = received.bodies()
    assert read_items(body) == items


def test_a_frame_larger_than_usual_goes_alone(received: Received) -> None:
    items = [stream_item(sequence=0), stream_item(sequence=1, frame="x" * 230_000)]
    EventQueue(Queue(received.sqs, received.address)).send(items)
    assert sorted(len(read_items(body)) for body in received.bodies()) == [1, 1]


def test_a_frame_that_fits_no_message_is_refused_before_anything_is_sent(
    received: Received,
) -> None:
    queue = EventQueue(Queue(received.sqs, received.address))
    with pytest.raises(InvalidRequest, match="more than the 262144 of a message"):
        queue.send([stream_item(), stream_item(frame="x" * LARGEST)])
    assert received.bodies() == []


class RefusingSqs:
    """Refuses, per call, the entries of those places; `None` stands for a lost connection."""

    def __init__(self, *refusals: set[int] | None) -> None:
        self.refusals = list(refusals)
        self.taken: list[str] = []
        self.sizes: list[int] = []

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        Entries: list[dict[str, str]],  # noqa: N803
    ) -> dict[str, list[dict[str, str]]]:
        self.sizes.append(len(Entries))
        refused = self.refusals.pop(0) if self.refusals else set()
        if refused is None:
            raise EndpointConnectionError(endpoint_url=QueueUrl)
        entries = list(enumerate(Entries))
        self.taken += [each["MessageBody"] for place, each in entries if place not in refused]
        return {
            "Failed": [
                {"Id": each["Id"], "Code": "InternalError"}
                for place, each in entries
                if place in refused
            ]
        }


def test_only_what_was_refused_is_sent_again() -> None:
    sqs, pauses = RefusingSqs({1, 3}, {0}), list[float]()
    Queue(sqs, "q", pauses.append).send(["a", "b", "c", "d"])
    assert sqs.taken == ["a", "c", "d", "b"]
    assert (sqs.sizes, len(pauses)) == ([4, 2, 1], 2)


def test_a_lost_connection_is_tried_again() -> None:
    sqs = RefusingSqs(None)
    Queue(sqs, "q", lambda _: None).send(["a"])
    assert sqs.taken == ["a"]


def test_what_stays_refused_is_counted_in_the_error() -> None:
    sqs = RefusingSqs({0, 1}, {0, 1}, {1})
    with pytest.raises(DeliveryFailed, match="1 of 3 messages were refused: InternalError"):
        Queue(sqs, "q", lambda _: None).send(["a", "b", "c"])


def test_a_batch_never_exceeds_what_sqs_takes() -> None:
    sqs = RefusingSqs()
    Queue(sqs, "q").send(["x" * 100_000] * 5 + ["y"] * 12)
    assert sqs.sizes == [2, 2, 10, 3]
    assert len(sqs.taken) == 17
