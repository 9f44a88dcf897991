"""The six histories of Earn under /sapi: flexible and locked, in, out and interest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from sandbox.exchange import api_error
from sandbox.exchange.earn import FLEXIBLE_REWARDS
from sandbox.exchange.endpoints import Call, Endpoint, Json, Security
from sandbox.exchange.owned_rows import OwnedRows
from sandbox.exchange.sapi_window import DAY_MS, Window, numbered_page, own_rows, plain
from sandbox.exchange.wallet_records import RedemptionRow, RewardRow, SubscriptionRow

MONTH = Window(30, 30)
ALL_REWARDS = "ALL"
EarnRow = TypeVar("EarnRow", SubscriptionRow, RedemptionRow, RewardRow)
ToJson = Callable[[EarnRow], dict[str, object]]


def subscriptions(call: Call, *, locked: bool) -> Json:
    rows = call.exchange.histories.earn_subscriptions
    wanted = call.parameters.integer("purchaseId")
    found = _found(call, "earn_subscriptions", rows, locked=locked)
    return _answer(call, [row for row in found if wanted in (None, row.id)], _subscription)


def redemptions(call: Call, *, locked: bool) -> Json:
    rows = call.exchange.histories.earn_redemptions
    wanted = call.parameters.integer("redeemId")
    found = _found(call, "earn_redemptions", rows, locked=locked)
    return _answer(call, [row for row in found if wanted in (None, row.id)], _redemption)


def rewards(call: Call, *, locked: bool) -> Json:
    """Flexible ones of the asked `type`, by default of all."""
    kind = call.parameters.text("type") or ALL_REWARDS
    if kind not in FLEXIBLE_REWARDS | {ALL_REWARDS}:
        raise api_error.invalid_value("type")
    rows = call.exchange.histories.earn_rewards
    found = _found(call, "earn_rewards", rows, locked=locked)
    return _answer(call, [row for row in found if kind in (ALL_REWARDS, row.kind)], _reward)


def _found(call: Call, history: str, rows: OwnedRows[EarnRow], *, locked: bool) -> list[EarnRow]:
    asset, product = call.parameters.text("asset"), call.parameters.text("productId")
    position = call.parameters.integer("positionId")
    return [
        row
        for row in own_rows(call, history, rows, MONTH.asked(call))
        if bool(row.lock_days) == locked
        and asset in (None, row.asset)
        and product in (None, _product(row))
        and position in (None, row.position_id)
    ]


def _answer(call: Call, found: list[EarnRow], to_json: ToJson[EarnRow]) -> Json:
    shown = numbered_page(call, found, page_name="current", size_name="size", usual=10, most=100)
    return {"rows": [to_json(row) for row in shown], "total": len(found)}


def _product(row: SubscriptionRow | RedemptionRow | RewardRow) -> str:
    return f"{row.asset}*{row.lock_days}" if row.lock_days else f"{row.asset}001"


def _subscription(row: SubscriptionRow) -> dict[str, object]:
    shown: dict[str, object] = {
        "amount": plain(row.amount),
        "asset": row.asset,
        "time": row.at,
        "purchaseId": row.id,
        "productId": _product(row),
        "type": "NORMAL",
        "sourceAccount": "SPOT" if row.from_spot == row.amount else "SPOTANDFUNDING",
        "amtFromSpot": plain(row.from_spot),
        "amtFromFunding": plain(row.amount - row.from_spot),
        "status": "SUCCESS",
    }
    return shown | _position(row.position_id, row.lock_days)


def _redemption(row: RedemptionRow) -> dict[str, object]:
    shown: dict[str, object] = {
        "amount": plain(row.amount),
        "asset": row.asset,
        "time": row.at,
        "projectId": _product(row),
        "redeemId": row.id,
        "destAccount": row.destination,
        "status": "PAID",
    }
    if not row.lock_days:
        return shown
    return (
        shown
        | _position(row.position_id, row.lock_days)
        | {
            "type": "MATURE",
            "originalAmount": plain(row.amount),
            "lossAmount": "0",
            "deliverDate": str(row.at // DAY_MS * DAY_MS),
            "isComplete": True,
        }
    )


def _reward(row: RewardRow) -> dict[str, object]:
    shown: dict[str, object] = {
        "asset": row.asset,
        "rewards": plain(row.amount),
        "projectId": _product(row),
        "type": row.kind,
        "time": row.at,
    }
    if not row.lock_days:
        return shown
    return shown | {"amount": plain(row.amount)} | _position(row.position_id, row.lock_days)


def _position(position_id: int, lock_days: int) -> dict[str, object]:
    """The fields only locked rows have."""
    return {"positionId": str(position_id), "lockPeriod": str(lock_days)} if lock_days else {}


_COMMON = frozenset({"asset", "startTime", "endTime", "current", "size"})
_HISTORIES = {
    "subscriptionRecord": (subscriptions, "purchaseId"),
    "redemptionRecord": (redemptions, "redeemId"),
    "rewardsRecord": (rewards, "type"),
}


def _endpoints() -> Iterable[Endpoint]:
    for locked in (False, True):
        product = "locked" if locked else "flexible"
        own = {"positionId"} if locked else {"productId"}
        for name, (history, id_name) in _HISTORIES.items():
            more = {id_name} - {"type" if locked else ""}

            yield Endpoint(
                "GET",
                f"/sapi/v1/simple-earn/{product}/history/{name}",
                partial(history, locked=locked),
                _COMMON | own | more,
                weight=150,
                security=Security.USER_DATA,
            )


EARN_ENDPOINTS = tuple(_endpoints())
