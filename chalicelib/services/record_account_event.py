"""Record what an exchange account's stream said: ledger rows, then the newest holdings.

Nothing here depends on the order of arrival, and every step may run again: rows are keyed by
the exchange's ids, quantities carry the exchange's order, and a row that is there already
never skips the steps after it. The exchange's frames are read by a FrameParser.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.domain.errors import (
    Conflict,
    InvalidRequest,
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
from chalicelib.domain.ledger import BalanceChange, Checkpoint, Fill, LedgerEntry
from chalicelib.domain.money import Asset
from chalicelib.domain.windows import closing_hour
from chalicelib.services.balance_late import rests_of_late
from chalicelib.services.exchange_ports import FrameContent, FrameParser, Ignored, StreamEnded
from chalicelib.services.note_corrections import Recorded, note_corrections
from chalicelib.services.ports import Ledger, StreamItem
from chalicelib.services.start_link import Stores, link_is_over, start_link

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
class Told:
    """What was recorded of one account, for whoever follows events through the league: the
    traces of its items, the instants of what frames said happened, and the hours whose marks
    hold it."""

    account_id: str
    traces: Sequence[str]
    happened: Sequence[datetime]
    hours: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Read:
    index: int
    item: StreamItem
    content: FrameContent | None  # None: the item brings entries that were found, or a snapshot


@dataclass(frozen=True, slots=True)
class _Frame:
    position: Position
    after_an_order: bool  # the frame just before it, at the same instant, placed or took one back


@dataclass(frozen=True, slots=True)
class _News:
    """What a batch brings to one account."""

    entries: Sequence[LedgerEntry]
    readings: Sequence[Checkpoint]
    frames: Sequence[_Frame]


def record_account_events(
    items: Sequence[StreamItem],
    parsers: Mapping[str, FrameParser],
    stores: Stores,
    tell: Callable[[Told], None] = lambda _: None,
) -> list[Refused]:
    """Record a batch; returns the items that were not recorded, in their order.

    All items of one account become one holdings update. `parsers` are by exchange. One bad
    item does not touch the others, nor one account the others. What belongs to an unlinked
    account or an earlier link is logged, set aside and counts as done. `tell` is told of each
    account once it is written.
    """
    refused: list[Refused] = []
    recorded: list[Recorded] = []
    by_account: dict[str, list[_Read]] = {}
    for index, item in enumerate(items):
        read = _read(index, item, parsers)
        if isinstance(read, Refused):
            refused.append(_logged(read, item))
        else:
            by_account.setdefault(item.account_id, []).append(read)
    for account_id, reads in by_account.items():
        try:
            known = len(recorded)
            refused += _record_account(reads, stores, recorded)
            if len(recorded) > known:
                tell(_told(account_id, reads))
        except (StoreUnavailable, Conflict) as error:
            name = "store_refused" if isinstance(error, StoreUnavailable) else "holdings_contended"
            refused += [
                _logged(Refused(read.index, name, str(error), True), read.item) for read in reads
            ]
    refused += _not_noted(recorded, by_account, stores)
    return sorted({each.index: each for each in refused}.values(), key=lambda each: each.index)


def _told(account_id: str, reads: Sequence[_Read]) -> Told:
    happened = [entry.at for read in reads if read.item.frame for entry in _entries_of(read)]
    found = [entry.at for read in reads for entry in _entries_of(read)]
    snapshots = [read.item.snapshot for read in reads if read.item.snapshot is not None]
    found += [each.checkpoint.taken_at for each in snapshots if each.reason == "link"]
    traces = [read.item.trace for read in reads if read.item.trace]
    return Told(account_id, traces, happened, sorted({closing_hour(at) for at in found}))


def _not_noted(
    recorded: Sequence[Recorded], by_account: Mapping[str, Sequence[_Read]], stores: Stores
) -> list[Refused]:
    """Note what came too late for its mark; where that fails, all that was recorded comes
    again."""
    try:
        note_corrections(recorded, stores)
    except StoreUnavailable as error:
        return [
            _logged(Refused(read.index, "store_refused", str(error), True), read.item)
            for each in recorded
            for read in by_account[each.row.account_id]
        ]
    return []


def _read(index: int, item: StreamItem, parsers: Mapping[str, FrameParser]) -> _Read | Refused:
    if item.frame is None:
        if item.snapshot is None and not item.found:
            return Refused(index, "empty_item", "no frame, nothing found, no snapshot", False)
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


def _record_account(reads: list[_Read], stores: Stores, recorded: list[Recorded]) -> list[Refused]:
    first = reads[0].item
    for read in reads:
        if read.item.snapshot is not None and read.item.snapshot.reason == "link":
            start_link(read.item, read.item.snapshot, stores)
    row = stores.holdings.get(first.seat, first.account_id)
    refused: list[Refused] = []
    news: list[_Read] = []
    for read in reads:
        if row is None or row.link_number < read.item.link_number:
            refused += _without_row(read, stores)
        elif row.link_number > read.item.link_number:
            _set_aside("event_of_an_earlier_link", read.item)
        elif row.unlinked_at is not None:
            _set_aside("event_of_an_unlinked_account", read.item)
        else:
            news.append(read)
    if row is not None and news:
        recorded.append(_take_in(row, news, stores))
    return refused


def _without_row(read: _Read, stores: Stores) -> list[Refused]:
    if link_is_over(read.item, stores):
        _set_aside("event_of_an_unlinked_account", read.item)
        return []
    reason = "the snapshot that starts this link has not been recorded yet"
    return [_logged(Refused(read.index, "link_not_started", reason, True), read.item)]


def _take_in(row: AccountHoldings, reads: list[_Read], stores: Stores) -> Recorded:
    """Entries first, then readings, then quantities: what is cut short is all repeated."""
    entries: dict[str, LedgerEntry] = {}
    for read in reads:
        for entry in _entries_of(read):
            if entry.at > row.linked_at:
                entries[entry.entry_id] = entry
            else:
                _set_aside("event_from_before_the_link", read.item)
        _log_silent(read.content, read.item)
    stores.ledger.add(row.account_id, list(entries.values()))
    late = [entry for entry in entries.values() if row.is_superseded(entry.at)]
    rests = rests_of_late(row.account_id, late, stores.ledger)
    stores.ledger.add(row.account_id, rests)
    entries |= {rest.entry_id: rest for rest in rests}
    readings = [each for read in reads for each in _readings_of(read, row)]
    for reading in readings:
        stores.ledger.add_checkpoint(row.account_id, reading)
    news = _News(list(entries.values()), readings, _frames_of(reads, row))
    _update_holdings(row, news, stores)
    linked = any(reading.taken_at == row.linked_at for reading in readings)
    return Recorded(row, news.entries, row.linked_at if linked else None)


def _entries_of(read: _Read) -> Sequence[LedgerEntry]:
    if isinstance(read.content, Fill | BalanceChange):
        return (read.content,)
    return read.item.found


def _readings_of(read: _Read, row: AccountHoldings) -> list[Checkpoint]:
    """The whole reading that the item brings, if it does; the link's own is the row itself."""
    snapshot = read.item.snapshot
    if snapshot is None:
        return []
    if snapshot.checkpoint.taken_at < row.linked_at:
        _set_aside("event_from_before_the_link", read.item)
        return []
    return [snapshot.checkpoint]


def _frames_of(reads: list[_Read], row: AccountHoldings) -> list[_Frame]:
    """The positions that the frames bring, in the exchange's order."""
    placed = {
        (read.content.at, read.item.sequence) for read in reads if isinstance(read.content, Ignored)
    }
    frames = []
    for read in reads:
        if isinstance(read.content, Position) and read.content.order.updated_at > row.linked_at:
            order = read.content.order
            after_an_order = (order.updated_at, order.sequence - 1) in placed
            frames.append(_Frame(read.content, after_an_order))
    return sorted(frames, key=lambda each: each.position.order)


def _log_silent(content: FrameContent | None, item: StreamItem) -> None:
    extra = {"account_id": item.account_id}
    if isinstance(content, StreamEnded):
        _log.info("stream_ended", extra=extra)
    elif isinstance(content, Ignored) and not content.known:
        _log.warning("unknown_event_type", extra=extra | {"type": content.event})


def _update_holdings(row: AccountHoldings, news: _News, stores: Stores) -> None:
    for _ in range(_WRITE_TRIES):
        new = _with_news(row, news, stores.ledger)
        if new == row:
            return
        if new.doubted_at is not None and new.doubted_at != row.doubted_at:
            slot = stores.accounts.get(row.account_id).slot
            stores.doubts.put(slot, row.account_id, new.doubted_at)
        try:
            stores.holdings.replace(row, new)
        except Conflict:
            stored = stores.holdings.get(row.seat, row.account_id)
            if stored is None or stored.link_number != row.link_number or stored.unlinked_at:
                _log.warning("account_unlinked_meanwhile", extra={"account_id": row.account_id})
                return
            row = stored
        else:
            return
    raise Conflict(f"holdings of {row.account_id} changed {_WRITE_TRIES} times while recording")


def _with_news(row: AccountHoldings, news: _News, ledger: Ledger) -> AccountHoldings:
    new = merge(row, news_of(news.entries))
    for reading in news.readings:
        if reading.taken_at > row.linked_at:
            new = merge(new, HoldingsNews(reconciled=reading))
    for frame in news.frames:
        if not _changes_nothing(new, frame):
            new = merge(new, _quantities_of(new, frame.position, news.entries, ledger))
    return new


def news_of(entries: Iterable[LedgerEntry]) -> HoldingsNews:
    """What ledger entries alone say of an account: its last buys, events and flows."""
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


def _changes_nothing(row: AccountHoldings, frame: _Frame) -> bool:
    """Whether the frame only tells that an order was placed or taken back: not worth a write.

    Where that is less than certain the frame is written, to keep the exchange's order.
    """
    return frame.after_an_order and all(
        asset in row.quantities and row.quantities[asset].amount == amount
        for asset, amount in frame.position.quantities.items()
        if amount or asset in row.quantities
    )


def _quantities_of(
    row: AccountHoldings, position: Position, entries: Sequence[LedgerEntry], ledger: Ledger
) -> HoldingsNews:
    """The frame's quantities; in doubt when one changed that no entry of its instant touches."""
    at = position.order.updated_at
    changed = {
        asset
        for asset, amount in position.quantities.items()
        if _changes(row, asset, amount, position.order)
    }
    for entry in entries:
        if entry.at == at:
            changed -= entry.changes().keys()
    if changed:
        for entry in ledger.entries(row.account_id, at, at + _INSTANT):
            changed -= entry.changes().keys()
    if changed:
        extra = {"account_id": row.account_id, "assets": sorted(changed), "at": at.isoformat()}
        _log.warning("unexplained_quantity", extra=extra)
    return HoldingsNews(
        quantities={
            asset: Quantity(amount, position.order) for asset, amount in position.quantities.items()
        },
        doubted_at=at if changed else None,
    )


def _changes(row: AccountHoldings, asset: Asset, amount: Decimal, order: Order) -> bool:
    known = row.quantities.get(asset)
    if row.is_superseded(order.updated_at):
        return False
    if known is None:
        return amount != 0
    return known.order < order and known.amount != amount


def _set_aside(event: str, item: StreamItem) -> None:
    extra = {"account_id": item.account_id, "link_number": item.link_number, "trace": item.trace}
    _log.warning(event, extra=extra)


def _logged(refused: Refused, item: StreamItem) -> Refused:
    extra = {"account_id": item.account_id, "reason": refused.reason, "retry": refused.retry}
    extra["trace"] = item.trace
    _log.warning(refused.event, extra=extra)
    return refused
