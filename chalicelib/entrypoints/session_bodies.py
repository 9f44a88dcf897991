"""What the session routes are sent and answer."""

import base64
import json
from typing import Annotated, Final

from pydantic import Field, model_validator

from chalicelib.domain.credentials import LONGEST_EMAIL
from chalicelib.domain.errors import InvalidRequest
from chalicelib.entrypoints.bodies import Body
from chalicelib.entrypoints.http import Answer
from chalicelib.services.identity_ports import Challenge

_LONGEST_CHALLENGE: Final = 4096

Name = Annotated[str, Field(max_length=64, description="The public name; case does not matter.")]
Login = Annotated[
    str, Field(max_length=LONGEST_EMAIL, description="The public name, or the e-mail address.")
]
Email = Annotated[str, Field(max_length=LONGEST_EMAIL, description="The e-mail address.")]
Password = Annotated[str, Field(max_length=256, description="The password.")]
Code = Annotated[str, Field(max_length=16, description="Six digits, mailed or of the app.")]


class SignUpBody(Body):
    """Somebody wants to join."""

    name: Name
    email: Email
    password: Password


class ConfirmBody(Body):
    """The code of a sign-up."""

    name: Name
    code: Code


class ResendBody(Body):
    """Whose sign-up waits for a code."""

    name: Name


class SignInBody(Body):
    """Login and password; or the challenge that these were answered with, and a code."""

    login: Login | None = None
    password: Password | None = None
    challenge: str | None = Field(default=None, max_length=_LONGEST_CHALLENGE)
    code: Code | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> "SignInBody":
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        if given not in ({"login", "password"}, {"challenge", "code"}):
            raise ValueError("send login and password, or challenge and code")
        return self


class ForgotBody(Body):
    """Who forgot his password."""

    login: Login


class ResetBody(Body):
    """A new password and the mailed code."""

    login: Login
    code: Code
    password: Password


class CodeSentAnswer(Answer):
    """Said whether or not there was anyone to send a code to."""

    detail: str


class ConfirmedAnswer(Answer):
    """The membership that begins."""

    name: str


class SessionAnswer(Answer):
    """A session, or the challenge of the second factor: send it back with the app's code."""

    access_token: str | None = Field(default=None, description="For Authorization: Bearer.")
    expires_in_s: int | None = Field(default=None, description="Seconds, at most 900.")
    name: str | None = Field(default=None, description="Who is signed in.")
    challenge: str | None = None


def written_challenge(challenge: Challenge) -> str:
    """The challenge as text that a client only hands back."""
    content = json.dumps([challenge.trader_id, challenge.state])
    return base64.urlsafe_b64encode(content.encode()).decode()


def read_challenge(text: str) -> Challenge:
    """The challenge of that text. Raises InvalidRequest for what `written_challenge` did not
    write; whether it is one of ours, the identity provider says."""
    try:
        trader_id, state = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidRequest(
            "the challenge is not one; sign in with your password first"
        ) from error
    if not isinstance(trader_id, str) or not isinstance(state, str):
        raise InvalidRequest("the challenge is not one; sign in with your password first")
    return Challenge(trader_id, state)
