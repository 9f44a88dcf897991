"""Walks the columns of one block over many hours, as the mark does, and reads them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.block import NO_NUMBER, Block, Flag, Standing
from chalicelib.domain.days import RENEWED_EVERY, day_block, slow_block, slow_days, slow_hours
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.mark import hour_block
from chalicelib.domain.performance import Point
from chalicelib.domain.scores import score_hours, scores_block
from chalicelib.domain.valuation import Valuation
from chalicelib.domain.windows import HOURS_A_DAY, day_of_hour, hour_of, hour_start
from tests.builders import NOON

START = hour_of(NOON)
"""Hour number of the first mark in most timelines."""


def worth(value: str, **rest: object) -> Valuation:
    return Valuation(Decimal(value), **rest)  # type: ignore[arg-type]


def flow(before: str, net_flow: str, at: datetime) -> Point:
    return Point(at, Decimal(before), Decimal(net_flow))


def instant(hour: float) -> datetime:
    """START, moved by hours."""
    return hour_start(START) + timedelta(hours=hour)


def still(value: str) -> dict[int, TraderHour]:
    """The hour of seat 0 without a flow."""
    return {0: TraderHour(worth(value))}


class Timeline:
    """All blocks of one block number, hour after hour."""

    def __init__(self) -> None:
        self.hours: dict[int, Block] = {}
        self.scores: dict[int, Block] = {}
        self.days: dict[int, Block] = {}
        self.slow: Block | None = None

    def take(self, hour: int, seats: Mapping[int, TraderHour]) -> None:
        """Mark one more hour."""
        self.hours[hour] = hour_block(hour, self.hours.get(hour - 1), seats)
        if hour % HOURS_A_DAY == 0:
            self._score(hour)
            day = day_of_hour(hour) - 1
            self.days[day] = day_block(
                self.scores.get(hour - 1), self.hours[hour], self.scores[hour]
            )
        if hour % RENEWED_EVERY == 0:
            self.slow = slow_block(
                hour,
                {each: self.hours[each] for each in slow_hours(hour) if each in self.hours},
                {each: self.days[each] for each in slow_days(hour) if each in self.days},
            )
        self._score(hour)

    def _score(self, hour: int) -> None:
        rows = {each: self.hours[each] for each in score_hours(hour) if each in self.hours}
        self.scores[hour] = scores_block(hour, self.scores.get(hour - 1), rows, self.slow)


def timeline(hours: Sequence[Mapping[int, TraderHour]], first: int = START) -> Timeline:
    """A timeline of these hours, the first at hour number `first`."""
    made = Timeline()
    for number, seats in enumerate(hours):
        made.take(first + number, seats)
    return made


def shown(scores: Block, window: str = "24h", place: int = 0) -> str | None:
    """The shown number of a seat as text, None when unknown."""
    number = scores.columns[f"shown_{window}"][place]
    return None if number == NO_NUMBER else f"{Decimal(number).scaleb(-2):.2f}"


def standing(scores: Block, window: str = "24h", place: int = 0) -> Standing:
    return Standing(scores.columns[f"standing_{window}"][place])


def flags(row: Block, place: int = 0) -> Flag:
    return Flag(row.columns["flags"][place])


def raw(block: Block) -> dict[str, bytes]:
    """Every column's bytes."""
    return {name: numbers.tobytes() for name, numbers in block.columns.items()}
