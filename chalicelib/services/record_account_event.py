"""Record what an exchange account's stream said: ledger rows, then the newest holdings.

Nothing here depends on the order of arrival, and every step may run again: rows are keyed by
the exchange's ids, quantities carry the exchange's order, and a row that is there already
never skips the steps after it. The exchange's frames are read by a FrameParser.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import (
    Conflict,
    InvalidRequest,
    LeagueError,
    NotFound,
    StoreUnavailable,
    UnknownSymbol,
)
from chalicelib.domain.holdings import (
    AccountHoldings,
    HoldingsNews,
    LastBuy,
    Order,
    Position,
    Quantity,
    merge,
)
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Source
from chalicelib.domain.money import Asset
from chalicelib.services.ports import (
    Accounts,
    FrameContent,
    FrameParser,
    Holdings,
    Ignored,
    Ledger,
    StreamEnded,
    StreamItem,
)

_WRITE_TRIES = 8
_INSTANT = timedelta(milliseconds=1)  # the exchange's clock has no finer step

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that was not recorded: its place in the batch, the name under which it was
    logged, and whether sending it again may help (else it is for the dead-letter queue)."""

    index: int
    event: str
    reason: str
    retry: bool


@dataclass(frozen=True, slots=True)
class Stores:
    """Where recording reads and writes."""

    accounts: Accounts
    ledger: Ledger
    holdings: Holdings


@dataclass(frozen=True, slots=True)
class _Read:
    index: int
    item: StreamItem
    content: FrameContent | None  # None: the item is a snapshot


def record_account_events(
    items: Sequence[StreamItem], parsers: Mapping[str, FrameParser], stores: Stores
) -> list[Refused]:
    """Record a batch; returns the items that were not recorded, in their order.

    All items of one account become one holdings update. `parsers` are by exchange. One bad
    item does not touch the others, nor one account the others. What belongs to an unlinked
    account or an earlier link is logged, set aside and counts as done.
    """
    refused: list[Refused] = []
    by_account: dict[str, list[_Read]] = {}
    for index, item in enumerate(items):
        read = _read(index, item, parsers)
        if isinstance(read, Refused):
            refused.append(_logged(read, item))
        else:
            by_account.setdefault(item.account_id, []).append(read)
    for reads in by_account.values():
        try:
            refused += _record_account(reads, stores)
        except (StoreUnavailable, Conflict) as error:
            name = "store_refused" if isinstance(error, StoreUnavailable) else "holdings_contended"
            refused += [
                _logged(Refused(read.index, name, str(error), True), read.item) for read in reads
            ]
    return sorted(refused, key=lambda each: each.index)


def _read(index: int, item: StreamItem, parsers: Mapping[str, FrameParser]) -> _Read | Refused:
    if item.frame is None:
        if item.snapshot is None:
            return Refused(index, "empty_item", "neither frame nor snapshot", False)
        return _Read(index, item, None)
    parser = parsers.get(item.exchange)
    if parser is None:
        return Refused(index, "unknown_exchange", f"no parser for {item.exchange!r}", False)
    try:
        return _Read(index, item, parser.parse(item.frame, item.sequence))
    except UnknownSymbol as error:
        return Refused(index, "unknown_symbol", str(error), True)
    except InvalidRequest as error:
        return Refused(index, "unparsable_frame", str(error), False)
    except StoreUnavailable as error:
        return Refused(index, "store_refused", str(error), True)


def _record_account(reads: list[_Read], stores: Stores) -> list[Refused]:
    first = reads[0].item
    for read in reads:
        if read.item.snapshot is not None and read.item.snapshot.reason == "link":
            _start_link(read.item, stores)
    row = stores.holdings.get(first.seat, first.account_id)
    refused: list[Refused] = []
    news: list[_Read] = []
    for read in reads:
        if row is None or row.link_number < read.item.link_number:
            refused += _without_row(read, stores)
        elif row.link_number > read.item.link_number:
            _set_aside("event_of_an_earlier_link", read.item)
        elif read.item.snapshot is not None:
            stores.ledger.add_checkpoint(first.account_id, read.item.snapshot.checkpoint)
        else:
            news.append(read)
    if row is not None and news:
        _take_in(row, news, stores)
    return refused


def _start_link(item: StreamItem, stores: Stores) -> None:
    """Make the link's row, then the flows that bring its holdings in.

    The first snapshot of a link wins, also against a second one that a restarted container
    sent: the row keeps its instant, and only that snapshot's flows are ever written.
    """
    assert item.snapshot is not None  # noqa: S101  the caller looked
    if _is_over(item, stores):
        return
    checkpoint = item.snapshot.checkpoint
    at = checkpoint.taken_at
    held = {asset: amount for asset, amount in checkpoint.quantities.items() if amount}
    stores.holdings.create(
        AccountHoldings(
            account_id=item.account_id,
            trader_id=item.trader_id,
            seat=item.seat,
            exchange=item.exchange,
            link_number=item.link_number,
            linked_at=at,
            quantities={
                asset: Quantity(amount, Order(at, at, 0)) for asset, amount in held.items()
            },
            last_event_at=at if held else None,
            last_flow_at=at if held else None,
        )
    )
    row = stores.holdings.get(item.seat, item.account_id)
    if row is None or (row.link_number, row.linked_at) != (item.link_number, at):
        return
    flows = [
        BalanceChange(ChangeKind.LINK, asset, amount, at, str(item.link_number), Source.LEAGUE)
        for asset, amount in sorted(held.items())
    ]
    stores.ledger.add(item.account_id, flows)


def _is_over(item: StreamItem, stores: Stores) -> bool:
    try:
        account = stores.accounts.get(item.account_id)
    except NotFound:
        return True
    return account.state is AccountState.UNLINKED or account.link_number > item.link_number


def _without_row(read: _Read, stores: Stores) -> list[Refused]:
    if _is_over(read.item, stores):
        _set_aside("event_of_an_unlinked_account", read.item)
        return []
    reason = "the snapshot that starts this link has not been recorded yet"
    return [_logged(Refused(read.index, "link_not_started", reason, True), read.item)]


def _take_in(row: AccountHoldings, reads: list[_Read], stores: Stores) -> None:
    entries: dict[str, LedgerEntry] = {}
    positions: list[Position] = []
    order_instants: set[datetime] = set()
    for read in reads:
        content = read.content
        if isinstance(content, Fill | BalanceChange):
            if content.at > row.linked_at:
                entries[content.entry_id] = content
            else:
                _set_aside("event_from_before_the_link", read.item)
        elif isinstance(content, Position):
            if content.order.updated_at > row.linked_at:
                positions.append(content)
        elif isinstance(content, StreamEnded):
            _log.info("stream_ended", extra={"account_id": row.account_id})
        elif isinstance(content, Ignored):
            if not content.known:
                extra = {"account_id": row.account_id, "type": content.event}
                _log.warning("unknown_event_type", extra=extra)
            if content.at is not None:
                order_instants.add(content.at)
    stores.ledger.add(row.account_id, list(entries.values()))
    positions.sort(key=lambda each: each.order)
    _update_holdings(row, list(entries.values()), positions, order_instants, stores)


def _update_holdings(
    row: AccountHoldings,
    entries: Sequence[LedgerEntry],
    positions: Sequence[Position],
    order_instants: set[datetime],
    stores: Stores,
) -> None:
    for _ in range(_WRITE_TRIES):
        new = merge(row, _news_of(entries))
        for position in positions:
            if not _only_moved_between_free_and_locked(new, position, entries, order_instants):
                doubt = _doubt(new, position, entries, stores.ledger)
                quantities = {
                    asset: Quantity(amount, position.order)
                    for asset, amount in position.quantities.items()
                }
                new = merge(new, HoldingsNews(quantities=quantities, in_doubt_since=doubt))
        if new == row:
            return
        try:
            stores.holdings.replace(row, new)
        except Conflict:
            stored = stores.holdings.get(row.seat, row.account_id)
            if stored is None or stored.link_number != row.link_number:
                _log.warning("account_unlinked_meanwhile", extra={"account_id": row.account_id})
                return
            row = stored
        else:
            return
    raise Conflict(f"holdings of {row.account_id} changed {_WRITE_TRIES} times while recording")


def _news_of(entries: Iterable[LedgerEntry]) -> HoldingsNews:
    entries = list(entries)
    buys: dict[Asset, LastBuy] = {}
    for fill in sorted(
        (each for each in entries if isinstance(each, Fill)),
        key=lambda each: (each.executed_at, each.symbol, each.order_id),
    ):
        buys[fill.bought()] = LastBuy(fill.executed_at, fill.symbol, fill.order_id)
    flows = [each.at for each in entries if isinstance(each, BalanceChange) and each.is_flow]
    return HoldingsNews(
        last_buys=buys,
        last_event_at=max((each.at for each in entries), default=None),
        last_flow_at=max(flows, default=None),
    )


def _only_moved_between_free_and_locked(
    row: AccountHoldings,
    position: Position,
    entries: Sequence[LedgerEntry],
    order_instants: set[datetime],
) -> bool:
    """Whether the frame tells of an order placed or cancelled: no quantity changed, so it
    is not worth a write. Anything less certain is written, to keep the exchange's order."""
    at = position.order.updated_at
    return (
        at in order_instants
        and not any(entry.at == at for entry in entries)
        and all(
            asset in row.quantities and row.quantities[asset].amount == amount
            for asset, amount in position.quantities.items()
            if amount or asset in row.quantities
        )
    )


def _doubt(
    row: AccountHoldings, position: Position, entries: Sequence[LedgerEntry], ledger: Ledger
) -> datetime | None:
    """The position's instant, if it changes an asset that no entry of that instant touches."""
    at = position.order.updated_at
    changed = {
        asset for asset, amount in position.quantities.items() if _changes(row, asset, amount, at)
    }
    for entry in entries:
        if entry.at == at:
            changed -= entry.changes().keys()
    if changed:
        for entry in ledger.entries(row.account_id, at, at + _INSTANT):
            changed -= entry.changes().keys()
    if not changed:
        return None
    extra = {"account_id": row.account_id, "assets": sorted(changed), "at": at.isoformat()}
    _log.warning("unexplained_quantity", extra=extra)
    return at


def _changes(row: AccountHoldings, asset: Asset, amount: Decimal, at: datetime) -> bool:
    known = row.quantities.get(asset)
    if known is None:
        return amount != 0
    return known.order.updated_at < at and known.amount != amount


def _set_aside(event: str, item: StreamItem) -> None:
    extra = {"account_id": item.account_id, "link_number": item.link_number}
    _log.warning(event, extra=extra)


def _logged(refused: Refused, item: StreamItem) -> Refused:
    extra = {"account_id": item.account_id, "reason": refused.reason, "retry": refused.retry}
    _log.warning(refused.event, extra=extra)
    return refused
