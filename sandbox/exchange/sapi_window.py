"""What the histories under /sapi have in common: their windows, pages, lags and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call
from sandbox.exchange.owned_rows import Owned, OwnedRows

DAY_MS = 86_400_000
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Window:
    """The times a history may be asked for, in days, and how it calls their start."""

    usual_days: int
    longest_days: int
    start_name: str = "startTime"

    def asked(self, call: Call) -> tuple[int, int]:
        """Start and end in ms, both inside. Raises -1127 for more than the longest.

        Neither sent: the usual days until now. One sent: the longest from there, or up to there.
        """
        start, end = call.parameters.integer(self.start_name), call.parameters.integer("endTime")
        longest = self.longest_days * DAY_MS
        if start is None and end is None:
            return call.at - self.usual_days * DAY_MS, call.at
        if start is None:
            start = (end or call.at) - longest
        if end is None:
            end = min(call.at, start + longest)
        if end - start > longest:
            raise api_error.window_too_long(self.longest_days * HOURS_PER_DAY)
        return start, end


class WalletRow(Owned, Protocol):
    """What every row of a history of `wallet_records` has."""

    @property
    def at(self) -> int: ...


Kept = TypeVar("Kept", bound=WalletRow)
Row = TypeVar("Row")


def own_rows(
    call: Call, history: str, rows: OwnedRows[Kept], window: tuple[int, int] | None = None
) -> list[Kept]:
    """The caller's rows of a history that show already, newest first, inside `window`."""
    seen_until = shown_until(call, history)
    start, end = window or (0, seen_until)
    found = [row for row in rows.of(call.account.uid) if start <= row.at <= min(end, seen_until)]
    return found[::-1]


def shown_until(call: Call, history: str) -> int:
    """Rows made later than this do not show yet."""
    return call.at - call.exchange.wallet_settings.history_lag_ms.get(history, 0)


def numbered_page(
    call: Call, found: list[Row], *, page_name: str, size_name: str, usual: int, most: int
) -> list[Row]:
    """The page the call asks for, 1 by default; `most` rows at most."""
    page = call.parameters.integer(page_name)
    size = call.parameters.integer(size_name)
    if page == 0 or size == 0:
        raise api_error.invalid_value(page_name if page == 0 else size_name)
    size = min(size or usual, most)
    first = ((page or 1) - 1) * size
    return found[first : first + size]


def plain(amount: Decimal) -> str:
    """Decimal text without exponent or trailing zeros, as the wallet pages write amounts."""
    return format(amount.normalize(), "f")
