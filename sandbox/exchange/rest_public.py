"""The calls anyone may make: time, pairs, prices, candles and the public tape."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.intervals import INTERVALS
from sandbox.exchange.market import Candle, DayStats
from sandbox.exchange.parameters import Parameters
from sandbox.exchange.public_tape import (
    aggregate,
    recent_trades,
    trades_between,
    trades_from,
)
from sandbox.exchange.tape import TapeTrade

STATUSES = frozenset({"TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"})
AVERAGE_MINUTES = 5
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
MOST_ROWS = 1_000


def ping(call: Call) -> Json:
    return {}


def server_time(call: Call) -> Json:
    return {"serverTime": call.at}


def exchange_info(call: Call) -> Json:
    chosen = _asked_symbols(call)
    status = _asked_status(call)
    if chosen is not None and status is not None:
        raise api_error.bad_combination()
    market = call.exchange.market
    return {
        "timezone": "UTC",
        "serverTime": call.at,
        "rateLimits": list(call.exchange.limits.settings.rate_limits()),
        "exchangeFilters": [],
        "symbols": [
            market.symbols[name].exchange_info(market.status(name, call.at))
            for name in (market.symbols if chosen is None else chosen)
            if status in (None, market.status(name, call.at))
        ],
    }


def price_ticker(call: Call) -> Json:
    market = call.exchange.market
    rows: list[dict[str, object]] = [
        {"symbol": name, "price": eight_decimals(market.price(name, call.at))}
        for name in _priced_symbols(call)
    ]
    return rows[0] if call.parameters.text("symbol") else rows


def day_ticker(call: Call) -> Json:
    kind = call.parameters.text("type") or "FULL"
    if kind not in {"FULL", "MINI"}:
        raise api_error.ApiError(400, -1139, "Invalid ticker type.")
    row_of = _full_day if kind == "FULL" else _mini_day
    rows = [row_of(call, call.exchange.market.day(name, call.at)) for name in _priced_symbols(call)]
    return rows[0] if call.parameters.text("symbol") else rows


def candles(call: Call) -> Json:
    parameters = call.parameters
    symbol = _required_symbol(call)
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
    symbol = _required_symbol(call)
    found = call.exchange.market.candles(
        symbol, "1m", start=None, end=None, limit=AVERAGE_MINUTES, now=call.at
    )
    volume = sum((candle.volume for candle in found), Decimal(0))
    value = sum((candle.quote_volume for candle in found), Decimal(0))
    price = value / volume if volume else call.exchange.market.price(symbol, call.at)
    return {"mins": AVERAGE_MINUTES, "price": eight_decimals(price), "closeTime": call.at}


def newest_trades(call: Call) -> Json:
    limit = call.parameters.limit(default=500, most=MOST_ROWS)
    return [
        _trade_row(trade)
        for trade in recent_trades(call.exchange, _required_symbol(call), limit=limit)
    ]


def historical_trades(call: Call) -> Json:
    symbol = _required_symbol(call)
    limit = call.parameters.limit(default=500, most=MOST_ROWS)
    from_id = call.parameters.integer("fromId")
    if from_id is None:
        found = recent_trades(call.exchange, symbol, limit=limit)
    else:
        found = trades_from(call.exchange, symbol, from_id, limit=limit)
    return [_trade_row(trade) for trade in found]


def aggregate_trades(call: Call) -> Json:
    parameters = call.parameters
    symbol = _required_symbol(call)
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


def _required_symbol(call: Call) -> str:
    symbol = call.parameters.symbol()
    if symbol is None:
        raise api_error.missing("symbol")
    call.exchange.matcher.spec(symbol)
    return symbol


def _asked_symbols(call: Call) -> list[str] | None:
    """The listed pairs named by `symbol` or `symbols`; None when neither was sent."""
    one, several = call.parameters.symbol(), call.parameters.symbols()
    if one is not None and several is not None:
        raise api_error.bad_combination()
    chosen = [one] if one is not None else several
    for name in chosen or []:
        call.exchange.matcher.spec(name)
    return chosen


def _asked_status(call: Call) -> str | None:
    status = call.parameters.text("symbolStatus")
    if status is not None and status not in STATUSES:
        raise api_error.ApiError(400, -1122, "Invalid symbolStatus.")
    return status


def _priced_symbols(call: Call) -> list[str]:
    """The pairs asked for that have a price; those of the asked status when one was asked."""
    market = call.exchange.market
    chosen = _asked_symbols(call)
    status = _asked_status(call)
    one = call.parameters.text("symbol")
    if one is not None and status not in (None, market.status(one, call.at)):
        raise api_error.ApiError(
            400, -1220, "The symbol's status does not match the requested symbolStatus."
        )
    names: Iterable[str] = market.prices(call.at) if chosen is None else chosen
    return [name for name in names if status in (None, market.status(name, call.at))]


def _mini_day(call: Call, day: DayStats) -> dict[str, object]:
    return {
        "symbol": day.symbol,
        "openPrice": eight_decimals(day.open),
        "highPrice": eight_decimals(day.high),
        "lowPrice": eight_decimals(day.low),
        "lastPrice": eight_decimals(day.last),
        "volume": eight_decimals(day.volume),
        "quoteVolume": eight_decimals(day.quote_volume),
        "openTime": day.open_time,
        "closeTime": day.close_time,
        "firstId": day.first_id,
        "lastId": day.last_id,
        "count": day.count,
    }


def _full_day(call: Call, day: DayStats) -> dict[str, object]:
    matcher = call.exchange.matcher
    spec = matcher.spec(day.symbol)
    bid = next(iter(matcher.levels(spec, day.last, call.at, asks=False)))
    ask = next(iter(matcher.levels(spec, day.last, call.at, asks=True)))
    change = day.last - day.open
    average = day.quote_volume / day.volume if day.volume else day.last
    return {
        "symbol": day.symbol,
        "priceChange": eight_decimals(change),
        "priceChangePercent": f"{change / day.open * 100:.3f}",
        "weightedAvgPrice": eight_decimals(average),
        "prevClosePrice": eight_decimals(day.open),
        "lastQty": eight_decimals(spec.step_size),
        "bidPrice": eight_decimals(bid.price),
        "bidQty": eight_decimals(bid.quantity),
        "askPrice": eight_decimals(ask.price),
        "askQty": eight_decimals(ask.quantity),
    } | _mini_day(call, day)


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


def _price_weight(parameters: Parameters) -> int:
    return 2 if parameters.text("symbol") else 4


def _day_weight(parameters: Parameters) -> int:
    if parameters.text("symbol"):
        return 2
    symbols = parameters.symbols()
    if symbols is None or len(symbols) > 100:
        return 80
    return 2 if len(symbols) <= 20 else 40


_SYMBOLS = frozenset({"symbol", "symbols", "symbolStatus"})
_TAPE = frozenset({"symbol", "limit", "fromId"})
_WINDOW = frozenset({"startTime", "endTime"})

PUBLIC_ENDPOINTS = (
    Endpoint("GET", "/api/v3/ping", ping, socket_method="ping"),
    Endpoint("GET", "/api/v3/time", server_time, socket_method="time"),
    Endpoint(
        "GET",
        "/api/v3/exchangeInfo",
        exchange_info,
        _SYMBOLS | {"permissions", "showPermissionSets"},
        weight=20,
        socket_method="exchangeInfo",
    ),
    Endpoint(
        "GET",
        "/api/v3/ticker/price",
        price_ticker,
        _SYMBOLS,
        weight=_price_weight,
        socket_method="ticker.price",
    ),
    Endpoint(
        "GET",
        "/api/v3/ticker/24hr",
        day_ticker,
        _SYMBOLS | {"type"},
        weight=_day_weight,
        socket_method="ticker.24hr",
    ),
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
