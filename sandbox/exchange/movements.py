"""Every change of a balance that is no fill: checked, carried out, written down and told here.

Initial balances, fills and movements together make the balances of an account, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, AccountBook
from sandbox.exchange.events import EventHub, account_position, balance_update
from sandbox.exchange.owned_rows import OwnedRows

# The kinds for which nobody documents whether a `balanceUpdate` is sent.
UNDOCUMENTED_KINDS = frozenset(
    {
        "convert",
        "dust",
        "dividend",
        "earn_subscribe",
        "earn_redeem",
        "earn_reward",
        "fiat_order",
        "fiat_payment",
        "rename",
    }
)
HISTORIES = frozenset(
    {
        "deposits",
        "withdrawals",
        "fiat_orders",
        "fiat_payments",
        "converts",
        "dust",
        "dividends",
        "transfers",
        "sub_transfers",
        "earn_subscriptions",
        "earn_redemptions",
        "earn_rewards",
        "snapshots",
    }
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One signed change of the total (free and locked) of an asset; `id` as its history has it."""

    uid: int
    at: int
    asset: str
    change: Decimal
    kind: str
    id: str


@dataclass(slots=True)
class WalletSettings:
    """Habits of the wallet: `silent` kinds send no `balanceUpdate`, histories lag behind.

    With `rewards_as_dividends` an Earn reward is a row of the dividends too.
    """

    silent: set[str] = field(default_factory=set)
    history_lag_ms: dict[str, int] = field(default_factory=dict)
    rewards_as_dividends: bool = False

    def set_balance_updates(self, wanted: Mapping[str, bool]) -> None:
        """Raises ValueError for a kind whose events are documented, or that does not exist."""
        _check_names(wanted, UNDOCUMENTED_KINDS)
        self.silent -= {kind for kind, sends in wanted.items() if sends}
        self.silent |= {kind for kind, sends in wanted.items() if not sends}

    def set_lags(self, lags: Mapping[str, int]) -> None:
        """Raises ValueError for an unknown history."""
        _check_names(lags, HISTORIES)
        self.history_lag_ms |= {history: int(lag) for history, lag in lags.items()}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why balances change: what kind of act, its id, and when (exchange time, ms)."""

    kind: str
    id: str
    at: int


class Movements:
    """The movements of all accounts, oldest first as they were carried out."""

    def __init__(self, accounts: AccountBook, events: EventHub, settings: WalletSettings) -> None:
        self._accounts = accounts
        self._events = events
        self._settings = settings
        self.rows: OwnedRows[Movement] = OwnedRows()

    def move(self, uid: int, changes: Mapping[str, Decimal], cause: Cause) -> None:
        """Change free balances and tell it: an update per asset, then one position.

        Raises KeyError for an unknown account, -2010 when an asset would fall below 0; then
        nothing has changed.
        """
        self.move_quietly(
            uid, changes, cause, updates=cause.kind not in self._settings.silent, positions=True
        )

    def move_quietly(
        self,
        uid: int,
        changes: Mapping[str, Decimal],
        cause: Cause,
        *,
        updates: bool,
        positions: bool,
    ) -> None:
        """As `move`, with the events that are asked for."""
        account = self._accounts.account(uid)
        changes = {asset: change for asset, change in changes.items() if change}
        if any(account.free(asset) + change < 0 for asset, change in changes.items()):
            raise api_error.insufficient_balance()
        for asset, change in changes.items():
            account.credit(asset, change)
            self.rows.append(Movement(uid, cause.at, asset, change, cause.kind, cause.id))
        account.touched(cause.at)
        if updates:
            for asset, change in changes.items():
                self._events.publish(uid, balance_update(asset, change, at=cause.at))
        if positions:
            self._tell_position(account, changes, cause.at)

    def check_account(self, uid: int) -> None:
        """Raises KeyError for an unknown account."""
        self._accounts.account(uid)

    def of(self, uid: int) -> Sequence[Movement]:
        return self.rows.of(uid)

    def _tell_position(self, account: Account, assets: Iterable[str], at: int) -> None:
        position = account_position(account, assets, at=at)
        if position["B"]:
            self._events.publish(account.uid, position)


def check_positive(**amounts: Decimal) -> None:
    """Raises ValueError, naming the first amount that is not above 0."""
    for name, amount in amounts.items():
        if not amount > 0:
            raise ValueError(f"{name} is {amount}, not above 0")


def _check_names(names: Iterable[str], known: frozenset[str]) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise ValueError(f"{unknown[0]} is none of {', '.join(sorted(known))}")
