"""The league number of one trader, taken apart for his own eyes.

Reads the columns that the number was made of and computes with the same code (`scores.py`).
"""

from collections.abc import Mapping
from decimal import Decimal

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Kind
from chalicelib.domain.columns import integers, known
from chalicelib.domain.own_windows import Explained
from chalicelib.domain.scores import base_of, parts_of
from chalicelib.domain.sums import SUMS
from chalicelib.domain.windows import Window

_EIGHT = 8


def explained(
    window: Window, seat: int, hour: int, scores: Block | None, hours: Mapping[int, Block]
) -> Explained:
    """The parts of the shown number of `window` at `hour`, out of the SCORES block of that hour
    and the HOUR blocks of it, of the window's start and of the hour before that."""
    place = seat % SEATS_PER_BLOCK
    row = known(hours.get(hour), Kind.HOUR)
    start = hour - window.hours
    base = base_of(
        window,
        known(hours.get(start), Kind.HOUR),
        known(hours.get(start - 1), Kind.HOUR),
    )
    stored = known(scores, Kind.SCORES)
    sums = {name: integers(stored, f"{name}_{window.name}") for name in SUMS}
    parts = parts_of(window, row, base, sums)
    return Explained(
        twr=_decimal(parts.numbers.twr[place] / 1e8),
        mwr=_decimal(parts.numbers.mwr[place] / 1e8),
        pnl=_decimal(parts.pnl[place]),
        deposits=Decimal(int(parts.total["deposits"][place])).scaleb(-_EIGHT),
        withdrawals=Decimal(int(parts.total["withdrawals"][place])).scaleb(-_EIGHT),
        value_at_start=_decimal(base.value[place]),
    )


def _decimal(number: float) -> Decimal | None:
    number = float(number)
    return None if number != number else Decimal(f"{number:.8f}")
