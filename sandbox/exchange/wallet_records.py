"""The rows of the wallet's histories as the exchange keeps them, and the books that hold them.

Amounts are Decimals, times exchange time in milliseconds; the JSON of each is left to `sapi_…`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from sandbox.exchange.owned_rows import OwnedRows
from sandbox.exchange.records import from_plain, to_plain

FIRST_ROW_ID = 940_001
SPOT, FUNDING = "SPOT", "FUNDING"


@dataclass(frozen=True, slots=True)
class ConvertRow:
    """One convert; it moved something only where the status is SUCCESS."""

    id: int
    uid: int
    from_asset: str
    from_amount: Decimal
    to_asset: str
    to_amount: Decimal
    status: str
    at: int


@dataclass(frozen=True, slots=True)
class DustRow:
    """One coin of a sweep: `amount` of it became `received` BNB, `charge` BNB was kept."""

    id: int
    uid: int
    sweep_id: int
    asset: str
    amount: Decimal
    received: Decimal
    charge: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class DividendRow:
    id: int
    uid: int
    asset: str
    amount: Decimal
    info: str
    at: int


@dataclass(frozen=True, slots=True)
class TransferRow:
    """Between two wallets of the account; `kind` is MAIN_FUNDING, UMFUTURE_MAIN, …"""

    id: int
    uid: int
    kind: str
    asset: str
    amount: Decimal
    at: int

    @property
    def change(self) -> Decimal:
        """What the spot wallet gains."""
        return self.amount if self.kind.endswith("_MAIN") else -self.amount


@dataclass(frozen=True, slots=True)
class SubTransferRow:
    """Between this account, a sub-account, and its master."""

    id: int
    uid: int
    asset: str
    amount: Decimal
    inward: bool
    at: int


@dataclass(slots=True)
class FiatOrderRow:
    """Money of a bank: a deposit pays in `amount - fee`, a withdrawal takes `amount`."""

    id: str
    uid: int
    currency: str
    amount: Decimal
    fee: Decimal
    withdraws: bool
    status: str
    at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class FiatPaymentRow:
    """Crypto bought (or sold) for `spent` of a currency, `fee` of it included."""

    id: str
    uid: int
    currency: str
    spent: Decimal
    asset: str
    quantity: Decimal
    fee: Decimal
    sells: bool
    method: str
    at: int


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """Into Earn. `lock_days` is 0 when flexible; a locked one is its own position."""

    id: int
    uid: int
    asset: str
    amount: Decimal
    from_spot: Decimal
    lock_days: int
    at: int

    @property
    def position_id(self) -> int:
        return self.id if self.lock_days else 0


@dataclass(frozen=True, slots=True)
class RedemptionRow:
    """Out of Earn, to SPOT or FUNDING; `position_id` is the locked subscription, else 0."""

    id: int
    uid: int
    asset: str
    amount: Decimal
    destination: str
    lock_days: int
    position_id: int
    at: int


@dataclass(frozen=True, slots=True)
class RewardRow:
    """Interest. REALTIME grew the LD asset, BONUS, REWARDS and LOCKED went to spot."""

    id: int
    uid: int
    asset: str
    amount: Decimal
    kind: str
    lock_days: int
    position_id: int
    at: int


@dataclass(slots=True)
class WalletHistories:
    """All rows of all accounts, oldest first. Ids come from one counter and never repeat."""

    last_id: int = FIRST_ROW_ID - 1
    converts: OwnedRows[ConvertRow] = field(default_factory=OwnedRows)
    dust: OwnedRows[DustRow] = field(default_factory=OwnedRows)
    dividends: OwnedRows[DividendRow] = field(default_factory=OwnedRows)
    transfers: OwnedRows[TransferRow] = field(default_factory=OwnedRows)
    sub_transfers: OwnedRows[SubTransferRow] = field(default_factory=OwnedRows)
    fiat_orders: OwnedRows[FiatOrderRow] = field(default_factory=OwnedRows)
    fiat_payments: OwnedRows[FiatPaymentRow] = field(default_factory=OwnedRows)
    earn_subscriptions: OwnedRows[SubscriptionRow] = field(default_factory=OwnedRows)
    earn_redemptions: OwnedRows[RedemptionRow] = field(default_factory=OwnedRows)
    earn_rewards: OwnedRows[RewardRow] = field(default_factory=OwnedRows)

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def of(self, uid: int) -> dict[str, list[dict[str, Any]]]:
        """The rows of one account as plain JSON, by history."""
        return {name: [to_plain(row) for row in getattr(self, name).of(uid)] for name in _KINDS}

    def dump(self) -> dict[str, Any]:
        rows = {name: [to_plain(row) for row in getattr(self, name)] for name in _KINDS}
        return {"last_id": self.last_id} | rows


_KINDS: Mapping[str, type[Any]] = {
    "converts": ConvertRow,
    "dust": DustRow,
    "dividends": DividendRow,
    "transfers": TransferRow,
    "sub_transfers": SubTransferRow,
    "fiat_orders": FiatOrderRow,
    "fiat_payments": FiatPaymentRow,
    "earn_subscriptions": SubscriptionRow,
    "earn_redemptions": RedemptionRow,
    "earn_rewards": RewardRow,
}


def load_histories(histories: WalletHistories, state: Mapping[str, Any]) -> None:
    """Put what `dump` gave in place of the rows of `histories`."""
    histories.last_id = state["last_id"]
    for each in fields(histories):
        kind = _KINDS.get(each.name)
        if kind is not None:
            rows = (from_plain(kind, row) for row in state[each.name])
            setattr(histories, each.name, OwnedRows(rows))
