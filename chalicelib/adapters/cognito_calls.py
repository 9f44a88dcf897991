"""Calls of one Cognito user pool's client, and what its refusals mean to the league.

The client has a secret, which is asked for once, so that no setting has to hold it. What was sent
(passwords, codes, tokens) is in no error.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from chalicelib.adapters.aws import code_of, passes
from chalicelib.domain.errors import (
    InvalidRequest,
    LeagueError,
    NotFound,
    NotSignedIn,
    StoreUnavailable,
    WrongCode,
)

Refusal: TypeAlias = tuple[type[LeagueError], str]
Refusals: TypeAlias = Mapping[str, Refusal]
"""What a refusal means, by the provider's name of it."""

MALFORMED: Final = "InvalidParameterException"
NOT_SENT: Final = "CodeDeliveryFailureException"
UNKNOWN: Final = "UserNotFoundException"

BAD_CODE: Final[Refusal] = (WrongCode, "the code is not right or too old; ask for a new one")
BAD_APP_CODE: Final[Refusal] = (
    WrongCode,
    "the code is not right, too old, or was used already; send the next one that your "
    "authenticator app shows, and look whether the clock of your phone is right",
)
BAD_SIGN_IN: Final[Refusal] = (
    NotSignedIn,
    "name or password is not right, or the sign-up is not confirmed yet",
)
OVER: Final[Refusal] = (NotSignedIn, "your session is over; sign in again")

WRONG_CODE: Final[Refusals] = dict.fromkeys(
    (
        "AliasExistsException",
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "ExpiredCodeException",
        "LimitExceededException",
        "NotAuthorizedException",
        "SoftwareTokenMFANotFoundException",
        "TooManyFailedAttemptsException",
        UNKNOWN,
        MALFORMED,
    ),
    BAD_CODE,
)
WRONG_PASSWORD: Final[Refusals] = dict.fromkeys(
    (
        "LimitExceededException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        UNKNOWN,
        MALFORMED,
    ),
    BAD_SIGN_IN,
)
SESSION_OVER: Final[Refusals] = dict.fromkeys(
    (
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "RefreshTokenReuseException",
        "ResourceNotFoundException",
        "UserNotConfirmedException",
        UNKNOWN,
        MALFORMED,
    ),
    OVER,
)
CODE_OR_SESSION: Final[Refusals] = {**WRONG_CODE, "NotAuthorizedException": OVER}
"""For a code that is shown with an access token or in a challenge: that may be what is over."""
APP_CODE_OR_SESSION: Final[Refusals] = {
    name: BAD_APP_CODE if said is BAD_CODE else said for name, said in CODE_OR_SESSION.items()
}
"""The same for the code that an authenticator app shows."""
WEAK: Final[Refusals] = {
    "InvalidPasswordException": (InvalidRequest, "the password is too weak; take a longer one"),
    "PasswordHistoryPolicyViolationException": (
        InvalidRequest,
        "the password was yours before; take another",
    ),
}
NOBODY: Final[Refusals] = dict.fromkeys(
    (UNKNOWN, MALFORMED), (NotFound, "nobody signed up under that login")
)
NOTHING_TO_SEND: Final[Refusals] = dict.fromkeys(
    (
        "LimitExceededException",
        "NotAuthorizedException",
        "UserNotConfirmedException",
        UNKNOWN,
        MALFORMED,
    ),
    (NotFound, "there was nobody to send a code to"),
)


class CognitoCalls:
    """The client of one pool: knows the names of both and proves that it is that client."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:  # noqa: ANN401
        self._client = client
        self._client_id = client_id
        self.pool = {"UserPoolId": pool_id}
        self.app = {"ClientId": client_id}

    @cached_property
    def secret(self) -> str:
        """The client's secret."""
        answer = self.call("describe_user_pool_client", {}, **self.pool, **self.app)
        return str(answer["UserPoolClient"].get("ClientSecret", ""))

    def proof(self, login: str) -> str:
        """What shows, for that login, that the secret is known."""
        text = (login + self._client_id).encode()
        return base64.b64encode(hmac.digest(self.secret.encode(), text, hashlib.sha256)).decode()

    def named(self, login: str) -> dict[str, str]:
        """Client, login and proof, as the calls without a role take them."""
        return {**self.app, "Username": login, "SecretHash": self.proof(login)}

    def call(self, operation: str, refusals: Refusals, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """The provider's answer.

        Raises what `refusals` makes of its refusal, StoreUnavailable for what passes; anything
        else is a fault of the deployment and stays what it is.
        """
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except ParamValidationError:  # its text quotes what was sent
            kind, said = refusals.get(MALFORMED, (InvalidRequest, "that cannot be used"))
            raise kind(said) from None
        except (ClientError, BotoCoreError) as error:
            if code_of(error) in refusals:
                kind, said = refusals[code_of(error)]
                raise kind(said) from error
            if passes(error):
                name = code_of(error) or type(error).__name__
                raise StoreUnavailable(f"the identity provider: {name}") from error
            raise
        return answer
