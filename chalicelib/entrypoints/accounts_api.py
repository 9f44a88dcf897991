"""GET, POST /me/accounts, DELETE /me/accounts/{account_id}, POST /me/accounts/key-pair.

A secret goes in once and never comes out; what is answered tells how each account stands.
"""

from http import HTTPStatus
from typing import Final

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.account import Trader
from chalicelib.domain.account_words import Status, standing_of
from chalicelib.domain.import_words import ImportStanding, ImportStatus, import_standing
from chalicelib.domain.switches import Switch
from chalicelib.entrypoints import http
from chalicelib.entrypoints.bodies import Body, body, require_own
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.viewer import gate_of, signed_in
from chalicelib.services.list_accounts import AccountStores, AccountView, list_accounts
from chalicelib.services.remove_link import remove_link
from chalicelib.services.request_link import AskedLink, issue_key_pair, request_link

blueprint = Blueprint(__name__)

_LONGEST: Final = 4096


class LinkBody(Body):
    """An API key that may only read, with its secret key or with a key pair made here."""

    exchange: str = Field(default=wiring.EXCHANGE, max_length=32)
    api_key: str = Field(max_length=_LONGEST, repr=False)
    secret: str | None = Field(
        default=None, max_length=_LONGEST, repr=False, description="Of a key that Binance made."
    )
    key_pair_id: str | None = Field(
        default=None, max_length=64, description="Of a pair made here, whose API key is sent."
    )
    take_back: bool = Field(
        default=False,
        description="End another trader's link of this account; needs a key pair made here.",
    )


class KeyPairBody(Body):
    """For which exchange."""

    exchange: str = Field(default=wiring.EXCHANGE, max_length=32)


class ReasonAnswer(http.Answer):
    """Why an account stands as it does."""

    code: str
    detail: str = Field(description="What it is, and what to do about it.")


class ImportAnswer(http.Answer):
    """How far the time from before the link has come in."""

    state: ImportStatus
    percent: int = Field(ge=0, le=100)
    detail: str


class AccountAnswer(http.Answer):
    """A linked exchange account, as its owner sees it."""

    id: str
    exchange: str
    state: Status
    since: str | None = Field(description="Since when it is in that state, where that is known.")
    linked_at: str
    reasons: list[ReasonAnswer]
    imported: ImportAnswer | None = Field(description="null while nothing is brought in for it.")


class AccountsAnswer(http.Answer):
    """All accounts he ever linked, in the order of linking."""

    accounts: list[AccountAnswer]
    our_addresses: list[str] = Field(
        description="To which a key may be locked at the exchange. Empty: ours change, so a key "
        "has to stay unrestricted."
    )


class KeyPairAnswer(http.Answer):
    """A pair whose private half stays here."""

    key_pair_id: str
    public_key: str = Field(description="PEM; to be registered at the exchange.")
    expires_at: str
    detail: str


_PROBLEMS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_REQUEST)
_CHANGE_PROBLEMS = (
    *_PROBLEMS,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
OPERATIONS = (
    http.Operation(
        "/me/accounts",
        "The linked exchange accounts, and how each stands.",
        AccountsAnswer,
        problems=_PROBLEMS,
        signed_in=True,
    ),
    http.Operation(
        "/me/accounts",
        "Link an exchange account; its key is checked within seconds.",
        AccountAnswer,
        problems=_CHANGE_PROBLEMS,
        method="post",
        body=LinkBody,
        status=HTTPStatus.ACCEPTED,
        signed_in=True,
    ),
    http.Operation(
        "/me/accounts/key-pair",
        "Make an Ed25519 pair whose public half is registered at the exchange.",
        KeyPairAnswer,
        problems=_CHANGE_PROBLEMS,
        method="post",
        body=KeyPairBody,
        status=HTTPStatus.CREATED,
        signed_in=True,
    ),
    http.Operation(
        "/me/accounts/{account_id}",
        "Unlink an account: its key is destroyed, its record stays.",
        None,
        problems=(*_CHANGE_PROBLEMS, HTTPStatus.NOT_FOUND),
        method="delete",
        status=HTTPStatus.NO_CONTENT,
        signed_in=True,
    ),
)


@blueprint.route("/me/accounts", methods=["GET"])
@http.guarded
def get_accounts() -> Response:
    """His accounts."""
    request = blueprint.current_request
    viewer = signed_in(request)
    query(Query, request)
    return http.private(
        AccountsAnswer(
            accounts=account_answers(viewer.trader), our_addresses=wiring.own_addresses()
        )
    )


@blueprint.route("/me/accounts", methods=["POST"])
@http.guarded
def post_account() -> Response:
    """Link one."""
    request = blueprint.current_request
    viewer, sent = signed_in(request), body(LinkBody, request)
    wiring.switches().now().require_running(Switch.LINKING)
    asked = AskedLink(sent.exchange, sent.api_key, sent.secret, sent.key_pair_id, sent.take_back)
    gate = gate_of(request)
    account = request_link(viewer.trader, asked, wiring.now(), wiring.desk(), gate)
    view = AccountView(account, standing_of(account), import_standing(account, 0, ""))
    return http.private(_account(view), HTTPStatus.ACCEPTED)


@blueprint.route("/me/accounts/key-pair", methods=["POST"])
@http.guarded
def post_key_pair() -> Response:
    """Make a pair."""
    request = blueprint.current_request
    viewer, sent = signed_in(request), body(KeyPairBody, request)
    wiring.switches().now().require_running(Switch.LINKING)
    gate = gate_of(request)
    pair, public = issue_key_pair(
        viewer.trader, sent.exchange, wiring.desk(), gate, wiring.new_key_pair
    )
    made = KeyPairAnswer(
        key_pair_id=pair.account_id,
        public_key=public,
        expires_at=http.instant(pair.expires_at),
        detail="At Binance, under API Management, Create API, Self-generated, register this "
        "public key with Enable Reading alone; then send the API key that Binance shows, with "
        "this key_pair_id.",
    )
    return http.private(made, HTTPStatus.CREATED)


@blueprint.route("/me/accounts/{account_id}", methods=["DELETE"])
@http.guarded
def delete_account(account_id: str) -> Response:
    """Unlink one."""
    request = blueprint.current_request
    viewer = signed_in(request)
    require_own(request)
    remove_link(viewer.trader, account_id, wiring.now(), wiring.members())
    return http.private(None)


def account_views(trader: Trader) -> list[AccountView]:
    """All accounts he ever linked, and how they stand now."""
    found = wiring.stores()
    stores = AccountStores(
        found.accounts,
        found.holdings,
        found.conditions,
        found.imports,
        found.leases,
        found.prices,
        imports_paused=wiring.switches().is_paused(Switch.IMPORT),
    )
    return list_accounts(trader, stores, wiring.machine_now())


def account_answers(trader: Trader) -> list[AccountAnswer]:
    """All accounts he ever linked."""
    return [_account(each) for each in account_views(trader)]


def _account(view: AccountView) -> AccountAnswer:
    account, standing = view.account, view.standing
    return AccountAnswer(
        id=account.account_id,
        exchange=account.exchange,
        state=standing.status,
        since=http.instant(standing.since) if standing.since else None,
        linked_at=http.instant(account.linked_at),
        reasons=[ReasonAnswer(code=each.code, detail=each.detail) for each in standing.reasons],
        imported=_import_answer(view.imported),
    )


def _import_answer(found: ImportStanding | None) -> ImportAnswer | None:
    if found is None:
        return None
    return ImportAnswer(state=found.status, percent=found.percent, detail=found.detail)
