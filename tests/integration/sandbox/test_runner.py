"""Schedules and queue functions, called as the cloud would call them."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from chalice.app import Chalice, CloudWatchEvent, Cron, SQSEvent
from moto import mock_aws

from sandbox.cloud import REGION, AwsClient, make_queues
from sandbox.runner import FunctionFailed, LiveRunner, Runner

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
SQS_ADDRESS = f"https://sqs.{REGION}.amazonaws.com"


class _League:
    """An app of one schedule and one queue function, and what reached them."""

    def __init__(self) -> None:
        self.ticks: list[dict[str, Any]] = []
        self.batches: list[list[str]] = []
        self.records: list[dict[str, Any]] = []
        self.refused: set[str] = set()
        self.breaks = False
        self.called = threading.Condition()
        self.app = Chalice(app_name="runner-test")
        self.app.schedule(Cron("0,2", "*", "*", "*", "?", "*"), name="tick")(self._tick)
        self.app.on_sqs_message(queue="league-tasks", batch_size=10, name="work")(self._work)

    def _tick(self, event: CloudWatchEvent) -> None:
        with self.called:
            self.ticks.append(event.to_dict())
            self.called.notify_all()

    def _work(self, event: SQSEvent) -> dict[str, Any]:
        records = event.to_dict()["Records"]
        with self.called:
            self.records += records
            self.batches.append([record["body"] for record in records])
            self.called.notify_all()
        if self.breaks:
            raise RuntimeError("broken")
        failed = [each["messageId"] for each in records if each["body"] in self.refused]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


@pytest.fixture
def league() -> _League:
    return _League()


@pytest.fixture
def sqs() -> Iterator[AwsClient]:
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def tasks(sqs: AwsClient) -> str:
    return str(sqs.create_queue(QueueName=f"tasks-{uuid4()}")["QueueUrl"])


def _waiting(sqs: AwsClient, address: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def test_a_schedule_gets_its_own_hour_not_the_time_of_the_call(
    league: _League, sqs: AwsClient, tasks: str
) -> None:
    Runner(league.app, sqs, {"league-tasks": tasks}).fire("tick", NINE)
    assert league.ticks[0]["time"] == "2026-03-01T09:00:00Z"
    assert league.ticks[0]["resources"][0].endswith(":rule/tick")


def test_drain_empties_the_queue_in_batches(league: _League, sqs: AwsClient, tasks: str) -> None:
    for number in range(12):
        sqs.send_message(QueueUrl=tasks, MessageBody=str(number))
    runner = Runner(league.app, sqs, {"league-tasks": tasks})
    assert runner.drain("work") == 12
    assert [len(batch) for batch in league.batches] == [10, 2]
    assert _waiting(sqs, tasks) == 0


def test_records_have_the_shape_of_the_event_source_mapping(
    league: _League, sqs: AwsClient, tasks: str
) -> None:
    sent = sqs.send_message(QueueUrl=tasks, MessageBody="one")
    Runner(league.app, sqs, {"league-tasks": tasks}).drain("work")
    record = league.records[0]
    assert record["messageId"] == sent["MessageId"]
    assert record["md5OfBody"] == sent["MD5OfMessageBody"]
    assert record["eventSourceARN"].endswith(":league-tasks")
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["receiptHandle"]


def test_only_what_failed_stays_in_the_queue(league: _League, sqs: AwsClient, tasks: str) -> None:
    for body in ("good", "bad"):
        sqs.send_message(QueueUrl=tasks, MessageBody=body)
    league.refused = {"bad"}
    ids, failed = Runner(league.app, sqs, {"league-tasks": tasks}).poll("work", wait_seconds=0)
    assert (len(ids), len(failed)) == (2, 1)
    assert _waiting(sqs, tasks) == 1


def test_an_exception_leaves_every_message_and_stops_the_drain(
    league: _League, sqs: AwsClient, tasks: str, caplog: pytest.LogCaptureFixture
) -> None:
    sqs.send_message(QueueUrl=tasks, MessageBody="one")
    league.breaks = True
    with (
        caplog.at_level(logging.CRITICAL, "sandbox"),
        pytest.raises(FunctionFailed, match="work: 1 of 1"),
    ):
        Runner(league.app, sqs, {"league-tasks": tasks}).drain("work")
    assert _waiting(sqs, tasks) == 1


def test_a_message_that_always_fails_is_set_aside(
    league: _League, sqs: AwsClient, caplog: pytest.LogCaptureFixture
) -> None:
    queues = make_queues(SQS_ADDRESS, prefix=str(uuid4()))
    sqs.send_message(QueueUrl=queues["tasks"], MessageBody="poison")
    league.refused = {"poison"}
    runner = Runner(league.app, sqs, {"league-tasks": queues["tasks"]})
    sqs.set_queue_attributes(QueueUrl=queues["tasks"], Attributes={"VisibilityTimeout": "0"})
    tries = [runner.poll("work", wait_seconds=0)[0] for _ in range(4)]
    assert [len(ids) for ids in tries] == [1, 1, 1, 0]
    assert _waiting(sqs, queues["tasks-dead"]) == 1


def test_live_fires_what_exchange_time_has_passed_once_each(
    league: _League, sqs: AwsClient, tasks: str
) -> None:
    time = [NINE]
    live = LiveRunner(Runner(league.app, sqs, {"league-tasks": tasks}), lambda: time[0], NINE)
    live.start()
    try:
        time[0] = NINE + timedelta(hours=1, seconds=10)
        with league.called:
            assert league.called.wait_for(lambda: len(league.ticks) == 2, timeout=5)
            assert not league.called.wait_for(lambda: len(league.ticks) > 2, timeout=0.5)
    finally:
        live.stop()
    assert [tick["time"] for tick in league.ticks] == [
        "2026-03-01T09:02:00Z",
        "2026-03-01T10:00:00Z",
    ]


def test_live_hands_over_a_message_when_it_comes(
    league: _League, sqs: AwsClient, tasks: str
) -> None:
    live = LiveRunner(Runner(league.app, sqs, {"league-tasks": tasks}), lambda: NINE, NINE)
    live.start()
    try:
        sqs.send_message(QueueUrl=tasks, MessageBody="one")
        with league.called:
            assert league.called.wait_for(lambda: league.batches == [["one"]], timeout=5)
    finally:
        live.stop()
