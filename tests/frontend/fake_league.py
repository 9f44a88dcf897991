"""A small league for browser tests: answers made of the API's own models, faults on request.

Its numbers are made from a seed; it is as of a fixed hour unless told otherwise.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web

from chalicelib.domain.account import TradesView
from chalicelib.domain.coin_state import CoinState
from chalicelib.domain.exchange_condition import Condition
from chalicelib.domain.reading import Status
from chalicelib.domain.trade_rows import Precision
from chalicelib.entrypoints import board_api as boards
from chalicelib.entrypoints import profile_answers as profiles
from chalicelib.entrypoints.http import Answer

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MARKUP = "<img src=x onerror=alert(1)>"
PAGE = 50
TRADERS = 173
_FIRST = [
    "quiet",
    "north",
    "amber",
    "slow",
    "lucky",
    "iron",
    "blue",
    "tidal",
    "plain",
    "river",
    "early",
    "stone",
    "hidden",
    "bright",
]
_LAST = [
    "harbour",
    "finch",
    "ledger",
    "whale",
    "comet",
    "anchor",
    "otter",
    "falcon",
    "lantern",
    "maple",
    "drift",
    "quartz",
]


@dataclass
class FakeLeague:
    """What is answered, and what goes wrong; a test changes the fields."""

    as_of: datetime | None = NINE
    traders: int = TRADERS
    broken: set[str] = field(default_factory=set)
    """First parts of paths that answer 503."""
    replaced: bool = False
    hides: bool = False
    imported: bool = False
    new: bool = False
    status: Status = Status.ACTIVE
    exchange: Condition = Condition.OK
    asked: list[str] = field(default_factory=list)

    def application(self) -> web.Application:
        """The API, without `/api` before its paths."""
        app = web.Application()
        app.router.add_get("/board", self.board)
        app.router.add_get("/status", self.league_status)
        app.router.add_get("/traders/{name}", self.profile)
        app.router.add_get("/traders/{name}/performance", self.performance)
        app.router.add_get("/traders/{name}/trades", self.trades)
        return app

    async def board(self, request: web.Request) -> web.Response:
        """A page of the board."""
        if refused := self._refused(request):
            return refused
        window = request.query.get("window", "24h")
        cursor = request.query.get("cursor", "")
        if cursor and self.replaced:
            return _problem(409, "this page belongs to a board that has been replaced")
        start = int(cursor or 0)
        prefix = request.query.get("q", "").casefold()
        rows = [row for row in self._rows(window) if row.name.casefold().startswith(prefix)]
        page = rows[start : start + PAGE]
        after = start + PAGE
        answer = boards.BoardAnswer(
            window=window,  # type: ignore[arg-type] # the page asks for nothing else
            as_of=_instant(self.as_of),
            next_cursor=str(after) if after < len(rows) else None,
            league=boards.LeagueAnswer(
                joined=self.traders,
                active=max(self.traders - 12, 0),
                retired=min(12, self.traders),
                ranked=max(self.traders - 21, 0), median_pct="-0.42" if self.traders else None,
            ),
            traders=page,
        )  # fmt: skip
        return _json(answer)

    def _rows(self, window: str) -> list[boards.BoardTrader]:
        dice = random.Random(window)
        returns = sorted((round(dice.gauss(1, 7), 2) for _ in range(self.traders)), reverse=True)
        last = self.traders - 21
        return [_row(place, value, dice, place > last) for place, value in enumerate(returns, 1)]

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
            banner=None,
        )
        return self._refused(request) or _json(answer)

    async def profile(self, request: web.Request) -> web.Response:
        """A trader; `nobody_here` is none."""
        name = request.match_info["name"]
        if name == "nobody_here":
            return _problem(404, "there is no such trader")
        unknown = profiles.WindowAnswer(pct=None, rank=None, capped=False)
        seen = profiles.ProfileAnswer(
            name=name, exchanges=["binance"], joined_at="2026-05-04T10:20:00Z",
            as_of=_instant(self.as_of), status=self.status, followers=1284,
            pnl=profiles.WindowsAnswer(
                day=profiles.WindowAnswer(pct="2.18", rank=14, capped=False),
                week=unknown if self.new else _week(),
                month=unknown if self.new else _month(),
            ),
            allocation=None if self.hides else _allocation(),
            coins=None if self.hides else _coins(),
            risk=profiles.RiskAnswer(
                max_drawdown_24h_pct="1.02",
                max_drawdown_7d_pct="4.66",
                max_drawdown_30d_pct="12.31",
                volatility_pct="41.20", sharpe="1.84", sortino="-0.61",
            ),
        )  # fmt: skip
        return self._refused(request) or _json(seen)

    async def performance(self, request: web.Request) -> web.Response:
        """A line for the days asked for."""
        first, last = self._span(request)
        dice = random.Random(1)
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
        return self._refused(request) or _json(
            profiles.PerformanceAnswer(first=first, last=last, days=days)
        )

    async def trades(self, request: web.Request) -> web.Response:
        """Two pages of trades."""
        first, last = self._span(request)
        second = request.query.get("cursor") == "2"
        rows = [] if self.new or self.hides else [_trade(n + 50 * second) for n in range(50)]
        answer = profiles.TradesAnswer(
            first=first, last=last, as_of=_instant(self.as_of),
            view=TradesView.HIDDEN if self.hides else TradesView.GUARDED,
            next_cursor=None if second or not rows else "2", trades=rows,
        )  # fmt: skip
        return self._refused(request) or _json(answer)

    def _span(self, request: web.Request) -> tuple[date, date]:
        last = date.fromisoformat(request.query.get("to", "2026-11-23"))
        first = request.query.get("from")
        return (date.fromisoformat(first) if first else last - timedelta(days=7)), last

    def _refused(self, request: web.Request) -> web.Response | None:
        self.asked.append(request.path_qs)
        if any(request.path.startswith(path) for path in self.broken):
            return _problem(503, "the league cannot answer just now")
        return None


def _row(place: int, value: float, dice: random.Random, unranked: bool) -> boards.BoardTrader:
    name = f"{dice.choice(_FIRST)}_{dice.choice(_LAST)}_{place}"
    named = {2: MARKUP, 5: "a_name_as_long_as_names_can_be"}
    course = [math.sin(n / 3 + place) * 30 + n * (2 if value > 0 else -2) for n in range(24)]
    low, high = min(course), max(course)
    scaled: list[int | None] = [round((each - low) / (high - low) * 100) for each in course]
    if place % 11 == 4:
        scaled[5:9] = [None] * 4
    status = Status.STALE if place == 6 else Status.ACTIVE
    if unranked:
        status = Status.RETIRED if place % 2 else Status.NOT_RANKED_YET
    week, month = round(dice.gauss(2, 12), 2), round(dice.gauss(3, 25), 2)
    return boards.BoardTrader(
        rank=None if status in (Status.RETIRED, Status.NOT_RANKED_YET) else place,
        rank_change=dice.choice([0, 0, 1, 2, -1, -3, 12, None]), name=named.get(place, name),
        exchange=None if status is Status.RETIRED else "binance", pnl_24h_pct=f"{value:.2f}",
        pnl_7d_pct=f"{week:.2f}", pnl_30d_pct=None if place % 7 == 0 else f"{month:.2f}",
        capped=place in (3, 12), max_drawdown_pct=f"{abs(dice.gauss(2, 3)):.2f}", trend=scaled,
        followers=int(abs(dice.gauss(0, 400))), status=status,
    )  # fmt: skip


def _allocation() -> list[profiles.AllocationAnswer]:
    shares = {"BTC": 46, "ETH": 22, "USDT": 14, "SOL": 9, "LUNA": 4, "other coins": 5}
    return [profiles.AllocationAnswer(asset=each, share_pct=str(of)) for each, of in shares.items()]


def _coins() -> list[profiles.CoinAnswer]:
    known = {
        "BTC": ("1.20", "8.41", CoinState.TRADING), "ETH": ("-2.31", "-4.07", CoinState.TRADING),
        "USDT": ("0.00", None, CoinState.TRADING), "SOL": ("5.66", "12.03", CoinState.HALTED),
        "LUNA": (None, "-99.10", CoinState.DELISTED),
    }  # fmt: skip
    return [
        profiles.CoinAnswer(asset=each, change_24h_pct=day, since_last_buy_pct=buy, state=state)
        for each, (day, buy, state) in known.items()
    ]


def _trade(place: int) -> profiles.TradeAnswer:
    dice = random.Random(place)
    at = NINE - timedelta(hours=2 + place)
    return profiles.TradeAnswer(
        at=at.date().isoformat() if place % 9 == 5 else _instant(at) or "",
        precision=Precision.DAY if place % 9 == 5 else Precision.HOUR,
        pair=dice.choice(["BTC/USDT", "ETH/USDT", "SOL/USDT"]), side=dice.choice(["buy", "sell"]),
        price=None if place % 9 == 5 else f"{dice.uniform(100, 70000):.2f}",
        size_pct=dice.choice(["<1", "1-5", "5-20", "20-50", ">50"]),
    )  # fmt: skip


def _instant(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _json(answer: Answer) -> web.Response:
    text = answer.model_dump_json(by_alias=True, exclude_unset=True)
    return web.Response(
        text=text, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _problem(status: int, detail: str) -> web.Response:
    content: dict[str, Any] = {"title": "Problem", "status": status, "detail": f"{detail}."}
    return web.json_response(content, status=status, content_type="application/problem+json")


def _week() -> profiles.WindowAnswer:
    return profiles.WindowAnswer(pct="11.40", rank=3, capped=True)


def _month() -> profiles.WindowAnswer:
    return profiles.WindowAnswer(pct="-4.07", rank=88, capped=False)
