"""Bind an exchange's own account to the trader whose key opens it (rules.md §5).

One exchange account is one account of the league. Whoever linked it first has it, until he has
unlinked it for thirty days, or its owner takes it back. Every step may be repeated.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.account import AccountState, ExchangeAccount, KeyKind, KeyPair, Refusal
from chalicelib.domain.errors import Conflict, NotAllowed
from chalicelib.services.link_account import Membership, unlink_account
from chalicelib.services.link_ports import Binding, KeyVault, Links

FREE_AFTER: Final = timedelta(days=30)
"""After it was unlinked, under another name."""

_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """Where links are kept, and what seals the keys."""

    links: Links
    vault: KeyVault
    members: Membership


def bind_account(
    account: ExchangeAccount, uid: str, pair: KeyPair, now: datetime, desk: LinkDesk
) -> Refusal | None:
    """None when the exchange's account `uid` is this account from now on; else why this one
    has to end: SAME_ACCOUNT when the trader's older account of that uid goes on with the key.

    `pair` opens the account, as was seen. Raises Conflict after others were faster four times.
    """
    for _ in range(_TRIES):
        try:
            return _bind(account, uid, pair, now, desk)
        except Conflict:
            continue
    raise Conflict(f"account {account.account_id} was bound by others at the same time")


def _bind(
    account: ExchangeAccount, uid: str, pair: KeyPair, now: datetime, desk: LinkDesk
) -> Refusal | None:
    stored = desk.links.binding(account.exchange, uid)
    proven = pair.kind is KeyKind.ED25519
    mine = Binding(account.exchange, uid, account.trader_id, account.account_id, now, proven)
    if stored is None:
        desk.links.bind(mine, None)
        return None
    if stored.trader_id == account.trader_id:
        if proven and not stored.proven:
            desk.links.bind(replace(stored, proven=True), stored)
        if stored.account_id == account.account_id:
            return None
        holder = desk.members.accounts.get(stored.account_id)
        _go_on(holder, account, pair, now, desk)
        return Refusal.SAME_ACCOUNT
    holder = desk.members.accounts.get(stored.account_id)
    refusal = _refusal(account, holder, mine, stored, now)
    if refusal is None:
        begun = Refusal.TAKEN_BACK in holder.refusals  # and maybe not brought to its end
        if begun or holder.state is not AccountState.UNLINKED:
            unlink_account(holder, now, desk.members, (Refusal.TAKEN_BACK,))
        desk.links.bind(mine, stored)
    return refusal


def _refusal(
    account: ExchangeAccount,
    holder: ExchangeAccount,
    mine: Binding,
    stored: Binding,
    now: datetime,
) -> Refusal | None:
    """Why the account stays with another trader's `holder`; None when it moves."""
    linked = holder.state is not AccountState.UNLINKED
    left_at = holder.unlinked_at or stored.since
    if not linked and now - left_at >= FREE_AFTER:
        return None
    if not account.takes_back:
        return Refusal.LINKED_BY_ANOTHER if linked else Refusal.UNLINKED_LATELY
    if not mine.proven:
        return Refusal.NOT_PROVEN
    return Refusal.PROVEN_BY_ANOTHER if stored.proven else None


def _go_on(
    holder: ExchangeAccount,
    account: ExchangeAccount,
    pair: KeyPair,
    now: datetime,
    desk: LinkDesk,
) -> None:
    """Have `holder` go on with the key that `account` came with: as a new link where it was
    unlinked, else as the same link with another key."""
    if holder.state is not AccountState.UNLINKED and _opens(holder, pair, desk):
        return
    vault, his = desk.vault, (holder.account_id, holder.trader_id, holder.exchange)
    resumed = replace(holder, ciphertext=vault.seal(pair, *his), refusals=())
    if holder.state is AccountState.UNLINKED:
        resumed = replace(
            resumed,
            link_number=holder.link_number + 1,
            slot=account.slot,
            state=AccountState.CHECKING,
            linked_at=now,
            uid=None,
            unlinked_at=None,
            takes_back=False,
        )
    elif holder.state is not AccountState.LIVE:
        resumed = replace(resumed, state=AccountState.CHECKING)
    desk.members.accounts.save_with_key(resumed)


def _opens(holder: ExchangeAccount, pair: KeyPair, desk: LinkDesk) -> bool:
    """Whether it has this key and is not stopped."""
    if holder.state not in (AccountState.LIVE, AccountState.CHECKING):
        return False
    his = (holder.account_id, holder.trader_id, holder.exchange)
    try:
        return desk.vault.open(holder.ciphertext or b"", *his) == pair
    except NotAllowed:
        return False
