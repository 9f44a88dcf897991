"""A trader unlinks an exchange account: its key is destroyed at once, its record stays."""

from datetime import datetime
from typing import Final

from chalicelib.domain.account import ExchangeAccount, Trader
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.services.link_account import Membership, unlink_account

_TRIES: Final = 4


def remove_link(trader: Trader, account_id: str, now: datetime, members: Membership) -> None:
    """Unlink it; once more does nothing more. Raises NotFound for an account that is not his."""
    for _ in range(_TRIES):
        account = _his(trader, account_id, members)
        try:
            unlink_account(account, now, members)
        except Conflict:  # it went live, or was linked again, at this moment
            continue
        return
    raise Conflict("the account is being changed at this moment; try again")


def _his(trader: Trader, account_id: str, members: Membership) -> ExchangeAccount:
    missing = NotFound("you have no exchange account of this id; the list of your accounts has it")
    try:
        found = members.accounts.get(account_id)
    except NotFound as error:
        raise missing from error
    if found.trader_id != trader.trader_id:
        raise missing
    return found
