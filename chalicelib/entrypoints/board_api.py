"""GET /board and GET /status."""

from http import HTTPStatus
from typing import Literal
from urllib.parse import urlencode

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.errors import Conflict
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from chalicelib.domain.names import LONGEST_NAME
from chalicelib.domain.reading import Status
from chalicelib.domain.visible import BOARD, STATUS
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints import cursors, http
from chalicelib.entrypoints.http import Answer, Percent, percent
from chalicelib.entrypoints.parameters import Query, WholeNumber, query
from chalicelib.services.show_board import BoardPage, BoardRow, Place, show_board
from chalicelib.services.show_status import ExchangeStatus, show_exchange, show_status

blueprint = Blueprint(__name__)

_PREFIX = "/api"
_PLACE = ("hour", "revision", "place")
_STATUS_FRESH_S = 15
"""How often the newest prices are stored; the exchange changes at any time."""


class BoardQuery(Query):
    """What to show of the board."""

    window: Literal["24h", "7d", "30d"] = "24h"
    limit: WholeNumber = Field(default=50, ge=1, le=100, description="Rows on a page.")
    cursor: str | None = Field(
        default=None, max_length=cursors.LONGEST, description="`next_cursor` of a page."
    )
    q: str | None = Field(
        default=None, max_length=LONGEST_NAME, description="The start of a trader's name."
    )


class LeagueAnswer(Answer):
    """The whole league in the window."""

    joined: int
    active: int
    retired: int
    ranked: int
    median_pct: Percent | None = Field(description="Of all who have a number in the window.")


class BoardTrader(Answer):
    """A row of the board."""

    rank: int | None
    rank_change: int | None = Field(description="Last hour's rank less this one.")
    name: str
    exchange: str | None
    pnl_24h_pct: Percent | None
    pnl_7d_pct: Percent | None
    pnl_30d_pct: Percent | None
    capped: bool = Field(description="The number was held down because of large deposits.")
    max_drawdown_pct: Percent | None = Field(description="Of the asked window, positive.")
    trend: list[int | None] = Field(description="0 to 100, oldest first, null for a gap.")
    followers: int
    status: Status


class BoardAnswer(Answer):
    """A page of the board."""

    window: Literal["24h", "7d", "30d"]
    as_of: str | None = Field(description="The full hour that the board is of.")
    next_cursor: str | None
    league: LeagueAnswer
    traders: list[BoardTrader]


class ExchangeAnswer(Answer):
    """How the exchange does, by our machines' clock.

    `ok`. `maintenance`: the exchange is down for maintenance; numbers go on from the last
    prices. `unreachable`: the exchange does not answer; what happens there is read as soon as it
    does. `banned`: the exchange has shut the league out until the time stated; nothing is asked
    before. `region_refused`: the exchange does not serve the place that the league asks from.
    """

    name: str = Field(examples=["binance"])
    state: Condition = Field(examples=["maintenance"])
    since: str = Field(examples=["2026-03-01T09:12:00Z"])
    until: str | None = Field(description="Where the exchange has stated an end.")


class PricesAnswer(Answer):
    """The newest prices."""

    taken_at: str = Field(examples=["2026-03-01T12:00:15Z"])
    age_s: int = Field(description="Full seconds.", examples=[9])


class StatusAnswer(Answer):
    """How the league itself does."""

    version: str
    last_hour_ranked: str | None
    active: int = Field(description="Traders with a linked exchange account.")
    fresh: int = Field(description="Of them, those whose data was fresh at that hour.")
    exchange: ExchangeAnswer | None = Field(description="null before it was first asked.")
    prices: PricesAnswer | None = Field(description="null before the first.")
    banner: str | None = Field(description="What the league wants everyone to know just now.")


OPERATIONS = (
    http.Operation(
        "/board",
        "A page of the board, or the traders whose names start with `q`.",
        BoardAnswer,
        BoardQuery,
        (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
    ),
    http.Operation(
        "/status",
        "How the league itself does.",
        StatusAnswer,
        problems=(HTTPStatus.BAD_REQUEST,),
    ),
)


@blueprint.route("/board", methods=["GET"])
@http.guarded
def get_board() -> Response:
    """A page of the board."""
    request = blueprint.current_request
    asked = query(BoardQuery, request)
    stores = wiring.stores()
    of = f"board/{asked.window}/{(asked.q or '').casefold()}"
    start = Place(**cursors.read(asked.cursor, of, _PLACE)) if asked.cursor else None
    try:
        page = show_board(
            BY_NAME[asked.window],
            asked.limit,
            start=start,
            prefix=asked.q,
            boards=stores.boards,
            seats=stores.seats,
            history=stores.history,
            traders=stores.traders,
        )
    except Conflict as error:
        return http.problem_of(error, first_page=_first_page(asked))
    fresh = http.seconds_fresh(wiring.now(), page.hour)
    return http.answer(request, _board(asked, of, page), fresh, BOARD)


@blueprint.route("/status", methods=["GET"])
@http.guarded
def get_status() -> Response:
    """How the league itself does."""
    request = blueprint.current_request
    query(Query, request)
    stores = wiring.stores()
    status = show_status(boards=stores.boards, seats=stores.seats, history=stores.history)
    now = wiring.now()
    outside = show_exchange(
        wiring.EXCHANGE, now, conditions=stores.conditions, prices=stores.prices
    )
    body = StatusAnswer(
        version=http.VERSION,
        last_hour_ranked=http.as_of(status.hour),
        active=status.active,
        fresh=status.fresh,
        exchange=_exchange(outside.condition),
        prices=_prices(outside),
        banner=wiring.switches().now().banner,
    )
    fresh = min(_STATUS_FRESH_S, http.seconds_fresh(now, status.hour))
    return http.answer(request, body, fresh, STATUS)


def _exchange(found: ExchangeCondition | None) -> ExchangeAnswer | None:
    if found is None:
        return None
    return ExchangeAnswer(
        name=wiring.EXCHANGE,
        state=found.condition,
        since=http.instant(found.since),
        until=http.instant(found.until) if found.until else None,
    )


def _prices(found: ExchangeStatus) -> PricesAnswer | None:
    if found.prices_at is None or found.prices_age is None:
        return None
    return PricesAnswer(
        taken_at=http.instant(found.prices_at), age_s=int(found.prices_age.total_seconds())
    )


def _first_page(asked: BoardQuery) -> str:
    kept = {"window": asked.window, "limit": asked.limit} | ({"q": asked.q} if asked.q else {})
    return f"{_PREFIX}/board?{urlencode(kept)}"


def _board(asked: BoardQuery, of: str, page: BoardPage) -> BoardAnswer:
    place = page.next_page
    numbers = {name: getattr(place, name) for name in _PLACE} if place else None
    return BoardAnswer(
        window=asked.window,
        as_of=http.as_of(page.hour),
        next_cursor=cursors.written(of, numbers) if numbers else None,
        league=LeagueAnswer(
            joined=page.league.joined,
            active=page.league.active,
            retired=page.league.retired,
            ranked=page.league.ranked,
            median_pct=percent(page.league.median),
        ),
        traders=[_trader(row) for row in page.rows],
    )


def _trader(row: BoardRow) -> BoardTrader:
    return BoardTrader(
        rank=row.rank,
        rank_change=row.rank_change,
        name=row.name,
        exchange=", ".join(row.exchanges) or None,
        pnl_24h_pct=percent(row.shown["24h"]),
        pnl_7d_pct=percent(row.shown["7d"]),
        pnl_30d_pct=percent(row.shown["30d"]),
        capped=row.capped,
        max_drawdown_pct=percent(row.drawdown),
        trend=row.trend,
        followers=row.followers,
        status=row.status,
    )
