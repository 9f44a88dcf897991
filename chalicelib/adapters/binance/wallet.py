"""The answers of Binance's wallet calls (/sapi): key permissions, deposits, withdrawals.

Their shapes differ from call to call: times are numbers here and texts there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import localcontext
from typing import Any

from chalicelib.adapters.binance.fields import instant, text, whole
from chalicelib.domain.account import KeyPermissions
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Source
from chalicelib.domain.money import EXACT, amount

_LONGEST_WINDOW = timedelta(days=90)
_CREDITED = {1, 6}  # 6: in the balance, but not yet free to be withdrawn
_SENT = 6
_SPOT_WALLET = 0
_READ = {"enableReading", "enableFixReadOnly"}
_NAMED = {
    "enableSpotAndMarginTrading": "trade",
    "enableFixApiTrade": "trade",
    "enableWithdrawals": "withdraw",
    "enableInternalTransfer": "transfer",
    "permitsUniversalTransfer": "transfer",
    "enableMargin": "margin",
    "enableFutures": "futures",
    "enablePortfolioMarginTrading": "futures",
    "enableVanillaOptions": "options",
}


@dataclass(frozen=True, slots=True)
class History:
    """One list of movements: python-binance's method, and what a row of it says."""

    name: str
    method: str
    change_of: Callable[[Mapping[str, Any]], BalanceChange | None]


def permissions_of(answer: Mapping[str, Any]) -> KeyPermissions:
    """What the key may do. A permission nobody has described to us counts as trading, so that
    a key which has it is not taken for one that only reads."""
    granted = {
        _NAMED.get(name, "trade")
        for name, value in answer.items()
        if value is True and name.startswith(("enable", "permits")) and name not in _READ
    }
    return KeyPermissions(
        read=_truth(answer, "enableReading"),
        trade="trade" in granted,
        withdraw="withdraw" in granted,
        transfer="transfer" in granted,
        margin="margin" in granted,
        futures="futures" in granted,
        options="options" in granted,
        address_locked=_truth(answer, "ipRestrict"),
    )


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """[start, end] cut into spans that one call may ask for."""
    while start < end:
        last = min(end, start + _LONGEST_WINDOW)
        yield start, last
        start = last


def _deposit(row: Mapping[str, Any]) -> BalanceChange | None:
    if row.get("status") not in _CREDITED or row.get("walletType", _SPOT_WALLET) != _SPOT_WALLET:
        return None
    credited = "completeTime" if row.get("completeTime") else "insertTime"
    return BalanceChange(
        kind=ChangeKind.DEPOSIT,
        asset=text(row, "coin"),
        quantity=amount(row.get("amount"), "amount"),
        changed_at=instant(row, credited),
        change_id=text(row, "id"),
        source=Source.HISTORY,
    )


def _withdrawal(row: Mapping[str, Any]) -> BalanceChange | None:
    if whole(row, "status") != _SENT or row.get("walletType", _SPOT_WALLET) != _SPOT_WALLET:
        return None
    fee = amount(row.get("transactionFee"), "transactionFee")
    with localcontext(EXACT):
        taken = amount(row.get("amount"), "amount") + fee
        return BalanceChange(
            kind=ChangeKind.WITHDRAWAL,
            asset=text(row, "coin"),
            quantity=-taken,
            changed_at=_written_instant(text(row, "applyTime")),
            change_id=text(row, "id"),
            source=Source.HISTORY,
            network_fee=fee,
        )


def _written_instant(written: str) -> datetime:
    try:
        return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidRequest(f"applyTime: {written!r} is no time") from error


def _truth(answer: Mapping[str, Any], key: str) -> bool:
    value = answer.get(key)
    if not isinstance(value, bool):
        raise InvalidRequest(f"{key}: {type(value).__name__} where true or false was due")
    return value


HISTORIES = {
    history.name: history
    for history in (
        History("deposits", "get_deposit_history", _deposit),
        History("withdrawals", "get_withdraw_history", _withdrawal),
    )
}
"""By name, cheapest first."""
