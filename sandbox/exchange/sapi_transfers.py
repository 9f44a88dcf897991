"""The histories of transfers between wallets and between a sub-account and its master."""

from __future__ import annotations

from sandbox.exchange import api_error
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.sapi_window import DAY_MS, Window, numbered_page, own_rows, plain
from sandbox.exchange.wallet import TRANSFER_KINDS
from sandbox.exchange.wallet_records import SubTransferRow, TransferRow

HALF_A_YEAR_DAYS = 183
TRANSFER_WINDOW = Window(7, HALF_A_YEAR_DAYS)
SUB_WINDOW = Window(30, 30)
TRANSFERRED_IN, TRANSFERRED_OUT = 1, 2


def transfer_history(call: Call) -> Json:
    """One kind of transfer between the account's own wallets, of the last half year at most."""
    kind = call.parameters.required("type")
    if kind not in TRANSFER_KINDS:
        raise api_error.invalid_value("type")
    start, end = TRANSFER_WINDOW.asked(call)
    start = max(start, call.at - HALF_A_YEAR_DAYS * DAY_MS)
    rows = own_rows(call, "transfers", call.exchange.histories.transfers, (start, end))
    found = [row for row in rows if row.kind == kind]
    shown = numbered_page(call, found, page_name="current", size_name="size", usual=10, most=100)
    answer: Json = {"total": len(found), "rows": [_transfer_row(row) for row in shown]}
    return answer


def sub_account_history(call: Call) -> Json:
    """What went out, or with `type` 1 what came in."""
    asset = call.parameters.text("asset")
    kind = call.parameters.integer("type") or TRANSFERRED_OUT
    if kind not in {TRANSFERRED_IN, TRANSFERRED_OUT}:
        raise api_error.invalid_value("type")
    window = SUB_WINDOW.asked(call)
    rows = own_rows(call, "sub_transfers", call.exchange.histories.sub_transfers, window)
    found = [
        row for row in rows if asset in (None, row.asset) and row.inward == (kind == TRANSFERRED_IN)
    ]
    return [_sub_row(row) for row in found[: call.parameters.limit(default=500, most=500)]]


def _transfer_row(row: TransferRow) -> dict[str, object]:
    return {
        "asset": row.asset,
        "amount": plain(row.amount),
        "type": row.kind,
        "status": "CONFIRMED",
        "tranId": row.id,
        "timestamp": row.at,
    }


def _sub_row(row: SubTransferRow) -> dict[str, object]:
    return {
        "counterParty": "master",
        "email": "master@example.com",
        "type": TRANSFERRED_IN if row.inward else TRANSFERRED_OUT,
        "asset": row.asset,
        "qty": plain(row.amount),
        "fromAccountType": "SPOT",
        "toAccountType": "SPOT",
        "status": "SUCCESS",
        "tranId": row.id,
        "time": row.at,
    }


_TIMES = frozenset({"startTime", "endTime"})

TRANSFER_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/asset/transfer",
        transfer_history,
        _TIMES | {"type", "current", "size", "fromSymbol", "toSymbol"},
        security=Security.USER_DATA,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/sub-account/transfer/subUserHistory",
        sub_account_history,
        _TIMES | {"asset", "type", "limit", "returnFailHistory"},
        security=Security.USER_DATA,
    ),
)
