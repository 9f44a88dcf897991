"""What came in, counted: calls, frames and handshakes of each address, answered or not.

So that a test can say how much a client sent, and that it sent nothing at all.
"""

from __future__ import annotations

from collections import Counter, defaultdict


class Traffic:
    """Counts by address and name: `GET /api/v3/time`, `frame session.status`, `connect user`."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def note(self, address: str, name: str) -> None:
        self._counts[address][name] += 1

    def total(self, address: str | None = None) -> int:
        """All that came from the address, or from everyone."""
        if address is not None:
            return self._counts[address].total()
        return sum(each.total() for each in self._counts.values())

    def count(self, address: str, name: str) -> int:
        return self._counts[address][name]

    def by_address(self) -> dict[str, dict[str, int]]:
        return {address: dict(each) for address, each in self._counts.items() if each}

    def reset(self) -> None:
        self._counts.clear()
