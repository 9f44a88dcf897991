"""GET /traders/{name}/trades and /transactions: lists, newest first."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from chalice import Blueprint, Response

from chalicelib import wiring
from chalicelib.domain.account import Trader, TradesView
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.ledger import ChangeKind, Fill
from chalicelib.domain.money import plain
from chalicelib.domain.trade_rows import Precision, TradeRow
from chalicelib.domain.visible import TRADES, TRANSACTIONS, Eyes, Relation
from chalicelib.domain.windows import date_of_day
from chalicelib.entrypoints import cursors, http
from chalicelib.entrypoints.csv_text import MOST_ROWS, csv_text
from chalicelib.entrypoints.eyes import asker, read_stores
from chalicelib.entrypoints.owner_answers import amount
from chalicelib.entrypoints.parameters import query
from chalicelib.entrypoints.profile_answers import (
    ListQuery,
    TradeAnswer,
    TradesAnswer,
    TransactionAnswer,
    TransactionsAnswer,
)
from chalicelib.entrypoints.profile_api import PROBLEMS, decoded, require_own
from chalicelib.services.own_pages import ROWS_A_PAGE, OwnPage, OwnPlace
from chalicelib.services.public_traders import seen_trader
from chalicelib.services.show_own_trades import show_own_trades
from chalicelib.services.show_trades import TradesPage, TradesPlace, show_trades
from chalicelib.services.show_transactions import Transaction, show_transactions

blueprint = Blueprint(__name__)

_PREFIX: Final = "/api"
_PLACE: Final = ("hour", "day", "rows")
_OWN_PLACE: Final = ("second", "day", "rows")

_WORDS: Final = {
    ChangeKind.DEPOSIT: "Deposit",
    ChangeKind.WITHDRAWAL: "Withdrawal",
    ChangeKind.TRANSFER: "Transfer to or from another wallet",
    ChangeKind.LINK: "Account linked: what it held",
    ChangeKind.UNLINK: "Account unlinked: what it held",
    ChangeKind.DIVIDEND: "Airdrop, dividend or bonus",
    ChangeKind.EARN_INTEREST: "Interest from Earn",
    ChangeKind.EARN_MOVE: "Moved to or from Earn",
    ChangeKind.FIAT: "Bank money or card",
    ChangeKind.CONVERT: "Converted",
    ChangeKind.DUST: "Small coins swapped",
    ChangeKind.MOVEMENT: "Moved; the exchange has not said why yet",
    ChangeKind.UNEXPLAINED: "Changed, and nothing explains it",
}

OPERATIONS = (
    http.Operation(
        "/traders/{name}/trades",
        "Trades as the trader lets others see them; every fill for himself.",
        TradesAnswer,
        ListQuery,
        PROBLEMS,
    ),
    http.Operation(
        "/traders/{name}/transactions",
        "Deposits, withdrawals and the like; only the trader himself sees them.",
        TransactionsAnswer,
        ListQuery,
        PROBLEMS,
    ),
)


@blueprint.route("/traders/{name}/trades", methods=["GET"])
@http.guarded
def get_trades(name: str) -> Response:
    """A page of trades."""
    request = blueprint.current_request
    asked = query(ListQuery, request)
    stores = read_stores()
    trader, eyes = seen_trader(decoded(name), asker(request, asked.looks_as), stores)
    require_own(asked.form, eyes)
    if eyes.relation is Relation.OWNER:
        return _own_trades(request, asked, trader, eyes)
    of = f"trades/{trader.name.casefold()}"
    start = TradesPlace(**cursors.read(asked.cursor, of, _PLACE)) if asked.cursor else None
    now, view = wiring.now(), eyes.trades_view()
    page = show_trades(trader, view, asked.first, asked.last, start=start, now=now, stores=stores)
    return http.answer(request, _trades(of, page), http.seconds_fresh(now, page.hour), TRADES, eyes)


@blueprint.route("/traders/{name}/transactions", methods=["GET"])
@http.guarded
def get_transactions(name: str) -> Response:
    """A page of transactions."""
    request = blueprint.current_request
    asked = query(ListQuery, request)
    stores = read_stores()
    trader, eyes = seen_trader(decoded(name), asker(request, asked.looks_as), stores)
    if eyes.relation is not Relation.OWNER:
        raise NotAllowed(f"only {trader.name} sees these transactions; sign in as that trader")
    of = f"transactions/{trader.name.casefold()}"
    page = show_transactions(
        trader,
        asked.first,
        asked.last,
        start=_own_start(asked, of),
        now=wiring.now(),
        holdings=stores.holdings,
        ledger=stores.ledger,
        prices=stores.prices,
        limit=_limit(asked),
    )
    cursor = _own_cursor(of, page)
    if asked.form == "csv":
        return _file(trader, "transactions", _transactions_csv(page.rows), page, cursor)
    body = TransactionsAnswer(
        first=date_of_day(page.span.days[0]),
        last=date_of_day(page.span.days[-1]),
        next_cursor=cursor,
        transactions=[_transaction(row) for row in page.rows],
    )
    return http.answer(request, body, 0, TRANSACTIONS, eyes)


def _own_trades(request: Any, asked: ListQuery, trader: Trader, eyes: Eyes) -> Response:  # noqa: ANN401
    of, stores = f"trades/{trader.name.casefold()}/own", wiring.stores()
    page = show_own_trades(
        trader,
        asked.first,
        asked.last,
        start=_own_start(asked, of),
        now=wiring.now(),
        holdings=stores.holdings,
        ledger=stores.ledger,
        limit=_limit(asked),
    )
    cursor = _own_cursor(of, page)
    if asked.form == "csv":
        return _file(trader, "trades", _trades_csv(page.rows), page, cursor)
    body = TradesAnswer(
        first=date_of_day(page.span.days[0]),
        last=date_of_day(page.span.days[-1]),
        as_of=http.instant_of(page.span.second),
        view=TradesView.EXACT,
        next_cursor=cursor,
        trades=[_own_trade(fill) for fill in page.rows],
    )
    return http.answer(request, body, 0, TRADES, eyes)


def _limit(asked: ListQuery) -> int:
    return MOST_ROWS if asked.form == "csv" else ROWS_A_PAGE


def _own_start(asked: ListQuery, of: str) -> OwnPlace | None:
    return OwnPlace(**cursors.read(asked.cursor, of, _OWN_PLACE)) if asked.cursor else None


def _own_cursor(of: str, page: OwnPage[Any]) -> str | None:
    place = page.next_page
    if place is None:
        return None
    return cursors.written(of, {name: getattr(place, name) for name in _OWN_PLACE})


def _file(trader: Trader, what: str, text: str, page: OwnPage[Any], cursor: str | None) -> Response:
    """The file, and in the header Link where its next part is."""
    first, last = (date_of_day(day).isoformat() for day in (page.span.days[0], page.span.days[-1]))
    name = f"{trader.name}-{what}-{first}-{last}.csv"
    if cursor is None:
        return http.download(name, text)
    asked = urlencode({"from": first, "to": last, "format": "csv", "cursor": cursor})
    return http.download(name, text, f"{_PREFIX}/traders/{quote(trader.name)}/{what}?{asked}")


def _trades(of: str, page: TradesPage) -> TradesAnswer:
    place = page.next_page
    numbers = {name: getattr(place, name) for name in _PLACE} if place else None
    return TradesAnswer(
        first=page.first,
        last=page.last,
        as_of=http.as_of(page.hour),
        view=page.view,
        next_cursor=cursors.written(of, numbers) if numbers else None,
        trades=[_trade(row) for row in page.rows],
    )


def _trade(row: TradeRow) -> TradeAnswer:
    daily = row.precision is Precision.DAY
    return TradeAnswer(
        at=row.at.date().isoformat() if daily else http.instant(row.at),
        precision=row.precision,
        pair=row.pair,
        side="buy" if row.side.value == "BUY" else "sell",
        price=None if row.price is None else plain(row.price),
        size_pct=row.size,
    )


def _own_trade(fill: Fill) -> TradeAnswer:
    return TradeAnswer(
        at=http.instant(fill.executed_at),
        precision=Precision.SECOND,
        pair=f"{fill.base}/{fill.quote}",
        side="buy" if fill.side.value == "BUY" else "sell",
        price=plain(fill.price),
        size_pct=None,
        quantity=plain(fill.quantity),
        quote_quantity=plain(fill.quote_quantity),
        commission=plain(fill.commission),
        commission_asset=fill.commission_asset,
    )


def _transaction(row: Transaction) -> TransactionAnswer:
    change = row.change
    return TransactionAnswer(
        at=http.instant(change.at),
        kind=change.kind,
        what=_WORDS[change.kind],
        asset=change.asset,
        quantity=plain(change.quantity),
        value_usdt=amount(row.value_usdt),
        network_fee=plain(change.network_fee) if change.network_fee else None,
    )


def _trades_csv(fills: list[Fill]) -> str:
    names = ("at", "pair", "side", "price", "quantity", "quote_quantity")
    rows = (_own_trade(fill) for fill in fills)
    return csv_text(
        (*names, "commission", "commission_asset"),
        (
            (*(getattr(row, name) for name in names), row.commission, row.commission_asset)
            for row in rows
        ),
    )


def _transactions_csv(rows: list[Transaction]) -> str:
    names = ("at", "what", "asset", "quantity", "value_usdt", "network_fee")
    found = (_transaction(row) for row in rows)
    return csv_text(names, ([getattr(row, name) for name in names] for row in found))
