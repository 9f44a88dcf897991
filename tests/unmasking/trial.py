"""Attacks on all traders of a league, and how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from random import Random
from statistics import median

from tests.unmasking.attacker import Found, attack
from tests.unmasking.league import FIRST, LIQUID, Part, PublicLeague
from tests.unmasking.story import Row, beliefs, rows_of, told
from tests.unmasking.tape import Tape

LEAST_MONEY, MOST_MONEY = 500.0, 30_000.0
_QUIET_HOURS = 48
"""So many hours of the tape he reads to learn how large orders usually are: over 40 rows an error
of some percent in that would weigh as much as what the rows tell."""


class Rows(Enum):
    """Where the attacker has the rows from: a guarded or an exact list; or, where nothing finer
    than a day is listed, pair, side and hour from elsewhere, and no size."""

    GUARDED = "guarded"
    EXACT = "exact"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack: on whom, and what it found. None where there was no row to begin with."""

    part: Part
    found: Found | None

    @property
    def holds(self) -> bool:
        """Whether the range that he takes for the balance has it."""
        return self.found is None or self.found.holds(float(self.part.balance))

    @property
    def unmasks(self) -> bool:
        """Whether he rightly knows the balance to better than a factor of ten."""
        return self.found is not None and self.holds and self.found.factor < 10


def cast(
    counts: Mapping[int, int],
    seed: int,
    *,
    pairs: tuple[str, ...] = LIQUID,
    money: tuple[float, float] = (LEAST_MONEY, MOST_MONEY),
) -> list[Part]:
    """So many traders with so many orders each, by number of orders; poor ones as likely as rich
    ones, by the ratio."""
    dice, (least, most) = Random(seed), money
    return [
        Part(
            f"trader{orders}x{number}",
            Decimal(str(round(least * (most / least) ** dice.random(), 2))),
            orders,
            pairs,
        )
        for orders, count in counts.items()
        for number in range(count)
    ]


def attempts(
    league: PublicLeague, tape: Tape, rows: Rows = Rows.GUARDED, *, with_returns: bool = False
) -> list[Attempt]:
    """An attack on each trader of the league."""
    quiet = range(FIRST, league.last, max(league.hours // _QUIET_HOURS, 1))
    found = []
    for part in league.parts:
        listed = _rows(league, part, rows)
        known = beliefs(league.watched[part.name], listed, league, with_returns=with_returns)
        found.append(Attempt(part, attack(listed, known, tape, quiet) if listed else None))
    return found


def _rows(league: PublicLeague, part: Part, rows: Rows) -> list[Row]:
    watched = league.watched[part.name]
    if rows is Rows.TOLD:
        return told(league.placed[part.name])
    return rows_of(watched.exact if rows is Rows.EXACT else watched.guarded)


def fewest(attempt: Attempt) -> float:
    """Candidates for the row that has the fewest."""
    return min(attempt.found.candidates) if attempt.found else float("inf")


def factor(attempt: Attempt) -> float:
    """How far the range of the balance goes."""
    return attempt.found.factor if attempt.found else float("inf")


def middle(numbers: Sequence[float]) -> float:
    """The median."""
    return float(median(numbers))
