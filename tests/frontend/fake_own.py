"""What the fake league tells a trader alone: his balance, days, trades, transactions and follows.

Every amount in it has a decimal part that stands nowhere else, so that a test can look for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from chalicelib.domain.ledger import ChangeKind
from chalicelib.domain.own_windows import Reason
from chalicelib.domain.reading import Status
from chalicelib.domain.trade_rows import Precision
from chalicelib.entrypoints import follows_api as follows
from chalicelib.entrypoints import owner_answers as own
from chalicelib.entrypoints import profile_answers as profiles
from chalicelib.entrypoints.csv_text import csv_text
from tests.frontend.fake_answers import MARKUP, NINE, answered, instant, problem
from tests.frontend.fake_session import not_own, nothing

if TYPE_CHECKING:
    from tests.frontend.fake_league import FakeLeague

FORMULA = "=HYPERLINK(A1)"
"""A coin that no exchange would list, to see what becomes of it in a file."""
_ROWS = 50


@dataclass
class FakeOwn:
    """What is the trader's alone; a test changes the fields."""

    balance: str = "48211.61803398"
    capped: bool = True
    ranked: bool = True
    empty: bool = False
    follows: dict[str, str] = field(
        default_factory=lambda: {
            "amber_finch": "2026-10-02T08:00:00Z",
            "gone_comet": "2026-09-12T08:00:00Z",
            MARKUP: "2026-11-01T08:00:00Z",
        }
    )
    full: bool = False
    """No more can be followed."""


class OwnRoutes:
    """/me/balance and /me/follows"""

    def __init__(self, league: FakeLeague) -> None:
        """`league` has the members."""
        self._league = league

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/me/balance", self.balance)
        app.router.add_get("/me/follows", self.follows)
        app.router.add_put("/me/follows/{name}", self.follow)
        app.router.add_delete("/me/follows/{name}", self.drop)
        app.router.add_get("/traders/{name}/transactions", self.transactions)

    async def balance(self, request: web.Request) -> web.Response:
        """What is held."""
        if refused := self._refused(request):
            return refused
        found = balance_of(self._league.own)
        if request.query.get("format") == "csv":
            names = list(own.OwnCoinAnswer.model_fields)
            rows = [[getattr(coin, name) for name in names] for coin in found.coins]
            return file("quiet_harbour-balance.csv", csv_text(names, rows))
        return answered(found)

    async def follows(self, request: web.Request) -> web.Response:
        """Whom I follow."""
        if refused := self._refused(request):
            return refused
        rows = [
            _followed(name, since, place)
            for place, (name, since) in enumerate(sorted(self._league.own.follows.items()))
        ]
        return answered(follows.FollowsAnswer(follows=rows))

    async def follow(self, request: web.Request) -> web.Response:
        """One more."""
        if refused := self._refused(request) or not_own(request):
            return refused
        name = request.match_info["name"]
        if self._league.own.full:
            return problem(409, "you follow 200 traders, the most there can be; drop one first")
        since = self._league.own.follows.setdefault(name, "2026-11-23T09:13:00Z")
        return answered(follows.FollowedAnswer(name=name, since=since))

    async def drop(self, request: web.Request) -> web.Response:
        """One less."""
        if refused := self._refused(request) or not_own(request):
            return refused
        self._league.own.follows.pop(request.match_info["name"], None)
        return nothing()

    async def transactions(self, request: web.Request) -> web.Response:
        """Two pages."""
        if refused := self._league.refused(request):
            return refused
        if not self._league.is_own(request):
            return problem(403, "only the trader sees these transactions; sign in as that trader")
        first, last = self._league.span(request)
        second = request.query.get("cursor") == "2"
        rows = (
            []
            if self._league.own.empty
            else [_transaction(n + _ROWS * second) for n in range(_ROWS)]
        )
        if request.query.get("format") == "csv":
            names = list(profiles.TransactionAnswer.model_fields)
            names.remove("kind")
            more = None if second else f"{request.path}?format=csv&cursor=2"
            text = csv_text(names, [[getattr(row, name) for name in names] for row in rows])
            return file("quiet_harbour-transactions.csv", text, more)
        answer = profiles.TransactionsAnswer(
            first=first, last=last, next_cursor=None if second or not rows else "2",
            transactions=rows,
        )  # fmt: skip
        return answered(answer)

    def _refused(self, request: web.Request) -> web.Response | None:
        if refused := self._league.refused(request):
            return refused
        return None if self._league.members.asker(request) else problem(401, "sign in first")


def file(name: str, text: str, more: str | None = None) -> web.Response:
    """A file, and where it goes on."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if more:
        headers["Link"] = f'</api{more}>; rel="next"'
    return web.Response(text=text, content_type="text/csv", headers=headers)


def balance_of(of: FakeOwn) -> own.BalanceAnswer:
    """What is held now."""
    held = [] if of.empty else _coins()
    return own.BalanceAnswer(
        balance_usdt="0" if of.empty else of.balance, balance_age_s=184, prices_age_s=7,
        unpriced=[] if of.empty else ["NEWCOIN"], coins=held,
    )  # fmt: skip


def _coins() -> list[own.OwnCoinAnswer]:
    dollars = "6703.41421356"
    rows: list[tuple[str, str, str, str, str, str | None, str | None]] = [
        ("BTC", "0.33714159", "66412.27", "22390.31415926", "46.44", "61999.14142135", "61250.57"),
        ("ETH", "3.21692016", "3312.86", "10657.86601540", "22.11", "3461.57721566", "3450.57"),
        ("USDT", dollars, "1", dollars, "13.90", None, None),
        ("SOL", "28.11235711", "154.73", "4349.81640786", "9.02", "138.26794919", "138.26"),
        (FORMULA, "1200.73205081", "3.42", "4110.30660171", "8.53", None, None),
    ]
    return [
        own.OwnCoinAnswer(
            asset=asset, quantity=quantity, price_usdt=price, value_usdt=value, share_pct=share,
            average_cost_usdt=cost, last_buy_price_usdt=buy,
            last_bought_at="2026-11-21T14:05:09Z" if buy else None,
            since_last_buy_pct="8.43" if buy else None,
        )
        for asset, quantity, price, value, share, cost, buy in rows
    ]  # fmt: skip


def windows_of(of: FakeOwn, *, new: bool) -> own.OwnWindowsAnswer:
    """How his returns came about; the week was limited."""
    short = own.NotRankedAnswer(
        reason=Reason.SHORT_HISTORY, detail="Your record is younger than this window.",
        until="2026-11-23T12:00:00Z",
    )  # fmt: skip
    small = own.NotRankedAnswer(
        reason=Reason.SMALL_START,
        detail="You had less than 100 USDT at the start of this window.",
        until=None,
    )
    start = "47183.45575632"
    ranked_day = _window("2.18", "2.18000000", "2.17500000", "1028.16227766", start, "0")
    day = (
        ranked_day
        if of.ranked
        else ranked_day.model_copy(
            update={"not_ranked": [short], "preview_pct": "2.18", "would_stand": 31}
        )
    )
    if new:
        unknown = _window(None, None, None, None, None, "0", [short])
        return own.OwnWindowsAnswer(day=day, week=unknown, month=unknown)
    came, month_start = "22280.02500001", "50255.86778385"
    week = _window("11.40", "14.92820323", "11.40175425", "4931.37084989", "21000.24695077", came)
    month = _window(
        "-4.07", "-4.07000000", "-3.95000000", "-2044.24974987", month_start, "0",
        [] if of.ranked else [small],
    )  # fmt: skip
    return own.OwnWindowsAnswer(
        day=day, week=week.model_copy(update={"capped": of.capped}), month=month
    )


def _window(
    shown: str | None, twr: str | None, mwr: str | None, pnl: str | None, start: str | None,
    deposits: str, reasons: list[own.NotRankedAnswer] | None = None,
) -> own.OwnWindowAnswer:  # fmt: skip
    return own.OwnWindowAnswer(
        shown_pct=shown, twr_pct=twr, mwr_pct=mwr, pnl_usdt=pnl, start_usdt=start,
        deposits_usdt=deposits, withdrawals_usdt="0", capped=False, explanation="Said by the API.",
        not_ranked=reasons or [], preview_pct="2.18" if reasons else None,
        would_stand=31 if reasons else None,
    )  # fmt: skip


def own_day(day: profiles.DayAnswer, place: int, count: int) -> profiles.DayAnswer:
    """The day with what is his alone."""
    gain = [812.27182818, -341.57721566, 120.69314718, -77.30258509][place % 4]
    came = 22280.02500001 if place == count - 6 else 0
    went = 1500.73205081 if place == count - 3 else 0
    worth = 21000.24695077 + sum([812.2, -341.5, 120.6, -77.3][n % 4] for n in range(place + 1))
    worth += (22280.025 if place >= count - 6 else 0) - (1500.732 if place >= count - 3 else 0)
    return day.model_copy(
        update={
            "pnl_usdt": None if place == 0 else f"{gain:.8f}", "net_worth_usdt": f"{worth:.8f}",
            "deposits_usdt": f"{came:.8f}", "withdrawals_usdt": f"{went:.8f}",
        }
    )  # fmt: skip


def own_trade(place: int) -> profiles.TradeAnswer:
    """A fill, as he alone sees it."""
    pair = f"{FORMULA}/USDT" if place == 3 else ["BTC/USDT", "ETH/USDT", "ETH/BTC"][place % 3]
    return profiles.TradeAnswer(
        at=instant(NINE - timedelta(minutes=7 + 31 * place, seconds=11)) or "",
        precision=Precision.SECOND, pair=pair, side="buy" if place % 2 else "sell",
        price=f"{3000 + place * 7}.57721", size_pct=None, quantity=f"{place + 1}.61803",
        quote_quantity=f"{4000 + place * 13}.14159265", commission=f"0.00{place + 101}",
        commission_asset="BNB",
    )  # fmt: skip


def _transaction(place: int) -> profiles.TransactionAnswer:
    kinds = [
        (ChangeKind.DEPOSIT, "Deposit", "USDT", "22280.02500001"),
        (ChangeKind.WITHDRAWAL, "Withdrawal", "USDT", "-1500.73205081"),
        (ChangeKind.EARN_INTEREST, "Interest from Earn", FORMULA, "0.00271828"),
        (ChangeKind.UNEXPLAINED, "Changed, and nothing explains it", "SOL", "0.57721566"),
    ]
    kind, what, asset, quantity = kinds[place % 4]
    return profiles.TransactionAnswer(
        at=instant(NINE - timedelta(hours=3 * place + 1, seconds=5)) or "", kind=kind, what=what,
        asset=asset, quantity=quantity, value_usdt=None if place % 4 == 3 else "1500.73205081",
        network_fee="1.30103" if kind is ChangeKind.WITHDRAWAL else None,
    )  # fmt: skip


def _followed(name: str, since: str, place: int) -> follows.FollowAnswer:
    if name == "gone_comet":
        gone: dict[str, Any] = dict.fromkeys(
            ("rank", "pnl_24h_pct", "pnl_7d_pct", "pnl_30d_pct", "capped", "max_drawdown_pct",
             "followers", "status")
        )  # fmt: skip
        return follows.FollowAnswer(name=name, since=since, listed=False, **gone)
    return follows.FollowAnswer(
        name=name, since=since, listed=True, rank=7 + place, pnl_24h_pct="3.10",
        pnl_7d_pct="-1.25", pnl_30d_pct=None, capped=place == 1, max_drawdown_pct="2.40",
        followers=310, status=Status.ACTIVE,
    )  # fmt: skip


def own_trades_csv() -> str:
    """All his fills as a file."""
    names = ("at", "pair", "side", "price", "quantity", "quote_quantity")
    rows = [[getattr(own_trade(n), name) for name in names] for n in range(_ROWS)]
    return csv_text(names, rows)
