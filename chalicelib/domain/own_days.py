"""What a trader alone sees of a day: his PnL and what he had at its end, in USDT."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.money import EXACT, eight_decimals
from chalicelib.domain.performance import pnl
from chalicelib.domain.reading import SeatReading


@dataclass(frozen=True, slots=True)
class OwnDay:
    """PnL of the day and net worth at its end, in USDT with 8 decimals; None when unknown."""

    pnl_usdt: Decimal | None
    net_worth_usdt: Decimal | None


UNKNOWN = OwnDay(None, None)


@dataclass(frozen=True, slots=True)
class Closing:
    """The mark at a day's end (of the running day the last one) and the day's net flow in USDT."""

    value: Decimal | None
    net_flow: Decimal


def closing(reading: SeatReading, kind: Kind, net_flow: Decimal) -> Closing:
    """What the mark of that kind says: a value where there is a mark, 0 where there was no
    linked account."""
    value = reading.value(kind) if reading.index(kind) is not None else None
    if value is not None:
        return Closing(Decimal(repr(value)), net_flow)
    gone = Flag.NO_ACCOUNT in reading.flags_of(kind)
    return Closing(Decimal(0) if gone else None, net_flow)


def own_days(closings: Mapping[int, Closing], first_day: int | None) -> dict[int, OwnDay]:
    """By day number, for each day of `closings`: `V_end − V_start − ΣF` and V_end.

    A day starts with the mark that closed the one before it; the day of the first mark
    (`first_day`) starts with nothing, and linking is its first flow.
    """
    found = {}
    for day, each in closings.items():
        before = closings.get(day - 1)
        start = before.value if before is not None else None
        if start is None and day == first_day:
            start = Decimal(0)
        gain = None
        if start is not None and each.value is not None:
            with localcontext(EXACT):
                gain = eight_decimals(pnl(start, each.value, each.net_flow))
        worth = None if each.value is None else eight_decimals(each.value)
        found[day] = OwnDay(gain, worth)
    return found
