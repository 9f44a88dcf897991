"""A small league for browser tests: answers made of the API's own models, faults on request.

Its numbers are made from a seed; it is as of a fixed hour unless told otherwise.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aiohttp import web

from chalicelib.domain.account import TradesView
from chalicelib.domain.exchange_condition import Condition
from chalicelib.domain.reading import Status
from chalicelib.entrypoints import board_api as boards
from chalicelib.entrypoints import profile_answers as profiles
from chalicelib.entrypoints.card_page import trader_page
from chalicelib.entrypoints.owner_answers import OwnerAnswer
from tests.frontend.fake_accounts import AccountRoutes, FakeAccounts
from tests.frontend.fake_answers import (
    MARKUP,
    NINE,
    allocation,
    answered,
    board_row,
    coins,
    instant,
    month,
    problem,
    trade,
    week,
)
from tests.frontend.fake_me import MeRoutes, refusing
from tests.frontend.fake_own import (
    FakeOwn,
    OwnRoutes,
    balance_of,
    file,
    own_day,
    own_trade,
    own_trades_csv,
    windows_of,
)
from tests.frontend.fake_session import NAME, FakeMembers, SessionRoutes

__all__ = ["MARKUP", "NINE", "PAGE", "FakeLeague"]

PAGE = 50
JOINED_LATE = date(2026, 11, 12)
"""When those whose names begin with `late_` joined."""
TRADERS = 173
OWN_PLACE = 86
"""Where on the board the one stands who may sign in: on its second page."""


@dataclass
class FakeLeague:
    """What is answered, and what goes wrong; a test changes the fields."""

    as_of: datetime | None = NINE
    traders: int = TRADERS
    broken: set[str] = field(default_factory=set)
    """First parts of paths that answer 503."""
    replaced: bool = False
    listed: bool = True
    """Whether the one who may sign in is on the board."""
    hides: bool = False
    imported: bool = False
    new: bool = False
    status: Status = Status.ACTIVE
    exchange: Condition = Condition.OK
    banner: str | None = None
    asked: list[str] = field(default_factory=list)
    members: FakeMembers = field(default_factory=FakeMembers)
    own: FakeOwn = field(default_factory=FakeOwn)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)

    def application(self) -> web.Application:
        """The API, without `/api` before its paths."""
        app = web.Application(middlewares=[refusing])
        app.router.add_get("/board", self.board)
        app.router.add_get("/status", self.league_status)
        app.router.add_get("/traders/{name}", self.profile)
        app.router.add_get("/traders/{name}/performance", self.performance)
        app.router.add_get("/traders/{name}/trades", self.trades)
        app.router.add_get("/traders/{name}/card", self.card)
        SessionRoutes(self).add_to(app)
        MeRoutes(self).add_to(app)
        OwnRoutes(self).add_to(app)
        AccountRoutes(self).add_to(app)
        return app

    async def board(self, request: web.Request) -> web.Response:
        """A page of the board."""
        if refused := self.refused(request):
            return refused
        window = request.query.get("window", "24h")
        cursor = request.query.get("cursor", "")
        if cursor and self.replaced:
            return problem(409, "this page belongs to a board that has been replaced")
        start = int(cursor or 0)
        prefix = request.query.get("q", "").casefold()
        rows = [row for row in self._rows(window) if row.name.casefold().startswith(prefix)]
        page = rows[start : start + PAGE]
        after = start + PAGE
        answer = boards.BoardAnswer(
            window=window,  # type: ignore[arg-type] # the page asks for nothing else
            as_of=instant(self.as_of),
            next_cursor=str(after) if after < len(rows) else None,
            league=boards.LeagueAnswer(
                joined=self.traders,
                active=max(self.traders - 12, 0),
                retired=min(12, self.traders),
                ranked=max(self.traders - 21, 0), median_pct="-0.42" if self.traders else None,
            ),
            traders=page,
        )  # fmt: skip
        return answered(answer)

    def _rows(self, window: str) -> list[boards.BoardTrader]:
        dice = random.Random(window)
        returns = sorted((round(dice.gauss(1, 7), 2) for _ in range(self.traders)), reverse=True)
        last = self.traders - 21
        rows = [
            board_row(place, value, dice, place > last) for place, value in enumerate(returns, 1)
        ]
        if self.listed and len(rows) > OWN_PLACE:
            rows[OWN_PLACE] = rows[OWN_PLACE].model_copy(update={"name": NAME})
        return rows

    async def league_status(self, request: web.Request) -> web.Response:
        """How the exchange does."""
        until = "2026-11-23T11:00:00Z" if self.exchange is Condition.MAINTENANCE else None
        outside = boards.ExchangeAnswer(
            name="binance", state=self.exchange, since="2026-11-23T08:40:00Z", until=until
        )
        answer = boards.StatusAnswer(
            version="1",
            last_hour_ranked=None,
            active=1,
            fresh=1,
            exchange=outside,
            prices=None,
            banner=self.banner,
        )
        return self.refused(request) or answered(answer)

    async def profile(self, request: web.Request) -> web.Response:
        """A trader; `nobody_here` is none."""
        name = request.match_info["name"]
        if name == "nobody_here":
            return problem(404, "there is no such trader")
        unknown = profiles.WindowAnswer(pct=None, rank=None, capped=False)
        seen = profiles.ProfileAnswer(
            name=name, exchanges=["binance"], joined_at="2026-05-04T10:20:00Z",
            as_of=instant(self.as_of), status=self.status, followers=1284,
            pnl=profiles.WindowsAnswer(
                day=profiles.WindowAnswer(pct="2.18", rank=14, capped=False),
                week=unknown if self.new else week(),
                month=unknown if self.new else month(),
            ),
            allocation=None if self.hides else allocation(),
            coins=None if self.hides else coins(),
            risk=profiles.RiskAnswer(
                max_drawdown_24h_pct="1.02",
                max_drawdown_7d_pct="4.66",
                max_drawdown_30d_pct="12.31",
                volatility_pct="41.20", sharpe="1.84", sortino="-0.61",
            ),
        )  # fmt: skip
        if self.is_own(request):
            windows = windows_of(self.own, new=self.new)
            owner = OwnerAnswer(**dict(balance_of(self.own)), windows=windows)
            seen = seen.model_copy(update={"owner": owner})
        return self.refused(request) or answered(seen)

    async def performance(self, request: web.Request) -> web.Response:
        """A line for the days asked for."""
        first, last = self.span(request)
        name = request.match_info["name"]
        if name == "nobody_here":
            return problem(404, "there is no such trader")
        dice = random.Random(1 if name == "quiet_harbour" else name)
        days = []
        own = btc = 0.0
        for place in range((last - first).days + 1):
            days.append(
                profiles.DayAnswer(
                    date=first + timedelta(days=place), cumulative_pct=f"{own:.2f}",
                    btc_pct=f"{btc:.2f}", imported=self.imported and place < 4,
                )
            )  # fmt: skip
            own += dice.gauss(0.5, 1.8)
            btc += dice.gauss(0.1, 1.2)
        if self.new:
            days = [day.model_copy(update={"cumulative_pct": None}) for day in days[:-1]] + days[
                -1:
            ]
        if name.startswith("late_"):
            days = [without(day) if day.date < JOINED_LATE else day for day in days]
        if self.is_own(request):
            days = [own_day(day, place, len(days)) for place, day in enumerate(days)]
        return self.refused(request) or answered(
            profiles.PerformanceAnswer(first=first, last=last, days=days)
        )

    async def card(self, request: web.Request) -> web.Response:
        """The page behind a shared link."""
        number = {"pct": "2.18", "rank": 14, "capped": False}
        seen = {
            "name": request.match_info["name"], "as_of": instant(self.as_of),
            "pnl": dict.fromkeys(("24h", "7d", "30d"), number),
        }  # fmt: skip
        return web.Response(text=trader_page(seen, ""), content_type="text/html")

    async def trades(self, request: web.Request) -> web.Response:
        """Two pages of trades."""
        first, last = self.span(request)
        second = request.query.get("cursor") == "2"
        mine = self.is_own(request)
        if mine and request.query.get("format") == "csv":
            return file("quiet_harbour-trades.csv", own_trades_csv())
        made = own_trade if mine else trade
        rows = [] if self.new or self.hides else [made(n + 50 * second) for n in range(50)]
        answer = profiles.TradesAnswer(
            first=first, last=last, as_of=instant(self.as_of),
            view=TradesView.HIDDEN
            if self.hides
            else TradesView.EXACT
            if mine
            else TradesView.GUARDED,
            next_cursor=None if second or not rows else "2", trades=rows,
        )  # fmt: skip
        return self.refused(request) or answered(answer)

    def is_own(self, request: web.Request) -> bool:
        """Whether a trader asks about himself, with his own eyes."""
        asker = self.members.asker(request)
        own = asker is not None and asker.name == request.match_info["name"]
        return own and request.query.get("as", "owner") == "owner"

    def span(self, request: web.Request) -> tuple[date, date]:
        """The days asked for."""
        last = date.fromisoformat(request.query.get("to", "2026-11-23"))
        first = request.query.get("from")
        return (date.fromisoformat(first) if first else last - timedelta(days=7)), last

    def refused(self, request: web.Request) -> web.Response | None:
        """The refusal that was wished for, or that of a token that is no good; notes what was
        asked."""
        self.asked.append(request.path_qs)
        if any(request.path.startswith(path) for path in self.broken):
            return problem(503, "the league cannot answer just now")
        if "Authorization" in request.headers and self.members.asker(request) is None:
            return problem(401, "the access token is not valid any more; sign in again")
        return None


def without(day: profiles.DayAnswer) -> profiles.DayAnswer:
    """A day before joining, of which nothing is known."""
    return day.model_copy(update={"cumulative_pct": None})
