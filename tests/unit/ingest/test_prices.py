"""Which price list is stored for which minute."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.errors import ExchangeUnavailable, StoreUnavailable
from chalicelib.domain.market import PriceList
from ingest_container.prices import SYMBOLS_EVERY, TRY_AGAIN_AFTER, PriceKeeper
from tests.builders import at, prices, quote, symbols
from tests.unit.ingest.helpers import World


@pytest.fixture
def world() -> World:
    made = World()
    made.exchange.quoted = {"BTCUSDT": quote("60000"), "ETHUSDT": quote("3000")}
    return made


@pytest.fixture
def keeper(world: World) -> PriceKeeper:
    made = PriceKeeper(world.outside())
    made.look()
    return made


def look_at(world: World, keeper: PriceKeeper, minutes: float = 0, seconds: float = 0) -> None:
    world.now.now = at(minutes=minutes, seconds=seconds)
    keeper.look()


def stored(world: World, minute: int) -> PriceList:
    found = world.fakes.prices.minute(at(minutes=minute))
    assert found is not None
    return found


def test_a_minute_holds_the_last_prices_strictly_before_it(
    world: World, keeper: PriceKeeper
) -> None:
    keeper.on_quotes(at(seconds=59), {"BTCUSDT": quote("60001")})
    keeper.on_quotes(at(minutes=1), {"BTCUSDT": quote("60002")})
    look_at(world, keeper, minutes=1)
    assert stored(world, 1).usdt("BTC") == Decimal(60001)
    assert stored(world, 1).taken_at == at(minutes=1)


def test_a_quiet_symbol_keeps_its_seeded_price(world: World, keeper: PriceKeeper) -> None:
    keeper.on_quotes(at(minutes=1), {"BTCUSDT": quote("60002")})
    look_at(world, keeper, minutes=1)
    assert stored(world, 1).usdt("ETH") == Decimal(3000)


def test_a_minute_without_any_ticker_is_stored_too(world: World, keeper: PriceKeeper) -> None:
    look_at(world, keeper, minutes=1, seconds=1)
    assert world.fakes.prices.minute(at(minutes=1)) is None
    look_at(world, keeper, minutes=1, seconds=2)
    assert stored(world, 1).usdt("BTC") == Decimal(60000)


def test_a_ticker_just_late_still_counts_for_its_minute(world: World, keeper: PriceKeeper) -> None:
    look_at(world, keeper, minutes=1, seconds=1)
    keeper.on_quotes(at(seconds=59.9), {"BTCUSDT": quote("60009")})
    look_at(world, keeper, minutes=1, seconds=2)
    assert stored(world, 1).usdt("BTC") == Decimal(60009)


def test_after_a_jump_the_next_and_the_newest_minute_are_stored(
    world: World, keeper: PriceKeeper
) -> None:
    keeper.on_quotes(at(minutes=48), {"BTCUSDT": quote("61000")})
    look_at(world, keeper, minutes=48)
    assert stored(world, 1).usdt("BTC") == Decimal(60000)
    assert stored(world, 48).usdt("BTC") == Decimal(61000)
    assert world.fakes.prices.minute(at(minutes=2)) is None


def test_a_jump_seen_by_the_clock_first_asks_for_the_prices_after_it(
    world: World, keeper: PriceKeeper
) -> None:
    world.exchange.quoted = {"BTCUSDT": quote("90000")}
    look_at(world, keeper, minutes=48, seconds=2)
    assert stored(world, 1).usdt("BTC") == Decimal(60000)
    assert stored(world, 48).usdt("BTC") == Decimal(90000)


def test_a_jump_seen_by_the_clock_alone_stores_both_too(world: World, keeper: PriceKeeper) -> None:
    look_at(world, keeper, minutes=48, seconds=2)
    assert stored(world, 1).taken_at == at(minutes=1)
    assert stored(world, 48).taken_at == at(minutes=48)


def test_every_minute_is_stored_once_and_in_turn(world: World, keeper: PriceKeeper) -> None:
    for minute in range(1, 6):
        look_at(world, keeper, minutes=minute, seconds=3)
    assert [stored(world, minute).taken_at for minute in range(1, 6)]


def test_the_newest_list_is_replaced_every_15_seconds(world: World, keeper: PriceKeeper) -> None:
    keeper.on_quotes(at(seconds=10), {"BTCUSDT": quote("60010")})
    look_at(world, keeper, seconds=10)
    latest = world.fakes.prices.latest()
    assert latest is not None
    assert latest.usdt("BTC") == Decimal(60000)
    world.machine.now += timedelta(seconds=15)
    look_at(world, keeper, seconds=25)
    latest = world.fakes.prices.latest()
    assert latest is not None
    assert (latest.usdt("BTC"), latest.taken_at) == (Decimal(60010), at(seconds=25))


def test_symbols_are_stored_at_once_and_when_they_change(world: World, keeper: PriceKeeper) -> None:
    assert set(world.fakes.prices.symbols()) == {"BTCUSDT", "ETHUSDT"}
    world.exchange.listed |= symbols("SOL/USDT")
    keeper.look()
    assert "SOLUSDT" not in world.fakes.prices.symbols()
    world.machine.now += SYMBOLS_EVERY
    keeper.look()
    assert "SOLUSDT" in world.fakes.prices.symbols()
    world.fakes.prices.put_symbols({})
    world.machine.now += SYMBOLS_EVERY
    keeper.look()
    assert world.fakes.prices.symbols() == {}


def test_a_refused_list_of_symbols_stops_no_minute(world: World, keeper: PriceKeeper) -> None:
    world.exchange.fail("symbols", *[ExchangeUnavailable("down")] * 100)
    world.machine.now += SYMBOLS_EVERY
    keeper.on_quotes(at(seconds=59), {"BTCUSDT": quote("60001")})
    look_at(world, keeper, minutes=1, seconds=3)
    assert stored(world, 1).age("BTC") == timedelta(0)
    assert "down" in keeper.last_error


def test_what_failed_is_asked_again_every_ten_seconds(world: World, keeper: PriceKeeper) -> None:
    world.exchange.fail("symbols", *[ExchangeUnavailable("down")] * 100)
    world.machine.now += SYMBOLS_EVERY
    world.exchange.calls.clear()
    for _ in range(120):
        keeper.look()
        world.machine.now += timedelta(seconds=0.5)
    assert world.exchange.calls.count("symbols") == 6


class TestSilence:
    """Nothing is heard of the market: the stream says nothing, and nothing is answered."""

    @pytest.fixture
    def silent(self, world: World, keeper: PriceKeeper) -> World:
        """From a minute past noon on."""
        keeper.on_quotes(at(seconds=59), {"BTCUSDT": quote("60001")})
        look_at(world, keeper, minutes=1, seconds=3)
        world.exchange.fail("quotes", *[ExchangeUnavailable("down")] * 100)
        for minute in range(2, 5):
            world.machine.now += timedelta(minutes=1)
            look_at(world, keeper, minutes=minute, seconds=3)
        return world

    def test_minutes_keep_the_last_prices_at_their_age(self, silent: World) -> None:
        assert stored(silent, 4).usdt("BTC") == Decimal(60001)
        assert stored(silent, 1).age("BTC") == timedelta(0)
        assert stored(silent, 4).age("BTC") == timedelta(minutes=3)

    def test_the_newest_list_stays_what_it_was(self, silent: World) -> None:
        latest = silent.fakes.prices.latest()
        assert latest is not None
        assert latest.taken_at <= at(minutes=2)

    def test_a_stream_that_speaks_again_is_not_enough(
        self, silent: World, keeper: PriceKeeper
    ) -> None:
        keeper.on_quotes(at(minutes=4, seconds=30), {"BTCUSDT": quote("60005")})
        silent.machine.now += timedelta(minutes=1)
        look_at(silent, keeper, minutes=5, seconds=3)
        assert stored(silent, 5).age("ETH") > timedelta(0)

    def test_it_ends_with_an_answer(self, world: World, keeper: PriceKeeper) -> None:
        world.exchange.fail("quotes", ExchangeUnavailable("down"))
        world.machine.now += timedelta(minutes=5)
        look_at(world, keeper, minutes=5, seconds=3)
        assert stored(world, 5).age("ETH") == timedelta(minutes=4)
        world.exchange.quoted["ETHUSDT"] = quote("3005")
        world.machine.now += timedelta(minutes=1)
        look_at(world, keeper, minutes=6, seconds=3)
        assert stored(world, 6).age("ETH") == timedelta(0)
        assert stored(world, 6).usdt("ETH") == Decimal(3005)

    def test_a_stream_that_is_silent_alone_makes_no_price_old(
        self, world: World, keeper: PriceKeeper
    ) -> None:
        for minute in range(1, 10):
            look_at(world, keeper, minutes=minute, seconds=3)
        assert stored(world, 9).age("BTC") == timedelta(0)


def test_an_asset_that_no_longer_trades_keeps_its_last_price(world: World) -> None:
    world.fakes.prices.put_latest(prices(at(hours=-1), OLD="7"))
    keeper = PriceKeeper(world.outside())
    keeper.look()
    look_at(world, keeper, minutes=1, seconds=2)
    assert stored(world, 1).usdt("OLD") == Decimal(7)


def test_nothing_is_stored_before_all_quotes_are_known(world: World) -> None:
    world.exchange.fail("quotes", ExchangeUnavailable("down"))
    keeper = PriceKeeper(world.outside())
    keeper.look()
    keeper.on_quotes(at(minutes=1), {"BTCUSDT": quote("60002")})
    assert "down" in keeper.last_error
    world.machine.now += TRY_AGAIN_AFTER
    look_at(world, keeper, minutes=1, seconds=3)
    look_at(world, keeper, minutes=2, seconds=3)
    assert world.fakes.prices.minute(at(minutes=1)) is None
    assert stored(world, 2).usdt("BTC") == Decimal(60002)
    assert stored(world, 2).usdt("ETH") == Decimal(3000)


def test_a_list_the_table_refused_is_stored_later(
    world: World, keeper: PriceKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(found: PriceList) -> None:
        raise StoreUnavailable("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(world.fakes.prices, "put_minute", refuse)
        look_at(world, keeper, minutes=1, seconds=2)
    keeper.on_quotes(at(minutes=1, seconds=3), {"BTCUSDT": quote("60005")})
    keeper.look()
    assert stored(world, 1).usdt("BTC") == Decimal(60000)


def test_in_fast_forward_no_price_is_stored_and_then_all_are_fresh(
    world: World, keeper: PriceKeeper
) -> None:
    keeper.rest(True)
    keeper.on_quotes(at(minutes=5), {"BTCUSDT": quote("60002")})
    look_at(world, keeper, minutes=9)
    world.exchange.quoted["BTCUSDT"] = quote("70000")
    keeper.rest(False)
    look_at(world, keeper, minutes=9, seconds=30)
    look_at(world, keeper, minutes=10, seconds=2)
    assert world.fakes.prices.minute(at(minutes=5)) is None
    assert stored(world, 10).usdt("BTC") == Decimal(70000)
