"""What the blocks of one hour say of one seat, unknown numbers as None.

Standard library only: this is how routes read columns.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import COLUMNS, Block, Flag, Kind, Standing
from chalicelib.domain.windows import Window

_DECIMALS_OF_A_FLOW = 8

_COLUMNS = {(kind, column.name): column for kind, columns in COLUMNS.items() for column in columns}


class Status(Enum):
    """Where a trader stands on the board."""

    ACTIVE = "active"
    NOT_RANKED_YET = "not_ranked_yet"
    STALE = "stale"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class SeatReading:
    """One seat in the blocks of one hour; of a kind that is missing nothing is known."""

    seat: int
    blocks: Mapping[Kind, Block]

    def shown(self, window: Window) -> int | None:
        """The shown number in hundredths of a percent."""
        return self._whole(Kind.SCORES, f"shown_{window.name}")

    def drawdown(self, window: Window) -> int | None:
        """Maximum drawdown in hundredths of a percent, positive."""
        return self._whole(Kind.SCORES, f"drawdown_{window.name}")

    def capped(self, window: Window) -> bool:
        """Whether the shown number is capped."""
        standing = self._whole(Kind.SCORES, f"standing_{window.name}") or 0
        return bool(standing & Standing.CAPPED)

    def rank(self, window: Window) -> int | None:
        """The rank, None when not ranked."""
        return self._whole(Kind.RANKS, f"rank_{window.name}")

    def rank_change(self, window: Window) -> int | None:
        """Last hour's rank − this one."""
        return self._whole(Kind.RANKS, f"change_{window.name}")

    def trend(self, window: Window) -> list[int | None]:
        """The window's points, 0 … 100, oldest first; empty before the first was made."""
        kind = Kind.SCORES if window.name == "24h" else Kind.SLOW
        return self._row(kind, f"trend_{window.name}")

    def marks_that_count(self, window: Window) -> int:
        """How many marks of the window's hours count."""
        return self._whole(Kind.SCORES, f"counted_{window.name}") or 0

    def hours_that_bar(self, window: Window) -> int:
        """How many hours of the window bar from its rank."""
        return self._whole(Kind.SCORES, f"barred_{window.name}") or 0

    def first_hour(self) -> int | None:
        """The hour of the seat's first mark."""
        return self._whole(Kind.SCORES, "first_hour")

    def net_flow(self, kind: Kind) -> Decimal:
        """Deposits − withdrawals in USDT, of the hour or day."""
        return Decimal(self.deposits(kind) - self.withdrawals(kind)).scaleb(-_DECIMALS_OF_A_FLOW)

    def deposits(self, kind: Kind) -> int:
        """Deposits of the hour or day, in 1e-8 USDT."""
        return self._whole(kind, "deposits") or 0

    def withdrawals(self, kind: Kind) -> int:
        """Withdrawals of the hour or day, positive, in 1e-8 USDT."""
        return self._whole(kind, "withdrawals") or 0

    def weighted_flow(self) -> int:
        """Flow × time since the hour's start, in 1e-6 USDT·h."""
        return self._whole(Kind.HOUR, "weighted") or 0

    def flags(self) -> Flag:
        """The flags of the hour's mark."""
        return self.flags_of(Kind.HOUR)

    def flags_of(self, kind: Kind) -> Flag:
        """The flags of the mark of the hour or day."""
        return Flag(self._whole(kind, "flags") or 0)

    def index(self, kind: Kind) -> float | None:
        """The index at the mark of the hour or day, None when there was no mark."""
        marked = (self._whole(kind, "flags") or 0) & Flag.MARK
        return self._number(kind, "index") if marked else None

    def value(self, kind: Kind) -> float | None:
        """The value in USDT at the mark of the hour or day."""
        return self._number(kind, "value")

    def status(self, window: Window, *, retired: bool) -> Status:
        """Retired, stale (the last mark is missing, partial or old in parts), not ranked yet
        in this window, or active: the first that is true."""
        flags = self.flags()
        if retired:
            return Status.RETIRED
        had_marks = bool(self._whole(Kind.SCORES, "counted_24h"))
        missing = not flags & Flag.MARK and had_marks
        if (missing or flags & (Flag.STALE | Flag.PARTIAL)) and not flags & Flag.NO_ACCOUNT:
            return Status.STALE
        return Status.ACTIVE if self.rank(window) is not None else Status.NOT_RANKED_YET

    def _row(self, kind: Kind, name: str) -> list[int | None]:
        if kind not in self.blocks:
            return []
        column = _COLUMNS[kind, name]
        start = self.seat % SEATS_PER_BLOCK * column.width
        numbers = self.blocks[kind].columns[name][start : start + column.width]
        return [None if number == column.unknown else number for number in numbers]

    def _whole(self, kind: Kind, name: str) -> int | None:
        if kind not in self.blocks:
            return None
        number: int = self.blocks[kind].columns[name][self.seat % SEATS_PER_BLOCK]
        is_flags = _COLUMNS[kind, name].code in ("B", "H")
        return number if is_flags or number != _COLUMNS[kind, name].unknown else None

    def _number(self, kind: Kind, name: str) -> float | None:
        if kind not in self.blocks:
            return None
        number: float = self.blocks[kind].columns[name][self.seat % SEATS_PER_BLOCK]
        return None if math.isnan(number) else number
