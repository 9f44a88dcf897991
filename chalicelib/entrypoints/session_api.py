"""POST /session/…: sign up, confirm, sign in, stay so, sign out; a forgotten password.

The access token goes into the body and lives in the page's memory; the refresh token is a cookie
that only these routes are sent. No answer tells whether an address is a member's.
"""

from contextlib import suppress
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from chalice import Blueprint, Response

from chalicelib import wiring
from chalicelib.domain.errors import NotSignedIn
from chalicelib.domain.switches import Switch
from chalicelib.entrypoints import http
from chalicelib.entrypoints.bodies import body, require_own
from chalicelib.entrypoints.session_bodies import (
    CodeSentAnswer,
    ConfirmBody,
    ConfirmedAnswer,
    ForgotBody,
    ResendBody,
    ResetBody,
    SessionAnswer,
    SignInBody,
    SignUpBody,
    read_challenge,
    written_challenge,
)
from chalicelib.entrypoints.viewer import gate_of
from chalicelib.services.confirm_sign_up import confirm_sign_up
from chalicelib.services.identity_ports import Challenge
from chalicelib.services.reset_password import forget_password, reset_password
from chalicelib.services.sign_in import (
    Entrance,
    SignedIn,
    answer_challenge,
    refresh_session,
    sign_in,
    sign_out,
)
from chalicelib.services.sign_up import Application, resend_code, sign_up

blueprint = Blueprint(__name__)

COOKIE: Final = "league_refresh"
_KEPT_S: Final = 30 * 24 * 3600
_SAFE: Final = "Path=/api/session; HttpOnly; Secure; SameSite=Strict"
NO_COOKIE: Final = {"Set-Cookie": f"{COOKIE}=; Max-Age=0; {_SAFE}"}

_BODY_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_SIGN_IN_PROBLEMS = (*_BODY_PROBLEMS, HTTPStatus.UNAUTHORIZED)
OPERATIONS = (
    http.Operation(
        "/session/sign-up",
        "Ask to join: a code is mailed to the address.",
        CodeSentAnswer,
        method="post",
        body=SignUpBody,
        status=HTTPStatus.ACCEPTED,
        problems=(*_BODY_PROBLEMS, HTTPStatus.CONFLICT),
    ),
    http.Operation(
        "/session/confirm",
        "Confirm a sign-up with the mailed code.",
        ConfirmedAnswer,
        method="post",
        body=ConfirmBody,
        problems=(*_BODY_PROBLEMS, HTTPStatus.CONFLICT),
    ),
    http.Operation(
        "/session/resend",
        "Have a new code mailed for a sign-up that waits.",
        CodeSentAnswer,
        method="post",
        body=ResendBody,
        status=HTTPStatus.ACCEPTED,
        problems=_BODY_PROBLEMS,
    ),
    http.Operation(
        "/session/sign-in",
        "Sign in with a password, then with the authenticator's code where it is asked for.",
        SessionAnswer,
        method="post",
        body=SignInBody,
        problems=_SIGN_IN_PROBLEMS,
    ),
    http.Operation(
        "/session/refresh",
        "The next access token, by the cookie.",
        SessionAnswer,
        method="post",
        problems=_SIGN_IN_PROBLEMS,
    ),
    http.Operation(
        "/session/sign-out",
        "End the session of the cookie.",
        None,
        method="post",
        status=HTTPStatus.NO_CONTENT,
        problems=_BODY_PROBLEMS,
    ),
    http.Operation(
        "/session/forgot",
        "Have a code mailed for a new password.",
        CodeSentAnswer,
        method="post",
        body=ForgotBody,
        status=HTTPStatus.ACCEPTED,
        problems=_BODY_PROBLEMS,
    ),
    http.Operation(
        "/session/reset",
        "Set a new password with the mailed code; all sessions end.",
        None,
        method="post",
        body=ResetBody,
        status=HTTPStatus.NO_CONTENT,
        problems=_BODY_PROBLEMS,
    ),
)

_CODE_SENT = CodeSentAnswer(detail="If that can be, a code is on its way to your address.")


@blueprint.route("/session/sign-up", methods=["POST"])
@http.guarded
def post_sign_up() -> Response:
    """Ask to join."""
    request = blueprint.current_request
    asked = body(SignUpBody, request)
    wiring.switches().now().require_running(Switch.MAIL)
    members = wiring.members()
    sign_up(
        Application(asked.name, asked.email, asked.password),
        wiring.now(),
        gate_of(request),
        people=wiring.people(),
        traders=members.traders,
        new_id=members.new_id,
    )
    return http.private(_CODE_SENT, HTTPStatus.ACCEPTED)


@blueprint.route("/session/confirm", methods=["POST"])
@http.guarded
def post_confirm() -> Response:
    """Confirm a sign-up."""
    request = blueprint.current_request
    asked = body(ConfirmBody, request)
    trader = confirm_sign_up(
        asked.name,
        asked.code,
        wiring.now(),
        gate_of(request),
        people=wiring.people(),
        members=wiring.members(),
        leases=wiring.stores().leases,
    )
    return http.private(ConfirmedAnswer(name=trader.name))


@blueprint.route("/session/resend", methods=["POST"])
@http.guarded
def post_resend() -> Response:
    """Have a new code mailed."""
    request = blueprint.current_request
    asked = body(ResendBody, request)
    wiring.switches().now().require_running(Switch.MAIL)
    traders = wiring.stores().traders
    resend_code(asked.name, gate_of(request), people=wiring.people(), traders=traders)
    return http.private(_CODE_SENT, HTTPStatus.ACCEPTED)


@blueprint.route("/session/sign-in", methods=["POST"])
@http.guarded
def post_sign_in() -> Response:
    """Sign in, in one step or two."""
    request = blueprint.current_request
    asked = body(SignInBody, request)
    if asked.challenge is not None:
        challenge = read_challenge(asked.challenge)
        return _session(answer_challenge(challenge, asked.code or "", _entrance(request)))
    answer = sign_in(asked.login or "", asked.password or "", _entrance(request))
    if isinstance(answer, Challenge):
        return http.private(SessionAnswer(challenge=written_challenge(answer)))
    return _session(answer)


@blueprint.route("/session/refresh", methods=["POST"])
@http.guarded
def post_refresh() -> Response:
    """The next access token. A refusal leaves the cookie: another tab may just have got the
    next one, which a late answer must not delete."""
    request = blueprint.current_request
    require_own(request)
    return _session(refresh_session(_refresh_token(request), _entrance(request)))


@blueprint.route("/session/sign-out", methods=["POST"])
@http.guarded
def post_sign_out() -> Response:
    """End the session; without one there is nothing to do."""
    request = blueprint.current_request
    require_own(request)
    with suppress(NotSignedIn):
        sign_out(_refresh_token(request), gate_of(request), wiring.people().identity)
    return http.private(None, headers=NO_COOKIE)


@blueprint.route("/session/forgot", methods=["POST"])
@http.guarded
def post_forgot() -> Response:
    """Have a code mailed for a new password."""
    request = blueprint.current_request
    asked = body(ForgotBody, request)
    wiring.switches().now().require_running(Switch.MAIL)
    traders = wiring.stores().traders
    forget_password(asked.login, gate_of(request), people=wiring.people(), traders=traders)
    return http.private(_CODE_SENT, HTTPStatus.ACCEPTED)


@blueprint.route("/session/reset", methods=["POST"])
@http.guarded
def post_reset() -> Response:
    """Set a new password."""
    request = blueprint.current_request
    asked = body(ResetBody, request)
    reset_password(
        asked.login,
        asked.code,
        asked.password,
        gate_of(request),
        people=wiring.people(),
        traders=wiring.stores().traders,
    )
    return http.private(None, headers=NO_COOKIE)


def _entrance(request: Any) -> Entrance:  # noqa: ANN401 (chalice has no types)
    return Entrance(
        wiring.people(),
        wiring.members(),
        wiring.stores().leases,
        wiring.now(),
        gate_of(request),
    )


def _session(made: SignedIn) -> Response:
    """The access token to the page, the refresh token to the browser alone."""
    answer = SessionAnswer(
        access_token=made.session.access_token,
        expires_in_s=made.session.lasts_s,
        name=made.trader.name,
    )
    cookie = f"{COOKIE}={made.session.refresh_token}; Max-Age={_KEPT_S}; {_SAFE}"
    return http.private(answer, headers={"Set-Cookie": cookie})


def _refresh_token(request: Any) -> str:  # noqa: ANN401
    """What the cookie holds. Raises NotSignedIn without one."""
    try:
        sent = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        sent = None
    if sent is None or not sent.value:
        raise NotSignedIn("nobody is signed in here; sign in first")
    return sent.value
