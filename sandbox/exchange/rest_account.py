"""The calls of a key's owner about the account itself: balances, rates, own trades."""

from __future__ import annotations

from itertools import islice
from typing import TypeVar

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, Balance
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.events import eight_decimals
from sandbox.exchange.order_wire import trade_row
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
    symbol = call.symbol()
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
    symbol = call.symbol()
    order_id, from_id = parameters.integer("orderId"), parameters.integer("fromId")
    start, end = parameters.integer("startTime"), parameters.integer("endTime")
    limit = parameters.limit(default=500, most=MOST_ROWS)
    windowed = start is not None or end is not None
    if windowed and (order_id is not None or from_id is not None):
        raise api_error.bad_combination()
    check_day(start, end)
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
    return [trade_row(fill) for fill in page(found, limit, oldest_first=oldest_first)]


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
        market = call.exchange.market
        listed = [spec for name, spec in market.symbols.items() if market.listed(name, call.at)]
        assets = {asset for spec in listed for asset in (spec.base, spec.quote)}
        shown = {asset: held.get(asset, Balance()) for asset in sorted(assets | held.keys())}
    return [
        {"asset": asset, "free": eight_decimals(each.free), "locked": eight_decimals(each.locked)}
        for asset, each in shown.items()
    ]


def check_day(start: int | None, end: int | None) -> None:
    if start is None or end is None:
        return
    if end < start:
        raise api_error.invalid_value("startTime")
    if end - start > DAY_MS:
        raise api_error.window_too_long(24)


def page(found: list[Row], limit: int, *, oldest_first: bool) -> list[Row]:
    return list(islice(found, limit)) if oldest_first else found[-limit:]


def _my_trades_weight(parameters: Parameters) -> int:
    return 5 if parameters.text("orderId") else 20


_WINDOW = frozenset({"startTime", "endTime", "limit"})

ACCOUNT_ENDPOINTS = (
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
        "GET",
        "/api/v3/rateLimit/order",
        order_counts,
        weight=40,
        security=Security.USER_DATA,
        socket_method="account.rateLimits.orders",
    ),
)
