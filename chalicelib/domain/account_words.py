"""How a linked exchange account stands, in words for its owner: what is the matter, what to do.

The container leaves what it found as refusals and troubles; the sentences are here alone.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    ImportState,
    Refusal,
    Trouble,
)
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition


class Status(Enum):
    """Where an account stands, as its owner is told."""

    CHECKING = "checking"
    IMPORTING = "importing"
    LIVE = "live"
    STALE = "stale"
    REFUSED = "refused"
    KEY_REVOKED = "key_revoked"
    PERMISSIONS_WIDENED = "permissions_widened"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to know: its code, and what it is and what to do about it."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The status, since when it is so where that is known, and why."""

    status: Status
    since: datetime | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """No container follows any account, since that instant of exchange time if it is known."""

    since: datetime | None


_PAGE: Final = "in your Binance account under API Management, Edit restrictions,"
_WE_SEE: Final = "then link the same key again here, or wait: we look once a day."

_REFUSALS: Final = {
    Refusal.CAN_TRADE: f"This key may trade: {_PAGE} take away Enable Spot & Margin Trading and "
    f"every FIX permission to trade, {_WE_SEE}",
    Refusal.CAN_WITHDRAW: f"This key may withdraw: {_PAGE} take away Enable Withdrawals, {_WE_SEE}",
    Refusal.CAN_TRANSFER: f"This key may move coins between wallets: {_PAGE} take away Permits "
    f"Universal Transfer and Enable Internal Transfer, {_WE_SEE}",
    Refusal.CAN_MARGIN: f"This key may borrow on margin: {_PAGE} take away Enable Margin Loan, "
    f"Repay & Transfer, {_WE_SEE}",
    Refusal.CAN_FUTURES: f"This key may trade futures: {_PAGE} take away Enable Futures and Enable "
    f"Portfolio Margin Trading, {_WE_SEE}",
    Refusal.CAN_OPTIONS: f"This key may trade options: {_PAGE} take away Enable European Options, "
    f"{_WE_SEE}",
    Refusal.CANNOT_READ: f"This key may not read: {_PAGE} give it Enable Reading, {_WE_SEE}",
    Refusal.ADDRESS_LOCKED: "This key is locked to internet addresses, and ours change: "
    f"{_PAGE} choose Unrestricted, {_WE_SEE}",
    Refusal.KEY_REFUSED: "Binance does not take this key. It was deleted or mistyped, is locked to "
    "other internet addresses, or may not read: look under API Management, or make a new key that "
    "may only read and link that one; your account and its record go on.",
    Refusal.SIGNATURE_WRONG: "Binance knows this API key, but the secret key is not the one that "
    "belongs to it: link it again with the right one, or make a new key.",
    Refusal.NOT_SPOT: "This key opens an account that is no spot account, and the league follows "
    "spot accounts alone: link a key of your spot account.",
    Refusal.LINKED_BY_ANOTHER: "Another trader has linked this Binance account. If it is yours, "
    "take it back: make a key pair here, register its public half at Binance, and link it with "
    "take_back; the link of the other then ends.",
    Refusal.UNLINKED_LATELY: "This Binance account was linked under another name in the last 30 "
    "days: link it under that name, or here 30 days after it was unlinked there. If that was not "
    "you, take it back with a key pair made here.",
    Refusal.NOT_PROVEN: "To take an account back, link it with a key pair made here: only who can "
    "sign in at Binance is able to register its public half. A key and secret prove nothing.",
    Refusal.PROVEN_BY_ANOTHER: "Another trader has linked this Binance account and proved that it "
    "is his, by registering a key pair of the league there. Unlink it under that name; 30 days "
    "later it may start here.",
    Refusal.TAKEN_BACK: "The owner of this Binance account has proved that it is his, and linked "
    "it under his own name; your link of it has ended and its key is destroyed.",
    Refusal.SAME_ACCOUNT: "You had linked this Binance account before; it goes on as that one.",
}

_TROUBLES: Final = {
    Trouble.EXCHANGE_SILENT: "The exchange does not answer now; we try again by ourselves, and "
    "nothing is lost. There is nothing for you to do.",
    Trouble.MAINTENANCE: "The exchange says that it is closed for maintenance; we go on by "
    "ourselves when it opens. There is nothing for you to do.",
    Trouble.STREAM_BROKEN: "The connection for this account's events is interrupted; we connect "
    "again by ourselves and then fetch what was missed. There is nothing for you to do.",
    Trouble.NOT_FOLLOWED: "The part of the league that follows accounts is interrupted, for all "
    "traders. When it is back, it fetches what was missed; your orders and balance at the exchange "
    "are untouched. There is nothing for you to do.",
}

_BEING_COMPARED: Final = Reason(
    "being_compared",
    "Something changed that its events do not explain; the account is being compared with the "
    "exchange. There is nothing for you to do.",
)
_CONDITIONS: Final = {
    Condition.MAINTENANCE: Trouble.MAINTENANCE,
    Condition.UNREACHABLE: Trouble.EXCHANGE_SILENT,
    Condition.BANNED: Trouble.EXCHANGE_SILENT,
    Condition.REGION_REFUSED: Trouble.EXCHANGE_SILENT,
}


def reason_of(cause: Refusal | Trouble) -> Reason:
    """The sentence of a refusal or a trouble."""
    found = _REFUSALS[cause] if isinstance(cause, Refusal) else _TROUBLES[cause]
    return Reason(cause.value, found)


def standing_of(
    account: ExchangeAccount,
    doubted_at: datetime | None = None,
    condition: ExchangeCondition | None = None,
    silence: Silence | None = None,
) -> Standing:
    """How the account stands; it is in doubt since `doubted_at`, `condition` is that of its
    exchange, and in a `silence` what is noted of all these is old."""
    refusals = tuple(map(reason_of, account.refusals))
    if account.state is AccountState.UNLINKED:
        return Standing(Status.UNLINKED, account.unlinked_at, refusals)
    if account.state is AccountState.PERMISSIONS_WIDENED and account.uid is not None:
        return Standing(Status.PERMISSIONS_WIDENED, reasons=refusals)
    if account.state is AccountState.KEY_REVOKED and account.uid is not None:
        return Standing(Status.KEY_REVOKED, reasons=refusals)
    if account.state is not AccountState.LIVE and account.state is not AccountState.CHECKING:
        return Standing(Status.REFUSED, reasons=refusals)
    trouble, since = _trouble(account, condition, silence)
    reasons = (reason_of(trouble),) if trouble is not None else ()
    if account.state is AccountState.CHECKING:
        return Standing(Status.CHECKING, account.linked_at, reasons)
    if doubted_at is not None and not reasons:
        since, reasons = doubted_at, (_BEING_COMPARED,)
    if reasons:
        return Standing(Status.STALE, since, reasons)
    imported = account.import_state is ImportState.DONE
    return Standing(Status.LIVE if imported else Status.IMPORTING, account.linked_at)


def _trouble(
    account: ExchangeAccount, condition: ExchangeCondition | None, silence: Silence | None
) -> tuple[Trouble | None, datetime | None]:
    if silence is not None:
        return Trouble.NOT_FOLLOWED, silence.since
    if account.trouble is not None:
        return account.trouble, account.trouble_since
    if condition is None or condition.condition not in _CONDITIONS:
        return None, None
    return _CONDITIONS[condition.condition], condition.since
