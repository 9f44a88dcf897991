"""What Binance's wallet calls (/sapi) say of a key. Histories are read in `history_rows.py`."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.account import KeyPermissions
from chalicelib.domain.errors import InvalidRequest

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


def _truth(answer: Mapping[str, Any], key: str) -> bool:
    value = answer.get(key)
    if not isinstance(value, bool):
        raise InvalidRequest(f"{key}: {type(value).__name__} where true or false was due")
    return value
