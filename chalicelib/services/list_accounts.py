"""A trader's linked exchange accounts, and how each of them stands."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import ExchangeAccount, Refusal, Trader
from chalicelib.domain.account_words import Standing, standing_of
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.services.exchange_ports import ExchangeConditions
from chalicelib.services.ports import Accounts, Holdings


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account and how it stands."""

    account: ExchangeAccount
    standing: Standing


def list_accounts(
    trader: Trader, accounts: Accounts, holdings: Holdings, conditions: ExchangeConditions
) -> list[AccountView]:
    """All accounts he ever linked, in the order of linking; those that went on as an older one
    are left out."""
    found = [
        each
        for each in accounts.of_trader(trader.trader_id)
        if Refusal.SAME_ACCOUNT not in each.refusals
    ]
    if not found:
        return []
    rows = {row.account_id: row for row in holdings.of_seat(trader.seat)}
    said = {name: conditions.get(name) for name in {each.exchange for each in found}}
    return [
        AccountView(each, standing_of(each, _doubt(rows.get(each.account_id)), said[each.exchange]))
        for each in found
    ]


def _doubt(row: AccountHoldings | None) -> datetime | None:
    """Since when the row is in doubt, and not reconciled since."""
    if row is None or row.doubted_at is None:
        return None
    settled = row.reconciled_at is not None and row.reconciled_at >= row.doubted_at
    return None if settled else row.doubted_at
