"""The calls anyone may make about what was: candles, average price, the public tape."""

from __future__ import annotations

from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.intervals import HOUR_MS, INTERVALS
from sandbox.exchange.market import Candle
from sandbox.exchange.public_tape import (
    aggregate,
    recent_trades,
    trades_between,
    trades_from,
)
from sandbox.exchange.tape import TapeTrade

AVERAGE_MINUTES = 5
MOST_ROWS = 1_000


def candles(call: Call) -> Json:
    parameters = call.parameters
    symbol = call.symbol()
    interval = parameters.required("interval")
    if interval not in INTERVALS:
        raise api_error.ApiError(400, -1120, "Invalid interval.")
    if parameters.text("timeZone") not in (None, "0"):
        raise api_error.invalid_value("timeZone")
    found = call.exchange.market.candles(
        symbol,
        interval,
        start=parameters.integer("startTime"),
        end=parameters.integer("endTime"),
        limit=parameters.limit(default=500, most=MOST_ROWS),
        now=call.at,
    )
    return [_candle_row(candle) for candle in found]


def average_price(call: Call) -> Json:
    symbol = call.symbol()
    found = call.exchange.market.candles(
        symbol, "1m", start=None, end=None, limit=AVERAGE_MINUTES, now=call.at
    )
    volume = sum((candle.volume for candle in found), Decimal(0))
    value = sum((candle.quote_volume for candle in found), Decimal(0))
    price = value / volume if volume else call.exchange.market.price(symbol, call.at)
    return {"mins": AVERAGE_MINUTES, "price": eight_decimals(price), "closeTime": call.at}


def newest_trades(call: Call) -> Json:
    limit = call.parameters.limit(default=500, most=MOST_ROWS)
    return [_trade_row(trade) for trade in recent_trades(call.exchange, call.symbol(), limit=limit)]


def historical_trades(call: Call) -> Json:
    symbol = call.symbol()
    limit = call.parameters.limit(default=500, most=MOST_ROWS)
    from_id = call.parameters.integer("fromId")
    if from_id is None:
        found = recent_trades(call.exchange, symbol, limit=limit)
    else:
        found = trades_from(call.exchange, symbol, from_id, limit=limit)
    return [_trade_row(trade) for trade in found]


def aggregate_trades(call: Call) -> Json:
    parameters = call.parameters
    symbol = call.symbol()
    limit = parameters.limit(default=500, most=MOST_ROWS)
    from_id = parameters.integer("fromId")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    if from_id is not None:
        if start is not None or end is not None:
            raise api_error.bad_combination()
        found = trades_from(call.exchange, symbol, from_id, limit=limit)
    elif start is not None or end is not None:
        end = call.at if end is None else end
        start = end - HOUR_MS if start is None else start
        found = trades_between(call.exchange, symbol, start=start, end=end + 1, limit=limit)
    else:
        found = recent_trades(call.exchange, symbol, limit=limit)
    return [
        {
            "a": group.first.id,
            "p": eight_decimals(group.first.price),
            "q": eight_decimals(group.quantity),
            "f": group.first.id,
            "l": group.last_id,
            "T": group.first.time,
            "m": group.first.is_buyer_maker,
            "M": True,
        }
        for group in aggregate(found)
    ]


def _candle_row(candle: Candle) -> list[object]:
    return [
        candle.open_time,
        eight_decimals(candle.open),
        eight_decimals(candle.high),
        eight_decimals(candle.low),
        eight_decimals(candle.close),
        eight_decimals(candle.volume),
        candle.close_time,
        eight_decimals(candle.quote_volume),
        candle.trades,
        eight_decimals(candle.taker_base),
        eight_decimals(candle.taker_quote),
        "0",
    ]


def _trade_row(trade: TapeTrade) -> dict[str, object]:
    return {
        "id": trade.id,
        "price": eight_decimals(trade.price),
        "qty": eight_decimals(trade.quantity),
        "quoteQty": eight_decimals(trade.quote_quantity),
        "time": trade.time,
        "isBuyerMaker": trade.is_buyer_maker,
        "isBestMatch": True,
    }


_TAPE = frozenset({"symbol", "limit", "fromId"})
_WINDOW = frozenset({"startTime", "endTime"})

HISTORY_ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/v3/klines",
        candles,
        _WINDOW | {"symbol", "interval", "timeZone", "limit"},
        weight=2,
        socket_method="klines",
    ),
    Endpoint(
        "GET",
        "/api/v3/avgPrice",
        average_price,
        frozenset({"symbol"}),
        weight=2,
        socket_method="avgPrice",
    ),
    Endpoint(
        "GET",
        "/api/v3/trades",
        newest_trades,
        frozenset({"symbol", "limit"}),
        weight=25,
        socket_method="trades.recent",
    ),
    Endpoint(
        "GET",
        "/api/v3/historicalTrades",
        historical_trades,
        _TAPE,
        weight=25,
        socket_method="trades.historical",
    ),
    Endpoint(
        "GET",
        "/api/v3/aggTrades",
        aggregate_trades,
        _TAPE | _WINDOW,
        weight=4,
        socket_method="trades.aggregate",
    ),
)
