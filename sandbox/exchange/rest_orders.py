"""The calls of a key's owner about orders: place, try, find, cancel, list."""

from __future__ import annotations

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.order_wire import (
    cancel_reply,
    order_reply,
    order_row,
    read_order,
    reply_kind,
)
from sandbox.exchange.orders import Order
from sandbox.exchange.parameters import Parameters
from sandbox.exchange.rest_account import MOST_ROWS, check_day, page


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
    waiting = call.exchange.desk.orders.open(call.account.uid, call.symbol())
    if not waiting:
        raise api_error.cancel_rejected()
    for order in waiting:
        client_id = f"cancel-{order.order_id}"
        call.exchange.desk.cancel(order, client_id=client_id, at=call.at)
    return [cancel_reply(order) for order in waiting]


def open_orders(call: Call) -> Json:
    symbol = call.symbol() if call.parameters.symbol() else None
    return [order_row(each) for each in call.exchange.desk.orders.open(call.account.uid, symbol)]


def all_orders(call: Call) -> Json:
    parameters = call.parameters
    symbol = call.symbol()
    order_id = parameters.integer("orderId")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    limit = parameters.limit(default=500, most=MOST_ROWS)
    check_day(start, end)
    found = [
        order
        for order in call.exchange.desk.orders.of_account(call.account.uid, symbol)
        if (order_id is None or order.order_id >= order_id)
        and (start is None or order.created_at >= start)
        and (end is None or order.created_at <= end)
    ]
    oldest_first = start is not None or order_id is not None
    return [order_row(order) for order in page(found, limit, oldest_first=oldest_first)]


def _find_order(call: Call) -> Order:
    symbol = call.symbol()
    order_id = call.parameters.integer("orderId")
    client_id = call.parameters.client_id("origClientOrderId")
    if order_id is None and client_id is None:
        raise api_error.one_of_two("origClientOrderId", "orderId")
    return call.exchange.desk.orders.find(
        call.account.uid, symbol, order_id=order_id, client_id=client_id
    )


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

ORDER_ENDPOINTS = (
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
)
