"""The calls of a key's owner under /api: account, orders, own trades."""

from __future__ import annotations

from itertools import islice
from typing import TypeVar

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, Balance
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.order_wire import (
    cancel_reply,
    order_reply,
    order_row,
    read_order,
    reply_kind,
    trade_row,
)
from sandbox.exchange.orders import Order, OwnFill
from sandbox.exchange.parameters import Parameters

DAY_MS = 86_400_000
MOST_ROWS = 1_000

Row = TypeVar("Row", Order, OwnFill)


def account_status(call: Call) -> Json:
    account = call.account
    fee = int(call.exchange.trading.fees.rate * 10_000)
    rate = eight_decimals(call.exchange.trading.fees.rate)
    return {
        "makerCommission": fee,
        "takerCommission": fee,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": rate,
            "taker": rate,
            "buyer": "0.00000000",
            "seller": "0.00000000",
        },
        "canTrade": account.can_trade,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": account.updated_at,
        "accountType": "SPOT",
        "balances": _balances(call, account),
        "permissions": ["SPOT"],
        "uid": account.uid,
    }


def commission_rates(call: Call) -> Json:
    symbol = _symbol(call)
    fees = call.exchange.trading.fees
    rates = {
        "maker": eight_decimals(fees.rate),
        "taker": eight_decimals(fees.rate),
        "buyer": "0.00000000",
        "seller": "0.00000000",
    }
    nothing = dict.fromkeys(rates, "0.00000000")
    return {
        "symbol": symbol,
        "standardCommission": rates,
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": {
            "enabledForAccount": call.account.fee_in_bnb,
            "enabledForSymbol": True,
            "discountAsset": "BNB",
            "discount": eight_decimals(fees.bnb_discount),
        },
    }


def my_trades(call: Call) -> Json:
    parameters = call.parameters
    symbol = _symbol(call)
    order_id, from_id = parameters.integer("orderId"), parameters.integer("fromId")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    limit = parameters.limit(default=500, most=MOST_ROWS)
    windowed = start is not None or end is not None
    if windowed and (order_id is not None or from_id is not None):
        raise api_error.bad_combination()
    _check_day(start, end)
    seen_until = call.at - call.exchange.fill_lag_ms
    found = [
        fill
        for fill in call.exchange.desk.fills.of_account(
            call.account.uid, symbol, from_id=from_id or 0
        )
        if fill.executed_at <= seen_until
        and (order_id is None or fill.order_id == order_id)
        and (start is None or fill.executed_at >= start)
        and (end is None or fill.executed_at <= end)
    ]
    oldest_first = start is not None or from_id is not None
    return [trade_row(fill) for fill in _page(found, limit, oldest_first=oldest_first)]


def new_order(call: Call) -> Json:
    request = read_order(call.parameters)
    kind = reply_kind(call.parameters)
    order, fills = call.exchange.desk.place(call.account, request, call.at)
    return order_reply(order, fills, kind)


def try_order(call: Call) -> Json:
    request = read_order(call.parameters)
    reply_kind(call.parameters)
    call.exchange.desk.check(call.account, request, call.at)
    if not call.parameters.flag("computeCommissionRates"):
        return {}
    rate = eight_decimals(call.exchange.trading.fees.rate)
    return {
        "standardCommissionForOrder": {"maker": rate, "taker": rate},
        "taxCommissionForOrder": {"maker": "0.00000000", "taker": "0.00000000"},
        "discount": {
            "enabledForAccount": call.account.fee_in_bnb,
            "enabledForSymbol": True,
            "discountAsset": "BNB",
            "discount": eight_decimals(call.exchange.trading.fees.bnb_discount),
        },
    }


def order_status(call: Call) -> Json:
    return order_row(_find_order(call))


def cancel_order(call: Call) -> Json:
    try:
        order = _find_order(call)
    except api_error.ApiError as refusal:
        if refusal.code == api_error.unknown_order().code:
            raise api_error.cancel_rejected() from refusal
        raise
    client_id = call.parameters.client_id("newClientOrderId") or f"cancel-{order.order_id}"
    call.exchange.desk.cancel(order, client_id=client_id, at=call.at)
    return cancel_reply(order)


def cancel_open_orders(call: Call) -> Json:
    waiting = call.exchange.desk.orders.open(call.account.uid, _symbol(call))
    if not waiting:
        raise api_error.cancel_rejected()
    for order in waiting:
        client_id = f"cancel-{order.order_id}"
        call.exchange.desk.cancel(order, client_id=client_id, at=call.at)
    return [cancel_reply(order) for order in waiting]


def open_orders(call: Call) -> Json:
    symbol = _symbol(call) if call.parameters.symbol() else None
    return [order_row(each) for each in call.exchange.desk.orders.open(call.account.uid, symbol)]


def all_orders(call: Call) -> Json:
    parameters = call.parameters
    symbol = _symbol(call)
    order_id = parameters.integer("orderId")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    limit = parameters.limit(default=500, most=MOST_ROWS)
    _check_day(start, end)
    found = [
        order
        for order in call.exchange.desk.orders.of_account(call.account.uid, symbol)
        if (order_id is None or order.order_id >= order_id)
        and (start is None or order.created_at >= start)
        and (end is None or order.created_at <= end)
    ]
    oldest_first = start is not None or order_id is not None
    return [order_row(order) for order in _page(found, limit, oldest_first=oldest_first)]


def order_counts(call: Call) -> Json:
    limits = [
        limit
        for limit in call.exchange.limits.settings.rate_limits()
        if limit["rateLimitType"] == "ORDERS"
    ]
    counts = call.exchange.limits.order_counts(call.account.uid)
    return [limit | {"count": count} for limit, count in zip(limits, counts, strict=True)]


def _balances(call: Call, account: Account) -> list[dict[str, str]]:
    held = account.balances
    if call.parameters.flag("omitZeroBalances"):
        shown = {asset: each for asset, each in held.items() if each.free or each.locked}
    else:
        listed = call.exchange.market.symbols.values()
        assets = {asset for spec in listed for asset in (spec.base, spec.quote)}
        shown = {asset: held.get(asset, Balance()) for asset in sorted(assets | held.keys())}
    return [
        {"asset": asset, "free": eight_decimals(each.free), "locked": eight_decimals(each.locked)}
        for asset, each in shown.items()
    ]


def _symbol(call: Call) -> str:
    symbol = call.parameters.symbol()
    if symbol is None:
        raise api_error.missing("symbol")
    return call.exchange.matcher.spec(symbol).name


def _find_order(call: Call) -> Order:
    symbol = _symbol(call)
    order_id = call.parameters.integer("orderId")
    client_id = call.parameters.client_id("origClientOrderId")
    if order_id is None and client_id is None:
        raise api_error.one_of_two("origClientOrderId", "orderId")
    return call.exchange.desk.orders.find(
        call.account.uid, symbol, order_id=order_id, client_id=client_id
    )


def _check_day(start: int | None, end: int | None) -> None:
    if start is None or end is None:
        return
    if end < start:
        raise api_error.invalid_value("startTime")
    if end - start > DAY_MS:
        raise api_error.window_too_long(24)


def _page(found: list[Row], limit: int, *, oldest_first: bool) -> list[Row]:
    return list(islice(found, limit)) if oldest_first else found[-limit:]


def _my_trades_weight(parameters: Parameters) -> int:
    return 5 if parameters.text("orderId") else 20


def _try_weight(parameters: Parameters) -> int:
    return 20 if parameters.text("computeCommissionRates") == "true" else 1


def _open_orders_weight(parameters: Parameters) -> int:
    return 6 if parameters.text("symbol") else 80


_WINDOW = frozenset({"startTime", "endTime", "limit"})
_ONE_ORDER = frozenset({"symbol", "orderId", "origClientOrderId"})
_NEW_ORDER = frozenset(
    {
        "symbol",
        "side",
        "type",
        "timeInForce",
        "quantity",
        "quoteOrderQty",
        "price",
        "newClientOrderId",
        "strategyId",
        "strategyType",
        "newOrderRespType",
        "selfTradePreventionMode",
    }
)

SIGNED_ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/v3/account",
        account_status,
        frozenset({"omitZeroBalances"}),
        weight=20,
        security=Security.USER_DATA,
        socket_method="account.status",
    ),
    Endpoint(
        "GET",
        "/api/v3/account/commission",
        commission_rates,
        frozenset({"symbol"}),
        weight=20,
        security=Security.USER_DATA,
        socket_method="account.commission",
    ),
    Endpoint(
        "GET",
        "/api/v3/myTrades",
        my_trades,
        _WINDOW | {"symbol", "orderId", "fromId"},
        weight=_my_trades_weight,
        security=Security.USER_DATA,
        socket_method="myTrades",
    ),
    Endpoint(
        "POST",
        "/api/v3/order",
        new_order,
        _NEW_ORDER,
        security=Security.TRADE,
        free_on_success=True,
        shows_order_count=True,
        socket_method="order.place",
    ),
    Endpoint(
        "POST",
        "/api/v3/order/test",
        try_order,
        _NEW_ORDER | {"computeCommissionRates"},
        weight=_try_weight,
        security=Security.TRADE,
        socket_method="order.test",
    ),
    Endpoint(
        "GET",
        "/api/v3/order",
        order_status,
        _ONE_ORDER,
        weight=4,
        security=Security.USER_DATA,
        socket_method="order.status",
    ),
    Endpoint(
        "DELETE",
        "/api/v3/order",
        cancel_order,
        _ONE_ORDER | {"newClientOrderId"},
        security=Security.TRADE,
        free_on_success=True,
        socket_method="order.cancel",
    ),
    Endpoint(
        "DELETE",
        "/api/v3/openOrders",
        cancel_open_orders,
        frozenset({"symbol"}),
        security=Security.TRADE,
        free_on_success=True,
        socket_method="openOrders.cancelAll",
    ),
    Endpoint(
        "GET",
        "/api/v3/openOrders",
        open_orders,
        frozenset({"symbol"}),
        weight=_open_orders_weight,
        security=Security.USER_DATA,
        socket_method="openOrders.status",
    ),
    Endpoint(
        "GET",
        "/api/v3/allOrders",
        all_orders,
        _WINDOW | {"symbol", "orderId"},
        weight=20,
        security=Security.USER_DATA,
        socket_method="allOrders",
    ),
    Endpoint(
        "GET",
        "/api/v3/rateLimit/order",
        order_counts,
        weight=40,
        security=Security.USER_DATA,
        socket_method="account.rateLimits.orders",
    ),
)
