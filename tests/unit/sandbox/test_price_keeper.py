"""The price lists that the fast-forward stores."""

from datetime import timedelta
from decimal import Decimal

from sandbox.price_keeper import PriceKeeper
from tests.builders import NOON, quote, symbols
from tests.fakes import FakeExchange, FakePrices


def _exchange(price: str) -> FakeExchange:
    exchange = FakeExchange(NOON)
    exchange.listed = symbols("BTC/USDT", "ETH/BTC")
    exchange.quoted = {"BTCUSDT": quote(price), "ETHBTC": quote("0.05")}
    return exchange


def test_a_minute_is_stored_with_every_asset_priced_in_usdt() -> None:
    prices = FakePrices()
    last = PriceKeeper(_exchange("60000"), prices).keep(NOON)
    stored = prices.minute(NOON)
    assert stored is not None
    assert stored.usdt("ETH") == 3000
    assert last == {"BTCUSDT": Decimal(60000), "ETHBTC": Decimal("0.05")}
    assert set(prices.symbols()) == {"BTCUSDT", "ETHBTC"}


def test_a_minute_is_stored_once_and_a_coin_that_stopped_keeps_its_price() -> None:
    exchange, prices = _exchange("60000"), FakePrices()
    keeper = PriceKeeper(exchange, prices)
    keeper.keep(NOON)
    exchange.quoted = {"BTCUSDT": quote("61000")}
    keeper.keep(NOON)
    later = NOON + timedelta(minutes=1)
    keeper.keep(later)
    first, second = prices.minute(NOON), prices.minute(later)
    assert first is not None
    assert second is not None
    assert first.usdt("BTC") == 60000
    assert second.usdt("BTC") == 61000
    assert second.usdt("ETH") == 3000
    assert second.age("ETH") == timedelta(minutes=1)
