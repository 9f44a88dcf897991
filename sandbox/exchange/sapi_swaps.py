"""The histories of converts, dust sweeps and dividends under /sapi."""

from __future__ import annotations

from itertools import groupby

from sandbox.exchange import api_error
from sandbox.exchange.accounts import ZERO
from sandbox.exchange.commissions import BNB
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.owned_rows import OwnedRows
from sandbox.exchange.sapi_window import Window, own_rows, plain
from sandbox.exchange.wallet_records import ConvertRow, DividendRow, DustRow

CONVERT_WINDOW = Window(30, 30)
DIVIDEND_WINDOW = Window(180, 180)
MOST_SWEEPS = 100
PAID_IN = 1


def convert_history(call: Call) -> Json:
    parameters = call.parameters
    for name in ("startTime", "endTime"):
        parameters.required(name)
    start, end = CONVERT_WINDOW.asked(call)
    limit = parameters.limit(default=100, most=1_000)
    found = own_rows(call, "converts", call.exchange.histories.converts, (start, end))
    return {
        "list": [_convert_row(row) for row in found[:limit]],
        "startTime": start,
        "endTime": end,
        "limit": limit,
        "moreData": len(found) > limit,
    }


def dust_history(call: Call) -> Json:
    """The last hundred sweeps, those between the times asked for."""
    parameters = call.parameters
    kind = parameters.text("accountType")
    if kind not in (None, "SPOT", "MARGIN"):
        raise api_error.invalid_value("accountType")
    rows = own_rows(call, "dust", call.exchange.histories.dust)
    sweeps = [list(parts) for _, parts in groupby(rows, key=lambda row: row.sweep_id)]
    start, end = parameters.integer("startTime") or 0, parameters.integer("endTime") or call.at
    shown = [
        parts for parts in sweeps[:MOST_SWEEPS] if start <= parts[0].at <= end and kind != "MARGIN"
    ]
    return {"total": len(shown), "userAssetDribblets": [_sweep(parts[::-1]) for parts in shown]}


def dividend_history(call: Call) -> Json:
    asset = call.parameters.text("asset")
    window = DIVIDEND_WINDOW.asked(call)
    rows = own_rows(call, "dividends", _dividends(call), window)
    found = [row for row in rows if asset in (None, row.asset)]
    limit = call.parameters.limit(default=20, most=500)
    return {"rows": [_dividend_row(row) for row in found[:limit]], "total": len(found)}


def _dividends(call: Call) -> OwnedRows[DividendRow]:
    """In the order of time; Earn rewards are among them where the exchange is set so."""
    histories = call.exchange.histories
    if not call.exchange.wallet_settings.rewards_as_dividends:
        return histories.dividends
    rewards = [
        DividendRow(row.id, row.uid, row.asset, row.amount, "Simple Earn", row.at)
        for row in histories.earn_rewards.of(call.account.uid)
    ]
    own = [*histories.dividends.of(call.account.uid), *rewards]
    return OwnedRows(sorted(own, key=lambda row: (row.at, row.id)))


def _convert_row(row: ConvertRow) -> dict[str, object]:
    return {
        "quoteId": f"quote-{row.id}",
        "orderId": row.id,
        "orderStatus": row.status,
        "fromAsset": row.from_asset,
        "fromAmount": plain(row.from_amount),
        "toAsset": row.to_asset,
        "toAmount": plain(row.to_amount),
        "ratio": f"{row.to_amount / row.from_amount:.8f}",
        "inverseRatio": f"{row.from_amount / row.to_amount:.8f}",
        "createTime": row.at,
    }


def _sweep(parts: list[DustRow]) -> dict[str, object]:
    return {
        "operateTime": parts[0].at,
        "totalTransferedAmount": plain(sum((each.received for each in parts), ZERO)),
        "totalServiceChargeAmount": plain(sum((each.charge for each in parts), ZERO)),
        "transId": parts[0].sweep_id,
        "userAssetDribbletDetails": [
            {
                "transId": each.id,
                "serviceChargeAmount": plain(each.charge),
                "amount": plain(each.amount),
                "operateTime": each.at,
                "transferedAmount": plain(each.received),
                "fromAsset": each.asset,
                "targetAsset": BNB,
            }
            for each in parts
        ],
    }


def _dividend_row(row: DividendRow) -> dict[str, object]:
    return {
        "id": row.id,
        "amount": plain(row.amount),
        "asset": row.asset,
        "divTime": row.at,
        "enInfo": row.info,
        "tranId": row.id,
        "direction": PAID_IN,
    }


_TIMES = frozenset({"startTime", "endTime"})

SWAP_ENDPOINTS = (
    Endpoint(
        "GET",
        "/sapi/v1/convert/tradeFlow",
        convert_history,
        _TIMES | {"limit"},
        weight=3_000,
        security=Security.USER_DATA,
        per_account=True,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/asset/dribblet",
        dust_history,
        _TIMES | {"accountType"},
        security=Security.USER_DATA,
    ),
    Endpoint(
        "GET",
        "/sapi/v1/asset/assetDividend",
        dividend_history,
        _TIMES | {"asset", "limit"},
        weight=10,
        security=Security.USER_DATA,
    ),
)
