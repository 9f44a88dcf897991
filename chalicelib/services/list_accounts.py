"""A trader's linked exchange accounts, and how each of them stands."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import ExchangeAccount, Refusal, Trader
from chalicelib.domain.account_words import Standing, standing_of
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.import_words import ImportStanding, import_standing
from chalicelib.services.exchange_ports import ExchangeConditions
from chalicelib.services.import_ports import ImportProgress, Imports
from chalicelib.services.ports import Accounts, Holdings, Leases, Prices
from chalicelib.services.streaming import silence


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account, how it stands, and how far its past has come in."""

    account: ExchangeAccount
    standing: Standing
    imported: ImportStanding | None


@dataclass(frozen=True, slots=True)
class AccountStores:
    """Where it is read how accounts stand, and whether imports are paused."""

    accounts: Accounts
    holdings: Holdings
    conditions: ExchangeConditions
    imports: Imports
    leases: Leases
    prices: Prices
    imports_paused: bool = False


def list_accounts(trader: Trader, stores: AccountStores, machine: datetime) -> list[AccountView]:
    """All accounts he ever linked, in the order of linking; those that went on as an older one
    are left out. `machine` is the machine's time."""
    found = [
        each
        for each in stores.accounts.of_trader(trader.trader_id)
        if Refusal.SAME_ACCOUNT not in each.refusals
    ]
    if not found:
        return []
    rows = {row.account_id: row for row in stores.holdings.of_seat(trader.seat)}
    said = {name: stores.conditions.get(name) for name in {each.exchange for each in found}}
    nobody = silence(machine, leases=stores.leases, prices=stores.prices)
    progress = stores.imports.progress(trader.trader_id)
    return [
        AccountView(
            each,
            standing_of(each, _doubt(rows.get(each.account_id)), said[each.exchange], nobody),
            _imported(each, progress.get(each.account_id), stores.imports_paused),
        )
        for each in found
    ]


def _imported(
    account: ExchangeAccount, progress: ImportProgress | None, paused: bool
) -> ImportStanding | None:
    if progress is None:
        return import_standing(account, 0, "", paused=paused)
    return import_standing(account, progress.percent, progress.problem, paused=paused)


def _doubt(row: AccountHoldings | None) -> datetime | None:
    """Since when the row is in doubt, and not reconciled since."""
    if row is None or row.doubted_at is None:
        return None
    settled = row.reconciled_at is not None and row.reconciled_at >= row.doubted_at
    return None if settled else row.doubted_at
