"""GET /me/follows, PUT and DELETE /me/follows/{name}: whom the signed-in trader follows."""

from http import HTTPStatus

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.reading import Status
from chalicelib.entrypoints import http
from chalicelib.entrypoints.bodies import require_own
from chalicelib.entrypoints.eyes import read_stores
from chalicelib.entrypoints.http import Answer, Percent, percent
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.profile_api import decoded
from chalicelib.entrypoints.viewer import signed_in
from chalicelib.services.follow_trader import (
    FollowedTrader,
    follow_trader,
    show_follows,
    unfollow_trader,
)

blueprint = Blueprint(__name__)


class FollowAnswer(Answer):
    """A trader whom I follow, as everyone sees him."""

    name: str
    since: str
    listed: bool = Field(description="While he is not, there are no numbers.")
    rank: int | None = Field(description="In 24 hours.")
    pnl_24h_pct: Percent | None
    pnl_7d_pct: Percent | None
    pnl_30d_pct: Percent | None
    capped: bool | None
    max_drawdown_pct: Percent | None = Field(description="Of 24 hours, positive.")
    followers: int | None
    status: Status | None


class FollowsAnswer(Answer):
    """All whom I follow, by name."""

    follows: list[FollowAnswer]


class FollowedAnswer(Answer):
    """I follow him now."""

    name: str
    since: str


_PROBLEMS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
_CHANGES = (*_PROBLEMS, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
OPERATIONS = (
    http.Operation(
        "/me/follows",
        "The traders I follow, with their numbers.",
        FollowsAnswer,
        problems=_PROBLEMS,
        signed_in=True,
    ),
    http.Operation(
        "/me/follows/{name}",
        "Follow a trader.",
        FollowedAnswer,
        problems=(*_CHANGES, HTTPStatus.CONFLICT),
        method="put",
        signed_in=True,
    ),
    http.Operation(
        "/me/follows/{name}",
        "Follow a trader no more.",
        None,
        problems=_CHANGES,
        method="delete",
        status=HTTPStatus.NO_CONTENT,
        signed_in=True,
    ),
)


@blueprint.route("/me/follows", methods=["GET"])
@http.guarded
def get_follows() -> Response:
    """Whom I follow."""
    request = blueprint.current_request
    viewer, stores = signed_in(request), wiring.stores()
    query(Query, request)
    found = show_follows(
        viewer.trader,
        follows=stores.follows,
        seats=stores.seats,
        boards=stores.boards,
        history=stores.history,
    )
    return http.private(FollowsAnswer(follows=[_follow(each) for each in found]))


@blueprint.route("/me/follows/{name}", methods=["PUT"], content_types=["*/*"])
@http.guarded
def put_follow(name: str) -> Response:
    """Follow him."""
    request = blueprint.current_request
    viewer = signed_in(request)
    require_own(request)
    name = decoded(name)
    follow = follow_trader(viewer.trader, name, wiring.now(), read_stores())
    leader = wiring.stores().traders.get(follow.leader_id)
    return http.private(FollowedAnswer(name=leader.name, since=http.instant(follow.since)))


@blueprint.route("/me/follows/{name}", methods=["DELETE"])
@http.guarded
def delete_follow(name: str) -> Response:
    """Follow him no more."""
    request = blueprint.current_request
    viewer, stores = signed_in(request), wiring.stores()
    require_own(request)
    unfollow_trader(viewer.trader, decoded(name), stores.traders, stores.follows)
    return http.private(None)


def _follow(found: FollowedTrader) -> FollowAnswer:
    row = found.row
    return FollowAnswer(
        name=found.name,
        since=http.instant(found.since),
        listed=row is not None,
        rank=row.rank if row else None,
        pnl_24h_pct=percent(row.shown["24h"]) if row else None,
        pnl_7d_pct=percent(row.shown["7d"]) if row else None,
        pnl_30d_pct=percent(row.shown["30d"]) if row else None,
        capped=row.capped if row else None,
        max_drawdown_pct=percent(row.drawdown) if row else None,
        followers=row.followers if row else None,
        status=row.status if row else None,
    )
