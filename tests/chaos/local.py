"""Worlds on the product's own adapters, over dynalite and the moto server on this machine.

Beside the proxies before the ports there is a second one on the wire: what the SDK sends may be
refused, carried out without an answer, or sent twice, as between the league and AWS.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from socket import socket
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from chalicelib.adapters import aws
from chalicelib.adapters.dynamo.tables import TABLES, Tables
from chalicelib.adapters.dynamo.throttle import DynamoThrottle
from chalicelib.adapters.key_vault import KmsKeyVault
from chalicelib.adapters.public_files import S3PublicFiles
from chalicelib.adapters.queues import EventQueue, Queue, TaskQueue
from chalicelib.stores import dynamo_stores
from sandbox.children import Children
from sandbox.cloud import NEUTRAL_AWS, REGION, SITE_BUCKET, Cloud, make_queues, start_local_cloud
from tests.builders import EXCHANGE
from tests.chaos.backing import BATCHES, Backing, MakesBacking
from tests.chaos.faults import Fault, Killed, Plan
from tests.chaos.mail import Noted, SqsBox

_worlds = count(1)
_THROTTLED: Final = b'{"__type":"ThrottlingException","message":"too much"}'
_FAILED: Final = b'{"__type":"InternalServerError","message":"nobody knows"}'


class Wire:
    """What happens to the requests of the clients it is attached to."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._session = URLLib3Session()

    def attach(self, client: Any) -> Any:  # noqa: ANN401 - boto3 has no types
        """The same client, on this wire."""
        client.meta.events.register_first("before-send", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        fault = self.plan.at(_name(request)) if self.plan.exposed else None
        if fault is None:
            return None
        if fault is Fault.REFUSED:
            return _answer(request, 400, _THROTTLED)
        if fault is Fault.KILLED_BEFORE:
            raise Killed("wire")
        if fault is Fault.OVERTAKEN:
            with self.plan.exposing(False):
                self.plan.others()
            return None
        answer = self._session.send(request)
        if fault is Fault.TWICE:
            return self._session.send(request)
        if fault is Fault.KILLED_AFTER:
            raise Killed("wire")
        del answer
        return _answer(request, 500, _FAILED)


def _name(request: AWSPreparedRequest) -> str:
    """`wire.dynamodb.PutItem`, `wire.sqs.SendMessageBatch`, `wire.s3.PUT`."""
    target = request.headers.get("X-Amz-Target", b"")
    text = target.decode() if isinstance(target, bytes) else str(target)
    if not text:
        return f"wire.s3.{request.method}"
    service, _, operation = text.partition(".")
    known = {"TrentService": "kms", "AmazonSQS": "sqs"}
    return f"wire.{known.get(service, 'dynamodb')}.{operation}"


class _Body:
    """A body as urllib3 would give it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, amount: int = 0, decode_content: bool = True) -> list[bytes]:
        return [self._content]


def _answer(request: AWSPreparedRequest, status: int, body: bytes) -> AWSResponse:
    headers: Mapping[str, str] = {"Content-Type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, _Body(body))


class LocalCloud:
    """Both emulators, for as many worlds as are played one after the other."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._children = Children(
            Path(self._folder.name), {**os.environ, **NEUTRAL_AWS}, threading.Event()
        )
        self._cloud: Cloud | None = None
        self._wire = Wire(Plan())
        self._clients: dict[str, Any] = {}
        self._plain: dict[str, Any] = {}

    def start(self) -> MakesBacking:
        """Start them; what worlds are made with."""
        os.environ.update(NEUTRAL_AWS)
        self._children.__enter__()
        self._cloud = start_local_cloud(
            self._children, tables_port=_free_port(), cloud_port=_free_port(), folder=None
        )
        for service in ("sqs", "kms", "s3"):
            client = aws.client(service, REGION, self._cloud.cloud_url, tries=1)
            self._clients[service] = self._wire.attach(client)
            self._plain[service] = aws.client(service, REGION, self._cloud.cloud_url)
        url = self._cloud.tables_url
        self._tables = Tables("chaos-", REGION, url, lambda _: None, tries=1)
        self._wire.attach(self._tables.client)
        return self._backing

    def stop(self) -> None:
        """End them."""
        self._children.__exit__(None, None, None)
        self._folder.cleanup()

    def _backing(self, machine: Callable[[], datetime], random: Random, plan: Plan) -> Backing:
        """Fresh tables, queues and a fresh bucket; the clients are those of the worlds before."""
        cloud = self._cloud
        assert cloud is not None
        number, self._wire.plan = next(_worlds), plan
        self._tables.create()
        bucket = f"{SITE_BUCKET}-{number}"
        made = {"LocationConstraint": REGION}
        self._plain["s3"].create_bucket(Bucket=bucket, CreateBucketConfiguration=made)
        queues = make_queues(cloud.cloud_url, f"w{number}")

        def close() -> None:
            plan.calm()
            for table in TABLES:
                self._tables.client.delete_table(TableName=self._tables.name(table))
            for address in queues.values():
                self._plain["sqs"].delete_queue(QueueUrl=address)

        def box(name: str, batch: int) -> SqsBox:
            client = self._plain["sqs"]
            return SqsBox(machine, random, batch, client=client, address=queues[name])

        def queue(name: str) -> Queue:
            return Queue(self._clients["sqs"], queues[name], lambda _: None)

        events, tasks = box("events", random.choice(BATCHES)), box("tasks", 1)
        return Backing(
            dynamo_stores(self._tables, EXCHANGE),
            KmsKeyVault(self._clients["kms"], cloud.key_id),
            S3PublicFiles(self._clients["s3"], bucket),
            DynamoThrottle(self._tables),
            Noted(EventQueue(queue("events")), events),
            Noted(TaskQueue(queue("tasks")), tasks),
            events,
            tasks,
            close,
        )


def _free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
