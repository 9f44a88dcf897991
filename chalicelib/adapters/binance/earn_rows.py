"""What Binance's histories of Earn say: coins lent to the exchange, taken back, and interest.

Flexible Earn leaves a claim in the account (`claim_on`), so lending is no flow; locked Earn and
the funding wallet are out of sight, so what goes there or comes from there is one. As
`history_rows.py`: signed changes of the spot balances, InvalidRequest for an unreadable row.
"""

from decimal import Decimal

from chalicelib.adapters.binance.fields import milliseconds, text
from chalicelib.adapters.binance.history_rows import Row, changes, identifier, moment
from chalicelib.domain.ledger import BalanceChange, ChangeKind
from chalicelib.domain.market import claim_on
from chalicelib.domain.money import amount, plain

_DONE = {"SUCCESS", "PAID"}
_SPOT = "SPOT"
_INTO_THE_CLAIM = "REALTIME"


def flexible_subscription(row: Row) -> list[BalanceChange]:
    """Coins lent: the claim grows by all of them, spot gives what did not come from funding."""
    if text(row, "status") not in _DONE:
        return []
    asset, lent = text(row, "asset"), _amount(row, "amount")
    from_spot = _amount(row, "amtFromSpot")
    kind = ChangeKind.EARN_MOVE if from_spot == lent else ChangeKind.TRANSFER
    quantities = {asset: -from_spot, claim_on(asset): lent}
    return changes(kind, _subscription(row), moment(row, "time"), quantities)


def flexible_redemption(row: Row) -> list[BalanceChange]:
    """The claim given back, for coins in spot or in the funding wallet."""
    if text(row, "status") not in _DONE:
        return []
    asset, returned = text(row, "asset"), _amount(row, "amount")
    to_spot = row.get("destAccount", _SPOT) == _SPOT
    kind = ChangeKind.EARN_MOVE if to_spot else ChangeKind.TRANSFER
    quantities = {claim_on(asset): -returned, asset: returned if to_spot else Decimal(0)}
    return changes(kind, _redemption(row), moment(row, "time"), quantities)


def flexible_reward(row: Row) -> list[BalanceChange]:
    """Interest, on the claim or in spot. Rows have no id: what they say makes one."""
    kind, asset, earned = text(row, "type"), text(row, "asset"), _amount(row, "rewards")
    paid_at = moment(row, "time")
    told = f"{kind}:{row.get('projectId', '')}:{milliseconds(paid_at)}:{plain(earned)}"
    paid = claim_on(asset) if kind.upper() == _INTO_THE_CLAIM else asset
    return changes(ChangeKind.EARN_INTEREST, told, paid_at, {paid: earned})


def locked_subscription(row: Row) -> list[BalanceChange]:
    """Coins put away: gone from the account until they are redeemed."""
    if text(row, "status") not in _DONE:
        return []
    from_spot = _amount(row, "amtFromSpot" if "amtFromSpot" in row else "amount")
    quantities = {text(row, "asset"): -from_spot}
    return changes(ChangeKind.TRANSFER, _subscription(row), moment(row, "time"), quantities)


def locked_redemption(row: Row) -> list[BalanceChange]:
    """Coins that came back once they were delivered; of the delivery only the day may be told."""
    if text(row, "status") not in _DONE or row.get("destAccount", _SPOT) != _SPOT:
        return []
    asked_at = moment(row, "time")
    delivered_at = moment(row, "deliverDate") if row.get("deliverDate") else asked_at
    quantities = {text(row, "asset"): _amount(row, "amount")}
    return changes(ChangeKind.TRANSFER, _redemption(row), max(asked_at, delivered_at), quantities)


def locked_reward(row: Row) -> list[BalanceChange]:
    """Interest of a locked position. Rows have no id: what they say makes one."""
    earned = _amount(row, "amount" if "amount" in row else "rewards")
    paid_at = moment(row, "time")
    told = f"{identifier(row, 'positionId')}:{milliseconds(paid_at)}:{plain(earned)}"
    return changes(ChangeKind.EARN_INTEREST, told, paid_at, {text(row, "asset"): earned})


def _subscription(row: Row) -> str:
    return f"subscription:{identifier(row, 'purchaseId')}"


def _redemption(row: Row) -> str:
    return f"redemption:{identifier(row, 'redeemId')}"


def _amount(row: Row, key: str) -> Decimal:
    return amount(row.get(key), key)
