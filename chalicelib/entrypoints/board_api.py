"""GET /board and GET /status."""

from http import HTTPStatus
from typing import Literal
from urllib.parse import urlencode

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.errors import Conflict
from chalicelib.domain.names import LONGEST_NAME
from chalicelib.domain.reading import Status
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints import cursors, http
from chalicelib.entrypoints.http import Answer, Percent, percent
from chalicelib.entrypoints.parameters import Query, WholeNumber, query
from chalicelib.services.show_board import BoardPage, BoardRow, Place, show_board
from chalicelib.services.show_status import show_status

blueprint = Blueprint(__name__)

_PREFIX = "/api"
_PLACE = ("hour", "revision", "place")


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


class StatusAnswer(Answer):
    """How the league itself does."""

    version: str
    last_hour_ranked: str | None
    active: int = Field(description="Traders with a linked exchange account.")
    fresh: int = Field(description="Of them, those whose data was fresh at that hour.")


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
    return http.answer(request, _board(asked, of, page), fresh)


@blueprint.route("/status", methods=["GET"])
@http.guarded
def get_status() -> Response:
    """How the league itself does."""
    request = blueprint.current_request
    query(Query, request)
    stores = wiring.stores()
    status = show_status(boards=stores.boards, seats=stores.seats, history=stores.history)
    body = StatusAnswer(
        version=http.VERSION,
        last_hour_ranked=http.as_of(status.hour),
        active=status.active,
        fresh=status.fresh,
    )
    return http.answer(request, body, http.seconds_fresh(wiring.now(), status.hour))


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
        followers=0,
        status=row.status,
    )
