"""An hour has one list of prices, whoever needs it first."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.windows import hour_of
from chalicelib.services.hour_prices import hour_prices
from tests.builders import NOON, at, prices
from tests.fakes import FakePrices

HOUR = hour_of(NOON)


def test_the_stored_list_of_the_hour_is_used() -> None:
    stored = FakePrices()
    stored.put_hour(HOUR, prices(NOON, BTC="1"))
    stored.put_minute(prices(NOON, BTC="2"))
    assert hour_prices(HOUR, stored).hour_list.usdt("BTC") == 1


def test_an_hour_never_opened_takes_its_minute_and_keeps_it() -> None:
    stored = FakePrices()
    stored.put_minute(prices(NOON, BTC="2"))
    assert hour_prices(HOUR, stored).hour_list.usdt("BTC") == 2
    assert stored.hours([HOUR])[HOUR].usdt("BTC") == 2


def test_an_hour_without_any_list_takes_the_last_prices_as_older() -> None:
    stored = FakePrices()
    stored.put_hour(HOUR - 1, prices(at(hours=-1), BTC="3"))
    found = hour_prices(HOUR, stored).hour_list
    assert found.usdt("BTC") == 3
    assert found.age("BTC") == timedelta(hours=1)


def test_without_a_list_of_the_hour_before_the_instant_is_named() -> None:
    with pytest.raises(MissingPrice, match="2026-03-01T12:00"):
        hour_prices(HOUR, FakePrices())


def test_a_minute_is_read_once() -> None:
    stored = FakePrices()
    stored.put_hour(HOUR, prices(NOON, BTC="1"))
    found = hour_prices(HOUR, stored)
    assert found.minute_list(at(minutes=-5)) is None
    stored.put_minute(prices(at(minutes=-5), BTC="2"))
    assert found.minute_list(at(minutes=-5)) is None
