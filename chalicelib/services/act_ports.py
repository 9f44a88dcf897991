"""What operating the league needs beside what the league itself needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.account import ExchangeAccount, Trader


@dataclass(frozen=True, slots=True)
class Act:
    """What an operator did (or set out to do), by the machine's clock, who, and why."""

    at: datetime
    who: str
    what: str
    why: str


class Acts(Protocol):
    """The record of what operators did."""

    def put(self, act: Act) -> None:
        """Write it down."""

    def newest(self, month: str) -> list[Act]:
        """Those of a month ("2026-03"), newest first."""


@dataclass(frozen=True, slots=True)
class QueueDepths:
    """About how many messages wait in a queue, are being worked on, and were set aside."""

    waiting: int
    in_work: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was set aside; `handle` takes it out."""

    message_id: str
    body: str
    handle: str


class QueueCare(Protocol):
    """A queue and its dead letters."""

    def depths(self) -> QueueDepths:
        """How full it is."""

    def dead_letters(self) -> Iterator[list[DeadLetter]]:
        """The dead letters, some at a time; each stays where it is, and out of others' sight for
        half a minute."""

    def remove(self, letters: Sequence[DeadLetter]) -> None:
        """Take them out for good."""

    def send(self, bodies: Sequence[str]) -> None:
        """Put messages into the queue itself. Raises DeliveryFailed when any was refused."""


class Whole(Protocol):
    """Whole tables, read item by item: for what no key leads to."""

    def traders(self) -> Iterator[Trader]:
        """Everyone with a profile."""

    def accounts(self) -> Iterator[ExchangeAccount]:
        """Every exchange account that ever was."""

    def bring_back(self, table: str, source: str) -> int:
        """Put into one of the seven tables what is missing there of the table called `source`, a
        backup of it: all of it, or what cannot be rebuilt from the others. How many items the
        backup has of that. Raises InvalidRequest for a table of which nothing is brought back,
        NotFound for a source that is not there."""
