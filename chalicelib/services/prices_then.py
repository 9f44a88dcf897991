"""What coins were worth at past instants, by the lists that are stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.market import USDT, PriceList, underlying
from chalicelib.domain.money import Asset
from chalicelib.domain.windows import closing_hour, minute_at_or_after
from chalicelib.services.ports import Prices

MINUTES_KEPT = timedelta(days=8)
MOST_LISTS = 100
"""How many hours are looked up in all, the newest first; of more nothing is known. A list takes
some 200 KB of memory."""


@dataclass(slots=True)
class PricesThen:
    """Prices of the minute at or after an instant while it is kept, else of the full hour that
    follows; each list is read once."""

    prices: Prices
    now: datetime
    by_minute: bool = True
    _hours: dict[int, PriceList | None] = field(default_factory=dict)
    _minutes: dict[datetime, PriceList | None] = field(default_factory=dict)

    def know(self, instants: Iterable[datetime]) -> None:
        """Read the lists of the hours of these instants at once, the newest first."""
        wanted = sorted({closing_hour(at) for at in instants} - self._hours.keys(), reverse=True)
        room = MOST_LISTS - sum(each is not None for each in self._hours.values())
        found = self.prices.hours(wanted[: max(room, 0)])
        self._hours |= {hour: found.get(hour) for hour in wanted}

    def usdt(self, asset: Asset, at: datetime) -> Decimal | None:
        """Price of one `asset` in USDT at that instant; None when none is stored."""
        if asset == USDT:
            return Decimal(1)
        for listed in self._lists(at):
            try:
                return listed.usdt(underlying(asset, listed))
            except MissingPrice:
                continue
        return None

    def _lists(self, at: datetime) -> Iterable[PriceList]:
        if self.by_minute and self.now - at < MINUTES_KEPT:
            minute = minute_at_or_after(at)
            if minute not in self._minutes:
                self._minutes[minute] = self.prices.minute(minute)
            if (listed := self._minutes[minute]) is not None:
                yield listed
        self.know([at])
        if (of_hour := self._hours[closing_hour(at)]) is not None:
            yield of_hour
        elif at >= self.now - timedelta(hours=1) and (latest := self.prices.latest()):
            yield latest  # the hour is not over
