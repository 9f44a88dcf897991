"""What Binance's histories of bank money say: paid in, paid out, and coins bought or sold for it.

As `history_rows.py`: signed changes of the spot balances, InvalidRequest for an unreadable row.
"""

from decimal import Decimal

from chalicelib.adapters.binance.fields import text
from chalicelib.adapters.binance.history_rows import Row, changes, moment
from chalicelib.domain.ledger import BalanceChange, ChangeKind
from chalicelib.domain.money import amount

_PAID_IN = {"Successful", "Finished"}
_PAID_BACK = {"Failed", "Expired", "Refunded", "Rejected", "Cancelled"}
_BOUGHT = "Completed"
_CASH_BALANCE = "Cash Balance"


def fiat_deposit(row: Row) -> list[BalanceChange]:
    """Money of a bank, credited less its fee once it arrived."""
    if text(row, "status") not in _PAID_IN:
        return []
    quantities = {text(row, "fiatCurrency"): _amount(row, "amount")}
    return changes(ChangeKind.FIAT, text(row, "orderNo"), moment(row, "updateTime"), quantities)


def fiat_withdrawal(row: Row) -> list[BalanceChange]:
    """Money for a bank, taken when it is asked for; one that failed also comes back.

    So a row that was read while under way stays true whatever becomes of it.
    """
    order_no, currency = text(row, "orderNo"), text(row, "fiatCurrency")
    taken = _amount(row, "indicatedAmount")
    found = changes(ChangeKind.FIAT, order_no, moment(row, "createTime"), {currency: -taken})
    if text(row, "status") in _PAID_BACK:
        back_at = moment(row, "updateTime")
        found += changes(ChangeKind.FIAT, f"{order_no}:back", back_at, {currency: taken})
    return found


def fiat_purchase(row: Row) -> list[BalanceChange]:
    """Coins bought."""
    return _payment(row, 1)


def fiat_sale(row: Row) -> list[BalanceChange]:
    """Coins sold."""
    return _payment(row, -1)


def _payment(row: Row, sign: int) -> list[BalanceChange]:
    """Paid by card or bank, the currency was never held here: a flow. From or to the balance of
    that currency, it is one holding turned into another, as a convert is."""
    if text(row, "status") != _BOUGHT:
        return []
    quantities = {text(row, "cryptoCurrency"): sign * _amount(row, "obtainAmount")}
    kind = ChangeKind.FIAT
    if row.get("paymentMethod") == _CASH_BALANCE:
        kind = ChangeKind.CONVERT
        quantities[text(row, "fiatCurrency")] = -sign * _amount(row, "sourceAmount")
    return changes(kind, text(row, "orderNo"), moment(row, "updateTime"), quantities)


def _amount(row: Row, key: str) -> Decimal:
    return amount(row.get(key), key)
