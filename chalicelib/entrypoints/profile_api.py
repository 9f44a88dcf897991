"""GET /traders/{name} and its line."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import unquote

from chalice import Blueprint, Response

from chalicelib import wiring
from chalicelib.domain.account import Trader
from chalicelib.domain.errors import NotAllowed
from chalicelib.domain.own_days import UNKNOWN, OwnDay
from chalicelib.domain.series import DayPoint
from chalicelib.domain.visible import PERFORMANCE, PROFILE, Eyes, Relation
from chalicelib.entrypoints import http
from chalicelib.entrypoints.csv_text import Format, csv_fields, csv_text
from chalicelib.entrypoints.eyes import asker, read_stores
from chalicelib.entrypoints.http import percent
from chalicelib.entrypoints.owner_answers import OwnerAnswer, amount, owner_answer
from chalicelib.entrypoints.parameters import query
from chalicelib.entrypoints.profile_answers import (
    AllocationAnswer,
    CoinAnswer,
    DayAnswer,
    PerformanceAnswer,
    ProfileAnswer,
    ProfileQuery,
    RiskAnswer,
    TableQuery,
    WindowAnswer,
    WindowsAnswer,
)
from chalicelib.services.public_traders import seen_trader
from chalicelib.services.show_balance import show_balance
from chalicelib.services.show_imported import imported_own_days
from chalicelib.services.show_own_days import show_own_days
from chalicelib.services.show_performance import Performance, show_performance
from chalicelib.services.show_profile import PublicProfile, WindowResult, show_profile

blueprint = Blueprint(__name__)

PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
)
OPERATIONS = (
    http.Operation("/traders/{name}", "A trader's profile.", ProfileAnswer, ProfileQuery, PROBLEMS),
    http.Operation(
        "/traders/{name}/performance",
        "Cumulative return by day beside BTC's.",
        PerformanceAnswer,
        TableQuery,
        PROBLEMS,
    ),
)


@blueprint.route("/traders/{name}", methods=["GET"])
@http.guarded
def get_profile(name: str) -> Response:
    """A trader's profile."""
    request = blueprint.current_request
    asked = query(ProfileQuery, request)
    stores, now = read_stores(), wiring.now()
    trader, eyes = seen_trader(decoded(name), asker(request, asked.looks_as), stores)
    require_own(asked.form, eyes)
    profile = show_profile(trader, eyes, now, stores)
    owner = _owner(profile, now) if eyes.relation is Relation.OWNER else None
    body = _profile(profile, owner)
    if asked.form == "csv":
        fields = csv_fields(body.model_dump(mode="json", by_alias=True))
        text = csv_text(("field", "value"), fields)
        return http.download(f"{trader.name}-profile.csv", text)
    return http.answer(request, body, http.seconds_fresh(now, profile.hour), PROFILE, eyes)


@blueprint.route("/traders/{name}/performance", methods=["GET"])
@http.guarded
def get_performance(name: str) -> Response:
    """Cumulative return by day."""
    request = blueprint.current_request
    asked = query(TableQuery, request)
    stores = read_stores()
    trader, eyes = seen_trader(decoded(name), asker(request, asked.looks_as), stores)
    require_own(asked.form, eyes)
    now = wiring.now()
    if eyes.relation is Relation.OWNER:
        body, hour = own_performance(trader, asked.first, asked.last, now)
    else:
        found = show_performance(trader, asked.first, asked.last, now=now, stores=stores)
        body, hour = _performance(found, {}), found.hour
    if asked.form == "csv":
        return http.download(f"{trader.name}-performance.csv", _performance_csv(body))
    return http.answer(request, body, http.seconds_fresh(now, hour), PERFORMANCE, eyes)


def own_performance(
    trader: Trader, first: date | None, last: date | None, now: datetime
) -> tuple[PerformanceAnswer, int | None]:
    """The trader's line as he alone sees it, and the hour of the board that it ends with. Raises
    as `show_performance`."""
    stores = read_stores()
    found = show_performance(trader, first, last, now=now, stores=stores)
    own = show_own_days(trader, [each.day for each in found.days], found.hour, stores.history)
    if any(each.imported for each in found.days):
        own |= imported_own_days(stores.imports.line(trader.trader_id))
    return _performance(found, own), found.hour


def decoded(name: str) -> str:
    """The name in a path; a name has no percent sign, so decoding it twice does no harm."""
    return unquote(name)


def require_own(form: Format, eyes: Eyes) -> None:
    """Raises NotAllowed where somebody else than the trader wants a file."""
    if form == "csv" and eyes.relation is not Relation.OWNER:
        raise NotAllowed("a file is for the trader himself; leave format out, or sign in as him")


def _owner(profile: PublicProfile, now: datetime) -> OwnerAnswer:
    stores = wiring.stores()
    balance = show_balance(
        profile.trader,
        now=now,
        holdings=stores.holdings,
        ledger=stores.ledger,
        prices=stores.prices,
    )
    return owner_answer(balance, wiring.explain_windows(profile.trader))


def _profile(profile: PublicProfile, owner: OwnerAnswer | None) -> ProfileAnswer:
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
        followers=profile.followers,
        owner=owner,
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


def _performance(performance: Performance, own: dict[date, OwnDay]) -> PerformanceAnswer:
    return PerformanceAnswer(
        first=performance.first,
        last=performance.last,
        days=[_day(point, own.get(point.day, UNKNOWN)) for point in performance.days],
    )


def _day(point: DayPoint, own: OwnDay) -> DayAnswer:
    return DayAnswer(
        date=point.day,
        cumulative_pct=_text(point.cumulative),
        btc_pct=_text(point.btc),
        imported=point.imported,
        pnl_usdt=amount(own.pnl_usdt),
        net_worth_usdt=amount(own.net_worth_usdt),
        deposits_usdt=amount(own.deposits_usdt),
        withdrawals_usdt=amount(own.withdrawals_usdt),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _performance_csv(body: PerformanceAnswer) -> str:
    own = ("pnl_usdt", "net_worth_usdt", "deposits_usdt", "withdrawals_usdt")
    return csv_text(
        ("date", "cumulative_pct", "btc_pct", "imported", *own),
        (
            (
                day.date.isoformat(),
                day.cumulative_pct,
                day.btc_pct,
                "yes" if day.imported else "no",
                *(getattr(day, name) for name in own),
            )
            for day in body.days
        ),
    )
