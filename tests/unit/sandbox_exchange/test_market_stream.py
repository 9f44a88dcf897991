"""Market streams without a socket: only what changed, only what was asked for."""

import json
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.market_stream import MarketFeed, MarketSession
from tests.exchange_builders import make_exchange


class Listener:
    def __init__(self, feed: MarketFeed, exchange: Exchange, *streams: str, combined: bool) -> None:
        self.frames: list[Any] = []
        self.session = MarketSession(
            streams=streams,
            combined=combined,
            send=lambda text: self.frames.append(json.loads(text)),
            machine=exchange.machine,
        )
        feed.join(self.session)


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def feed(exchange: Exchange) -> MarketFeed:
    return MarketFeed(exchange)


def move(exchange: Exchange, symbol: str, price: str) -> None:
    exchange.market.set_price(symbol, Decimal(price), exchange.now() - 1)


def test_nothing_is_sent_while_nothing_changes(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "!miniTicker@arr", combined=False)
    feed.tick()
    assert listener.frames == []


def test_only_changed_pairs_are_in_the_list(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "!miniTicker@arr", combined=False)
    move(exchange, "PIVXBTC", "0.00000500")
    feed.tick()
    feed.tick()
    assert [[row["s"] for row in frame] for frame in listener.frames] == [["PIVXBTC"]]


def test_a_mini_ticker_has_its_fields(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "pivxbtc@miniTicker", combined=False)
    move(exchange, "PIVXBTC", "0.00000500")
    feed.tick()
    frame = listener.frames[0]
    assert frame.keys() == {"e", "E", "s", "c", "o", "h", "l", "v", "q"}
    assert (frame["e"], frame["c"]) == ("24hrMiniTicker", "0.00000500")


def test_a_combined_stream_names_each_payload(exchange: Exchange, feed: MarketFeed) -> None:
    names = ("btcusdt@ticker", "btcusdt@kline_1d")
    listener = Listener(feed, exchange, *names, combined=True)
    move(exchange, "BTCUSDT", "70000.00")
    feed.tick()
    assert {frame["stream"]: frame["data"]["e"] for frame in listener.frames} == {
        "btcusdt@ticker": "24hrTicker",
        "btcusdt@kline_1d": "kline",
    }


def test_a_running_candle_is_not_closed(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "btcusdt@kline_1d", combined=False)
    move(exchange, "BTCUSDT", "70000.00")
    feed.tick()
    candle = listener.frames[0]["k"]
    assert (candle["x"], candle["c"]) == (False, "70000.00000000")


def test_the_retired_stream_gives_nothing(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "!ticker@arr", combined=False)
    move(exchange, "BTCUSDT", "70000.00")
    feed.tick()
    assert listener.frames == []


def test_streams_come_and_go_by_request(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, combined=False)
    for method in ("SUBSCRIBE", "LIST_SUBSCRIPTIONS", "UNSUBSCRIBE"):
        frame = {"method": method, "params": ["btcusdt@miniTicker"], "id": 1}
        listener.session.receive(json.dumps(frame))
    assert [frame["result"] for frame in listener.frames] == [None, ["btcusdt@miniTicker"], None]
    assert list(listener.session.streams) == []


def test_the_sixth_message_in_a_second_cuts_the_line(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, combined=False)
    frame = json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    assert [listener.session.receive(frame) for _ in range(6)] == [True] * 5 + [False]


def test_whoever_left_hears_nothing(exchange: Exchange, feed: MarketFeed) -> None:
    listener = Listener(feed, exchange, "!miniTicker@arr", combined=False)
    feed.leave(listener.session)
    move(exchange, "BTCUSDT", "70000.00")
    feed.tick()
    assert listener.frames == []
