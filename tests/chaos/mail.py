"""The two queues between the league's processes: they repeat, reorder and hold back messages.

A message that a consumer did not finish comes again after a while. What is sent and what is handed
out is the product's own format; on an emulator the messages lie in real queues until they are done.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from chalicelib.adapters import messages
from chalicelib.services.ports import RankTask, ShardTask, StreamItem

AGAIN_AFTER = timedelta(seconds=30)
_REPEATED_AFTER = (0, 0, 20, 90)
MOST_TRIES = 60
"""More than a real queue allows: what is refused because we refuse it is no poison."""


@dataclass(eq=False)
class Parcel:
    """One message. `receipt` is the queue's own name of this handing out."""

    body: str
    visible_at: datetime
    receipt: str = ""
    tries: int = 0


@dataclass(eq=False)
class Box:
    """A queue. While `held`, nothing is handed out; `repeat` copies of each parcel follow it."""

    machine: Callable[[], datetime]
    random: Random
    batch: int
    parcels: list[Parcel] = field(default_factory=list)
    held: bool = False
    shuffled: bool = False
    repeat: int = 0

    def post(self, body: str) -> None:
        """Take a message."""
        self.parcels.append(Parcel(body, self.machine()))

    def fetch(self) -> None:
        """Take in what has come to the real queue, where there is one."""

    def drop(self, parcel: Parcel) -> None:
        """The message is done; the real queue, where there is one, forgets it."""

    def hand_out(self) -> list[Parcel]:
        """The next batch, each of it tried once more; empty when nothing can be seen."""
        self.fetch()
        if self.held:
            return []
        seen = [each for each in self.parcels if each.visible_at <= self.machine()]
        if self.shuffled:
            self.random.shuffle(seen)
        taken = seen[: self.batch]
        for each in taken:
            each.tries += 1
            assert each.tries <= MOST_TRIES, f"a message that never succeeds: {each.body}"
            each.visible_at = self.machine() + AGAIN_AFTER
        return taken

    def done(self, parcels: Iterable[Parcel]) -> None:
        """These were worked off; a copy may follow."""
        for each in parcels:
            self.drop(each)
            self.parcels.remove(each)
            if self.repeat:
                self.repeat -= 1
                late = timedelta(seconds=self.random.choice(_REPEATED_AFTER))
                self.parcels.append(Parcel(each.body, self.machine() + late))

    def empty(self) -> bool:
        """Whether nothing waits."""
        self.fetch()
        return not self.parcels


@dataclass(eq=False)
class SqsBox(Box):
    """The same over a real queue's client."""

    client: Any = None
    address: str = ""
    sent_to: bool = False

    def fetch(self) -> None:
        """Receive all there is, if anything was sent; it stays invisible to others for hours."""
        while self.sent_to:
            found = self.client.receive_message(
                QueueUrl=self.address, MaxNumberOfMessages=10, VisibilityTimeout=36_000
            ).get("Messages", [])
            for each in found:
                parcel = Parcel(each["Body"], self.machine(), each["ReceiptHandle"])
                self.parcels.append(parcel)
            self.sent_to = bool(found)

    def drop(self, parcel: Parcel) -> None:
        if parcel.receipt:
            self.client.delete_message(QueueUrl=self.address, ReceiptHandle=parcel.receipt)


@dataclass
class BoxedEvents:
    """The Events port before a box in memory."""

    box: Box

    def send(self, items: Sequence[StreamItem]) -> None:
        """Each item is a message."""
        for item in items:
            self.box.post(messages.join_items([messages.write_item(item)]))


@dataclass
class BoxedTasks:
    """The Tasks port before a box in memory."""

    box: Box

    def send(self, tasks: Iterable[ShardTask | RankTask]) -> None:
        """Each task is a message."""
        for task in tasks:
            self.box.post(messages.write_task(task))


@dataclass
class Noted:
    """A sending port of the product; the box is told that there may be something in the queue."""

    port: Any
    box: SqsBox

    def send(self, items: Iterable[Any]) -> None:
        """As the port does."""
        self.box.sent_to = True
        self.port.send(items)
