"""An account's books over a span: what the ledger says beside what the exchange says.

The ledger is compared, never the newest quantities: those come from the exchange itself and
would hide what the ledger has missed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from chalicelib.domain.counted import counted
from chalicelib.domain.holdings import holdings_at
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    LedgerEntry,
    Source,
    WholeChange,
)
from chalicelib.domain.money import EXACT, Asset

_INSTANT = timedelta(milliseconds=1)  # no exchange's clock has a finer step
_SECOND_REPORT_WITHIN = timedelta(days=2)
_ZERO = Decimal(0)


@dataclass(slots=True)
class Books:
    """What is known between two readings; `entries` grows while explanations are looked for.

    `entries` hold the ledger's rows from `since` (which is no later than `base`) to `reading`.
    """

    base: Checkpoint
    reading: Checkpoint
    since: datetime
    entries: dict[str, LedgerEntry] = field(default_factory=dict)

    def add(self, entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
        """Take in entries; returns those that were not known."""
        new = [entry for entry in entries if entry.entry_id not in self.entries]
        self.entries |= {entry.entry_id: entry for entry in new}
        return new

    def differences(self) -> dict[Asset, Decimal]:
        """Per asset, the exchange's quantity − the ledger's; those that agree left out."""
        end = self.reading.taken_at + _INSTANT
        with localcontext(EXACT):
            held = holdings_at(self.base, self.entries.values(), end)
            found = self.reading.quantities
            rest = {a: found.get(a, _ZERO) - held.get(a, _ZERO) for a in held.keys() | found.keys()}
        return {asset: rest[asset] for asset in sorted(rest) if rest[asset]}

    def nameless(self) -> list[BalanceChange]:
        """Movements that no history has named yet, and changes that nothing explains."""
        return [
            entry
            for entry in counted(self.entries.values())
            if isinstance(entry, BalanceChange)
            and entry.kind in (ChangeKind.MOVEMENT, ChangeKind.UNEXPLAINED)
            and self.since < entry.at <= self.reading.taken_at
        ]

    def unexplained(self, seen_at: Mapping[Asset, datetime]) -> list[BalanceChange]:
        """The differences as unexplained changes, each at the instant it was seen, or at the
        reading where that is outside of these books."""
        with localcontext(EXACT):
            return [
                BalanceChange(
                    ChangeKind.UNEXPLAINED,
                    asset,
                    quantity,
                    self._inside(seen_at.get(asset)),
                    self.base.taken_at.isoformat(),
                    Source.LEAGUE,
                    whole=WholeChange(
                        self.base.taken_at,
                        self.reading.taken_at,
                        self.reading.quantities.get(asset, _ZERO)
                        - self.base.quantities.get(asset, _ZERO),
                    ),
                )
                for asset, quantity in self.differences().items()
            ]

    def second_reports(self, found: Iterable[LedgerEntry]) -> list[LedgerEntry]:
        """Those of `found`, at most one per asset, without which the books would agree, and
        which tell of what another entry of the same amount has told already: a row of a
        history that dates it differently."""
        differences = self.differences()
        repeated = {
            entry.asset: entry
            for entry in found
            if isinstance(entry, BalanceChange)
            and entry.source is Source.HISTORY
            and differences.get(entry.asset) == -entry.quantity
            and any(_same_amount(entry, each) for each in self.entries.values())
        }
        return list(repeated.values())

    def without(self, entry: LedgerEntry) -> None:
        """Leave it out again."""
        del self.entries[entry.entry_id]

    def _inside(self, seen_at: datetime | None) -> datetime:
        inside = seen_at is not None and self.base.taken_at < seen_at <= self.reading.taken_at
        return seen_at if inside and seen_at is not None else self.reading.taken_at


def _same_amount(entry: BalanceChange, other: LedgerEntry) -> bool:
    return (
        isinstance(other, BalanceChange)
        and other.entry_id != entry.entry_id
        and (other.asset, other.quantity) == (entry.asset, entry.quantity)
        and abs(other.at - entry.at) <= _SECOND_REPORT_WITHIN
    )
