"""What is made of whole days: the DAY block at 24:00, and the SLOW block every six hours.

day_block(scores_before, hour_row, scores, notes) -> Block of Kind.DAY
slow_hours(hour), slow_days(hour)   -> the HOUR and DAY rows that `slow_block` reads
slow_block(hour, hours, days, notes) -> Block of Kind.SLOW as of the last 00, 06, 12 or 18 h
"""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from chalicelib.domain.block import Block, Kind
from chalicelib.domain.columns import column, known, pack
from chalicelib.domain.falls import falls_of, folded, joined_falls, stored_falls
from chalicelib.domain.trend import marked_index, trend
from chalicelib.domain.windows import HOURS_A_DAY, day_of_hour

RENEWED_EVERY = 6
"""Hours between two SLOW blocks; points of the 7-day trend are as far apart."""

_SIX_HOURLY = 28
_DAILY = 30
_FOLDS = (6, 29)


def day_block(
    scores_before: Block | None,
    hour_row: Block | None,
    scores: Block | None,
    notes: Mapping[str, object] | None = None,
) -> Block:
    """The DAY block of the day that ends at the hour of `hour_row` (its mark of 24:00).

    `scores_before` is the SCORES block of 23:00 with the day's falls until then, `scores` that
    of 24:00 with the day's flows. Falls reach from the mark of 00:00 to that of 24:00.
    """
    before, row = known(scores_before, Kind.SCORES), known(hour_row, Kind.HOUR)
    ending = known(scores, Kind.SCORES)
    falls = joined_falls(
        stored_falls(before, "day_high", "day_low", "day_fall"), falls_of(marked_index(row))
    )
    columns = {
        "value": column(row, "value"),
        "index": column(row, "index"),
        "low": falls.low,
        "high": falls.high,
        "fall": falls.fall,
        "deposits": column(ending, "deposits_24h"),
        "withdrawals": column(ending, "withdrawals_24h"),
        "flags": column(row, "flags"),
    }
    return pack(Kind.DAY, columns, notes)


def slow_hours(hour: int) -> list[int]:
    """Numbers of the HOUR blocks behind the SLOW block in force at `hour`: 28 points, the last
    at its renewal."""
    renewed = hour - hour % RENEWED_EVERY
    return [renewed - RENEWED_EVERY * back for back in reversed(range(_SIX_HOURLY))]


def slow_days(hour: int) -> range:
    """Numbers of the DAY blocks behind the SLOW block in force at `hour`: 30 full days."""
    today = day_of_hour(hour)
    return range(today - _DAILY, today)


def slow_block(
    hour: int,
    hours: Mapping[int, Block],
    days: Mapping[int, Block],
    notes: Mapping[str, object] | None = None,
) -> Block:
    """The SLOW block in force at `hour`, out of the rows of `slow_hours` and `slow_days`.

    Falls over the last 6 and 29 full days; 28 six-hourly points; 30 daily points, the last of
    them the renewal's own mark, the others the ends of the 29 days before it.
    """
    six_hourly = slow_hours(hour)
    renewed, today = six_hourly[-1], day_of_hour(hour)
    last_end = today - 1 if renewed % HOURS_A_DAY else today - 2
    ends = range(last_end - _DAILY + 2, last_end + 1)
    daily = [marked_index(days.get(day), Kind.DAY) for day in ends]
    daily.append(marked_index(hours.get(renewed)))
    columns: dict[str, NDArray[Any]] = {
        "trend_7d": trend([marked_index(hours.get(each)) for each in six_hourly]),
        "trend_30d": trend(daily),
    }
    for count in _FOLDS:
        rows = [known(days.get(day), Kind.DAY) for day in range(today - count, today)]
        falls = folded(stored_falls(row, "high", "low", "fall") for row in rows)
        columns |= {
            f"high_{count}": falls.high,
            f"low_{count}": falls.low,
            f"fall_{count}": falls.fall,
        }
    return pack(Kind.SLOW, columns, notes)
