"""Rebuild what follows from ledger, accounts and traders: holdings, seats, marks and boards.

For an operator after a table was lost. What is there stays as it is; every step may be run again.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.domain.account import SEATS_PER_SHARD, AccountState, ExchangeAccount, Trader
from chalicelib.domain.holdings import AccountHoldings, Order, Quantity, holdings_at
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry
from chalicelib.domain.windows import DAY
from chalicelib.services.delete_member import NO_NAME
from chalicelib.services.link_account import Membership
from chalicelib.services.mark_shard import MarkStores, mark_from
from chalicelib.services.ports import Boards, Doubts, Ledger, RankTask, Seat
from chalicelib.services.record_account_event import news_of
from chalicelib.services.unranked_hours import MOST

_EVER: Final = datetime(2200, 1, 1, tzinfo=UTC)
_CLOCKS_APART: Final = timedelta(minutes=1)


def rebuild_holdings(
    accounts: Iterable[ExchangeAccount], members: Membership, doubts: Doubts, now: datetime
) -> int:
    """Make the row of every account that was ever live and has none, from its ledger; returns how
    many. Linked ones are put in doubt, so that their books are compared with the exchange's."""
    made = 0
    for account in accounts:
        if members.holdings.get(account.seat, account.account_id) is not None:
            continue
        row = _row_of(account, members.ledger)
        if row is None:
            continue
        members.holdings.create(row)
        made += 1
        if row.unlinked_at is None:
            doubts.put(account.slot, account.account_id, now)
    return made


def _row_of(account: ExchangeAccount, ledger: Ledger) -> AccountHoldings | None:
    """The row of the account's newest link; None for one that never was live."""
    linked_at = _linked_at(account, ledger)
    if linked_at is None:
        return None
    entries = ledger.entries(account.account_id, linked_at, _EVER)
    news = news_of(entries)
    reading = ledger.checkpoint_before(account.account_id, _EVER)
    taken_at = linked_at if reading is None else reading.taken_at
    at = max(taken_at, news.last_event_at or taken_at)
    left_at = _left_at(account, entries)
    held = {} if left_at is not None else holdings_at(reading, entries, _EVER)
    return AccountHoldings(
        account_id=account.account_id,
        trader_id=account.trader_id,
        seat=account.seat,
        exchange=account.exchange,
        link_number=account.link_number,
        linked_at=linked_at,
        quantities={asset: Quantity(amount, Order(at, at, 0)) for asset, amount in held.items()},
        last_buys=news.last_buys,
        last_event_at=left_at or news.last_event_at,
        last_flow_at=left_at or news.last_flow_at,
        reconciled_at=taken_at if taken_at > linked_at else None,
        unlinked_at=left_at,
    )


def _linked_at(account: ExchangeAccount, ledger: Ledger) -> datetime | None:
    """The instant of the snapshot that began the newest link: that of its flows, or, where it was
    linked empty, of its first reading."""
    since = account.linked_at - _CLOCKS_APART
    for change in ledger.changes(account.account_id, since, _EVER):
        if change.kind is ChangeKind.LINK and change.change_id == str(account.link_number):
            return change.at
    reading = ledger.checkpoint_from(account.account_id, since)
    return None if reading is None else reading.taken_at


def _left_at(account: ExchangeAccount, entries: Iterable[LedgerEntry]) -> datetime | None:
    if account.state is not AccountState.UNLINKED:
        return None
    ends = [
        each.at
        for each in entries
        if isinstance(each, BalanceChange) and each.kind is ChangeKind.UNLINK
    ]
    return max(ends, default=account.unlinked_at)


def rebuild_seats(
    traders: Iterable[Trader], accounts: Iterable[ExchangeAccount], members: Membership
) -> int:
    """Set who sits where, as profiles and accounts say; returns how many seats. Whoever has left
    the league keeps a seat without a name, known from his accounts."""
    by_seat: dict[int, list[ExchangeAccount]] = {}
    for account in accounts:
        by_seat.setdefault(account.seat, []).append(account)
    found = 0
    for trader in traders:
        members.seats.put(_seat_of(trader, by_seat.pop(trader.seat, [])))
        found += 1
    for number, theirs in sorted(by_seat.items()):
        members.seats.put(_left_seat(number, theirs))
        found += 1
    return found


def _seat_of(trader: Trader, accounts: Iterable[ExchangeAccount]) -> Seat:
    known = list(accounts)
    linked = {each.exchange for each in known if each.state is not AccountState.UNLINKED}
    return Seat(
        trader.seat,
        trader.trader_id,
        trader.name,
        tuple(sorted(linked or {each.exchange for each in known})),
        listed=trader.visibility.listed,
        retired_at=trader.retired_at,
    )


def _left_seat(number: int, accounts: list[ExchangeAccount]) -> Seat:
    last = max(each.unlinked_at or each.linked_at for each in accounts)
    exchanges = tuple(sorted({each.exchange for each in accounts}))
    return Seat(number, accounts[0].trader_id, NO_NAME, exchanges, listed=False, retired_at=last)


def rebuild_history(
    first: int | None,
    last: int,
    *,
    seats: int,
    stores: MarkStores,
    boards: Boards,
    rank: Callable[[RankTask], object],
) -> tuple[int, int]:
    """Mark every hour from `first` (None: the first link) to `last` again, then rank with `rank`
    those whose numbers are kept; returns how many hours were marked, and how many ranked.

    Nothing older than the current board is made current. Raises MissingPrice for an hour that
    has no prices, nor has the one before it.
    """
    shards = list(range(-(-seats // SEATS_PER_SHARD)))
    marked = [mark_from(shard, first, last, stores) for shard in shards]
    begun = min((hours.start for hours in marked), default=last + 1)
    head = boards.current(DAY.name)
    ranked = range(max(begun, last - MOST + 1), last + 1)
    for hour in ranked:
        stores.runs.begin(hour, shards)
        for shard in shards:
            stores.runs.mark_done(hour, shard)
        same = head is not None and head.hour == hour
        rank(RankTask(hour, head.revision if head is not None and same else 0))
    return last + 1 - begun, len(ranked)
