"""A trader links an exchange account, with a key of his own or a pair that the league made.

Only what can be seen without the exchange is seen here; the rest is the container's, which may
open the key. Whatever breaks off may be asked again: one key of a trader is one account.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    KeyKind,
    KeyPair,
    Trader,
)
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from chalicelib.domain.key_texts import check_exchange, check_key, check_two_keys
from chalicelib.services.bind_account import LinkDesk
from chalicelib.services.link_account import welcome
from chalicelib.services.link_ports import IssuedPair
from chalicelib.services.throttling import Gate, Limit

PAIR_LASTS: Final = timedelta(hours=24)
MOST_ACCOUNTS: Final = 20
"""Linked at once by one trader."""

_LINKS: Final = Limit("link", 120, 3600)
_LINKS_OF: Final = Limit("link-of", 30, 3600)
_IN_USE: Final = (AccountState.LIVE, AccountState.CHECKING)


@dataclass(frozen=True, slots=True)
class AskedLink:
    """What the trader sent: with `secret`, or with the id of a pair that was made for him."""

    exchange: str
    api_key: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    key_pair_id: str | None = None
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class _Sealable:
    """A pair that can be sealed for an account; of an issued pair the secret is sealed already."""

    pair: KeyPair
    issued: bytes | None = None


def request_link(
    trader: Trader, asked: AskedLink, now: datetime, desk: LinkDesk, gate: Gate
) -> ExchangeAccount:
    """The account as it stands now: waiting for its check, or what this key made of it before.

    Raises InvalidRequest for what cannot be a key, Conflict with too many accounts, TooOften.
    """
    gate.pass_through(_LINKS, [(_LINKS_OF, trader.trader_id)])
    check_exchange(asked.exchange)
    if asked.key_pair_id is not None:
        found, key = _of_issued(trader, asked, asked.key_pair_id, desk, gate.now)
        account_id = asked.key_pair_id
    else:
        check_two_keys(asked.exchange, asked.api_key, asked.secret or "")
        key = _Sealable(KeyPair(asked.api_key, asked.secret or ""))
        account_id, found = _of_key(trader, asked, desk)
    if found is None:
        found = _add(trader, asked, account_id, key, now, desk)
    elif found.state not in _IN_USE:
        found = _check_again(found, asked, key, desk)
    welcome(trader, asked.exchange, desk.members)
    return found


def issue_key_pair(
    trader: Trader,
    exchange: str,
    desk: LinkDesk,
    gate: Gate,
    new_pair: Callable[[], tuple[str, str]],
) -> tuple[IssuedPair, str]:
    """A new pair for this trader and its public half (PEM); the private one is sealed and not
    given out. Raises InvalidRequest for an unknown exchange, TooOften."""
    gate.pass_through(_LINKS, [(_LINKS_OF, trader.trader_id)])
    check_exchange(exchange)
    private, public = new_pair()
    account_id = desk.members.new_id()
    half = KeyPair("", private, KeyKind.ED25519)
    sealed = desk.vault.seal(half, account_id, trader.trader_id, exchange)
    pair = IssuedPair(account_id, trader.trader_id, exchange, sealed, gate.now + PAIR_LASTS)
    desk.links.keep_pair(pair)
    return pair, public


def _of_issued(
    trader: Trader, asked: AskedLink, pair_id: str, desk: LinkDesk, now: datetime
) -> tuple[ExchangeAccount | None, _Sealable]:
    """The account that the pair has made so far, and the pair with its API key."""
    if asked.secret is not None:
        raise InvalidRequest("send secret or key_pair_id, not both: a key pair has its own secret")
    check_key(asked.exchange, asked.api_key, "API key")
    try:
        issued = desk.links.issued_pair(pair_id)
    except NotFound:
        issued = None
    his = issued is not None and issued.trader_id == trader.trader_id
    if issued is None or not his or issued.expires_at <= now or issued.exchange != asked.exchange:
        raise InvalidRequest(
            "there is no such key pair of yours, or it is older than 24 hours; make a new one"
        )
    account = _find(pair_id, desk)
    if account is not None and account.state is AccountState.UNLINKED:
        raise InvalidRequest("this key pair was used for a link that has ended; make a new one")
    key = KeyPair(asked.api_key, "", KeyKind.ED25519)
    return account, _Sealable(key, issued.ciphertext)


def _of_key(trader: Trader, asked: AskedLink, desk: LinkDesk) -> tuple[str, ExchangeAccount | None]:
    """The id of the account that this key is for, and the account where it is there already."""
    text = f"{asked.exchange}/{asked.api_key}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    account_id = desk.members.new_id()
    claimed = desk.links.claim_key(trader.trader_id, digest, account_id)
    found = _find(claimed, desk)
    if found is not None and found.state is AccountState.UNLINKED:
        claimed = desk.links.claim_key(trader.trader_id, digest, account_id, claimed)
        found = _find(claimed, desk)
    return claimed, found


def _add(
    trader: Trader,
    asked: AskedLink,
    account_id: str,
    key: _Sealable,
    now: datetime,
    desk: LinkDesk,
) -> ExchangeAccount:
    accounts = desk.members.accounts
    linked = [
        each
        for each in accounts.of_trader(trader.trader_id)
        if each.state is not AccountState.UNLINKED
    ]
    if len(linked) >= MOST_ACCOUNTS:
        raise Conflict(f"you have linked {len(linked)} accounts, as many as can be; unlink one")
    his = (account_id, trader.trader_id, asked.exchange)
    account = ExchangeAccount(
        account_id=account_id,
        trader_id=trader.trader_id,
        seat=trader.seat,
        exchange=asked.exchange,
        link_number=1,
        slot=accounts.free_slot(),
        state=AccountState.CHECKING,
        linked_at=now,
        ciphertext=desk.vault.seal(key.pair, *his, key.issued),
        takes_back=asked.takes_back,
    )
    try:
        accounts.add(account)
    except Conflict:  # the same request came by another tab
        return accounts.get(account_id)
    return account


def _check_again(
    account: ExchangeAccount, asked: AskedLink, key: _Sealable, desk: LinkDesk
) -> ExchangeAccount:
    """A key that was refused, or another secret for it."""
    his = (account.account_id, account.trader_id, account.exchange)
    checking = replace(
        account,
        state=AccountState.CHECKING,
        ciphertext=desk.vault.seal(key.pair, *his, key.issued),
        refusals=(),
        takes_back=asked.takes_back,
    )
    desk.members.accounts.save_with_key(checking)
    return checking


def _find(account_id: str, desk: LinkDesk) -> ExchangeAccount | None:
    try:
        return desk.members.accounts.get(account_id)
    except NotFound:
        return None
