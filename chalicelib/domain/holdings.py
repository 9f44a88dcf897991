"""What an exchange account holds: now (`AccountHoldings`) and at any instant (`holdings_at`).

Now comes from the exchange's own absolute quantities; the past from a checkpoint and the
ledger. `merge` and `counted` do not depend on the order in which things are learned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import NamedTuple

from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    LedgerEntry,
    Source,
    order_of,
)
from chalicelib.domain.money import EXACT, Asset

PAIRED_WITHIN = timedelta(minutes=30)
"""How far apart a frame's movement and the history's row of it may be."""


class Order(NamedTuple):
    """When the exchange says a quantity was true; greater is newer."""

    updated_at: datetime
    event_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """Free + locked of one asset, and when that was true."""

    amount: Decimal
    order: Order


@dataclass(frozen=True, slots=True)
class Position:
    """The exchange's own quantities of the assets that one frame names."""

    quantities: Mapping[Asset, Decimal]
    order: Order


@dataclass(frozen=True, slots=True)
class LastBuy:
    """The newest order that increased a coin."""

    bought_at: datetime
    symbol: str
    order_id: int


@dataclass(frozen=True, slots=True)
class HoldingsNews:
    """What one batch of events says of an account; see `merge`."""

    quantities: Mapping[Asset, Quantity] = field(default_factory=dict)
    last_buys: Mapping[Asset, LastBuy] = field(default_factory=dict)
    last_event_at: datetime | None = None
    last_flow_at: datetime | None = None
    in_doubt_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountHoldings:
    """The newest known state of one linked exchange account.

    `last_event_at` is the newest ledger entry, `last_flow_at` the newest flow among them. The
    row of an unlinked account stays, with `unlinked_at` and nothing held, so that an hour in
    which it was linked can be marked again. `in_doubt_since` is set while ledger and
    quantities may disagree. `version` counts the writes, so that two writers notice each other.
    """

    account_id: str
    trader_id: str
    seat: int
    exchange: str
    link_number: int
    linked_at: datetime
    quantities: Mapping[Asset, Quantity]
    last_buys: Mapping[Asset, LastBuy] = field(default_factory=dict)
    last_event_at: datetime | None = None
    last_flow_at: datetime | None = None
    in_doubt_since: datetime | None = None
    unlinked_at: datetime | None = None
    version: int = 0

    def amounts(self) -> dict[Asset, Decimal]:
        """Quantity per asset held, zero ones left out."""
        return {asset: each.amount for asset, each in self.quantities.items() if each.amount}

    def settled_before(self, instant: datetime) -> bool:
        """Whether these quantities are those just before `instant`: no entry at or after it,
        and no entry newer than the newest quantity."""
        if self.last_event_at is None:
            return True
        newest = max((each.order.updated_at for each in self.quantities.values()), default=None)
        return self.last_event_at < instant and newest is not None and newest >= self.last_event_at


def merge(row: AccountHoldings, news: HoldingsNews) -> AccountHoldings:
    """`row` with `news` taken in; `row` itself when the news changes nothing.

    Per asset the greater order wins; instants only grow (doubt: the earliest stays). So any
    order of arrival, with repeats, ends in the same row. Equal orders with different amounts,
    which no exchange should say, put the account in doubt from that instant, and the greater
    amount stands until then; a newer quantity that came first hides that doubt.
    """
    doubts = [row.in_doubt_since, news.in_doubt_since]
    quantities = dict(row.quantities)
    for asset, new in news.quantities.items():
        old = quantities.get(asset)
        if old is None or new.order > old.order:
            quantities[asset] = new
        elif new.order == old.order and new.amount != old.amount:
            doubts.append(new.order.updated_at)
            quantities[asset] = max(old, new, key=lambda each: each.amount)
    buys = dict(row.last_buys)
    for asset, buy in news.last_buys.items():
        if asset not in buys or _buy_order(buy) > _buy_order(buys[asset]):
            buys[asset] = buy
    merged = replace(
        row,
        quantities=quantities,
        last_buys=buys,
        last_event_at=_latest(row.last_event_at, news.last_event_at),
        last_flow_at=_latest(row.last_flow_at, news.last_flow_at),
        in_doubt_since=min((each for each in doubts if each), default=None),
    )
    return row if merged == row else merged


def _buy_order(buy: LastBuy) -> tuple[datetime, str, int]:
    return (buy.bought_at, buy.symbol, buy.order_id)


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each), default=None)


def holdings_at(
    checkpoint: Checkpoint | None, entries: Iterable[LedgerEntry], instant: datetime
) -> dict[Asset, Decimal]:
    """Quantity per asset just before `instant`, zero ones left out.

    The checkpoint (taken before `instant`; none: the account held nothing) carried forward by
    the counted entries after it and before `instant`.
    """
    with localcontext(EXACT):
        held = dict(checkpoint.quantities) if checkpoint else {}
        for entry in counted(entries):
            if entry.at < instant and (checkpoint is None or entry.at > checkpoint.taken_at):
                for asset, change in entry.changes().items():
                    held[asset] = held.get(asset, Decimal(0)) + change
    return {asset: quantity for asset, quantity in held.items() if quantity}


def counted(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The entries that count, in the order of the ledger, each once.

    A frame's movement and the exchange's history row of the same asset and signed amount (a
    withdrawal with or without its fee), at most 30 minutes apart, nearest first, are one
    change: the frame's instant and quantity, the history's id and kind. An unexplained change
    yields to later knowledge of the same asset and amount within the same span; two that are
    left, of opposite signs and alone in their second, are one exchange of coins: a convert.
    """
    unique = {entry.entry_id: entry for entry in entries}
    ordered = sorted(unique.values(), key=order_of)
    frames = [e for e in ordered if isinstance(e, BalanceChange) and e.source is Source.FRAME]
    histories = [e for e in ordered if isinstance(e, BalanceChange) and e.source is Source.HISTORY]
    named = _pairs(frames, histories)
    result: list[LedgerEntry] = []
    taken = {history.entry_id for history in named.values()}
    for entry in ordered:
        if entry.entry_id in taken:
            continue
        history = named.get(entry.entry_id)
        if history is not None and isinstance(entry, BalanceChange):
            entry = replace(
                entry,
                kind=history.kind,
                change_id=history.change_id,
                network_fee=history.network_fee,
            )
        result.append(entry)
    return sorted(_with_exchanges(_without_explained(result)), key=order_of)


def _pairs(frames: list[BalanceChange], histories: list[BalanceChange]) -> dict[str, BalanceChange]:
    candidates = sorted(
        (abs(frame.changed_at - history.changed_at), frame.entry_id, history.entry_id)
        for frame in frames
        for history in histories
        if _same_change(frame, history)
    )
    by_id = {history.entry_id: history for history in histories}
    named: dict[str, BalanceChange] = {}
    used: set[str] = set()
    for _, frame_id, history_id in candidates:
        if frame_id not in named and history_id not in used:
            named[frame_id] = by_id[history_id]
            used.add(history_id)
    return named


def _same_change(frame: BalanceChange, history: BalanceChange) -> bool:
    if frame.asset != history.asset:
        return False
    if abs(frame.changed_at - history.changed_at) > PAIRED_WITHIN:
        return False
    with localcontext(EXACT):
        amounts = {history.quantity}
        if history.quantity < 0:
            amounts |= {
                history.quantity + history.network_fee,
                history.quantity - history.network_fee,
            }
    return frame.quantity in amounts


def _without_explained(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    """Leave out each unexplained change that another counted change of its size explains."""
    known = [
        e
        for e in entries
        if isinstance(e, BalanceChange)
        and e.source is not Source.LEAGUE
        and e.kind is not ChangeKind.UNEXPLAINED
    ]
    unexplained = [
        e for e in entries if isinstance(e, BalanceChange) and e.kind is ChangeKind.UNEXPLAINED
    ]
    explained = _pairs(unexplained, known)
    return [entry for entry in entries if entry.entry_id not in explained]


def _with_exchanges(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    seconds: dict[datetime, list[BalanceChange]] = {}
    for entry in entries:
        if isinstance(entry, BalanceChange) and entry.kind is ChangeKind.UNEXPLAINED:
            seconds.setdefault(entry.changed_at.replace(microsecond=0), []).append(entry)
    exchanged = {
        entry.entry_id
        for second in seconds.values()
        if len(second) == 2
        and second[0].asset != second[1].asset
        and (second[0].quantity > 0) != (second[1].quantity > 0)
        for entry in second
    }
    return [
        replace(entry, kind=ChangeKind.CONVERT)
        if isinstance(entry, BalanceChange) and entry.entry_id in exchanged
        else entry
        for entry in entries
    ]
