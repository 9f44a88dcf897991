"""What an exchange account holds: now (`AccountHoldings`) and at any instant (`holdings_at`).

Now comes from the exchange's own absolute quantities; the past from a checkpoint and the
ledger. `merge` does not depend on the order in which things are learned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, localcontext
from typing import NamedTuple

from chalicelib.domain.counted import counted
from chalicelib.domain.ledger import Checkpoint, LedgerEntry
from chalicelib.domain.money import EXACT, Asset


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
    doubted_at: datetime | None = None
    reconciled: Checkpoint | None = None


@dataclass(frozen=True, slots=True)
class AccountHoldings:
    """The newest known state of one linked exchange account.

    `last_event_at` is the newest ledger entry, `last_flow_at` the newest flow among them. The
    row of an unlinked account stays, with `unlinked_at` and nothing held, so that an hour in
    which it was linked can be marked again. `reconciled_at` is the newest instant at which
    ledger and quantities were found to agree, `doubted_at` the newest since then at which they
    were seen not to. `version` counts the writes, so that two writers notice each other.
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
    doubted_at: datetime | None = None
    reconciled_at: datetime | None = None
    unlinked_at: datetime | None = None
    version: int = 0

    def is_superseded(self, instant: datetime) -> bool:
        """Whether a later reading of the whole account says all that was true at `instant`."""
        return self.reconciled_at is not None and instant <= self.reconciled_at

    def amounts(self) -> dict[Asset, Decimal]:
        """Quantity per asset held, zero ones left out."""
        return {asset: each.amount for asset, each in self.quantities.items() if each.amount}

    def settled_before(self, instant: datetime) -> bool:
        """Whether these quantities are those just before `instant`: no entry at or after it,
        and no entry newer than the newest quantity."""
        if self.last_event_at is None:
            return True
        orders = (each.order.updated_at for each in self.quantities.values())
        newest = _latest(max(orders, default=None), self.reconciled_at)
        return self.last_event_at < instant and newest is not None and newest >= self.last_event_at


def merge(row: AccountHoldings, news: HoldingsNews) -> AccountHoldings:
    """`row` with `news` taken in; `row` itself when the news changes nothing.

    Per asset the greater order wins; instants only grow. A reading of the whole account
    outranks whatever is not newer than it: what it does not name is not held. So any order of
    arrival, with repeats, ends in the same row. Equal orders with different amounts, which no
    exchange should say, put the account in doubt, and the greater amount stands until it is
    reconciled; a newer quantity that came first hides that doubt.
    """
    row = _with_reading(row, news.reconciled)
    doubts = [row.doubted_at, news.doubted_at]
    quantities = dict(row.quantities)
    for asset, new in news.quantities.items():
        old = quantities.get(asset)
        if row.is_superseded(new.order.updated_at):
            continue
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
        doubted_at=max(
            (each for each in doubts if each and not row.is_superseded(each)), default=None
        ),
    )
    return row if merged == row else merged


def _with_reading(row: AccountHoldings, reading: Checkpoint | None) -> AccountHoldings:
    if reading is None or row.is_superseded(reading.taken_at):
        return row
    at = reading.taken_at
    quantities = {
        asset: Quantity(amount, Order(at, at, 0))
        for asset, amount in reading.quantities.items()
        if amount
    }
    newer = {asset: each for asset, each in row.quantities.items() if each.order.updated_at > at}
    return replace(row, quantities=quantities | newer, reconciled_at=at)


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
