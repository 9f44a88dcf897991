"""The payloads of the user data stream, and who gets them.

Numbers are texts with 8 decimals. E, the event's own time, lies just after T, the time of what
happened; now and then a payload carries a field nobody documented.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.exchange.accounts import Account
from sandbox.exchange.orders import Order, OwnFill

Event = dict[str, object]
Deliver = Callable[[str], None]

EVENT_DELAY_MS = 1
ZERO_TEXT = "0.00000000"
UNDOCUMENTED_FIELD = "xF"


def eight_decimals(number: Decimal) -> str:
    return f"{number:.8f}"


def execution_report(
    order: Order, kind: str, *, execution_id: int, at: int, fill: OwnFill | None = None
) -> Event:
    """An `executionReport` of the order as it stands now; `fill` for the kind TRADE."""
    cancelled = kind == "CANCELED"
    event: Event = {
        "e": "executionReport",
        "E": at + EVENT_DELAY_MS,
        "s": order.symbol,
        "c": order.cancel_client_id if cancelled else order.client_id,
        "S": order.side,
        "o": order.kind,
        "f": order.time_in_force,
        "q": eight_decimals(order.quantity),
        "p": eight_decimals(order.price),
        "P": ZERO_TEXT,
        "F": ZERO_TEXT,
        "g": -1,
        "C": order.client_id if cancelled else "",
        "x": kind,
        "X": order.status,
        "r": "NONE",
        "i": order.order_id,
        "l": eight_decimals(fill.quantity) if fill else ZERO_TEXT,
        "z": eight_decimals(order.executed),
        "L": eight_decimals(fill.price) if fill else ZERO_TEXT,
        "n": eight_decimals(fill.commission) if fill and fill.commission else "0",
        "N": fill.commission_asset if fill and fill.commission else None,
        "T": at,
        "t": fill.trade_id if fill else -1,
        "I": execution_id,
        "w": order.open and not (fill and order.kind == "MARKET"),
        "m": fill.is_maker if fill else False,
        "M": fill is not None,
        "O": order.created_at,
        "Z": eight_decimals(order.executed_quote),
        "Y": eight_decimals(fill.quote_quantity) if fill else ZERO_TEXT,
        "Q": eight_decimals(order.quote_quantity),
        "W": order.created_at,
        "V": order.prevention_mode,
    }
    if kind == "EXPIRED" and order.expiry_reason:
        event["eR"] = order.expiry_reason
    return event


def account_position(account: Account, assets: Iterable[str], *, at: int) -> Event:
    """`outboundAccountPosition`: absolute balances of the assets that may have changed."""
    return {
        "e": "outboundAccountPosition",
        "E": at + EVENT_DELAY_MS,
        "u": at,
        "B": [
            {
                "a": asset,
                "f": eight_decimals(account.balance(asset).free),
                "l": eight_decimals(account.balance(asset).locked),
            }
            for asset in dict.fromkeys(assets)
        ],
    }


def balance_update(asset: str, change: Decimal, *, at: int) -> Event:
    return {
        "e": "balanceUpdate",
        "E": at + EVENT_DELAY_MS,
        "a": asset,
        "d": eight_decimals(change),
        "T": at,
    }


def stream_terminated(at: int) -> Event:
    return {"e": "eventStreamTerminated", "E": at}


def server_shutdown(at: int) -> Event:
    return {"e": "serverShutdown", "E": at}


@dataclass(slots=True)
class EventSettings:
    """Habits of the stream that clients have to live with.

    `undocumented_every` and `duplicate_every` count events; 0 switches the habit off. While
    `interleaved`, frames wait until two accounts have some, then go out one of each in turn. The
    last two are open questions about the real exchange, so both answers can be tried.
    """

    undocumented_every: int = 7
    duplicate_every: int = 0
    interleaved: bool = False
    lost_for_all: bool = False
    one_connection_per_account: bool = False
    revoked_key_ends_stream: bool = False


class EventHub:
    """Hands each event of an account to every live subscription of it.

    Nothing is kept: an event nobody listens to, or sent while events are being lost, is gone.
    `published` counts events, `delivered` the frames handed to subscriptions.
    """

    def __init__(self) -> None:
        self.settings = EventSettings()
        self.lost_for: set[int] = set()
        self.published = 0
        self.delivered = 0
        self._listeners: dict[int, dict[object, Deliver]] = defaultdict(dict)
        self._waiting: dict[int, deque[str]] = {}

    def listen(self, uid: int, owner: object, deliver: Deliver) -> None:
        self._listeners[uid][owner] = deliver

    def leave(self, uid: int, owner: object) -> None:
        self._listeners[uid].pop(owner, None)

    def listeners(self, uid: int) -> int:
        return len(self._listeners[uid])

    def publish(self, uid: int, event: Event) -> None:
        self.published += 1
        settings = self.settings
        if settings.undocumented_every and self.published % settings.undocumented_every == 0:
            event[UNDOCUMENTED_FIELD] = f"{self.published}"
        if settings.lost_for_all or uid in self.lost_for:
            return
        if not self._listeners.get(uid):
            return
        text = json.dumps(event, separators=(",", ":"))
        copies = 1
        if settings.duplicate_every and self.published % settings.duplicate_every == 0:
            copies = 2
        self._waiting.setdefault(uid, deque()).extend([text] * copies)
        if not settings.interleaved or len(self._waiting) > 1:
            self.release()

    def release(self) -> None:
        """Send what waits: one frame of each account in turn, each account's in their order."""
        while self._waiting:
            for uid, texts in list(self._waiting.items()):
                self._hand_out(uid, texts.popleft())
                if not texts:
                    del self._waiting[uid]

    def _hand_out(self, uid: int, text: str) -> None:
        for deliver in list(self._listeners[uid].values()):
            deliver(text)
            self.delivered += 1
