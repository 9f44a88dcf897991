"""The histories of deposits and withdrawals under /sapi."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.sapi_window import Window, plain, shown_until
from sandbox.exchange.treasury import DEPOSIT_DONE, DepositRecord, WithdrawalRecord

LONGEST = Window(90, 90)
OF_ONE_ORDER = Window(7, 7)
MOST_ROWS = 1_000

Row = TypeVar("Row", DepositRecord, WithdrawalRecord)


def deposit_history(call: Call) -> Json:
    parameters = call.parameters
    start, end = LONGEST.asked(call)
    end = min(end, shown_until(call, "deposits"))
    asset, status = parameters.text("coin"), parameters.integer("status")
    transaction_id = parameters.text("txId")
    found = [
        record
        for record in reversed(call.exchange.treasury.deposits.of(call.account.uid))
        if start <= record.inserted_at <= end
        and asset in (None, record.asset)
        and status in (None, record.status)
        and transaction_id in (None, record.transaction_id)
    ]
    return [_deposit_row(record) for record in _page(call, found)]


def withdrawal_history(call: Call) -> Json:
    parameters = call.parameters
    order_id = parameters.text("withdrawOrderId")
    start, end = (OF_ONE_ORDER if order_id else LONGEST).asked(call)
    end = min(end, shown_until(call, "withdrawals"))
    asset, status = parameters.text("coin"), parameters.integer("status")
    ids = (parameters.text("idList") or "").split(",")
    found = [
        record
        for record in reversed(call.exchange.treasury.withdrawals.of(call.account.uid))
        if start <= record.applied_at <= end
        and asset in (None, record.asset)
        and status in (None, record.status)
        and order_id in (None, record.order_id)
        and (ids == [""] or record.id in ids)
    ]
    return [_withdrawal_row(record) for record in _page(call, found)]


def _page(call: Call, found: list[Row]) -> list[Row]:
    offset = call.parameters.integer("offset") or 0
    return found[offset : offset + call.parameters.limit(default=MOST_ROWS, most=MOST_ROWS)]


def _deposit_row(record: DepositRecord) -> dict[str, object]:
    row: dict[str, object] = {
        "id": record.id,
        "amount": plain(record.amount),
        "coin": record.asset,
        "network": record.network,
        "status": record.status,
        "address": record.address,
        "addressTag": "",
        "txId": record.transaction_id,
        "insertTime": record.inserted_at,
        "transferType": 0,
        "confirmTimes": "1/1" if record.credited_at else "0/1",
        "unlockConfirm": 0,
        "walletType": record.wallet,
        "travelRuleStatus": 0,
    }
    if record.status == DEPOSIT_DONE:
        row["completeTime"] = record.completed_at
    return row


def _withdrawal_row(record: WithdrawalRecord) -> dict[str, object]:
    row: dict[str, object] = {
        "id": record.id,
        "amount": plain(record.amount),
        "transactionFee": plain(record.fee),
        "coin": record.asset,
        "status": record.status,
        "address": record.address,
        "txId": record.transaction_id,
        "applyTime": _utc_text(record.applied_at),
        "network": record.network,
        "transferType": 0,
        "info": "",
        "confirmNo": 1 if record.completed_at else 0,
        "walletType": record.wallet,
        "txKey": "",
    }
    if record.completed_at:
        row["completeTime"] = _utc_text(record.completed_at)
    if record.order_id:
        row["withdrawOrderId"] = record.order_id
    return row


def _utc_text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


_WINDOW = frozenset({"coin", "status", "startTime", "endTime", "offset", "limit"})

DEPOSIT_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/capital/deposit/hisrec",
        deposit_history,
        _WINDOW | {"txId", "includeSource"},
        security=Security.USER_DATA,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/capital/withdraw/history",
        withdrawal_history,
        _WINDOW | {"withdrawOrderId", "idList"},
        weight=18_000,
        security=Security.USER_DATA,
        per_account=True,
    ),
)
