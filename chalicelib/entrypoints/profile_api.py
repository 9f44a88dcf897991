"""GET /traders/{name} and what hangs on it."""

from decimal import Decimal
from http import HTTPStatus
from urllib.parse import unquote

from chalice import Blueprint, Response

from chalicelib import wiring
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.money import plain
from chalicelib.domain.trade_rows import Precision, TradeRow
from chalicelib.entrypoints import cursors, http
from chalicelib.entrypoints.http import percent
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.profile_answers import (
    AllocationAnswer,
    CoinAnswer,
    DayAnswer,
    ListQuery,
    PerformanceAnswer,
    ProfileAnswer,
    RiskAnswer,
    SpanQuery,
    TradeAnswer,
    TradesAnswer,
    TransactionsAnswer,
    WindowAnswer,
    WindowsAnswer,
)
from chalicelib.services.public_traders import listed_trader
from chalicelib.services.show_performance import Performance, show_performance
from chalicelib.services.show_profile import PublicProfile, WindowResult, show_profile
from chalicelib.services.show_trades import TradesPage, TradesPlace, TradeStores, show_trades

blueprint = Blueprint(__name__)

_PLACE = ("hour", "day", "rows")


_PROBLEMS = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
OPERATIONS = (
    http.Operation("/traders/{name}", "A trader's profile.", ProfileAnswer, None, _PROBLEMS),
    http.Operation(
        "/traders/{name}/performance",
        "Cumulative return by day beside BTC's.",
        PerformanceAnswer,
        SpanQuery,
        _PROBLEMS,
    ),
    http.Operation(
        "/traders/{name}/trades",
        "Trades as the trader lets others see them.",
        TradesAnswer,
        ListQuery,
        _PROBLEMS,
    ),
    http.Operation(
        "/traders/{name}/transactions",
        "Transactions; only the trader himself sees them.",
        TransactionsAnswer,
        ListQuery,
        (*_PROBLEMS, HTTPStatus.FORBIDDEN),
    ),
)


@blueprint.route("/traders/{name}", methods=["GET"])
@http.guarded
def get_profile(name: str) -> Response:
    """A trader's profile."""
    request = blueprint.current_request
    query(Query, request)
    stores = wiring.stores()
    now = wiring.now()
    profile = show_profile(
        _decoded(name),
        now=now,
        traders=stores.traders,
        boards=stores.boards,
        holdings=stores.holdings,
        history=stores.history,
        prices=stores.prices,
    )
    fresh = http.seconds_fresh(now, profile.hour)
    return http.answer(request, _profile(profile), fresh)


@blueprint.route("/traders/{name}/performance", methods=["GET"])
@http.guarded
def get_performance(name: str) -> Response:
    """Cumulative return by day."""
    request = blueprint.current_request
    asked = query(SpanQuery, request)
    stores = wiring.stores()
    now = wiring.now()
    performance = show_performance(
        _decoded(name),
        asked.first,
        asked.last,
        now=now,
        traders=stores.traders,
        boards=stores.boards,
        history=stores.history,
        prices=stores.prices,
    )
    body = _performance(performance)
    return http.answer(request, body, http.seconds_fresh(now, performance.hour))


@blueprint.route("/traders/{name}/trades", methods=["GET"])
@http.guarded
def get_trades(name: str) -> Response:
    """A page of trades."""
    request = blueprint.current_request
    asked = query(ListQuery, request)
    name = _decoded(name)
    of = f"trades/{name.casefold()}"
    start = TradesPlace(**cursors.read(asked.cursor, of, _PLACE)) if asked.cursor else None
    now = wiring.now()
    page = show_trades(name, asked.first, asked.last, start=start, now=now, stores=_trade_stores())
    return http.answer(request, _trades(of, page), http.seconds_fresh(now, page.hour))


@blueprint.route("/traders/{name}/transactions", methods=["GET"])
@http.guarded
def get_transactions(name: str) -> Response:
    """Refused: nobody is signed in."""
    query(ListQuery, blueprint.current_request)
    trader = listed_trader(_decoded(name), wiring.stores().traders)
    raise NotAllowed(f"only {trader.name} sees these transactions; sign in as that trader")


def _decoded(name: str) -> str:
    """The name in a path; a name has no percent sign, so decoding it twice does no harm."""
    return unquote(name)


def _trade_stores() -> TradeStores:
    stores = wiring.stores()
    return TradeStores(
        traders=stores.traders,
        boards=stores.boards,
        holdings=stores.holdings,
        ledger=stores.ledger,
        history=stores.history,
        prices=stores.prices,
    )


def _profile(profile: PublicProfile) -> ProfileAnswer:
    windows, view = profile.windows, profile.view
    return ProfileAnswer(
        name=profile.trader.name,
        exchanges=list(profile.exchanges),
        joined_at=http.instant(profile.trader.joined_at),
        as_of=http.as_of(profile.hour),
        status=profile.status,
        pnl=WindowsAnswer(
            day=_window(windows["24h"]),
            week=_window(windows["7d"]),
            month=_window(windows["30d"]),
        ),
        allocation=[
            AllocationAnswer(asset=str(asset), share_pct=str(share))
            for asset, share in view["allocation"]
        ]
        if view
        else None,
        coins=[
            CoinAnswer(
                asset=asset,
                change_24h_pct=percent(day),
                since_last_buy_pct=percent(since_buy),
                state=profile.coin_states.get(asset),
            )
            for asset, day, since_buy in view["coins"]
        ]
        if view
        else None,
        risk=_risk(profile),
        followers=0,
    )


def _window(result: WindowResult) -> WindowAnswer:
    return WindowAnswer(pct=percent(result.shown), rank=result.rank, capped=result.capped)


def _risk(profile: PublicProfile) -> RiskAnswer:
    volatility, sharpe, sortino = profile.risk
    return RiskAnswer(
        max_drawdown_24h_pct=percent(profile.windows["24h"].drawdown),
        max_drawdown_7d_pct=percent(profile.windows["7d"].drawdown),
        max_drawdown_30d_pct=percent(profile.windows["30d"].drawdown),
        volatility_pct=volatility,
        sharpe=sharpe,
        sortino=sortino,
    )


def _performance(performance: Performance) -> PerformanceAnswer:
    return PerformanceAnswer(
        first=performance.first,
        last=performance.last,
        days=[
            DayAnswer(
                date=point.day,
                cumulative_pct=_text(point.cumulative),
                btc_pct=_text(point.btc),
                imported=False,
            )
            for point in performance.days
        ],
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


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
