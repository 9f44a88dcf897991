"""What one connection to the WebSocket API is subscribed to: requests out, answers in.

Knows no socket and no thread. Binance numbers the subscriptions of a connection; which account
a number stands for is known only here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from chalicelib.adapters.binance.errors import (
    ALREADY_SUBSCRIBED,
    UNKNOWN_END,
    Refusal,
    frame_refusal,
)
from chalicelib.adapters.binance.fields import milliseconds
from chalicelib.adapters.binance.signing import signature_of
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import InvalidRequest

_RECV_WINDOW_MS = 10_000
_MOST_IN_A_LIFE = 60_000  # a connection's ids end at 65,535


@dataclass(frozen=True, slots=True)
class AccountFrame:
    """An event of one account."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The account's events come from now on."""

    account_id: str


@dataclass(frozen=True, slots=True)
class NotSubscribed:
    """The exchange refused the account."""

    account_id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Misplaced:
    """The account's events come by a number that nobody knows, since an answer was lost: only
    another connection can have them."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The exchange ended the account's subscription by itself."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ShutdownAnnounced:
    """The server will go away soon."""


Told: TypeAlias = (
    AccountFrame | Subscribed | NotSubscribed | Misplaced | Ended | ShutdownAnnounced | None
)


@dataclass(frozen=True, slots=True)
class _Pending:
    account_id: str
    asked_at: datetime


class Subscriptions:
    """The state of one connection."""

    def __init__(self) -> None:
        """Nothing is subscribed on a new connection."""
        self._accounts: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._pending: dict[int, _Pending] = {}
        self._leaving: dict[int, str] = {}
        self._unsure: set[str] = set()  # the exchange may have a subscription of it all the same
        self._asked = 0

    def active(self) -> set[str]:
        """Accounts whose events come."""
        return set(self._numbers)

    def waiting(self) -> set[str]:
        """Accounts asked for and not yet answered."""
        return {each.account_id for each in self._pending.values()}

    def worn_out(self) -> bool:
        """Whether the connection's numbers are nearly used up."""
        return self._asked >= _MOST_IN_A_LIFE

    def overdue(self, now: datetime, seconds: float) -> bool:
        """Whether an answer has been due for longer than `seconds` of machine time."""
        limit = timedelta(seconds=seconds)
        return any(now - each.asked_at > limit for each in self._pending.values())

    def subscribe(self, account_id: str, pair: KeyPair, stamp: datetime, asked_at: datetime) -> str:
        """The frame that asks for the account's events, signed for exchange time `stamp`."""
        self._asked += 1
        self._pending[self._asked] = _Pending(account_id, asked_at)
        return _request(self._asked, "subscribe.signature", _signed(pair, stamp))

    def unsubscribe(self, account_id: str) -> str | None:
        """The frame that ends the account's events; None when none come."""
        number = self._numbers.pop(account_id, None)
        if number is None:
            return None
        del self._accounts[number]
        self._asked += 1
        self._leaving[self._asked] = account_id
        self._unsure.add(account_id)
        return _request(self._asked, "unsubscribe", {"subscriptionId": number})

    def read(self, frame: str) -> Told:
        """What a frame says. Raises InvalidRequest when it is none of Binance's."""
        try:
            content = json.loads(frame)
        except (ValueError, RecursionError) as error:
            raise InvalidRequest("the frame is not JSON") from error
        if not isinstance(content, dict):
            raise InvalidRequest("the frame is no object")
        event = content.get("event")
        if isinstance(event, dict):
            return self._event(event.get("e"), content.get("subscriptionId"))
        return self._answer(content)

    def _event(self, name: object, number: object) -> Told:
        if name == "serverShutdown":
            return ShutdownAnnounced()
        account_id = self._accounts.get(number) if isinstance(number, int) else None
        if account_id is None:
            return None  # of an account that was left meanwhile
        if name == "eventStreamTerminated":
            del self._accounts[self._numbers.pop(account_id)]
            return Ended(account_id)
        return AccountFrame(account_id)

    def _answer(self, content: Mapping[str, Any]) -> Told:
        request_id = content.get("id")
        pending = self._pending.pop(request_id, None) if isinstance(request_id, int) else None
        if pending is None:
            left = self._leaving.pop(request_id, None) if isinstance(request_id, int) else None
            if left is not None and content.get("status") == 200:
                self._unsure.discard(left)
            return None
        result = content.get("result")
        number = result.get("subscriptionId") if isinstance(result, dict) else None
        if content.get("status") == 200 and isinstance(number, int):
            self._accounts[number] = pending.account_id
            self._numbers[pending.account_id] = number
            return Subscribed(pending.account_id)
        refusal = frame_refusal(content)
        if refusal.code == ALREADY_SUBSCRIBED and pending.account_id in self._numbers:
            return Subscribed(pending.account_id)
        if refusal.code == ALREADY_SUBSCRIBED and pending.account_id in self._unsure:
            return Misplaced(pending.account_id)
        if not _surely_not_done(refusal):
            self._unsure.add(pending.account_id)
        return NotSubscribed(pending.account_id, refusal)


def _surely_not_done(refusal: Refusal) -> bool:
    """Whether a refused request was not carried out; of most failures nobody knows."""
    refused = range(400, 500)
    return refusal.status in refused and refusal.status != 408 and refusal.code not in UNKNOWN_END


def _request(number: int, action: str, params: Mapping[str, object]) -> str:
    method = f"userDataStream.{action}"
    return json.dumps({"id": number, "method": method, "params": params})


def _signed(pair: KeyPair, stamp: datetime) -> dict[str, object]:
    """Parameters with their signature: sorted by name, joined, not percent-encoded."""
    params: dict[str, object] = {
        "apiKey": pair.api_key,
        "recvWindow": _RECV_WINDOW_MS,
        "timestamp": milliseconds(stamp),
    }
    text = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
    return params | {"signature": signature_of(pair, text)}
