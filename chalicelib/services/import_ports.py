"""What an import needs stored: what it has found so far, how far it is, and the trader's line."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.imported import ImportedLine
from chalicelib.domain.ledger import Checkpoint, LedgerEntry


@dataclass(frozen=True, slots=True)
class ImportPart:
    """What one step of an account's import found: kept so that none is asked for twice, and so
    that the line of several accounts can be made anew."""

    account_id: str
    name: str
    entries: tuple[LedgerEntry, ...] = ()
    readings: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far one account's import is: the share of its steps done, 0 … 100, and what holds it
    up, empty when nothing does."""

    account_id: str
    percent: int
    problem: str = ""


class Imports(Protocol):
    """What was rebuilt of traders' time before their first link. The import alone writes it."""

    def line(self, trader_id: str) -> ImportedLine | None:
        """None where nothing was imported."""

    def put_line(self, trader_id: str, line: ImportedLine) -> None:
        """Write it, replacing."""

    def parts(self, trader_id: str) -> list[ImportPart]:
        """All that was found of all his accounts, by account and name."""

    def put_part(self, trader_id: str, part: ImportPart) -> None:
        """Write it whole, replacing one of the same name."""

    def progress(self, trader_id: str) -> dict[str, ImportProgress]:
        """How far the imports of his accounts are, by account."""

    def put_progress(self, trader_id: str, progress: ImportProgress) -> None:
        """Write it, replacing."""

    def forget(self, trader_id: str) -> None:
        """Remove all of the trader's."""
