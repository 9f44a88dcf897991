"""Orders and fills as the replies show them, and the parameters that make an order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.orders import Order, OrderRequest, OwnFill
from sandbox.exchange.parameters import Parameters

ZERO = Decimal(0)
ZERO_TEXT = "0.00000000"
KINDS = frozenset({"LIMIT", "MARKET", "LIMIT_MAKER"})
STOP_KINDS = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})
PREVENTION_MODES = frozenset({"NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"})
REPLY_KINDS = frozenset({"ACK", "RESULT", "FULL"})
FIRST_STRATEGY_TYPE = 1_000_000


def read_order(parameters: Parameters) -> OrderRequest:
    """The order the parameters describe. Raises ApiError for a combination that makes none."""
    symbol = parameters.symbol()
    if symbol is None:
        raise api_error.missing("symbol")
    side = parameters.required("side")
    if side not in {"BUY", "SELL"}:
        raise api_error.ApiError(400, -1117, "Invalid side.")
    kind = parameters.required("type")
    if kind in STOP_KINDS:
        raise api_error.order_rejected(
            f"{kind.replace('_', ' ').capitalize()} orders are not supported for this symbol."
        )
    if kind not in KINDS:
        raise api_error.ApiError(400, -1116, "Invalid orderType.")
    _check_strategy(parameters)
    mode = parameters.text("selfTradePreventionMode") or "EXPIRE_MAKER"
    if mode not in PREVENTION_MODES:
        raise api_error.invalid_value("selfTradePreventionMode")
    quantity, quote_quantity = _amounts(parameters, kind)
    return OrderRequest(
        symbol=symbol,
        side=side,
        kind=kind,
        time_in_force=_time_in_force(parameters, kind),
        quantity=quantity,
        quote_quantity=quote_quantity,
        price=_price(parameters, kind),
        client_id=parameters.client_id("newClientOrderId") or "",
        prevention_mode=mode,
    )


def reply_kind(parameters: Parameters) -> str:
    """ACK, RESULT or FULL; FULL when not said, except for LIMIT_MAKER."""
    usual = "ACK" if parameters.text("type") == "LIMIT_MAKER" else "FULL"
    asked = parameters.text("newOrderRespType") or usual
    if asked not in REPLY_KINDS:
        raise api_error.invalid_value("newOrderRespType")
    return asked


def order_reply(order: Order, fills: Sequence[OwnFill], kind: str) -> dict[str, object]:
    """The answer to a new order in the asked length."""
    short: dict[str, object] = {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": order.updated_at,
    }
    if kind == "ACK":
        return short
    result = short | _progress(order)
    result["workingTime"] = order.created_at
    if kind == "FULL":
        result["fills"] = [
            {
                "price": eight_decimals(fill.price),
                "qty": eight_decimals(fill.quantity),
                "commission": eight_decimals(fill.commission),
                "commissionAsset": fill.commission_asset,
                "tradeId": fill.trade_id,
            }
            for fill in fills
        ]
    return result


def order_row(order: Order) -> dict[str, object]:
    """The order as GET order, openOrders and allOrders show it."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        **_progress(order),
        "stopPrice": ZERO_TEXT,
        "icebergQty": ZERO_TEXT,
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": True,
        "workingTime": order.created_at,
    }


def cancel_reply(order: Order) -> dict[str, object]:
    return {
        "symbol": order.symbol,
        "origClientOrderId": order.client_id,
        "orderId": order.order_id,
        "orderListId": -1,
        "clientOrderId": order.cancel_client_id,
        "transactTime": order.updated_at,
        **_progress(order),
    }


def trade_row(fill: OwnFill) -> dict[str, object]:
    """A row of myTrades."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": -1,
        "price": eight_decimals(fill.price),
        "qty": eight_decimals(fill.quantity),
        "quoteQty": eight_decimals(fill.quote_quantity),
        "commission": eight_decimals(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.executed_at,
        "isBuyer": fill.is_buyer,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def _progress(order: Order) -> dict[str, object]:
    row: dict[str, object] = {
        "price": eight_decimals(order.price),
        "origQty": eight_decimals(order.quantity),
        "executedQty": eight_decimals(order.executed),
        "origQuoteOrderQty": eight_decimals(order.quote_quantity),
        "cummulativeQuoteQty": eight_decimals(order.executed_quote),
        "status": order.status,
        "timeInForce": order.time_in_force,
        "type": order.kind,
        "side": order.side,
        "selfTradePreventionMode": order.prevention_mode,
    }
    if order.expiry_reason:
        row["expiryReason"] = order.expiry_reason
    return row


def _check_strategy(parameters: Parameters) -> None:
    strategy_type = parameters.integer("strategyType")
    if strategy_type is not None and strategy_type < FIRST_STRATEGY_TYPE:
        raise api_error.ApiError(400, -1134, "`strategyType` was less than 1000000.")


def _amounts(parameters: Parameters, kind: str) -> tuple[Decimal, Decimal]:
    quantity = parameters.decimal("quantity")
    quote_quantity = parameters.decimal("quoteOrderQty")
    if kind != "MARKET":
        if quote_quantity is not None:
            raise api_error.not_required("quoteOrderQty")
        if quantity is None:
            raise api_error.missing("quantity")
    elif quantity is None and quote_quantity is None:
        raise api_error.one_of_two("quantity", "quoteOrderQty")
    elif quantity is not None and quote_quantity is not None:
        raise api_error.bad_combination()
    return quantity or ZERO, quote_quantity or ZERO


def _time_in_force(parameters: Parameters, kind: str) -> str:
    asked = parameters.text("timeInForce")
    if kind != "LIMIT":
        if asked is not None:
            raise api_error.not_required("timeInForce")
        return "GTC"
    if asked is None:
        raise api_error.missing("timeInForce")
    if asked not in {"GTC", "IOC", "FOK"}:
        raise api_error.ApiError(400, -1115, "Invalid timeInForce.")
    return asked


def _price(parameters: Parameters, kind: str) -> Decimal:
    price = parameters.decimal("price")
    if kind == "MARKET":
        if price is not None:
            raise api_error.not_required("price")
        return ZERO
    if price is None:
        raise api_error.missing("price")
    return price
