"""GET, PATCH and DELETE /me, GET /me/balance: the signed-in trader and what others see of him."""

from http import HTTPStatus
from typing import Final, Literal

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.account import AccountState, Audience, Trader, TradesView, Visibility
from chalicelib.domain.account_words import Status as AccountStatus
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.windows import hour_of
from chalicelib.entrypoints import http
from chalicelib.entrypoints.accounts_api import account_views
from chalicelib.entrypoints.bodies import Body, body
from chalicelib.entrypoints.csv_text import Format, csv_text
from chalicelib.entrypoints.http import Answer
from chalicelib.entrypoints.owner_answers import BalanceAnswer, OwnCoinAnswer, balance_fields
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.privacy_words import PROMISE, words
from chalicelib.entrypoints.session_api import NO_COOKIE
from chalicelib.entrypoints.session_bodies import Code, Password
from chalicelib.entrypoints.viewer import gate_of, signed_in
from chalicelib.services.change_settings import change_settings
from chalicelib.services.delete_member import Exit, delete_member
from chalicelib.services.prove_owner import Proof
from chalicelib.services.show_balance import show_balance

blueprint = Blueprint(__name__)


class SettingsAnswer(Answer):
    """What others see."""

    listed: bool
    trades: TradesView
    trades_for: Audience
    allocation_for: Audience


class MeaningsAnswer(Answer):
    """What each setting means as it stands, in words."""

    listed: str
    trades: str
    trades_for: str
    allocation_for: str


class AccountInShort(Answer):
    """A linked exchange account; more is told by /me/accounts."""

    exchange: str
    state: AccountStatus
    linked_at: str


class MeAnswer(Answer):
    """The signed-in trader."""

    name: str
    joined_at: str
    accounts: list[AccountInShort]
    follows: int
    followers: int
    settings: SettingsAnswer
    meanings: MeaningsAnswer
    promise: str
    others_see_it_by: str = Field(
        description="Copies of public answers are kept to the next full hour: by then at the"
        " latest others see the settings as they are now."
    )


class SettingsBody(Body):
    """The settings to change; those left out stay."""

    listed: bool | None = None
    trades: Literal["guarded", "exact", "hidden"] | None = None
    trades_for: Literal["everyone", "followers", "nobody"] | None = None
    allocation_for: Literal["everyone", "followers", "nobody"] | None = None


class LeaveBody(Body):
    """The password, and the app's code of one who has a second factor."""

    password: Password
    code: Code | None = None


class LeftAnswer(Answer):
    """What is gone, and what is left."""

    removed: list[str]
    stays: list[str]


LEFT: Final = LeftAnswer(
    removed=[
        "your name; others may take it from now on",
        "your e-mail address, password and second factor, with all sessions",
        "the keys of all your exchange accounts, which are unlinked",
        "whom you follow, and who follows you",
        "your settings and your profile, and what was imported from before you joined",
        "the secret of your rows in the public files of the hours: from the next hour on they"
        " have no name, and what was committed to in them can be opened by nobody",
    ],
    stays=[
        "a number in the league's statistics, without a name, which leads to nobody: it counts as"
        " joined and retired, and in medians of hours gone by",
        "the hourly values and ledger entries behind these statistics, under that number",
        "the exchange's own number of each account, so that nobody can start anew with it at once;"
        " delete the API keys at the exchange yourself, too",
    ],
)


class FormQuery(Query):
    """How to answer."""

    form: Format = Field(default="json", alias="format")


_PROBLEMS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
OPERATIONS = (
    http.Operation(
        "/me",
        "The signed-in trader, and what others see of him.",
        MeAnswer,
        problems=_PROBLEMS,
        signed_in=True,
    ),
    http.Operation(
        "/me",
        "Change what others see.",
        MeAnswer,
        problems=(*_PROBLEMS, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        method="patch",
        body=SettingsBody,
        signed_in=True,
    ),
    http.Operation(
        "/me",
        "Leave the league: removes what is personal. Sent again, it goes on where it broke off.",
        LeftAnswer,
        problems=(
            *_PROBLEMS,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.CONFLICT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
        method="delete",
        body=LeaveBody,
        signed_in=True,
    ),
    http.Operation(
        "/me/balance",
        "Current holdings at the latest prices.",
        BalanceAnswer,
        FormQuery,
        _PROBLEMS,
        signed_in=True,
    ),
)


@blueprint.route("/me", methods=["GET"])
@http.guarded
def get_me() -> Response:
    """The signed-in trader."""
    request = blueprint.current_request
    viewer = signed_in(request)
    query(Query, request)
    return http.private(_me(viewer.trader))


@blueprint.route("/me", methods=["PATCH"])
@http.guarded
def patch_me() -> Response:
    """Change what others see."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(SettingsBody, request)
    stores = wiring.stores()
    changed = _changed(viewer.trader.visibility, asked)
    trader = change_settings(viewer.trader, changed, stores.traders, stores.seats)
    return http.private(_me(trader))


@blueprint.route("/me", methods=["DELETE"])
@http.guarded
def delete_me() -> Response:
    """Leave."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(LeaveBody, request)
    stores, proof = wiring.stores(), Proof(asked.password, asked.code)
    members, people = wiring.members(), wiring.people()
    ways = Exit(members, stores.follows, stores.imports, stores.secrets, people)
    gate = gate_of(request)
    delete_member(viewer.trader, viewer.owner, proof, wiring.now(), gate, ways)
    return http.private(LEFT, headers=NO_COOKIE)


@blueprint.route("/me/balance", methods=["GET"])
@http.guarded
def get_balance() -> Response:
    """Current holdings."""
    request = blueprint.current_request
    viewer, stores = signed_in(request), wiring.stores()
    asked = query(FormQuery, request)
    found = show_balance(
        viewer.trader,
        now=wiring.now(),
        holdings=stores.holdings,
        ledger=stores.ledger,
        prices=stores.prices,
    )
    answer = balance_fields(found)
    if asked.form == "csv":
        return http.download(f"{viewer.trader.name}-balance.csv", _csv(answer))
    return http.private(answer)


def _changed(shown: Visibility, asked: SettingsBody) -> Visibility:
    """`shown` with what was asked for. Raises InvalidRequest when that is nothing."""
    if asked == SettingsBody():
        raise InvalidRequest(f"name at least one of: {', '.join(SettingsBody.model_fields)}")
    return Visibility(
        listed=shown.listed if asked.listed is None else asked.listed,
        trades=TradesView(asked.trades or shown.trades),
        trades_for=Audience(asked.trades_for or shown.trades_for),
        allocation_for=Audience(asked.allocation_for or shown.allocation_for),
    )


def _me(trader: Trader) -> MeAnswer:
    stores, shown = wiring.stores(), trader.visibility
    accounts = account_views(trader)
    return MeAnswer(
        name=trader.name,
        joined_at=http.instant(trader.joined_at),
        accounts=[
            AccountInShort(
                exchange=each.account.exchange,
                state=each.standing.status,
                linked_at=http.instant(each.account.linked_at),
            )
            for each in accounts
            if each.account.state is not AccountState.UNLINKED
        ],
        follows=len(stores.follows.of_follower(trader.trader_id)),
        followers=stores.follows.counts([trader.seat])[trader.seat],
        settings=SettingsAnswer(
            listed=shown.listed,
            trades=shown.trades,
            trades_for=shown.trades_for,
            allocation_for=shown.allocation_for,
        ),
        meanings=MeaningsAnswer(**words(shown)),
        promise=PROMISE,
        others_see_it_by=http.hour_instant(hour_of(wiring.now()) + 1),
    )


def _csv(answer: BalanceAnswer) -> str:
    names = list(OwnCoinAnswer.model_fields)
    return csv_text(names, ([getattr(coin, name) for name in names] for coin in answer.coins))
