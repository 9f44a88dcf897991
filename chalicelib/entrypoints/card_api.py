"""GET /traders/{name}/card and /traders/{name}/card.png: what a chat shows under a link.

Both are made of what everyone may see, whoever asks. A name that has no profile for everyone gets
the league's own card: the same one for a trader who is not listed and for nobody.
"""

from http import HTTPStatus
from typing import Any

from chalice import Blueprint, Response

from chalicelib import wiring
from chalicelib.domain.errors import NotFound
from chalicelib.domain.visible import ANYONE, CARD, only_visible
from chalicelib.domain.windows import BY_NAME
from chalicelib.entrypoints import http
from chalicelib.entrypoints.card_page import league_page, trader_page
from chalicelib.entrypoints.card_picture import league_picture, trader_picture
from chalicelib.entrypoints.eyes import read_stores
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.profile_api import decoded
from chalicelib.services.public_traders import Asker, seen_trader
from chalicelib.services.show_profile import PublicProfile, show_profile

blueprint = Blueprint(__name__)

PAGE = "text/html; charset=utf-8"
PICTURE = "image/png"
OPERATIONS = (
    http.Operation(
        "/traders/{name}/card",
        "A page with the words of a preview of the trader; the site has it as /s/{name}.",
        None,
        problems=(HTTPStatus.BAD_REQUEST,),
        kind=PAGE,
    ),
    http.Operation(
        "/traders/{name}/card.png",
        "The picture of the preview; the site has it as /s/{name}/card.png.",
        None,
        problems=(HTTPStatus.BAD_REQUEST,),
        kind=PICTURE,
    ),
)


@blueprint.route("/traders/{name}/card", methods=["GET"])
@http.guarded
def get_card(name: str) -> Response:
    """The page with the words of the preview."""
    request = blueprint.current_request
    query(Query, request)
    card, fresh = _card(name)
    site = wiring.site_address()
    page = league_page(site) if card is None else trader_page(card, site)
    return http.document(request, page, PAGE, fresh)


@blueprint.route("/traders/{name}/card.png", methods=["GET"])
@http.guarded
def get_picture(name: str) -> Response:
    """The picture of the preview."""
    request = blueprint.current_request
    query(Query, request)
    card, fresh = _card(name)
    picture = league_picture() if card is None else trader_picture(card)
    return http.document(request, picture, PICTURE, fresh)


def _card(name: str) -> tuple[dict[str, Any] | None, int]:
    """What everyone may see on the card of that name, None for the league's own; and for how
    many seconds it is the newest."""
    stores, now = read_stores(), wiring.now()
    try:
        trader, eyes = seen_trader(decoded(name), Asker(), stores)
    except NotFound:
        return None, http.TRY_AGAIN_S
    profile = show_profile(trader, eyes, now, stores)
    card = only_visible(_content(profile), CARD, ANYONE)
    return card, http.seconds_fresh(now, profile.hour)


def _content(profile: PublicProfile) -> dict[str, Any]:
    return {
        "name": profile.trader.name,
        "as_of": http.as_of(profile.hour),
        "status": profile.status.value,
        "pnl": {
            window: {
                "pct": http.percent(profile.windows[window].shown),
                "rank": profile.windows[window].rank,
                "capped": profile.windows[window].capped,
            }
            for window in BY_NAME
        },
        "trend": profile.trend,
    }
