"""A trader's line from before his first link: what his accounts were worth at each midnight,
and the index between.

The hours are computed by the code of the live ones (`hour.trader_hour`) over rebuilt accounts
(`rebuild.py`) and past prices. Nothing of this is ever ranked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, localcontext

from chalicelib.domain.hour import AccountHour, trader_hour
from chalicelib.domain.ledger import LedgerEntry
from chalicelib.domain.market import USDT
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.past_prices import PastPrices
from chalicelib.domain.performance import (
    PAUSE_AT,
    Chain,
    Point,
    at_value,
    first_mark,
    follow,
)
from chalicelib.domain.rebuild import RebuiltAccount, day_of, midnight
from chalicelib.domain.valuation import together, valuation
from chalicelib.domain.windows import (
    HOURS_A_DAY,
    day_start_hour,
    hour_of,
    hour_start,
    minute_at_or_after,
)

LONGEST_DAYS = 90
"""How many days before the first link an import reaches back."""

_BTC = "BTC"
_ZERO = Decimal(0)
_LARGE_FLOW = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ImportedDay:
    """The end of day number `day`, before the first link.

    `index` is 1 at the link, so that the live index goes on from it. `value` and `net_flow` (of
    the day) in USDT. `certain`: the exchange's own readings bear the day's books out.
    """

    day: int
    index: float
    value: Decimal
    net_flow: Decimal
    btc: Decimal | None
    certain: bool


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What was rebuilt of a trader's time before `until`, his first link, from the accounts
    named; `days` ascend without a gap, and end the day before the link's."""

    until: datetime
    accounts: tuple[str, ...]
    days: tuple[ImportedDay, ...]


def first_hour(accounts: Iterable[RebuiltAccount]) -> int:
    """The full hour at which the line starts."""
    return min(hour_of(each.since) for each in accounts)


def imported_line(
    accounts: Sequence[RebuiltAccount], prices: PastPrices, until: datetime
) -> ImportedLine:
    """The line of all accounts together, as one portfolio.

    `prices` hold every full hour from `first_hour` to the one at or after `until`. An account
    whose past begins later than another's joins with its whole value as a flow. Days before
    anything was held are left out.
    """
    walk = _Walk(accounts, prices, until)
    days: list[ImportedDay] = []
    start = first_hour(accounts)
    walk.open(start)
    days += walk.day_end(day_of(hour_start(start)) - 1, certain=False)
    for day in range(day_of(hour_start(start)), day_of(until)):
        walk.live(day)
        certain = all(day in each.certain for each in accounts if each.since < midnight(day + 1))
        days += walk.day_end(day, certain=certain)
    walk.live(day_of(until))
    at_link = walk.index_at_link()
    names = tuple(sorted(each.account_id for each in accounts))
    return ImportedLine(until, names, tuple(replace(d, index=d.index / at_link) for d in days))


def minutes_wanted(
    accounts: Sequence[RebuiltAccount], prices: PastPrices, until: datetime
) -> dict[datetime, set[Asset]]:
    """The full minutes at which prices are wanted beside those of full hours, and of what: the
    first at or after each flow of 1 % of the value or more, and after the link."""
    walk = _Walk(accounts, prices, until)
    walk.open(first_hour(accounts))
    for day in range(day_of(hour_start(first_hour(accounts))), day_of(until) + 1):
        walk.live(day)
    return walk.large_flows()


class _Walk:
    """The portfolio on its way from the first midnight to the link."""

    def __init__(
        self, accounts: Sequence[RebuiltAccount], prices: PastPrices, until: datetime
    ) -> None:
        self._accounts = accounts
        self._prices = prices
        self._until = until
        self._held: dict[str, Mapping[Asset, Decimal]] = {}
        self._chain: Chain | None = None
        self._net_flow = _ZERO
        self._large: dict[datetime, set[Asset]] = {}

    def open(self, hour: int) -> None:
        """Begin at the first midnight with what is held there."""
        start = hour_start(hour)
        self._held = {
            each.account_id: each.opening for each in self._accounts if each.since == start
        }
        value = self._value(hour)
        if value > 0:
            self._chain = first_mark(float(value), value <= PAUSE_AT)

    def live(self, day: int) -> None:
        """Take in the day, or of the link's day what came up to the link."""
        self._net_flow = _ZERO
        for each in self._accounts:
            if day_of(each.since) == day and each.account_id not in self._held:
                self._join(each)
        entries = {
            each.account_id: list(each.days.get(day, ()))
            for each in self._accounts
            if day_of(each.since) <= day
        }
        if day == day_of(self._until):
            entries = {
                name: [entry for entry in found if entry.at <= self._until]
                for name, found in entries.items()
            }
        first = day_start_hour(day) + 1
        for hour in range(first, min(first + HOURS_A_DAY, hour_of(self._until) + 2)):
            self._live_hour(hour, entries)

    def _join(self, account: RebuiltAccount) -> None:
        """Take an account in at the midnight at which its past begins, as a flow."""
        hour = hour_of(account.since)
        before = self._value(hour)
        self._held = {**self._held, account.account_id: account.opening}
        with localcontext(EXACT):
            point = Point(account.since, before, self._value(hour) - before)
        self._take([point], point.value_after)

    def _live_hour(self, hour: int, entries: Mapping[str, Sequence[LedgerEntry]]) -> None:
        start, end = hour_start(hour - 1), hour_start(hour)
        busy = any(start <= each.at < end for found in entries.values() for each in found)
        if not busy and not self._first_priced(start, end):
            return
        accounts = [
            AccountHour(name, self._held.get(name, {}), found, linked=name in self._held)
            for name, found in entries.items()
        ]
        found = trader_hour(hour, accounts, self._prices.of_hour(hour))
        self._held = dict(found.held)
        self._take(found.points, found.valuation.value if found.valuation else _ZERO)

    def _first_priced(self, start: datetime, end: datetime) -> bool:
        listed = self._prices.hours[hour_of(end)].assets
        return any(
            asset in listed and start < listed[asset].first_at <= end
            for held in self._held.values()
            for asset in held
        )

    def _take(self, points: Sequence[Point], value: Decimal) -> None:
        """Cross the flows, which leave `value` at the hour's end."""
        with localcontext(EXACT):
            self._net_flow += sum((point.net_flow for point in points), _ZERO)
            for point in points:
                if abs(point.net_flow) >= _LARGE_FLOW * point.value_before:
                    self._large[minute_at_or_after(point.at)] = self._assets()
        if self._chain is not None:
            self._chain = follow(self._chain, points)
        elif value > 0:
            self._chain = first_mark(float(value), value <= PAUSE_AT)

    def _assets(self) -> set[Asset]:
        return {asset for each in self._held.values() for asset in each} - {USDT}

    def day_end(self, day: int, *, certain: bool) -> list[ImportedDay]:
        """The point of the day's end; none before the chain has begun."""
        if self._chain is None:
            return []
        hour = day_start_hour(day + 1)
        value = self._value(hour)
        if value >= 0:
            self._chain = at_value(self._chain, float(value))
        btc = self._prices.hours[hour].assets.get(_BTC)
        price = btc.price if btc else None
        return [ImportedDay(day, self._chain.index, value, self._net_flow, price, certain)]

    def index_at_link(self) -> float:
        """The index at the link; 1 where nothing was held before it."""
        if self._chain is None:
            return 1.0
        prices = self._prices.of_hour(hour_of(self._until) + 1)
        listed = prices.for_flow(self._until, hour_start(hour_of(self._until) + 1))
        value = valuation(together(self._held.values()), listed, listed.taken_at).value
        return (at_value(self._chain, float(value)) if value >= 0 else self._chain).index

    def large_flows(self) -> dict[datetime, set[Asset]]:
        """By minute of each large flow and of the link, what was held at its hour's end."""
        return {**self._large, minute_at_or_after(self._until): self._assets()}

    def _value(self, hour: int) -> Decimal:
        listed = self._prices.hours[hour]
        return valuation(together(self._held.values()), listed, hour_start(hour)).value
