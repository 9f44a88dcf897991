"""Bank money: deposits and withdrawals of a currency, and crypto bought or sold for it.

Errors are those of `wallet`.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.exchange.accounts import ZERO
from sandbox.exchange.movements import Cause, Movements, check_positive
from sandbox.exchange.wallet_records import FiatOrderRow, FiatPaymentRow, WalletHistories

FIAT_PROCESSING, FIAT_DONE, FIAT_FAILED = "Processing", "Successful", "Failed"
FIAT_STATUSES = frozenset({FIAT_PROCESSING, FIAT_DONE, FIAT_FAILED})
CASH_BALANCE = "Cash Balance"
CARD = "Credit Card"


class Fiat:
    """One for all accounts. `at` is exchange time in milliseconds."""

    def __init__(self, movements: Movements, histories: WalletHistories) -> None:
        self._movements = movements
        self._histories = histories

    def order(
        self,
        uid: int,
        currency: str,
        amount: Decimal,
        *,
        withdraws: bool,
        at: int,
        fee: Decimal = ZERO,
        status: str = FIAT_DONE,
    ) -> FiatOrderRow:
        """A deposit credits `amount - fee` when it is done; a withdrawal takes `amount` at once."""
        self._movements.check_account(uid)
        check_positive(amount=amount)
        if not 0 <= fee < amount or status not in FIAT_STATUSES:
            raise ValueError(f"no fiat order of {amount} {currency}, fee {fee}, status {status}")
        number = f"fiat-{self._histories.next_id()}"
        row = FiatOrderRow(number, uid, currency, amount, fee, withdraws, FIAT_PROCESSING, at, at)
        if withdraws:
            self._move(row, -amount, at)
        self._histories.fiat_orders.append(row)
        return row if status == FIAT_PROCESSING else self.advance(number, status, at=at)

    def advance(self, order_no: str, status: str, *, at: int) -> FiatOrderRow:
        """Raises KeyError for an unknown order, ValueError for one that is already over."""
        row = self._histories.fiat_orders.find(order_no)
        if row.status != FIAT_PROCESSING or status not in FIAT_STATUSES:
            raise ValueError(f"fiat order {order_no} cannot go from {row.status} to {status}")
        row.status, row.updated_at = status, at
        if row.withdraws and status == FIAT_FAILED:
            self._move(row, row.amount, at)
        elif not row.withdraws and status == FIAT_DONE:
            self._move(row, row.amount - row.fee, at)
        return row

    def pay(
        self,
        uid: int,
        spent: tuple[str, Decimal],
        obtained: tuple[str, Decimal],
        *,
        sells: bool,
        at: int,
        fee: Decimal = ZERO,
        method: str = CARD,
    ) -> FiatPaymentRow:
        """Crypto for a currency; the currency moves here only when the cash balance pays."""
        (currency, amount), (asset, quantity) = spent, obtained
        check_positive(spent=amount, quantity=quantity)
        number = f"payment-{self._histories.next_id()}"
        row = FiatPaymentRow(number, uid, currency, amount, asset, quantity, fee, sells, method, at)
        sign = -1 if sells else 1
        changes = {asset: sign * quantity}
        if method == CASH_BALANCE:
            changes[currency] = -sign * amount
        self._movements.move(uid, changes, Cause("fiat_payment", number, at))
        self._histories.fiat_payments.append(row)
        return row

    def _move(self, row: FiatOrderRow, change: Decimal, at: int) -> None:
        self._movements.move(row.uid, {row.currency: change}, Cause("fiat_order", row.id, at))
