"""What others see of the coins of a block's traders during the day that begins at an hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Flag
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.ledger import Fill
from chalicelib.domain.market import PriceList, underlying
from chalicelib.domain.money import Asset
from chalicelib.domain.profile import PublicView, public_view
from chalicelib.domain.valuation import together
from chalicelib.domain.windows import closing_hour, day_of_hour, hour_start
from chalicelib.services.ports import Ledger
from chalicelib.services.view_prices import ViewPrices, price_in

DAYS_OF_INDEX = 31
"""Marks of 00:00 UTC that the ratios are made of: 30 daily returns."""


def public_views(
    hour: int,
    found: Mapping[int, TraderHour],
    seated: Mapping[int, Sequence[AccountHoldings]],
    listed: PriceList,
    days: Mapping[int, Block],
    *,
    ledger: Ledger,
    prices: ViewPrices,
) -> dict[str, PublicView]:
    """By seat (as text), for each trader with a linked account at the mark of `hour`, 00:00 UTC.

    `found` are the traders' hours, `seated` their rows, `listed` the hour's prices, `days` the
    DAY blocks of the 31 days that end then or before, by number; `prices` knows those before.
    """
    instant = hour_start(hour)
    buys = {
        seat: _last_buys(seated[seat], each, listed, instant, ledger)
        for seat, each in found.items()
        if each.valuation is not None
    }
    return {
        str(seat): public_view(
            together(found[seat].held.values()),
            listed,
            prices.day_before(),
            _prices_then(bought, prices, listed, hour),
            _indices(seat, days, day_of_hour(hour)),
        )
        for seat, bought in buys.items()
    }


def _last_buys(
    rows: Sequence[AccountHoldings],
    found: TraderHour,
    listed: PriceList,
    instant: datetime,
    ledger: Ledger,
) -> dict[Asset, datetime]:
    """When each coin that is held was last bought before `instant`, on any of the accounts."""
    bought: dict[Asset, datetime] = {}
    for row in rows:
        for asset in found.held.get(row.account_id, {}):
            buy = row.last_buys.get(asset)
            if buy is None:
                continue
            at: datetime | None = buy.bought_at
            if buy.bought_at >= instant:
                at = _bought_before(row, asset, instant, ledger)
            coin = underlying(asset, listed)
            if at is not None and (coin not in bought or at > bought[coin]):
                bought[coin] = at
    return bought


def _bought_before(
    row: AccountHoldings, asset: Asset, instant: datetime, ledger: Ledger
) -> datetime | None:
    """The last buy before `instant` of a coin that was bought again since: a mark made late."""
    for entry in ledger.newest_first(row.account_id, row.linked_at, instant):
        if isinstance(entry, Fill) and entry.bought() == asset:
            return entry.executed_at
    return None


def _prices_then(
    bought: Mapping[Asset, datetime], prices: ViewPrices, listed: PriceList, hour: int
) -> dict[Asset, Decimal]:
    """Price of each coin at the mark that closed the hour of its last buy, where it is known."""
    known: dict[Asset, Decimal] = {}
    for asset, at in bought.items():
        closing = closing_hour(at)
        price = price_in(listed, asset) if closing == hour else prices.usdt(closing, asset)
        if price is not None:
            known[asset] = price
    return known


def _indices(seat: int, days: Mapping[int, Block], today: int) -> list[float | None]:
    return [
        _index(seat % SEATS_PER_BLOCK, days.get(day)) for day in range(today - DAYS_OF_INDEX, today)
    ]


def _index(place: int, day: Block | None) -> float | None:
    if day is None or not day.columns["flags"][place] & Flag.MARK:
        return None
    index: float = day.columns["index"][place]
    return index
