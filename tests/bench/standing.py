"""What an hour of a container costs the tables though nothing happens: prices, heartbeats, gauges.

A tenth of an hour is run and counted ten times; what comes once an hour is counted apart.
"""

from datetime import timedelta
from decimal import Decimal

from chalicelib.adapters.dynamo.accounts import DynamoAccounts
from chalicelib.adapters.dynamo.leases import DynamoLeases
from chalicelib.adapters.dynamo.prices import DynamoPrices
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.market import Quote, Symbol
from ingest_container.gauges import Gauges
from ingest_container.outside import Outside
from ingest_container.prices import PriceKeeper
from ingest_container.rota import Rota
from sandbox.units import UnitMeter
from tests.builders import NOON, exchange_account
from tests.contract.test_prices import a_busy_market
from tests.unit.ingest.helpers import Clock, World
from tests.unit.ingest.test_rota import RecordingCrew

MINUTES = 6
HOURLY = 60 // MINUTES


def lease_units(tables: Tables, meter: UnitMeter, slots: int) -> int:
    """Write units of an hour's heartbeats of one container with so many slots."""
    DynamoAccounts(tables).save(exchange_account(slot=slots - 1))
    clock = Clock()
    leases, accounts = DynamoLeases(tables), DynamoAccounts(tables)
    rota = Rota(leases, accounts, clock, f"with {slots}", RecordingCrew())
    for _ in range(2):  # take the work up, and say that it is ready
        rota.beat()
        clock.now += timedelta(seconds=10)
    meter.reset()
    for _ in range(MINUTES * 60):
        rota.beat()
        clock.now += timedelta(seconds=1)
    spent = meter.spent.write_units
    rota.give_up_all()
    return spent * HOURLY


def gauge_units(tables: Tables, meter: UnitMeter) -> int:
    """Write units of an hour of a container's noting how it does."""
    world = World()
    values = {name: getattr(world.outside(), name) for name in Outside.__slots__}
    outside = Outside(**values | {"leases": DynamoLeases(tables)})
    gauges = Gauges(outside, "a container's own name", list, lambda: 0)
    meter.reset()
    for _ in range(MINUTES * 12):
        world.machine.now += timedelta(seconds=5)
        gauges.look()
    if meter.spent.calls != MINUTES:
        raise RuntimeError(f"{meter.spent.calls} notes in {MINUTES} minutes")
    return meter.spent.write_units * HOURLY


def _busy_world() -> World:
    """About 600 assets, of which those that trade have a quote; one in eight changes."""
    world = World()
    market = a_busy_market()
    names = {asset: f"{asset}USDT" for asset in market.assets}
    world.exchange.listed = {
        name: Symbol(name, asset, "USDT", market.assets[asset].quoted_at == NOON)
        for asset, name in names.items()
    }
    world.exchange.quoted = {
        names[asset]: Quote(each.price, each.traded_usdt)
        for asset, each in market.assets.items()
        if each.quoted_at == NOON
    }
    world.fakes.prices.put_latest(market)  # those that no longer trade keep their price
    return world


def _ticked(quote: Quote) -> Quote:
    """The price one of its last digits higher."""
    exponent = int(quote.price.as_tuple().exponent)
    return Quote(quote.price + Decimal(1).scaleb(exponent), quote.traded)


def _outside(world: World, tables: Tables, exchange: str) -> Outside:
    prices = DynamoPrices(tables, exchange)
    latest = world.fakes.prices.latest()
    assert latest is not None
    prices.put_latest(latest)
    fakes = world.outside()
    values = {name: getattr(fakes, name) for name in Outside.__slots__}
    return Outside(**values | {"prices": prices})


def price_units(tables: Tables, meter: UnitMeter, exchange: str) -> int:
    """Write units of an hour of keeping the prices of a busy market."""
    world = _busy_world()
    keeper = PriceKeeper(_outside(world, tables, exchange))
    meter.reset()
    keeper.look()
    first_look = meter.spent.write_units  # symbols, once an hour; and a first LATEST
    meter.reset()
    for second in range(MINUTES * 60):
        world.now.now += timedelta(seconds=1)
        world.machine.now += timedelta(seconds=1)
        moved = {
            name: _ticked(world.exchange.quoted[name])
            for name in sorted(world.exchange.quoted)[second % 8 :: 8]
        }
        keeper.on_quotes(world.now.now, moved)
        keeper.look()
    if meter.spent.calls != MINUTES * 5:
        raise RuntimeError(f"{meter.spent.calls} calls in {MINUTES} minutes of prices")
    return first_look + meter.spent.write_units * HOURLY
