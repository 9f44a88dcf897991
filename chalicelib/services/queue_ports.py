"""What goes through the queues, and the queues themselves.

A `trace` leads through the logs, from a frame to the board that it counts in: it is no part of
what a message says, so two that differ in nothing else are equal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chalicelib.domain.ledger import Checkpoint, LedgerEntry


@dataclass(frozen=True, slots=True)
class Opening:
    """Which tick asked for the work of an hour, and when, by the machine's clock."""

    trace: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShardTask:
    """Mark one shard at an hour. With a `revision` the hour is marked although it was, and
    nobody is told to rank it."""

    hour: int
    shard: int
    revision: int = 0
    opening: Opening | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RankTask:
    """Rank an hour."""

    hour: int
    revision: int = 0
    opening: Opening | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An exchange's whole answer about an account, and why it was asked.

    "link" starts a link; "reconciled" says that ledger and answer agree once the entries that
    were found on the way are in the ledger.
    """

    reason: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class StreamItem:
    """One thing the ingest container forwards of an account: a raw frame, entries that were
    found by asking the exchange, or a snapshot.

    `sequence` grows on one connection; `received_at` is the machine's clock.
    """

    account_id: str
    trader_id: str
    seat: int
    exchange: str
    link_number: int
    linked_at: datetime
    sequence: int
    received_at: datetime
    frame: str | None = None
    found: tuple[LedgerEntry, ...] = ()
    snapshot: Snapshot | None = None
    trace: str = field(default="", compare=False)


class Tasks(Protocol):
    """The queue of the hour's work."""

    def send(self, tasks: Iterable[ShardTask | RankTask]) -> None:
        """Raises DeliveryFailed when any was refused."""


class Events(Protocol):
    """The queue from ingest to record."""

    def send(self, items: Sequence[StreamItem]) -> None:
        """Send all, several to a message. Raises DeliveryFailed when any was refused."""
