"""The histories of bank money under /sapi; their windows begin at `beginTime`."""

from __future__ import annotations

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.sapi_window import Row, Window, numbered_page, own_rows, plain
from sandbox.exchange.wallet_records import FiatOrderRow, FiatPaymentRow

MONTH = Window(30, 30, "beginTime")
SUCCESS_CODE = "000000"


def fiat_orders(call: Call) -> Json:
    """Deposits and withdrawals of a currency."""
    withdraws = _second_type(call)
    rows = own_rows(call, "fiat_orders", call.exchange.histories.fiat_orders, MONTH.asked(call))
    found = [row for row in rows if row.withdraws == withdraws]
    return _envelope(len(found)) | {"data": [_order_row(row) for row in _page(call, found)]}


def fiat_payments(call: Call) -> Json:
    """Crypto bought or sold for a currency. Without any row there is no `data` either."""
    sells = _second_type(call)
    rows = own_rows(call, "fiat_payments", call.exchange.histories.fiat_payments, MONTH.asked(call))
    found = [row for row in rows if row.sells == sells]
    if not found:
        return _envelope(0)
    return _envelope(len(found)) | {"data": [_payment_row(row) for row in _page(call, found)]}


def _second_type(call: Call) -> bool:
    """Whether `transactionType` is 1 (withdraw, sell) rather than 0 (deposit, buy)."""
    kind = call.parameters.required("transactionType")
    if kind not in {"0", "1"}:
        raise api_error.invalid_value("transactionType")
    return kind == "1"


def _page(call: Call, found: list[Row]) -> list[Row]:
    return numbered_page(call, found, page_name="page", size_name="rows", usual=100, most=500)


def _envelope(total: int) -> dict[str, object]:
    return {"code": SUCCESS_CODE, "message": "success", "total": total, "success": True}


def _order_row(row: FiatOrderRow) -> dict[str, object]:
    return {
        "orderNo": row.id,
        "fiatCurrency": row.currency,
        "indicatedAmount": plain(row.amount),
        "amount": plain(row.amount - row.fee),
        "totalFee": plain(row.fee),
        "method": "BankAccount",
        "status": row.status,
        "createTime": row.at,
        "updateTime": row.updated_at,
    }


def _payment_row(row: FiatPaymentRow) -> dict[str, object]:
    return {
        "orderNo": row.id,
        "sourceAmount": plain(row.spent),
        "fiatCurrency": row.currency,
        "obtainAmount": plain(row.quantity),
        "cryptoCurrency": row.asset,
        "totalFee": plain(row.fee),
        "price": f"{row.spent / row.quantity:.8f}",
        "status": "Completed",
        "paymentMethod": row.method,
        "createTime": row.at,
        "updateTime": row.at,
    }


_NAMES = frozenset({"transactionType", "beginTime", "endTime", "page", "rows"})

FIAT_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/fiat/orders",
        fiat_orders,
        _NAMES,
        weight=45_000,
        security=Security.USER_DATA,
        per_account=True,
    ),
    Endpoint("GET", "/sapi/v1/fiat/payments", fiat_payments, _NAMES, security=Security.USER_DATA),
)
