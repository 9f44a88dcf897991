"""The live demo goes on when the exchange has nothing to say for a while."""

from datetime import UTC, datetime
from random import Random
from unittest.mock import create_autospec

import requests

from sandbox.demo_market import DemoMarket
from sandbox.exchange.client import AdminClient
from sandbox.floor import ExchangeClock
from sandbox.live_demo import LiveDemo


def test_an_hour_is_planned_later_when_prices_cannot_be_read() -> None:
    market = create_autospec(DemoMarket, instance=True)
    market.look.side_effect = [requests.HTTPError("429"), None]
    clock = create_autospec(ExchangeClock, instance=True)
    clock.now.return_value = datetime(2026, 3, 1, 12, tzinfo=UTC)
    demo = LiveDemo(
        [],
        bank=create_autospec(AdminClient, instance=True),
        clock=clock,
        market=market,
        machine_s=iter([9.0, 0.0, 0.0, 0.0]).__next__,  # before its first trade by hand
        dice=Random(1),
    )
    assert [demo.step(), demo.step(), demo.step()] == [0, 0, 0]
    assert market.look.call_count == 2
