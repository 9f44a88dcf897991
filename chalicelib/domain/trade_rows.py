"""A trader's list of trades as others see it (rules.md §7): guarded or exact rows.

Prices, names and ranges: multiplying all of a trader's quantities by one number changes no row.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import Enum
from typing import Literal, TypeAlias

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.ledger import BalanceChange, Fill, LedgerEntry, Side
from chalicelib.domain.market import PriceList, Tier
from chalicelib.domain.money import EXACT, eight_decimals
from chalicelib.domain.windows import hour_of, hour_start

Size: TypeAlias = Literal["<1", "1-5", "5-20", "20-50", ">50"]
"""A range of percent of equity; each includes its lower end, and 50 is in the fourth."""

_SIZES: tuple[tuple[Decimal, Size], ...] = (
    (Decimal(50), ">50"),
    (Decimal(20), "20-50"),
    (Decimal(5), "5-20"),
    (Decimal(1), "1-5"),
)
_SMALLEST: Size = "<1"
_SIGNIFICANT = 6
_MOST_DECIMALS = 18
_WORST_FIRST = (Tier.THIN, Tier.MIDDLE, Tier.LIQUID)


class Precision(Enum):
    """How finely a row of the list tells its time."""

    SECOND = "second"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One row of a trader's list of trades, as others see it.

    `at` is the start of the second, hour or day that `precision` names. `size` is the range
    of percent of equity that the row lies in, None in the exact view or when unknown.
    """

    at: datetime
    precision: Precision
    pair: str
    side: Side
    price: Decimal | None
    size: Size | None


@dataclass(frozen=True, slots=True)
class ClosedHour:
    """What the rows of an hour are made from: the prices of its closing mark, and the
    trader's value in USDT at the mark that opened it (None when there was none)."""

    closing: PriceList
    opening_value: Decimal | None


def exact_rows(entries: Iterable[LedgerEntry]) -> list[TradeRow]:
    """Every fill with its second and price and no quantity, newest first."""
    rows = [
        TradeRow(
            at=entry.executed_at.replace(microsecond=0),
            precision=Precision.SECOND,
            pair=_pair(entry),
            side=entry.side,
            price=entry.price,
            size=None,
        )
        for entry in entries
        if isinstance(entry, Fill)
    ]
    rows.sort(key=lambda row: (row.pair, row.side.value, row.price or 0))
    return sorted(rows, key=lambda row: row.at, reverse=True)


def guarded_rows(
    entries: Sequence[LedgerEntry], hours: Mapping[int, ClosedHour], *, day_over: bool
) -> list[TradeRow]:
    """One row per hour, pair and side of one day's fills, newest first.

    `entries` are those that count, of all the trader's accounts; `hours` the closed hours of
    that day by number: fills of an hour that is not among them are not listed. Pairs with a
    thin asset are not listed; with a middle one the row tells its day and no price, and stands
    after the day's others, so that its place does not tell the hour. It is listed once its day is
    over (`day_over`), so that the hour in which it appears does not tell it either.
    """
    groups: dict[tuple[int, str, str], list[Fill]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, Fill) and hour_of(entry.executed_at) in hours:
            groups[hour_of(entry.executed_at), _pair(entry), entry.side.value].append(entry)
    rows = []
    for (hour, _, _), fills in groups.items():
        tier = _worst_tier(fills[0], hours[hour].closing)
        if tier is Tier.LIQUID or (tier is Tier.MIDDLE and day_over):
            size = _size(fills, entries, hours[hour])
            rows.append(_guarded_row(fills[0], hours[hour].closing, tier, size))
    rows.sort(key=lambda row: (row.pair, row.side.value, row.size or ""))
    return sorted(rows, key=lambda row: (row.precision is Precision.HOUR, row.at), reverse=True)


def _guarded_row(fill: Fill, closing: PriceList, tier: Tier, size: Size | None) -> TradeRow:
    hour = hour_start(hour_of(fill.executed_at))
    if tier is Tier.MIDDLE:
        at, precision, price = hour.replace(hour=0), Precision.DAY, None
    else:
        at, precision = hour, Precision.HOUR
        price = _pair_price(closing.usdt(fill.base), closing.usdt(fill.quote))
    return TradeRow(at, precision, _pair(fill), fill.side, price, size)


def _pair(fill: Fill) -> str:
    return f"{fill.base}/{fill.quote}"


def _worst_tier(fill: Fill, closing: PriceList) -> Tier:
    tiers = {closing.tier(fill.base), closing.tier(fill.quote)}
    return next(tier for tier in _WORST_FIRST if tier in tiers)


def _pair_price(base: Decimal, quote: Decimal) -> Decimal:
    """Base in units of quote: as stored where quote is USDT, else 6 significant digits (and
    all digits before the point)."""
    if quote == 1:
        return base
    with localcontext(EXACT):
        price = base / quote
        decimals = min(max(_SIGNIFICANT - 1 - price.adjusted(), 0), _MOST_DECIMALS)
        return price.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _size(fills: Sequence[Fill], entries: Sequence[LedgerEntry], hour: ClosedHour) -> Size | None:
    """The range of percent of equity: value of `fills` / value at the opening mark, with the
    flows that came since and before the last of `fills`; None when neither is known."""
    last = max(fill.executed_at for fill in fills)
    opened = last.replace(minute=0, second=0, microsecond=0)
    flows = [
        entry
        for entry in entries
        if isinstance(entry, BalanceChange) and entry.is_flow and opened <= entry.at < last
    ]
    with localcontext(EXACT):
        equity = sum(
            (_worth(flow, hour.closing) for flow in flows), hour.opening_value or Decimal(0)
        )
        if equity <= 0:
            return None
        quote = hour.closing.usdt(fills[0].quote)
        value = sum((fill.quote_quantity for fill in fills), Decimal(0)) * quote
        percent = eight_decimals(value / equity * 100)
    if percent > _SIZES[0][0]:
        return _SIZES[0][1]
    return next((name for least, name in _SIZES[1:] if percent >= least), _SMALLEST)


def _worth(flow: BalanceChange, prices: PriceList) -> Decimal:
    try:
        return flow.quantity * prices.usdt(flow.asset)
    except MissingPrice:
        return Decimal(0)
