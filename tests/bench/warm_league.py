"""A league of any size with a month behind it, put into tables without living through it.

Its blocks hold numbers that do not compress. Rows that the league's own adapters write one by one
are gathered and go in by batches; how they look stays the adapters' own affair.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, cast

from chalicelib.adapters.dynamo.holdings import DynamoHoldings
from chalicelib.adapters.dynamo.items import SeatCounterItem
from chalicelib.adapters.dynamo.seats import DynamoSeats
from chalicelib.adapters.dynamo.tables import RawItem, Tables
from chalicelib.domain.account import SEATS_PER_BLOCK, block_of, shard_of
from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.days import slow_hours
from chalicelib.domain.holdings import AccountHoldings, LastBuy, Order, Quantity
from chalicelib.domain.market import AssetPrice, PriceList
from chalicelib.domain.scores import score_hours
from chalicelib.domain.windows import HOURS_A_DAY, day_of_hour, hour_of, hour_start
from chalicelib.services.ports import BlockKey, Seat
from chalicelib.stores import Stores

MIDNIGHT: Final = hour_of(datetime(2026, 3, 1, tzinfo=UTC))
"""The first hour that is run; an hour before it is run unmeasured."""

COINS: Final = {"BTC": "60000", "ETH": "3000", "SOL": "150", "BNB": "600"}
"""What each trader holds besides USDT; prices in USDT."""

_LINKED: Final = hour_start(MIDNIGHT) - timedelta(hours=2000)
_ASSETS: Final = 600
_DAYS: Final = 32
_MEAN_DAYS_SINCE_BUY: Final = 5
_BLOCKS_AT_ONCE: Final = 16


def prices_at(hour: int) -> PriceList:
    """The prices of the full hour, of as many assets as an exchange lists; the same at every
    hour."""
    at = hour_start(hour)
    return PriceList(
        at,
        {
            coin: AssetPrice(price, traded, at, _LINKED)
            for coin, (price, traded) in _listed().items()
        },
    )


@cache
def _listed() -> dict[str, tuple[Decimal, Decimal]]:
    source = random.Random(1)
    listed = {coin: (Decimal(price), Decimal(10**9)) for coin, price in COINS.items()}
    for number in range(len(listed), _ASSETS):
        price = Decimal(source.randint(10**3, 10**6)).scaleb(source.randint(-8, -1))
        listed[f"COIN{number}"] = (price, Decimal(int(source.lognormvariate(15, 3))))
    return listed


def fill_league(tables: Tables, stores: Stores, traders: int, hours: range) -> None:
    """Seat so many traders, each with one account of five assets and a full history, ready for
    `hours` to be run one after the other."""
    source = random.Random(5)
    for hour in range(hours.start - _DAYS * HOURS_A_DAY, hours.start):
        stores.prices.put_hour(hour, prices_at(hour))
    blocks = range(-(-traders // SEATS_PER_BLOCK))
    for start in range(0, len(blocks), _BLOCKS_AT_ONCE):
        _fill_history(stores, blocks[start : start + _BLOCKS_AT_ONCE], hours, source)
    tables.model(SeatCounterItem)("SEATS", "COUNTER", handed_out=traders).save()
    with _gathered(tables, "history") as gathered:
        seats = DynamoSeats(gathered)
        for number in range(traders):
            seats.put(Seat(number, trader_of(number), f"trader_{number}", ("binance",)))
    with _gathered(tables, "holdings") as gathered:
        holdings = DynamoHoldings(gathered)
        for number in range(traders):
            holdings.create(_holdings(number, source))
    for shard in range(shard_of(traders - 1) + 1):
        stores.runs.set_last_complete(shard, hours.start - 1)


def trader_of(seat: int) -> str:
    """The id of the trader in that seat."""
    return f"01JT{seat:022}"


def account_of(seat: int) -> str:
    """The id of that trader's account."""
    return f"01JA{seat:022}"


def _holdings(seat: int, source: random.Random) -> AccountHoldings:
    order = Order(_LINKED, _LINKED, 1)
    return AccountHoldings(
        account_id=account_of(seat),
        trader_id=trader_of(seat),
        seat=seat,
        exchange="binance",
        link_number=1,
        linked_at=_LINKED,
        quantities={
            coin: Quantity(Decimal(source.randrange(10**8, 10**9)).scaleb(-6), order)
            for coin in [*COINS, "USDT"]
        },
        last_buys={coin: _last_buy(coin, source) for coin in COINS},
    )


def _last_buy(coin: str, source: random.Random) -> LastBuy:
    """Some time in the last month, the more likely the later."""
    days = min(source.expovariate(1 / _MEAN_DAYS_SINCE_BUY), _DAYS - 1)
    bought_at = hour_start(MIDNIGHT - 1) - timedelta(days=days)
    bought_at = bought_at.replace(microsecond=0)
    return LastBuy(bought_at, f"{coin}USDT", 1)


def _fill_history(stores: Stores, blocks: range, hours: range, source: random.Random) -> None:
    wanted = {each for hour in hours for each in [*score_hours(hour), *slow_hours(hour)]}
    today = day_of_hour(hours.start)
    keys: list[tuple[Kind, int]] = [(Kind.HOUR, hour) for hour in wanted - set(hours)]
    keys += [(Kind.DAY, day) for day in range(today - _DAYS, today)]
    made: dict[BlockKey, Block] = {}
    for kind, number in keys:
        past = _past(kind, source)
        made |= {(block, kind, number): past for block in blocks}
    stores.history.put_blocks(made)


def _past(kind: Kind, source: random.Random) -> Block:
    block = empty_block(kind)
    for place in range(SEATS_PER_BLOCK):
        for name in block.columns:
            if name in ("value", "index", "low", "high", "fall"):
                block.columns[name][place] = source.lognormvariate(3, 0.4)
        block.columns["flags"][place] = Flag.MARK | Flag.COUNTS
    return block


@dataclass
class _Gathering:
    """Stands for the tables and for their client where single rows are put: keeps them."""

    tables: Tables
    items: dict[tuple[str, str], RawItem] = field(default_factory=dict)

    @property
    def client(self) -> "_Gathering":
        return self

    def name(self, table: str) -> str:
        return self.tables.name(table)

    def put_item(self, **call: Any) -> None:  # noqa: ANN401 - as botocore's
        self._item(call["Item"])

    def update_item(self, **call: Any) -> None:  # noqa: ANN401 - as botocore's
        values = call["ExpressionAttributeValues"]
        set_ = {
            name: values[f":{short.removeprefix('#')}"]
            for short, name in call["ExpressionAttributeNames"].items()
        }
        self._item(call["Key"] | set_)

    def _item(self, attributes: RawItem) -> None:
        place = (attributes["pk"]["S"], attributes["sk"]["S"])
        self.items.setdefault(place, {}).update(attributes)


@contextmanager
def _gathered(tables: Tables, table: str) -> Iterator[Tables]:
    gathering = _Gathering(tables)
    yield cast(Tables, gathering)
    tables.put_each(table, gathering.items.values())


def copy_blocks(stores: Stores, traders: int, kind: Kind, hour: int, to: int) -> None:
    """Put the blocks of an hour under another hour too."""
    blocks = range(block_of(traders - 1) + 1)
    found = stores.history.blocks([(block, kind, hour) for block in blocks])
    stores.history.put_blocks({(key[0], kind, to): block for key, block in found.items()})
