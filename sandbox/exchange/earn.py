"""Earn: coins lent to the exchange for interest.

Flexible Earn leaves a claim in the account, the asset `LD` + name; locked Earn leaves nothing until
it is redeemed. Errors are those of `wallet`.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.exchange.accounts import ZERO
from sandbox.exchange.movements import Cause, Movements, check_positive
from sandbox.exchange.wallet_records import (
    FUNDING,
    SPOT,
    RedemptionRow,
    RewardRow,
    SubscriptionRow,
    WalletHistories,
)

REALTIME, BONUS, REWARDS, LOCKED = "REALTIME", "BONUS", "REWARDS", "LOCKED"
FLEXIBLE_REWARDS = frozenset({REALTIME, BONUS, REWARDS})


def claim(asset: str) -> str:
    """The asset that stands for `asset` in flexible Earn."""
    return f"LD{asset}"


class Earn:
    """One for all accounts. `at` is exchange time in milliseconds."""

    def __init__(self, movements: Movements, histories: WalletHistories) -> None:
        self._movements = movements
        self._histories = histories

    def subscribe(
        self, uid: int, asset: str, amount: Decimal, *, at: int, from_funding: Decimal = ZERO
    ) -> SubscriptionRow:
        """Flexible; the part `from_funding` comes from the funding wallet, the rest from spot."""
        check_positive(amount=amount)
        if not 0 <= from_funding <= amount:
            raise ValueError(f"{from_funding} of {amount} {asset} cannot come from funding")
        from_spot = amount - from_funding
        row = SubscriptionRow(self._histories.next_id(), uid, asset, amount, from_spot, 0, at)
        changes = {asset: -from_spot, claim(asset): amount}
        self._movements.move(uid, changes, Cause("earn_subscribe", str(row.id), at))
        self._histories.earn_subscriptions.append(row)
        return row

    def redeem(
        self, uid: int, asset: str, amount: Decimal, *, at: int, destination: str = SPOT
    ) -> RedemptionRow:
        """Flexible; the claim shrinks, and spot grows unless the destination is FUNDING."""
        check_positive(amount=amount)
        if destination not in {SPOT, FUNDING}:
            raise ValueError(f"no redemption to {destination}")
        row = RedemptionRow(self._histories.next_id(), uid, asset, amount, destination, 0, 0, at)
        changes = {claim(asset): -amount, asset: amount if destination == SPOT else ZERO}
        self._movements.move(uid, changes, Cause("earn_redeem", str(row.id), at))
        self._histories.earn_redemptions.append(row)
        return row

    def reward(
        self, uid: int, asset: str, amount: Decimal, *, at: int, kind: str = REALTIME
    ) -> RewardRow:
        """Flexible interest: REALTIME grows the claim, the other kinds spot."""
        if kind not in FLEXIBLE_REWARDS:
            raise ValueError(f"{kind} is none of {', '.join(sorted(FLEXIBLE_REWARDS))}")
        paid = claim(asset) if kind == REALTIME else asset
        return self._pay(
            RewardRow(self._histories.next_id(), uid, asset, amount, kind, 0, 0, at), paid
        )

    def lock(self, uid: int, asset: str, amount: Decimal, *, days: int, at: int) -> SubscriptionRow:
        """Locked: the coins leave the account for `days`. The row's id is the position's."""
        check_positive(amount=amount)
        if days < 1:
            raise ValueError(f"nothing is locked for {days} days")
        row = SubscriptionRow(self._histories.next_id(), uid, asset, amount, amount, days, at)
        self._movements.move(uid, {asset: -amount}, Cause("earn_subscribe", str(row.id), at))
        self._histories.earn_subscriptions.append(row)
        return row

    def unlock(self, position_id: int, *, at: int) -> RedemptionRow:
        """The whole locked position comes back to spot. Raises KeyError where it is not open."""
        position = self.open_position(position_id)
        row = RedemptionRow(
            id=self._histories.next_id(),
            uid=position.uid,
            asset=position.asset,
            amount=position.amount,
            destination=SPOT,
            lock_days=position.lock_days,
            position_id=position.id,
            at=at,
        )
        changes = {position.asset: position.amount}
        self._movements.move(position.uid, changes, Cause("earn_redeem", str(row.id), at))
        self._histories.earn_redemptions.append(row)
        return row

    def reward_locked(self, position_id: int, amount: Decimal, *, at: int) -> RewardRow:
        """Interest of a locked position, paid to spot. Raises KeyError where it is not open."""
        position = self.open_position(position_id)
        row = RewardRow(
            id=self._histories.next_id(),
            uid=position.uid,
            asset=position.asset,
            amount=amount,
            kind=LOCKED,
            lock_days=position.lock_days,
            position_id=position.id,
            at=at,
        )
        return self._pay(row, position.asset)

    def positions(self, uid: int) -> list[SubscriptionRow]:
        """The account's locked positions that were not redeemed yet, oldest first."""
        over = {row.position_id for row in self._histories.earn_redemptions.of(uid)}
        return [
            row
            for row in self._histories.earn_subscriptions.of(uid)
            if row.lock_days and row.id not in over
        ]

    def open_position(self, position_id: int) -> SubscriptionRow:
        """Raises KeyError for an unknown position and for one that was redeemed."""
        row = self._histories.earn_subscriptions.find(position_id)
        if row not in self.positions(row.uid):
            raise KeyError(f"no open locked position {position_id}")
        return row

    def _pay(self, row: RewardRow, asset: str) -> RewardRow:
        check_positive(amount=row.amount)
        cause = Cause("earn_reward", str(row.id), row.at)
        self._movements.move(row.uid, {asset: row.amount}, cause)
        self._histories.earn_rewards.append(row)
        return row
