"""Addresses shut out for a while: who went on asking after a refusal, and until when.

All of it runs on the machine's clock. A ban grows with each offence of the same address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.exchange import api_error
from sandbox.exchange.clock import MachineClock

SECOND_MS = 1_000


@dataclass(slots=True)
class BanSettings:
    """Seconds of the first ban, by how much each further one grows, and the longest there is.

    Once refused for its weight, an address may make `calls_before_ban` further calls in that
    minute; the next one bans it. 0 bans nobody.
    """

    calls_before_ban: int = 10
    first_s: int = 120
    growth: int = 6
    longest_s: int = 259_200


class Bans:
    """The addresses shut out. `on_ban` is told of each one that comes to be."""

    def __init__(self, machine: MachineClock) -> None:
        self.settings = BanSettings()
        self.on_ban: Callable[[str], None] = lambda address: None
        self._machine = machine
        self._until: dict[str, int] = {}
        self._offences: dict[str, int] = {}
        self._strikes: dict[str, tuple[int, int]] = {}

    def check(self, address: str) -> None:
        """Raises the 418 refusal while the address is shut out."""
        until = self._until.get(address, 0)
        left = until - self._machine()
        if left > 0:
            raise api_error.banned(until, -(-left // SECOND_MS))

    def strike(self, address: str, window: int) -> None:
        """Count a call made over the limit in that window; raises the 418 refusal when it was
        one too many."""
        counted, strikes = self._strikes.get(address, (window, 0))
        strikes = strikes + 1 if counted == window else 1
        self._strikes[address] = (window, strikes)
        # the first refusal was the warning; what counts is going on after it
        if 0 < self.settings.calls_before_ban < strikes - 1:
            self.ban(address)
            self.check(address)

    def ban(self, address: str, seconds: int | None = None) -> int:
        """Shut the address out, for as long as its offences ask for unless told. Returns the
        end in ms of the machine's clock."""
        settings = self.settings
        offences = self._offences[address] = self._offences.get(address, 0) + 1
        self._strikes.pop(address, None)
        if seconds is None:
            seconds = min(settings.first_s * settings.growth ** (offences - 1), settings.longest_s)
        until = self._until[address] = self._machine() + seconds * SECOND_MS
        self.on_ban(address)
        return until

    def lift(self, address: str) -> None:
        """Let the address in again; its offences stay known."""
        self._until.pop(address, None)

    def forget(self) -> None:
        """Let everyone in, with no offence known of anyone."""
        self._until.clear()
        self._offences.clear()
        self._strikes.clear()

    def listed(self) -> dict[str, dict[str, int]]:
        """Every address shut out now: the end in ms and how often it offended."""
        now = self._machine()
        return {
            address: {"until": until, "offences": self._offences.get(address, 0)}
            for address, until in self._until.items()
            if until > now
        }
