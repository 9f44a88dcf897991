"""The acts of a wallet: convert, dust, dividend, transfers, and a change nobody explains.

`at` is exchange time in milliseconds throughout. Every act raises KeyError for an unknown account,
ValueError for an amount or a word that makes no sense, and ApiError -2010 when the free balance is
too small; then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sandbox.exchange.accounts import ZERO, AccountBook
from sandbox.exchange.commissions import BNB, cut, price_between
from sandbox.exchange.market import Market
from sandbox.exchange.movements import Cause, Movements, check_positive
from sandbox.exchange.wallet_records import (
    ConvertRow,
    DividendRow,
    DustRow,
    SubTransferRow,
    TransferRow,
    WalletHistories,
)

OTHER_WALLETS = ("FUNDING", "UMFUTURE", "CMFUTURE", "MARGIN", "OPTION", "PORTFOLIO_MARGIN")
TRANSFER_KINDS = frozenset(
    kind for wallet in OTHER_WALLETS for kind in (f"MAIN_{wallet}", f"{wallet}_MAIN")
)
CONVERT_DONE, CONVERT_FAILED = "SUCCESS", "FAIL"
DUST_CHARGE = Decimal("0.02")


class Wallet:
    """One for all accounts."""

    def __init__(
        self,
        movements: Movements,
        histories: WalletHistories,
        *,
        accounts: AccountBook,
        market: Market,
    ) -> None:
        self._movements = movements
        self._histories = histories
        self._accounts = accounts
        self._market = market

    def convert(
        self,
        uid: int,
        paid: tuple[str, Decimal],
        received: tuple[str, Decimal],
        *,
        at: int,
        status: str = CONVERT_DONE,
    ) -> ConvertRow:
        """Asset and amount given for asset and amount; one that failed leaves only its row."""
        (from_asset, from_amount), (to_asset, to_amount) = paid, received
        self._movements.check_account(uid)
        check_positive(from_amount=from_amount, to_amount=to_amount)
        if status not in {CONVERT_DONE, CONVERT_FAILED} or from_asset == to_asset:
            raise ValueError(f"no convert of {from_asset} to {to_asset} with status {status}")
        number = self._histories.last_id + 1
        if status == CONVERT_DONE:
            changes = {from_asset: -from_amount, to_asset: to_amount}
            self._movements.move(uid, changes, Cause("convert", str(number), at))
        row = ConvertRow(
            id=self._histories.next_id(),
            uid=uid,
            from_asset=from_asset,
            from_amount=from_amount,
            to_asset=to_asset,
            to_amount=to_amount,
            status=status,
            at=at,
        )
        self._histories.converts.append(row)
        return row

    def sweep_dust(self, uid: int, assets: Iterable[str], *, at: int) -> list[DustRow]:
        """The free balance of each asset becomes BNB at its price, less the charge.

        Raises ValueError for BNB itself, for an empty balance and for a coin without price.
        """
        account = self._accounts.account(uid)
        sweep_id = self._histories.last_id + 1
        rows: list[DustRow] = []
        for number, asset in enumerate(dict.fromkeys(assets), start=sweep_id + 1):
            amount = account.free(asset)
            price = price_between(self._market, asset, BNB, at)
            if asset == BNB or amount <= 0 or price is None:
                raise ValueError(f"{amount} {asset} is no dust")
            value = cut(amount * price)
            charge = cut(value * DUST_CHARGE)
            rows.append(DustRow(number, uid, sweep_id, asset, amount, value - charge, charge, at))
        if not rows:
            raise ValueError("a sweep needs an asset")
        changes = {row.asset: -row.amount for row in rows}
        changes[BNB] = sum((row.received for row in rows), ZERO)
        self._movements.move(uid, changes, Cause("dust", str(sweep_id), at))
        self._histories.last_id = rows[-1].id
        for row in rows:
            self._histories.dust.append(row)
        return rows

    def pay_dividend(
        self, uid: int, asset: str, amount: Decimal, *, at: int, info: str = "Airdrop"
    ) -> DividendRow:
        check_positive(amount=amount)
        row = DividendRow(self._histories.next_id(), uid, asset, amount, info, at)
        self._movements.move(uid, {asset: amount}, Cause("dividend", str(row.id), at))
        self._histories.dividends.append(row)
        return row

    def transfer(self, uid: int, kind: str, asset: str, amount: Decimal, *, at: int) -> TransferRow:
        """Between spot and another wallet; `kind` says which and which way."""
        check_positive(amount=amount)
        if kind not in TRANSFER_KINDS:
            raise ValueError(f"{kind} is none of {', '.join(sorted(TRANSFER_KINDS))}")
        row = TransferRow(self._histories.next_id(), uid, kind, asset, amount, at)
        self._movements.move(uid, {asset: row.change}, Cause("transfer", str(row.id), at))
        self._histories.transfers.append(row)
        return row

    def sub_transfer(
        self, uid: int, asset: str, amount: Decimal, *, inward: bool, at: int
    ) -> SubTransferRow:
        """Between the account, a sub-account, and its master."""
        check_positive(amount=amount)
        row = SubTransferRow(self._histories.next_id(), uid, asset, amount, inward, at)
        change = amount if inward else -amount
        self._movements.move(uid, {asset: change}, Cause("sub_transfer", str(row.id), at))
        self._histories.sub_transfers.append(row)
        return row

    def change_unexplained(
        self,
        uid: int,
        changes: Mapping[str, Decimal],
        *,
        at: int,
        updates: bool = True,
        positions: bool = True,
    ) -> None:
        """Balances move and no history says why; with or without the events."""
        cause = Cause("unexplained", f"{uid}-{at}", at)
        self._movements.move_quietly(uid, changes, cause, updates=updates, positions=positions)
