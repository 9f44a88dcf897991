"""The calls anyone may make about now: time, pairs and their rules, prices, 24 h figures."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.market import DayStats
from sandbox.exchange.parameters import Parameters

STATUSES = frozenset({"TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY"})


def ping(call: Call) -> Json:
    return {}


def system_status(call: Call) -> Json:
    if call.exchange.market.closed:
        return {"status": 1, "msg": "system_maintenance"}
    return {"status": 0, "msg": "normal"}


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
            if market.listed(name, call.at) and status in (None, market.status(name, call.at))
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


def _asked_symbols(call: Call) -> list[str] | None:
    """The listed pairs named by `symbol` or `symbols`; None when neither was sent."""
    one, several = call.parameters.symbol(), call.parameters.symbols()
    if one is not None and several is not None:
        raise api_error.bad_combination()
    chosen = [one] if one is not None else several
    for name in chosen or []:
        call.exchange.matcher.listed_spec(name, call.at)
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

PUBLIC_ENDPOINTS = (
    Endpoint("GET", "/sapi/v1/system/status", system_status),
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
)
