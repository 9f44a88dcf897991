"""One hour of one trader, computed forward exactly: his flows, and what he is worth at its end.

Leaves the columns of many traders to `mark.py`, and the chain of returns to `performance.py`.
All arithmetic is exact: sums and products in 80 digits are never rounded.

    trader_hour(hour, accounts, prices, opening) -> TraderHour
    entry_instants(held, hour_list, hour)        -> instants at which a holding gets its first price
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import TypeAlias

from chalicelib.domain.counted import counted
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry
from chalicelib.domain.market import USDT, PriceList, Tier, underlying
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.performance import Point
from chalicelib.domain.valuation import Valuation, together, valuation
from chalicelib.domain.windows import hour_start, minute_at_or_after

MinuteList: TypeAlias = Callable[[datetime], PriceList | None]
"""The list stored for a full minute, None when there is none."""

_MINUTE = timedelta(minutes=1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AccountHour:
    """One exchange account as the hour finds it.

    `held`: quantities just before the hour's start (of no account when it was not linked).
    `entries`: ledger entries that hold all of the hour's; more, and repeats, do no harm, and a
    margin of `counted.PAIRED_WITHIN` lets movements find their names. `linked`: whether it was
    linked at the hour's start (an account linked empty has no link rows: say True).
    """

    account_id: str
    held: Mapping[Asset, Decimal]
    entries: Sequence[LedgerEntry] = ()
    linked: bool = True


@dataclass(frozen=True, slots=True)
class HourPrices:
    """The list of the full hour that ends it, and the lists stored by the minute."""

    hour_list: PriceList
    minute_list: MinuteList

    def for_flow(self, at: datetime, end: datetime) -> PriceList:
        """The list that values a flow at `at`: the first stored at or after it, at most 60 s
        later; else the hour's, which has every asset's next price."""
        minute = minute_at_or_after(at)
        for candidate in (minute, minute + _MINUTE):
            if candidate >= end or candidate - at > _MINUTE:
                break
            listed = self.minute_list(candidate)
            if listed is not None:
                return listed
        return self.hour_list


@dataclass(frozen=True, slots=True)
class TraderHour:
    """What one hour brings to a trader.

    `valuation`: all linked accounts at the mark, None when none is linked then. `points`: the
    flows, in order of time. `thin_fills`: fills in thin assets came to over 50 % of equity.
    `account_gap`: his last account left in this hour, if only for a moment. `held`: quantities
    at the mark of each account linked then.
    """

    valuation: Valuation | None
    points: tuple[Point, ...] = ()
    thin_fills: bool = False
    account_gap: bool = False
    held: Mapping[str, Mapping[Asset, Decimal]] = field(default_factory=dict)


def trader_hour(
    hour: int,
    accounts: Sequence[AccountHour],
    prices: HourPrices,
    opening: float | None = None,
) -> TraderHour:
    """The hour that the mark of number `hour` closes, [hour − 1, hour), of all accounts of one
    trader.

    `opening` is his value at the mark that opened it, None when there was none: fills in thin
    assets are measured against it until a flow comes. Accounts are one portfolio; flows of one
    instant are one; what an account did before it was linked, or after it left, is not looked
    at. An asset enters, as a flow, when it gets its first price.
    """
    with localcontext(EXACT):
        walk = _Walk(hour, accounts, prices, opening)
        instants = _by_instant(hour, accounts)
        entering = _entering(accounts, instants, prices.hour_list, hour)
        for instant in sorted(set(instants) | entering):
            flows = walk.perform(instants.get(instant, []))
            if flows or instant in entering:
                walk.cross(instant, flows)
        return walk.result()


def entry_instants(
    held: Iterable[Asset], hour_list: PriceList, hour: int
) -> dict[datetime, set[Asset]]:
    """When, in the hour that mark `hour` closes, assets of `held` get their first price ever.

    Its end is part of the hour here, its start is not: an asset first priced at a mark is
    valued in it.
    """
    start, end = hour_start(hour - 1), hour_start(hour)
    instants: dict[datetime, set[Asset]] = {}
    for asset in held:
        found = hour_list.assets.get(underlying(asset, hour_list))
        if found is not None and start < found.first_at <= end:
            instants.setdefault(found.first_at, set()).add(asset)
    return instants


_Numbered: TypeAlias = tuple[int, LedgerEntry]


def _by_instant(hour: int, accounts: Sequence[AccountHour]) -> dict[datetime, list[_Numbered]]:
    start, end = hour_start(hour - 1), hour_start(hour)
    instants: dict[datetime, list[_Numbered]] = {}
    for number, account in enumerate(accounts):
        for entry in counted(account.entries):
            if start <= entry.at < end:
                instants.setdefault(entry.at, []).append((number, entry))
    return instants


def _entering(
    accounts: Sequence[AccountHour],
    instants: Mapping[datetime, Sequence[_Numbered]],
    hour_list: PriceList,
    hour: int,
) -> set[datetime]:
    assets = {asset for account in accounts for asset in account.held}
    for numbered in instants.values():
        assets.update(asset for _, entry in numbered for asset in entry.changes())
    return set(entry_instants(assets, hour_list, hour))


class _Walk:
    """The portfolio on its way through the hour."""

    def __init__(
        self,
        hour: int,
        accounts: Sequence[AccountHour],
        prices: HourPrices,
        opening: float | None,
    ) -> None:
        self._end = hour_start(hour)
        self._names = [account.account_id for account in accounts]
        self._held = [dict(account.held) if account.linked else {} for account in accounts]
        self._linked = [account.linked for account in accounts]
        self._prices = prices
        self._points: list[Point] = []
        self._gap = False
        self._thin_share = _ZERO
        self._equity = Decimal(opening) if opening is not None else self._worth_at_the_end()

    def perform(self, entries: Sequence[_Numbered]) -> list[_Numbered]:
        """Take in what is performance at an instant; returns the flows, still to be crossed.

        What goes into a coin without a price leaves what is valued, and what comes out of one
        enters: a flow, as the coin's first price will be one. The changes of one account at one
        instant are one exchange of coins; a fill is one by itself.
        """
        flows: list[_Numbered] = []
        unvalued = {
            number
            for number, entry in entries
            if isinstance(entry, BalanceChange) and not entry.is_flow and self._has_no_price(entry)
        }
        for number, entry in entries:
            of_group = isinstance(entry, BalanceChange)
            if isinstance(entry, BalanceChange) and entry.is_flow:
                flows.append((number, entry))
            elif self._linked[number]:
                self._note_thin(entry)
                if number in unvalued if of_group else self._has_no_price(entry):
                    flows.append((number, entry))
                else:
                    self._add(number, entry)
        return flows

    def _has_no_price(self, entry: LedgerEntry) -> bool:
        """Whether a coin takes part in it that has had no price before its instant."""
        for asset in entry.changes():
            price = _price(asset, self._prices.hour_list)
            if price is None or (price[1] is not None and price[1] >= entry.at):
                return True
        return False

    def cross(self, instant: datetime, flows: Sequence[_Numbered]) -> None:
        """Take in all flows of an instant as one, with the assets first priced then."""
        listed = self._prices.for_flow(instant, self._end)
        before = self._worth(listed, instant, entered=False)
        was_linked = any(self._linked)
        for number in sorted({number for number, _ in flows}):
            self._cross_border(number, [flow for owner, flow in flows if owner == number])
        after = self._worth(listed, instant, entered=True)
        self._gap |= was_linked and not any(self._linked)
        if after != before:
            self._points.append(Point(instant, before, after - before))
            self._equity = after

    def result(self) -> TraderHour:
        """The hour, all of it taken in."""
        linked = [number for number, linked in enumerate(self._linked) if linked]
        held = {
            self._names[number]: {a: q for a, q in self._held[number].items() if q}
            for number in linked
        }
        worth = valuation(together(held.values()), self._prices.hour_list, self._end)
        return TraderHour(
            valuation=worth if linked else None,
            points=tuple(self._points),
            thin_fills=self._thin_share * 2 > 1,
            account_gap=self._gap,
            held=held,
        )

    def _add(self, number: int, entry: LedgerEntry) -> None:
        held = self._held[number]
        for asset, change in entry.changes().items():
            held[asset] = held.get(asset, _ZERO) + change

    def _cross_border(self, number: int, flows: Sequence[LedgerEntry]) -> None:
        """A link brings the whole account, unlinking takes it; both outrank other flows."""
        kinds = {flow.kind for flow in flows if isinstance(flow, BalanceChange)}
        if kinds & {ChangeKind.LINK, ChangeKind.UNLINK}:
            self._held[number] = {}
            self._linked[number] = ChangeKind.LINK in kinds
        for flow in flows:
            linking = isinstance(flow, BalanceChange) and flow.kind is ChangeKind.LINK
            if self._linked[number] and (linking or ChangeKind.LINK not in kinds):
                self._add(number, flow)

    def _worth(self, listed: PriceList, instant: datetime, *, entered: bool) -> Decimal:
        """The portfolio's value at `listed`, assets first priced at `instant` included once
        they have entered; what the minute's list lacks has the hour's price."""
        total = _ZERO
        for asset, quantity in together(self._held).items():
            price = _price(asset, listed) or _price(asset, self._prices.hour_list)
            if price is not None:
                value, first_at = price
                if first_at is None or first_at < instant or (entered and first_at == instant):
                    total += quantity * value
        return total

    def _worth_at_the_end(self) -> Decimal:
        return self._worth(self._prices.hour_list, self._end, entered=True)

    def _note_thin(self, entry: LedgerEntry) -> None:
        """Add the share of equity that a fill in a thin asset turned over."""
        listed = self._prices.hour_list
        if not isinstance(entry, Fill) or not _is_thin(entry, listed):
            return
        value = _ZERO
        for asset, quantity in ((entry.quote, entry.quote_quantity), (entry.base, entry.quantity)):
            price = _price(asset, listed)
            if price is not None:
                value = quantity * price[0]
                break
        self._thin_share += value / self._equity if self._equity > 0 else Decimal(1)


def _is_thin(fill: Fill, listed: PriceList) -> bool:
    return any(
        listed.tier(underlying(asset, listed)) is Tier.THIN for asset in (fill.base, fill.quote)
    )


def _price(asset: Asset, listed: PriceList) -> tuple[Decimal, datetime | None] | None:
    """Price in USDT and since when there is one (None: always)."""
    coin = underlying(asset, listed)
    if coin == USDT:
        return Decimal(1), None
    found = listed.assets.get(coin)
    return None if found is None else (found.price, found.first_at)
