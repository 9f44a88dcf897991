"""Events and contexts shaped like those that AWS hands to a function."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.cloud import REGION

OWNER = "123456789012"
"""The account number that the moto server gives itself."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a function may ask about its own invocation."""

    function_name: str
    timeout_seconds: int = 60
    memory_limit_in_mb: int = 512
    function_version: str = "$LATEST"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{OWNER}:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return f"sandbox/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """The whole time-out: nothing here cuts a function short."""
        return self.timeout_seconds * 1000


def schedule_event(rule: str, at: datetime) -> dict[str, Any]:
    """The event of EventBridge for the schedule `rule` that was due at `at` (UTC)."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": OWNER,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{OWNER}:rule/{rule}"],
        "detail": {},
    }


def queue_event(queue_name: str, messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The event of an SQS event source mapping for messages as ReceiveMessage gave them."""
    return {"Records": [_record(queue_name, message) for message in messages]}


def _record(queue_name: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{OWNER}:{queue_name}",
        "awsRegion": REGION,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stringValue": value.get("StringValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
