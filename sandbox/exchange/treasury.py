"""Coins that enter and leave an account from outside: deposits and withdrawals, with their history.

A deposit is credited at status 6 (credited, still locked for withdrawal) or 1 (done). A withdrawal
leaves the balance when it is asked for; one that is refused comes back. Those of the funding wallet
have their rows in the same histories and move nothing here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange.movements import Cause, Movements
from sandbox.exchange.owned_rows import OwnedRows

DEPOSIT_PENDING, DEPOSIT_DONE, DEPOSIT_REJECTED, DEPOSIT_CREDITED = 0, 1, 2, 6
CREDITED = frozenset({DEPOSIT_DONE, DEPOSIT_CREDITED})
DEPOSIT_STATUSES = frozenset({0, 1, 2, 6, 7, 8})
WITHDRAWAL_DONE, WITHDRAWAL_REJECTED = 6, 3
# Cancelled, rejected, failed: what was taken comes back.
WITHDRAWAL_RETURNED = frozenset({1, WITHDRAWAL_REJECTED, 5})
WITHDRAWAL_UNDER_WAY = frozenset({0, 2, 4})
WITHDRAWAL_STATUSES = WITHDRAWAL_UNDER_WAY | WITHDRAWAL_RETURNED | {WITHDRAWAL_DONE}
SPOT_WALLET, FUNDING_WALLET = 0, 1
_NETWORKS = {"BTC": "BTC", "USDT": "TRX", "BNB": "BSC", "SOL": "SOL"}


@dataclass(slots=True)
class DepositRecord:
    """`credited_at` is 0 until the balance has it, `completed_at` until the status is 1."""

    id: str
    uid: int
    asset: str
    amount: Decimal
    status: int
    network: str
    address: str
    transaction_id: str
    inserted_at: int
    credited_at: int = 0
    completed_at: int = 0
    wallet: int = SPOT_WALLET


@dataclass(slots=True)
class WithdrawalRecord:
    """`amount` is what arrives; the balance also pays `fee`."""

    id: str
    uid: int
    asset: str
    amount: Decimal
    fee: Decimal
    status: int
    network: str
    address: str
    transaction_id: str
    applied_at: int
    order_id: str = ""
    completed_at: int = 0
    wallet: int = SPOT_WALLET


class Treasury:
    """All deposits and withdrawals. `at` is exchange time in milliseconds throughout."""

    def __init__(self, movements: Movements, seed: int) -> None:
        self._movements = movements
        self._seed = seed
        self.deposits: OwnedRows[DepositRecord] = OwnedRows()
        self.withdrawals: OwnedRows[WithdrawalRecord] = OwnedRows()

    def deposit(
        self,
        uid: int,
        asset: str,
        amount: Decimal,
        *,
        at: int,
        status: int = DEPOSIT_DONE,
        wallet: int = SPOT_WALLET,
    ) -> DepositRecord:
        """Raises KeyError for an unknown account, ValueError for an unknown status or amount."""
        self._movements.check_account(uid)
        if amount <= 0 or status not in DEPOSIT_STATUSES:
            raise ValueError(f"no deposit of {amount} {asset} with status {status}")
        number = len(self.deposits) + 1
        record = DepositRecord(
            id=f"dep-{number}",
            uid=uid,
            asset=asset,
            amount=amount,
            status=DEPOSIT_PENDING,
            network=_NETWORKS.get(asset, "ETH"),
            address=self._hexadecimal(f"deposit address/{uid}/{asset}")[:34],
            transaction_id=self._hexadecimal(f"deposit/{number}"),
            inserted_at=at,
            wallet=wallet,
        )
        self._move_deposit(record, status, at)
        self.deposits.append(record)
        return record

    def advance_deposit(self, deposit_id: str, status: int, *, at: int) -> DepositRecord:
        """Raises KeyError for an unknown deposit, ValueError for a status that undoes a credit."""
        record = self.deposits.find(deposit_id)
        if status not in DEPOSIT_STATUSES or (record.credited_at and status not in CREDITED):
            raise ValueError(f"deposit {deposit_id} cannot go from {record.status} to {status}")
        self._move_deposit(record, status, at)
        return record

    def withdraw(
        self,
        uid: int,
        asset: str,
        amount: Decimal,
        *,
        fee: Decimal,
        at: int,
        status: int = WITHDRAWAL_DONE,
        order_id: str = "",
        wallet: int = SPOT_WALLET,
    ) -> WithdrawalRecord:
        """Raises KeyError, ValueError as `deposit`, and ApiError when the balance is too small."""
        self._movements.check_account(uid)
        if amount <= 0 or fee < 0 or status not in WITHDRAWAL_STATUSES:
            raise ValueError(f"no withdrawal of {amount} {asset} with status {status}")
        number = len(self.withdrawals) + 1
        record = WithdrawalRecord(
            id=f"wd-{number}",
            uid=uid,
            asset=asset,
            amount=amount,
            fee=fee,
            status=status,
            network=_NETWORKS.get(asset, "ETH"),
            address=self._hexadecimal(f"withdrawal address/{number}")[:34],
            transaction_id=self._hexadecimal(f"withdrawal/{number}"),
            applied_at=at,
            order_id=order_id,
            completed_at=at if status == WITHDRAWAL_DONE else 0,
            wallet=wallet,
        )
        self._move(record, "withdrawal", -(amount + fee), at)
        self.withdrawals.append(record)
        if status in WITHDRAWAL_RETURNED:
            self._move(record, "withdrawal_return", amount + fee, at)
        return record

    def advance_withdrawal(self, withdrawal_id: str, status: int, *, at: int) -> WithdrawalRecord:
        """Raises KeyError for an unknown one, ValueError for one that is already over."""
        record = self.withdrawals.find(withdrawal_id)
        if record.status not in WITHDRAWAL_UNDER_WAY or status not in WITHDRAWAL_STATUSES:
            raise ValueError(
                f"withdrawal {withdrawal_id} cannot go from {record.status} to {status}"
            )
        record.status = status
        if status == WITHDRAWAL_DONE:
            record.completed_at = at
        elif status in WITHDRAWAL_RETURNED:
            self._move(record, "withdrawal_return", record.amount + record.fee, at)
        return record

    def _move_deposit(self, record: DepositRecord, status: int, at: int) -> None:
        record.status = status
        if status in CREDITED and not record.credited_at:
            record.credited_at = at
            self._move(record, "deposit", record.amount, at)
        if status == DEPOSIT_DONE and not record.completed_at:
            record.completed_at = at

    def _move(
        self, record: DepositRecord | WithdrawalRecord, kind: str, change: Decimal, at: int
    ) -> None:
        if record.wallet == SPOT_WALLET:
            self._movements.move(record.uid, {record.asset: change}, Cause(kind, record.id, at))

    def _hexadecimal(self, purpose: str) -> str:
        return hashlib.sha256(f"{self._seed}/{purpose}".encode()).hexdigest()
