"""How the league names a coin that is halted, taken off the list, listed again, or unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.coin_state import CoinState
from chalicelib.services.coin_states import coin_states
from ingest_container.outside import Outside
from ingest_container.prices import SYMBOLS_EVERY, PriceKeeper
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.fakes import Fakes
from tests.integration.binance_helpers import MovableClock, adapter
from tests.unit.ingest.helpers import World

MINUTE_MS = 60_000
COIN = "SOL"


@dataclass
class Market:
    """The running exchange, and the keeper of the league's prices, who looks when told."""

    running: RunningExchange
    exchange: BinanceExchange
    clock: MovableClock
    fakes: Fakes
    keeper: PriceKeeper

    def later(self, minutes: int = 1) -> None:
        """Let time pass on all clocks; the market speaks, and the keeper looks."""
        self.clock.moved += max(timedelta(minutes=minutes), SYMBOLS_EVERY).total_seconds()
        self.running.admin.advance(minutes * MINUTE_MS)
        now = self.exchange.time()
        self.keeper.on_quotes(now, self.exchange.quotes())
        self.keeper.look()

    def now(self) -> datetime:
        return self.exchange.time()

    def states(self, *coins: str) -> list[CoinState]:
        found = coin_states(coins, self.now(), self.fakes.prices)
        return [found[coin] for coin in coins]


@pytest.fixture
def market() -> Iterator[Market]:
    clock, world = MovableClock(), World()
    with running_exchange() as running, adapter(running) as exchange:
        fakes = world.outside()
        own = {"exchange": exchange, "machine": clock, "now": exchange.time}
        values = {name: getattr(fakes, name) for name in Outside.__slots__}
        keeper = PriceKeeper(Outside(**values | own))
        keeper.look()
        made = Market(running, exchange, clock, world.fakes, keeper)
        made.later()
        yield made


def test_a_coin_whose_pair_is_halted_keeps_its_price_and_says_so(market: Market) -> None:
    latest = market.fakes.prices.latest()
    assert latest is not None
    before = latest.assets[COIN].price
    for name in pairs_of(market, COIN):
        market.running.admin.post("status", symbol=name, status="HALT")
    market.later()
    market.later()
    assert market.states(COIN, "BTC") == [CoinState.HALTED, CoinState.TRADING]
    kept = market.fakes.prices.latest()
    assert kept is not None
    assert kept.assets[COIN].price == before
    for name in pairs_of(market, COIN):
        market.running.admin.post("status", symbol=name, status="TRADING")
    market.later()
    market.later()
    assert market.states(COIN) == [CoinState.TRADING]


def test_a_coin_taken_off_the_list_says_so_until_it_is_listed_again(market: Market) -> None:
    for name in pairs_of(market, COIN):
        market.running.admin.post("pairs/delist", symbol=name)
    market.later()
    market.later()
    assert market.states(COIN) == [CoinState.DELISTED]
    market.running.admin.post("pairs/list", base=COIN, quote="USDT", price="150")
    market.later()
    market.later()
    assert market.states(COIN) == [CoinState.TRADING]


def test_a_coin_that_never_had_a_pair_has_no_value_until_it_gets_one(market: Market) -> None:
    assert market.states("NEWCOIN") == [CoinState.NOT_VALUED]
    market.running.admin.post("pairs/list", base="NEWCOIN", quote="USDT", price="2")
    market.later()
    market.later()
    assert market.states("NEWCOIN") == [CoinState.TRADING]


def pairs_of(market: Market, coin: str) -> list[str]:
    return [each.name for each in market.exchange.symbols().values() if each.base == coin]
