"""Show a trader every change of his balances that was no trade."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext

from chalicelib.domain.account import Trader
from chalicelib.domain.counted import PAIRED_WITHIN, counted
from chalicelib.domain.counted import span as needed_span
from chalicelib.domain.ledger import BalanceChange, LedgerEntry, order_of
from chalicelib.domain.money import EXACT, eight_decimals
from chalicelib.services.own_pages import (
    ROWS_A_PAGE,
    OwnPage,
    OwnPlace,
    OwnSpan,
    own_page,
    own_span,
)
from chalicelib.services.ports import Holdings, Ledger, Prices
from chalicelib.services.prices_then import MOST_LISTS, PricesThen

MOST_VALUED = 1000
"""Of the rows of a page, the newest first: more would take too long."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A change as it counts, and its value in USDT at that moment, signed, with 8 decimals
    (None: no price is stored)."""

    change: BalanceChange
    value_usdt: Decimal | None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.change.at


def show_transactions(
    trader: Trader,
    first: date | None,
    last: date | None,
    *,
    start: OwnPlace | None,
    now: datetime,
    holdings: Holdings,
    ledger: Ledger,
    prices: Prices,
    limit: int = ROWS_A_PAGE,
) -> OwnPage[Transaction]:
    """A page of the changes of all his accounts, newest first. Raises InvalidRequest
    (`own_span`)."""
    span = own_span(first, last, start, now)
    found: list[BalanceChange] = []
    if span.since < span.until:
        for row in holdings.of_seat(trader.seat):
            found += _changes(row.account_id, span, ledger)
    page = own_page(sorted(found, key=order_of, reverse=True), span, start, limit)
    rows = [
        row
        for start_at in range(0, len(page.rows), MOST_LISTS)
        for row in _valued(
            page.rows[start_at : start_at + MOST_LISTS],
            PricesThen(prices, now, by_minute=start_at == 0),
            known=start_at < MOST_VALUED,
        )
    ]
    return OwnPage(span, rows, page.next_page)


def _valued(
    changes: Sequence[BalanceChange], then: PricesThen, *, known: bool
) -> Iterator[Transaction]:
    """Few at a time: the lists of their hours are held in memory together."""
    if known:
        then.know(change.at for change in changes)
    for change in changes:
        yield Transaction(change, _value(change, then) if known else None)


def _changes(account: str, span: OwnSpan, ledger: Ledger) -> list[BalanceChange]:
    """Those of the span as they count, told by all that is near enough to explain them."""
    since, until = span.since - PAIRED_WITHIN, span.until + PAIRED_WITHIN
    entries: list[LedgerEntry] = [*ledger.changes(account, since, until)]
    unexplained = needed_span(entries)
    if unexplained is not None:
        since = min(since, unexplained[0] - PAIRED_WITHIN)
        until = max(until, unexplained[1] + PAIRED_WITHIN)
        entries = ledger.entries(account, since, until)
    return [
        entry
        for entry in counted(entries)
        if isinstance(entry, BalanceChange) and span.since <= entry.at < span.until
    ]


def _value(change: BalanceChange, then: PricesThen) -> Decimal | None:
    price = then.usdt(change.asset, change.at)
    with localcontext(EXACT):
        return None if price is None else eight_decimals(change.quantity * price)
