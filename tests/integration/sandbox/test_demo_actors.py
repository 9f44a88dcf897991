"""Demo traders on a real sandbox exchange: what they believe to hold is what they hold."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from random import Random

import pytest

from sandbox.demo import Part, cast, hour_within
from sandbox.demo_actor import Actor, open_actor
from sandbox.demo_market import DemoMarket
from sandbox.demo_moves import Buy, PayOut
from sandbox.exchange.running import USUAL_START, RunningExchange, running_exchange

HOUR_MS = 3_600_000
HOURS = 30


@pytest.fixture(scope="module")
def exchange() -> Iterator[RunningExchange]:
    with running_exchange(start=USUAL_START) as running:
        running.admin.post("limits", weight_per_minute=10_000_000)
        yield running


@pytest.fixture(scope="module")
def market(exchange: RunningExchange) -> Iterator[DemoMarket]:
    with closing(DemoMarket(exchange.rest_url)) as opened:
        yield opened


@pytest.fixture
def to_close() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _actors(part: Part, exchange: RunningExchange, to_close: ExitStack) -> list[Actor]:
    actors = [
        open_actor(
            part.name,
            each.strategy(),
            each.balances,
            bank=exchange.admin,
            address=exchange.rest_url,
            clock=exchange.admin.now,
            dice=Random(part.name),
        )
        for each in part.accounts
    ]
    for actor in actors:
        to_close.callback(actor.close)
    return actors


def _live_through(actors: list[Actor], market: DemoMarket, exchange: RunningExchange) -> int:
    """Take all through HOURS; returns how many moves came to something."""
    start, done = exchange.admin.now(), 0
    for hour in range(HOURS):
        hour_start = start + hour * HOUR_MS
        exchange.admin.set_time(hour_start)
        market.look()
        agenda = [
            (move.second, place, move)
            for place, actor in enumerate(actors)
            for move in actor.plan(hour % 24, market.listings, market.moved)
        ]
        for second, place, move in sorted(agenda, key=lambda each: each[:2]):
            exchange.admin.set_time(hour_start + int(second * 1000))
            done += actors[place].act(move, market.listings, exchange.admin)
    return done


def _balances(actor: Actor, exchange: RunningExchange) -> dict[str, Decimal]:
    books = exchange.admin.books(actor.uid)["balances"]
    amounts = {
        asset: Decimal(each["free"]) + Decimal(each["locked"]) for asset, each in books.items()
    }
    return {asset: amount for asset, amount in amounts.items() if amount}


def test_the_whole_cast_knows_what_it_holds(
    exchange: RunningExchange, market: DemoMarket, to_close: ExitStack
) -> None:
    actors = [actor for part in cast(48) for actor in _actors(part, exchange, to_close)]
    assert _live_through(actors, market, exchange) > 100
    for actor in actors:
        believed = {asset: amount for asset, amount in actor.holdings.items() if amount}
        assert believed == _balances(actor, exchange), actor.name


def test_a_move_too_small_for_the_exchange_is_let_go(
    exchange: RunningExchange, market: DemoMarket, to_close: ExitStack
) -> None:
    (actor,) = _actors(cast(1)[0], exchange, to_close)
    assert not actor.act(Buy(0, "BTCUSDT", 0.0001), market.listings, exchange.admin)
    assert not actor.act(PayOut(0, "USDT", 0.0001), market.listings, exchange.admin)


def test_the_cast_has_every_kind_and_no_name_twice() -> None:
    names = [part.name for part in cast(130)]
    assert len(set(names)) == 130
    asked = {
        "holder",
        "rebalancer",
        "day trader",
        "loser",
        "pays in at clever moments",
        "two accounts",
        "altcoins through BTC",
        "retired",
        "newcomer",
    }
    assert asked <= {part.kind for part in cast(15)}


@pytest.mark.parametrize(
    ("hour", "hours", "within"), [(0, 48, 0), (200, 48, 24), (-60, 48, 24), (-60, 768, 708)]
)
def test_a_part_of_a_short_demo_stays_inside_it(hour: int, hours: int, within: int) -> None:
    assert hour_within(hour, hours) == within
