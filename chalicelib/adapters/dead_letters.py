"""The QueueCare port on SQS. Which queue takes the dead letters is what the queue itself says."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import code_of
from chalicelib.adapters.queues import Queue
from chalicelib.domain.errors import NotFound, StoreUnavailable
from chalicelib.services.act_ports import DeadLetter, QueueDepths

_AT_ONCE: Final = 10
_OUT_OF_SIGHT_S: Final = 30
_WAITING: Final = "ApproximateNumberOfMessages"
_IN_WORK: Final = "ApproximateNumberOfMessagesNotVisible"


class SqsCare:
    """One queue and its dead-letter queue."""

    def __init__(self, client: Any, address: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._address = address
        self._queue = Queue(client, address)

    def depths(self) -> QueueDepths:
        """How full both are."""
        own = self._attributes(self._address, _WAITING, _IN_WORK)
        dead = self._attributes(self._dead(), _WAITING)
        return QueueDepths(int(own[_WAITING]), int(own[_IN_WORK]), int(dead[_WAITING]))

    def dead_letters(self) -> Iterator[list[DeadLetter]]:
        """The dead letters, ten at a time, until the queue shows no more."""
        dead = self._dead()
        while True:
            answer = self._call(
                "receive_message",
                QueueUrl=dead,
                MaxNumberOfMessages=_AT_ONCE,
                VisibilityTimeout=_OUT_OF_SIGHT_S,
            )
            found = [
                DeadLetter(each["MessageId"], each["Body"], each["ReceiptHandle"])
                for each in answer.get("Messages", [])
            ]
            if not found:
                return
            yield found

    def remove(self, letters: Sequence[DeadLetter]) -> None:
        """Take them out of the dead-letter queue."""
        dead = self._dead()
        for letter in letters:
            self._call("delete_message", QueueUrl=dead, ReceiptHandle=letter.handle)

    def send(self, bodies: Sequence[str]) -> None:
        """Put messages into the queue itself."""
        self._queue.send(bodies)

    def _dead(self) -> str:
        policy = self._attributes(self._address, "RedrivePolicy").get("RedrivePolicy")
        if policy is None:
            raise NotFound(f"{self._address} has no dead-letter queue")
        name = str(json.loads(policy)["deadLetterTargetArn"]).rpartition(":")[2]
        return str(self._call("get_queue_url", QueueName=name)["QueueUrl"])

    def _attributes(self, address: str, *names: str) -> dict[str, str]:
        answer = self._call("get_queue_attributes", QueueUrl=address, AttributeNames=list(names))
        return dict(answer.get("Attributes", {}))

    def _call(self, method: str, **arguments: object) -> dict[str, Any]:
        try:
            return dict(getattr(self._client, method)(**arguments) or {})
        except (ClientError, BotoCoreError) as error:
            kind = code_of(error) or type(error).__name__
            raise StoreUnavailable(f"{method} of a queue: {kind}") from error
