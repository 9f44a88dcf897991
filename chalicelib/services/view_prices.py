"""The past prices that the public views of a day are made with, read once for many traders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.market import USDT, PriceList, underlying
from chalicelib.domain.money import Asset
from chalicelib.domain.windows import HOURS_A_DAY, closing_hour
from chalicelib.services.ports import Prices

LISTS_AT_ONCE = 50
"""A list of an exchange's prices takes some 200 KB of memory."""


@dataclass(slots=True)
class ViewPrices:
    """Prices at full hours for the views made at the mark of `hour`, 00:00 UTC. Of the hours of
    last buys only the prices that were asked for are kept."""

    hour: int
    prices: Prices
    _day_before: list[PriceList | None] = field(default_factory=list)
    _known: dict[tuple[int, Asset], Decimal | None] = field(default_factory=dict)

    def day_before(self) -> PriceList | None:
        """The list of the mark 24 hours before; None when there is none."""
        if not self._day_before:
            before = self.hour - HOURS_A_DAY
            self._day_before.append(self.prices.hours([before]).get(before))
        return self._day_before[0]

    def know(self, wanted: Iterable[tuple[int, Asset]]) -> None:
        """Read what is wanted and not known yet: coins, each with a full hour before `hour`."""
        by_hour: defaultdict[int, list[Asset]] = defaultdict(list)
        for hour, asset in set(wanted) - self._known.keys():
            by_hour[hour].append(asset)
        hours = sorted(by_hour)
        for start in range(0, len(hours), LISTS_AT_ONCE):
            some = hours[start : start + LISTS_AT_ONCE]
            lists = self.prices.hours(some)
            for hour in some:
                for asset in by_hour[hour]:
                    self._known[hour, asset] = price_in(lists.get(hour), asset)

    def usdt(self, hour: int, asset: Asset) -> Decimal | None:
        """Price of one `asset` in USDT at that full hour before `hour`; None when not known."""
        self.know([(hour, asset)])
        return self._known[hour, asset]


def last_buys_of(
    rows: Iterable[AccountHoldings], listed: PriceList, hour: int
) -> set[tuple[int, Asset]]:
    """The full hours before `hour` that closed those of the last buys of what is held, with the
    coins; `listed` has the prices of `hour`."""
    return {
        (closing, underlying(asset, listed))
        for row in rows
        for asset, buy in row.last_buys.items()
        if asset in row.quantities and (closing := closing_hour(buy.bought_at)) < hour
    }


def price_in(listed: PriceList | None, asset: Asset) -> Decimal | None:
    """Price of one `asset` in USDT by that list, None where it has none."""
    if listed is None or not (asset == USDT or asset in listed.assets):
        return None
    return listed.usdt(asset)
