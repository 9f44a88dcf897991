"""Make a trader's imported line out of all that was found of his accounts, and store it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.imported import ImportedLine, first_hour, imported_line, minutes_wanted
from chalicelib.domain.ledger import Checkpoint
from chalicelib.domain.market import Symbol
from chalicelib.domain.money import Asset
from chalicelib.domain.past_prices import PastPrices, pairs_to_price, past_prices
from chalicelib.domain.rebuild import Past, RebuiltAccount, assets_seen, day_of, midnight, rebuilt
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.exchange_ports import Exchange
from chalicelib.services.import_ports import ImportPart, Imports

COUNTED = "counted"
"""Name of the part that says that an account belongs to the line: since when its past is known,
as a reading of nothing, and the reading that linked it."""

_MOST_MINUTES = 30
_MINUTE = timedelta(minutes=1)
_NEARLY = 2  # days that the exchange's readings may fall short of how long they are kept


@dataclass(slots=True)
class LinePrices:
    """Prices for lines, asked from the exchange once each."""

    exchange: Exchange
    symbols: Callable[[], Sequence[Symbol]]
    _closes: dict[tuple[str, int, int], dict[int, Decimal]] = field(default_factory=dict)
    _minutes: dict[tuple[str, datetime], Decimal | None] = field(default_factory=dict)

    def of_hours(self, assets: Iterable[Asset], first: int, last: int) -> PastPrices:
        """Prices of the assets at every full hour from `first` to `last`, and in between at
        none."""
        return self._with_minutes(assets, first, last, {})

    def of_flows(
        self, assets: Iterable[Asset], first: int, last: int, minutes: dict[datetime, set[Asset]]
    ) -> PastPrices:
        """The same, and prices of the minutes named, of the newest of these."""
        newest = sorted(minutes)[-_MOST_MINUTES:]
        return self._with_minutes(assets, first, last, {at: minutes[at] for at in newest})

    def _with_minutes(
        self, assets: Iterable[Asset], first: int, last: int, minutes: dict[datetime, set[Asset]]
    ) -> PastPrices:
        symbols = self.symbols()
        pairs = pairs_to_price(assets, symbols)
        closes = {each.name: self._closes_of(each.name, first, last) for each in pairs}
        by_minute = {
            minute: {
                each.name: close
                for each in pairs_to_price(held, symbols)
                if (close := self._close_of(each.name, minute)) is not None
            }
            for minute, held in minutes.items()
        }
        return past_prices(pairs, closes, range(first, last + 1), by_minute)

    def _closes_of(self, symbol: str, first: int, last: int) -> dict[int, Decimal]:
        key = (symbol, first, last)
        if key not in self._closes:
            start, end = hour_start(first), hour_start(last)
            self._closes[key] = self.exchange.hour_closes(symbol, start, end)
        return self._closes[key]

    def _close_of(self, symbol: str, minute: datetime) -> Decimal | None:
        """The price at a full minute: the close of the candle before it."""
        key = (symbol, minute)
        if key not in self._minutes:
            self._minutes[key] = self.exchange.minute_close(symbol, minute - _MINUTE)
        return self._minutes[key]


def rebuild_line(
    trader_id: str, first_link: datetime, imports: Imports, prices: LinePrices
) -> None:
    """Write the trader's line up to `first_link`, or to the earliest link of those accounts
    whose import has come so far that they count.

    Another container may do the same for another account: whoever finds after writing that more
    was found meanwhile, of whichever account, writes it again.
    """
    written: dict[str, Past] | None = None
    while True:
        found = accounts_of(imports.parts(trader_id))
        if written == found:
            return
        written = found
        until = min([first_link, *(each.reading.taken_at for each in found.values())])
        today = midnight(day_of(until))
        pasts = [each for each in found.values() if each.since <= today]
        if pasts:
            imports.put_line(trader_id, _line(pasts, prices, until))


def accounts_of(parts: Iterable[ImportPart]) -> dict[str, Past]:
    """The accounts that count, by id, with all that was found of them."""
    by_account: defaultdict[str, dict[str, ImportPart]] = defaultdict(dict)
    for part in parts:
        by_account[part.account_id][part.name] = part
    found: dict[str, Past] = {}
    for account_id, named in by_account.items():
        if COUNTED in named:
            start, reading = named[COUNTED].readings
            found[account_id] = past_of(account_id, reading, start.taken_at, named.values())
    return found


def past_of(
    account_id: str, reading: Checkpoint, since: datetime, parts: Iterable[ImportPart]
) -> Past:
    """What the parts tell of the account from the midnight `since` on."""
    others = [each for each in parts if each.name != COUNTED]
    entries = {entry.entry_id: entry for part in others for entry in part.entries}
    readings = {each.taken_at: each for part in others for each in part.readings}
    return Past(account_id, reading, since, tuple(entries.values()), tuple(readings.values()))


def known_since(past: Past, kept: int) -> datetime:
    """From which midnight on the account's past is known, of an exchange that keeps readings of
    so many days: from `past.since`, unless its readings begin later than they are kept. Then the
    account began with the first of them, or with the first thing that happened to it;
    without either, only after its link."""
    starts = [day_of(each.taken_at) + 1 for each in past.readings]
    oldest = min(starts, default=day_of(past.reading.taken_at) + 1)
    if not kept or oldest <= day_of(past.reading.taken_at) - kept + _NEARLY:
        return past.since
    oldest = min([oldest, *(day_of(entry.at) + 1 for entry in past.entries)])
    return max(past.since, midnight(oldest))


def _line(pasts: Sequence[Past], prices: LinePrices, until: datetime) -> ImportedLine:
    accounts: list[RebuiltAccount] = [rebuilt(each) for each in pasts]
    assets = {asset for each in pasts for asset in assets_seen(each)}
    first, last = first_hour(accounts), hour_of(until) + 1
    hourly = prices.of_hours(assets, first, last)
    minutes = minutes_wanted(accounts, hourly, until)
    return imported_line(accounts, prices.of_flows(assets, first, last, minutes), until)
