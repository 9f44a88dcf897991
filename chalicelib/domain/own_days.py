"""What a trader alone sees of a day: his PnL and what he had at its end, in USDT."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.money import EXACT, eight_decimals
from chalicelib.domain.performance import pnl
from chalicelib.domain.reading import SeatReading

_DECIMALS = 8


@dataclass(frozen=True, slots=True)
class OwnDay:
    """PnL of the day, net worth at its end, and what came in and went out meanwhile (positive), in
    USDT with 8 decimals; None when unknown."""

    pnl_usdt: Decimal | None
    net_worth_usdt: Decimal | None
    deposits_usdt: Decimal | None
    withdrawals_usdt: Decimal | None


UNKNOWN = OwnDay(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Flows:
    """What came in and what went out, positive, in USDT."""

    deposits: Decimal
    withdrawals: Decimal

    @property
    def net(self) -> Decimal:
        """Deposits − withdrawals."""
        return self.deposits - self.withdrawals


@dataclass(frozen=True, slots=True)
class Closing:
    """The mark at a day's end (of the running day the last one) and the day's flows."""

    value: Decimal | None
    flows: Flows


def flows_of(readings: Iterable[SeatReading], kind: Kind) -> Flows:
    """The sums of these hours or days."""
    found = list(readings)
    deposits = sum(each.deposits(kind) for each in found)
    withdrawals = sum(each.withdrawals(kind) for each in found)
    return Flows(Decimal(deposits).scaleb(-_DECIMALS), Decimal(withdrawals).scaleb(-_DECIMALS))


def net_flows(net: Decimal) -> Flows:
    """Of a day of which only the sum of all flows is known."""
    return Flows(max(net, Decimal(0)), max(-net, Decimal(0)))


def closing(reading: SeatReading, kind: Kind, flows: Flows) -> Closing:
    """What the mark of that kind says: a value where there is a mark, 0 where there was no
    linked account."""
    value = reading.value(kind) if reading.index(kind) is not None else None
    if value is not None:
        return Closing(Decimal(repr(value)), flows)
    gone = Flag.NO_ACCOUNT in reading.flags_of(kind)
    return Closing(Decimal(0) if gone else None, flows)


def own_days(closings: Mapping[int, Closing], first_day: int | None) -> dict[int, OwnDay]:
    """By day number, for each day of `closings`: `V_end − V_start − ΣF`, V_end and the flows.

    A day starts with the mark that closed the one before it; the day of the first mark
    (`first_day`) starts with nothing, and linking is its first flow.
    """
    found = {}
    for day, each in closings.items():
        before = closings.get(day - 1)
        start = before.value if before is not None else None
        if start is None and day == first_day:
            start = Decimal(0)
        found[day] = UNKNOWN if each.value is None else own_day(start, each.value, each.flows)
    return found


def own_day(start: Decimal | None, end: Decimal, flows: Flows) -> OwnDay:
    """A day that ended with `end`; without its start its PnL is not known."""
    gain = None
    if start is not None:
        with localcontext(EXACT):
            gain = eight_decimals(pnl(start, end, flows.net))
    return OwnDay(
        gain,
        eight_decimals(end),
        eight_decimals(flows.deposits),
        eight_decimals(flows.withdrawals),
    )
