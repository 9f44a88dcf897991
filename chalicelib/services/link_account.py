"""Join the league, link an exchange account to a trader, and unlink it again.

What makes an account live (the key's check, the first snapshot) happens where the key may be
opened: in the ingest container. Each function is a sequence that may be run again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.account import AccountState, ExchangeAccount, KeyPair, Refusal, Trader
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Source
from chalicelib.domain.names import checked_name
from chalicelib.services.link_ports import KeyVault
from chalicelib.services.note_corrections import Recorded, note_corrections
from chalicelib.services.ports import (
    Accounts,
    Corrections,
    Holdings,
    Ledger,
    Runs,
    Seat,
    Seats,
    Traders,
)

_WRITE_TRIES = 8


@dataclass(frozen=True, slots=True)
class Membership:
    """Where members and their accounts are kept, and who makes new ids (ULIDs)."""

    traders: Traders
    seats: Seats
    accounts: Accounts
    ledger: Ledger
    holdings: Holdings
    runs: Runs
    corrections: Corrections
    new_id: Callable[[], str]


def join_league(
    name: str, now: datetime, members: Membership, trader_id: str | None = None
) -> Trader:
    """A new trader of that name, listed in the next seat; `trader_id` is that of his sign-up,
    None makes a new one.

    Raises InvalidRequest for a name that cannot be used, Conflict for one that is taken.
    """
    checked_name(name)
    trader_id = trader_id or members.new_id()
    seat = members.traders.next_seat()
    members.traders.claim_name(name, trader_id, seat, now)
    trader = Trader(trader_id, name, seat, now)
    members.traders.save(trader)
    members.seats.put(Seat(seat, trader_id, name, exchanges=()))
    return trader


def link_account(
    trader: Trader,
    pair: KeyPair,
    *,
    exchange: str,
    slot: int,
    now: datetime,
    vault: KeyVault,
    members: Membership,
) -> ExchangeAccount:
    """A new account of `trader`, its key sealed, waiting for its check in stream slot `slot`.

    A retired trader is active again.
    """
    account_id = members.new_id()
    account = ExchangeAccount(
        account_id=account_id,
        trader_id=trader.trader_id,
        seat=trader.seat,
        exchange=exchange,
        link_number=1,
        slot=slot,
        state=AccountState.CHECKING,
        linked_at=now,
        ciphertext=vault.seal(pair, account_id, trader.trader_id, exchange),
    )
    members.accounts.save(account)
    welcome(trader, exchange, members)
    return account


def welcome(trader: Trader, exchange: str, members: Membership) -> None:
    """Show that he trades there, and is not retired any more."""
    if trader.retired_at is not None:
        trader = replace(trader, retired_at=None)
        members.traders.save(trader)
    _put_seat(trader, {exchange}, members)


def unlink_account(
    account: ExchangeAccount,
    now: datetime,
    members: Membership,
    refusals: tuple[Refusal, ...] = (),
) -> None:
    """Destroy the account's key and end its record; its trader retires with the last one.

    What it held leaves as flows at `now`, or at the instant of an unlinking that broke off.
    `refusals` are kept with it where its end was not his own wish.
    """
    members.accounts.save(
        replace(
            account,
            state=AccountState.UNLINKED,
            ciphertext=None,
            unlinked_at=account.unlinked_at or now,
            refusals=refusals or account.refusals,
        )
    )
    row = _close(account, now, members.holdings)
    if row is not None and row.unlinked_at is not None:
        members.ledger.add(
            account.account_id,
            [
                BalanceChange(
                    ChangeKind.UNLINK,
                    asset,
                    -amount,
                    row.unlinked_at,
                    str(row.link_number),
                    Source.LEAGUE,
                )
                for asset, amount in sorted(row.amounts().items())
            ],
        )
        if row.quantities:
            members.holdings.replace(row, replace(row, quantities={}))
        note_corrections([Recorded(row, unlinked_at=row.unlinked_at)], members)
    try:
        trader = members.traders.get(account.trader_id)
    except NotFound:  # he left the league meanwhile
        return
    others = _linked_exchanges(account, members)
    has_a_record = bool(members.holdings.of_seat(account.seat))
    if has_a_record and not others and trader.retired_at is None:
        trader = replace(trader, retired_at=now)
        members.traders.save(trader)
    _put_seat(trader, others, members, keep=not others)


def _close(account: ExchangeAccount, now: datetime, holdings: Holdings) -> AccountHoldings | None:
    """The account's row with `unlinked_at` set, so that a repeated unlinking finds the instant."""
    for _ in range(_WRITE_TRIES):
        row = holdings.get(account.seat, account.account_id)
        if row is None or row.link_number != account.link_number or row.unlinked_at is not None:
            return row if row is not None and row.link_number == account.link_number else None
        at = max(now, row.last_event_at or now)
        closed = replace(row, unlinked_at=at, last_event_at=at, last_flow_at=at)
        try:
            holdings.replace(row, closed)
        except Conflict:
            continue
        return replace(closed, version=row.version + 1)
    raise Conflict(f"holdings of {account.account_id} changed {_WRITE_TRIES} times while unlinking")


def _linked_exchanges(gone: ExchangeAccount, members: Membership) -> set[str]:
    """Exchanges of the trader's other accounts."""
    return {
        each.exchange
        for each in members.accounts.of_trader(gone.trader_id)
        if each.account_id != gone.account_id and each.state is not AccountState.UNLINKED
    }


def _put_seat(
    trader: Trader, exchanges: set[str], members: Membership, *, keep: bool = True
) -> None:
    """Write the trader's seat; with `keep`, exchanges known of it stay."""
    old = members.seats.of_seats([trader.seat]).get(trader.seat)
    known = set(old.exchanges) if old is not None and keep else set()
    members.seats.put(
        Seat(
            trader.seat,
            trader.trader_id,
            trader.name,
            tuple(sorted(known | exchanges)),
            listed=trader.visibility.listed,
            retired_at=trader.retired_at,
        )
    )
