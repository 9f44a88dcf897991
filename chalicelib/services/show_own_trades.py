"""Show a trader his own trades: every fill, live, whatever others see."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime
from operator import attrgetter

from chalicelib.domain.account import Trader
from chalicelib.domain.ledger import Fill
from chalicelib.services.own_pages import (
    ROWS_A_PAGE,
    OwnPage,
    OwnPlace,
    OwnSpan,
    own_page,
    own_span,
)
from chalicelib.services.ports import Holdings, Ledger


def show_own_trades(
    trader: Trader,
    first: date | None,
    last: date | None,
    *,
    start: OwnPlace | None,
    now: datetime,
    holdings: Holdings,
    ledger: Ledger,
    limit: int = ROWS_A_PAGE,
) -> OwnPage[Fill]:
    """A page of the fills of all his accounts, newest first. Raises InvalidRequest (`own_span`)."""
    span = own_span(first, last, start, now)
    accounts = [row.account_id for row in holdings.of_seat(trader.seat)]
    fills = heapq.merge(
        *(_fills(account, span, ledger) for account in accounts),
        key=attrgetter("at"),
        reverse=True,
    )
    return own_page(fills, span, start, limit)


def _fills(account: str, span: OwnSpan, ledger: Ledger) -> Iterator[Fill]:
    if span.since < span.until:
        for entry in ledger.newest_first(account, span.since, span.until):
            if isinstance(entry, Fill):
                yield entry
