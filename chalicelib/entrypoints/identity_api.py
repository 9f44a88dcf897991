"""GET /me/identity, POST /me/password, /me/email and /me/second-factor: how the signed-in trader
signs in.

Each change takes the password anew, and the authenticator's code where one is set.
"""

from http import HTTPStatus

from chalice import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.domain.switches import Switch
from chalicelib.entrypoints import http
from chalicelib.entrypoints.bodies import Body, body
from chalicelib.entrypoints.parameters import Query, query
from chalicelib.entrypoints.session_api import NO_COOKIE
from chalicelib.entrypoints.session_bodies import Code, CodeSentAnswer, Email, Password
from chalicelib.entrypoints.viewer import gate_of, signed_in
from chalicelib.services.change_credentials import change_email, change_password, confirm_email
from chalicelib.services.prove_owner import Proof
from chalicelib.services.second_factor import (
    confirm_second_factor,
    remove_second_factor,
    start_second_factor,
)

blueprint = Blueprint(__name__)


class ProofBody(Body):
    """The password, and the app's code of one who has a second factor."""

    password: Password
    code: Code | None = None

    @property
    def proof(self) -> Proof:
        """The same for the use cases."""
        return Proof(self.password, self.code)


class NewPasswordBody(ProofBody):
    """A new password."""

    new_password: Password


class NewEmailBody(ProofBody):
    """A new e-mail address."""

    email: Email


class CodeBody(Body):
    """A code."""

    code: Code


class IdentityAnswer(http.Answer):
    """How one signs in."""

    email: str
    second_factor: bool = Field(description="Whether an authenticator app's code is asked for.")


class SecondFactorAnswer(http.Answer):
    """What an authenticator app is set up with."""

    secret: str = Field(description="Base 32, to be typed into the app.")
    address: str = Field(description="The same as otpauth:// address, for a QR code.")


_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)


def _operation(
    path: str,
    summary: str,
    of: type[Body],
    answer: type[http.Answer] | None = None,
    status: HTTPStatus = HTTPStatus.NO_CONTENT,
) -> http.Operation:
    return http.Operation(
        path,
        summary,
        answer,
        method="post",
        body=of,
        status=status,
        problems=_PROBLEMS,
        signed_in=True,
    )


OPERATIONS = (
    http.Operation(
        "/me/identity",
        "How the signed-in trader signs in.",
        IdentityAnswer,
        problems=(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED),
        signed_in=True,
    ),
    _operation("/me/password", "Change the password; all sessions end.", NewPasswordBody),
    _operation(
        "/me/email",
        "Have a code mailed to a new address; the old one counts until it is confirmed.",
        NewEmailBody,
        CodeSentAnswer,
        HTTPStatus.ACCEPTED,
    ),
    _operation("/me/email/confirm", "Confirm the new address.", CodeBody),
    _operation(
        "/me/second-factor",
        "A secret for an authenticator app.",
        ProofBody,
        SecondFactorAnswer,
        HTTPStatus.OK,
    ),
    _operation("/me/second-factor/confirm", "Ask for the app's code from now on.", CodeBody),
    _operation("/me/second-factor/remove", "Ask for it no longer.", ProofBody),
)


@blueprint.route("/me/identity", methods=["GET"])
@http.guarded
def get_identity() -> Response:
    """His address, and whether a second factor is on."""
    request = blueprint.current_request
    query(Query, request)
    person = wiring.people().identity.person(signed_in(request).owner.trader_id)
    return http.private(IdentityAnswer(email=person.email, second_factor=person.second_factor))


@blueprint.route("/me/password", methods=["POST"])
@http.guarded
def post_password() -> Response:
    """Change the password."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(NewPasswordBody, request)
    gate, people = gate_of(request), wiring.people()
    change_password(viewer.owner, asked.proof, asked.new_password, gate, people)
    return http.private(None, headers=NO_COOKIE)


@blueprint.route("/me/email", methods=["POST"])
@http.guarded
def post_email() -> Response:
    """Ask for a new address."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(NewEmailBody, request)
    wiring.switches().now().require_running(Switch.MAIL)
    change_email(viewer.owner, asked.proof, asked.email, gate_of(request), wiring.people())
    sent = CodeSentAnswer(detail="If that can be, a code is on its way to the new address.")
    return http.private(sent, HTTPStatus.ACCEPTED)


@blueprint.route("/me/email/confirm", methods=["POST"])
@http.guarded
def post_email_code() -> Response:
    """Confirm the new address."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(CodeBody, request)
    wiring.switches().now().require_running(Switch.MAIL)
    confirm_email(viewer.owner, asked.code, gate_of(request), wiring.people())
    return http.private(None)


@blueprint.route("/me/second-factor", methods=["POST"])
@http.guarded
def post_second_factor() -> Response:
    """A secret for an authenticator app."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(ProofBody, request)
    gate, people = gate_of(request), wiring.people()
    made = start_second_factor(viewer.owner, viewer.trader.name, asked.proof, gate, people)
    return http.private(SecondFactorAnswer(secret=made.secret, address=made.address))


@blueprint.route("/me/second-factor/confirm", methods=["POST"])
@http.guarded
def post_second_factor_code() -> Response:
    """Ask for the app's code from now on."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(CodeBody, request)
    confirm_second_factor(viewer.owner, asked.code, gate_of(request), wiring.people())
    return http.private(None)


@blueprint.route("/me/second-factor/remove", methods=["POST"])
@http.guarded
def post_second_factor_removal() -> Response:
    """Ask for it no longer."""
    request = blueprint.current_request
    viewer, asked = signed_in(request), body(ProofBody, request)
    remove_second_factor(viewer.owner, asked.proof, gate_of(request), wiring.people())
    return http.private(None)
