"""What a row of one of Binance's histories says: the signed changes of the spot balances.

One change per asset of each operation; a row that has moved nothing here gives none. Where the
rows come from is left to `histories.py`. Every reader raises InvalidRequest for a row that it
cannot read.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Any, TypeAlias

from chalicelib.adapters.binance.fields import instant, text, whole
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Source
from chalicelib.domain.money import EXACT, Asset, amount

Row: TypeAlias = Mapping[str, Any]
_SPOT_WALLET = 0
_CREDITED = {1, 6}  # 6: in the balance, but not yet free to be withdrawn
_LEFT = {0, 2, 4, 6}  # asked for, awaiting approval, under way, done: out of the balance
_INWARD = 1
_BNB = "BNB"
_EARN_WORDS = ("simple earn", "flexible", "locked", "apr reward")


def deposit(row: Row) -> list[BalanceChange]:
    """A deposit that was credited to spot."""
    if whole(row, "status") not in _CREDITED or not _of_spot(row):
        return []
    credited = "completeTime" if row.get("completeTime") else "insertTime"
    quantities = {text(row, "coin"): _amount(row, "amount")}
    return changes(ChangeKind.DEPOSIT, text(row, "id"), moment(row, credited), quantities)


def withdrawal(row: Row) -> list[BalanceChange]:
    """A withdrawal, its fee included, from the moment it was asked for unless it was refused."""
    if whole(row, "status") not in _LEFT or not _of_spot(row):
        return []
    fee = _amount(row, "transactionFee")
    with localcontext(EXACT):
        quantities = {text(row, "coin"): -(_amount(row, "amount") + fee)}
    applied_at = moment(row, "applyTime")
    return changes(ChangeKind.WITHDRAWAL, text(row, "id"), applied_at, quantities, fee)


def convert(row: Row) -> list[BalanceChange]:
    """One coin given for another."""
    if text(row, "orderStatus") != "SUCCESS":
        return []
    quantities = {text(row, "fromAsset"): -_amount(row, "fromAmount")}
    _add(quantities, text(row, "toAsset"), _amount(row, "toAmount"))
    order_id = identifier(row, "orderId")
    return changes(ChangeKind.CONVERT, order_id, moment(row, "createTime"), quantities)


def dust(row: Row) -> list[BalanceChange]:
    """Small rests swept into one coin; what is credited is net of the service charge."""
    details = row.get("userAssetDribbletDetails")
    if not isinstance(details, list) or not all(isinstance(each, dict) for each in details):
        raise InvalidRequest("userAssetDribbletDetails: no list of objects")
    quantities: dict[Asset, Decimal] = {}
    for detail in details:
        _add(quantities, text(detail, "fromAsset"), -_amount(detail, "amount"))
    targets = {detail.get("targetAsset") or _BNB for detail in details}
    if len(targets) == 1:
        _add(quantities, targets.pop(), _amount(row, "totalTransferedAmount"))
    else:
        for detail in details:
            _add(quantities, text(detail, "targetAsset"), _amount(detail, "transferedAmount"))
    sweep_id = identifier(row, "transId")
    return changes(ChangeKind.DUST, sweep_id, moment(row, "operateTime"), quantities)


def dividend(row: Row) -> list[BalanceChange]:
    """What the exchange handed out, or took back. Interest of Earn is listed among it too, in
    part; it is told by the histories of Earn, so here it says nothing."""
    info = row.get("enInfo")
    if isinstance(info, str) and any(word in info.lower() for word in _EARN_WORDS):
        return []
    inward = row.get("direction", _INWARD) == _INWARD
    handed = _amount(row, "amount")
    quantities = {text(row, "asset"): handed if inward else -handed}
    return changes(ChangeKind.DIVIDEND, identifier(row, "id"), moment(row, "divTime"), quantities)


def transfer(row: Row) -> list[BalanceChange]:
    """Between spot (MAIN) and another wallet of the same person."""
    if text(row, "status") != "CONFIRMED":
        return []
    outward = text(row, "type").startswith("MAIN_")
    moved = _amount(row, "amount")
    quantities = {text(row, "asset"): -moved if outward else moved}
    return changes(
        ChangeKind.TRANSFER, identifier(row, "tranId"), moment(row, "timestamp"), quantities
    )


def transfer_from_master(row: Row) -> list[BalanceChange]:
    """Into this sub-account."""
    return _sub_account(row, "toAccountType", 1)


def transfer_to_master(row: Row) -> list[BalanceChange]:
    """Out of this sub-account."""
    return _sub_account(row, "fromAccountType", -1)


def changes(
    kind: ChangeKind,
    change_id: str,
    changed_at: datetime,
    quantities: Mapping[Asset, Decimal],
    network_fee: Decimal = Decimal(0),
) -> list[BalanceChange]:
    """One change per asset whose quantity is not zero."""
    return [
        BalanceChange(kind, asset, quantity, changed_at, change_id, Source.HISTORY, network_fee)
        for asset, quantity in quantities.items()
        if quantity
    ]


def moment(row: Row, key: str) -> datetime:
    """The instant under `key`: epoch milliseconds, as number or text, or a written UTC time."""
    value = row.get(key)
    if not isinstance(value, str):
        return instant(row, key)
    if value.isascii() and value.isdigit() and len(value) < 16:
        return instant({key: int(value)}, key)
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidRequest(f"{key}: {value!r} is no time") from error


def identifier(row: Row, key: str) -> str:
    """The exchange's own id under `key`, a number or a text."""
    value = row.get(key)
    return text(row, key) if isinstance(value, str) else str(whole(row, key))


def _sub_account(row: Row, own_wallet: str, sign: int) -> list[BalanceChange]:
    if text(row, "status") != "SUCCESS" or row.get(own_wallet, "SPOT") != "SPOT":
        return []
    quantities = {text(row, "asset"): sign * _amount(row, "qty")}
    return changes(
        ChangeKind.TRANSFER, f"sub:{identifier(row, 'tranId')}", moment(row, "time"), quantities
    )


def _of_spot(row: Row) -> bool:
    return bool(row.get("walletType", _SPOT_WALLET) == _SPOT_WALLET)


def _add(quantities: dict[Asset, Decimal], asset: Asset, quantity: Decimal) -> None:
    with localcontext(EXACT):
        quantities[asset] = quantities.get(asset, Decimal(0)) + quantity


def _amount(row: Row, key: str) -> Decimal:
    return amount(row.get(key), key)
