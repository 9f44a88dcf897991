"""The Identity port: one Cognito user pool, whose usernames are trader ids.

The pool's client has a secret and signs in only by calls that need our role, so that nobody can
go round our own limits with what a token tells. An e-mail address is an alias from its
confirmation on. Passwords, codes and tokens pass through and are never kept, logged or quoted.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import code_of
from chalicelib.adapters.cognito_calls import (
    APP_CODE_OR_SESSION,
    BAD_APP_CODE,
    BAD_SIGN_IN,
    CODE_OR_SESSION,
    MALFORMED,
    NOBODY,
    NOT_SENT,
    NOTHING_TO_SEND,
    OVER,
    SESSION_OVER,
    WEAK,
    WRONG_CODE,
    WRONG_PASSWORD,
    CognitoCalls,
)
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from chalicelib.services.identity_ports import Challenge, Person, Session, SignUp

_log = logging.getLogger(__name__)

_FACTOR: Final = "SOFTWARE_TOKEN_MFA"


class CognitoIdentity:
    """The people of one user pool."""

    def __init__(self, client: Any, pool_id: str, client_id: str) -> None:  # noqa: ANN401
        self._calls = CognitoCalls(client, pool_id, client_id)

    def sign_up(self, person: SignUp) -> None:
        """Keep the sign-up and mail a code. Raises InvalidRequest, Conflict."""
        exists = (Conflict, f"the trader id {person.trader_id} is in use")
        malformed = (InvalidRequest, "the e-mail address cannot be used; take another")
        attributes = {"email": person.email, "name": person.name}
        try:
            self._calls.call(
                "sign_up",
                {"UsernameExistsException": exists, MALFORMED: malformed, **WEAK},
                **self._calls.named(person.trader_id),
                Password=person.password,
                UserAttributes=[{"Name": n, "Value": v} for n, v in attributes.items()],
            )
        except ClientError as error:
            _note_unsent(error)

    def confirm(self, trader_id: str, code: str) -> None:
        """The mailed code is right: he can sign in. Raises WrongCode."""
        named = self._calls.named(trader_id)
        self._calls.call("confirm_sign_up", WRONG_CODE, **named, ConfirmationCode=code)

    def resend(self, trader_id: str) -> None:
        """Mail a new code, if the sign-up still waits for one."""
        self._quietly("resend_confirmation_code", trader_id)

    def sign_in(self, login: str, password: str) -> Session | Challenge:
        """Raises NotSignedIn."""
        answer = self._calls.call(
            "admin_initiate_auth",
            WRONG_PASSWORD,
            **self._calls.pool,
            **self._calls.app,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={
                "USERNAME": login,
                "PASSWORD": password,
                "SECRET_HASH": self._calls.proof(login),
            },
        )
        if answer.get("ChallengeName") == _FACTOR:
            username = answer["ChallengeParameters"].get("USER_ID_FOR_SRP", login)
            return Challenge(username, answer["Session"])
        if "AuthenticationResult" not in answer:
            kind, said = BAD_SIGN_IN
            raise kind(said)
        return _session(answer)

    def answer(self, challenge: Challenge, code: str) -> Session:
        """Raises WrongCode, NotSignedIn once the challenge is over."""
        answer = self._calls.call(
            "admin_respond_to_auth_challenge",
            {**APP_CODE_OR_SESSION, "ResourceNotFoundException": OVER},
            **self._calls.pool,
            **self._calls.app,
            ChallengeName=_FACTOR,
            Session=challenge.state,
            ChallengeResponses={
                "USERNAME": challenge.trader_id,
                f"{_FACTOR}_CODE": code,
                "SECRET_HASH": self._calls.proof(challenge.trader_id),
            },
        )
        return _session(answer)

    def refresh(self, refresh_token: str) -> Session:
        """The next session; the token given is used up. Raises NotSignedIn."""
        answer = self._calls.call(
            "get_tokens_from_refresh_token",
            SESSION_OVER,
            **self._calls.app,
            ClientSecret=self._calls.secret,
            RefreshToken=refresh_token,
        )
        return _session(answer)

    def sign_out(self, refresh_token: str) -> None:
        """End the sessions that follow from this one; a token of no session is no error."""
        try:
            self._calls.call(
                "revoke_token",
                dict.fromkeys(
                    (MALFORMED, "UnsupportedTokenTypeException", "NotAuthorizedException"),
                    (NotFound, "there is no such session"),
                ),
                **self._calls.app,
                ClientSecret=self._calls.secret,
                Token=refresh_token,
            )
        except NotFound:
            return

    def sign_out_everywhere(self, trader_id: str) -> None:
        """End all his sessions."""
        self._calls.call(
            "admin_user_global_sign_out", NOBODY, **self._calls.pool, Username=trader_id
        )

    def forgot(self, login: str) -> None:
        """Mail a code for a new password, if there is such a login."""
        self._quietly("forgot_password", login)

    def reset(self, login: str, code: str, password: str) -> None:
        """Set the new password. Raises WrongCode, InvalidRequest."""
        self._calls.call(
            "confirm_forgot_password",
            {**WRONG_CODE, **WEAK},
            **self._calls.named(login),
            ConfirmationCode=code,
            Password=password,
        )

    def change_password(self, access_token: str, old: str, new: str) -> None:
        """Raises NotSignedIn for a wrong old one, InvalidRequest."""
        self._calls.call(
            "change_password",
            {**WRONG_PASSWORD, **WEAK},
            AccessToken=access_token,
            PreviousPassword=old,
            ProposedPassword=new,
        )

    def change_email(self, access_token: str, email: str) -> None:
        """Mail a code to the new address. Raises NotSignedIn, Conflict."""
        self._calls.call(
            "update_user_attributes",
            {**SESSION_OVER, "AliasExistsException": (Conflict, "the address is another's")},
            AccessToken=access_token,
            UserAttributes=[{"Name": "email", "Value": email}],
        )

    def confirm_email(self, access_token: str, code: str) -> None:
        """The new address counts. Raises WrongCode, NotSignedIn."""
        self._calls.call(
            "verify_user_attribute",
            CODE_OR_SESSION,
            AccessToken=access_token,
            AttributeName="email",
            Code=code,
        )

    def start_second_factor(self, access_token: str) -> str:
        """A new secret for an authenticator app (base 32). Raises NotSignedIn."""
        answer = self._calls.call(
            "associate_software_token", SESSION_OVER, AccessToken=access_token
        )
        return str(answer["SecretCode"])

    def confirm_second_factor(self, access_token: str, code: str) -> None:
        """From now on it is asked for. Raises WrongCode, NotSignedIn."""
        token, wrong = {"AccessToken": access_token}, APP_CODE_OR_SESSION
        answer = self._calls.call("verify_software_token", wrong, **token, UserCode=code)
        if answer.get("Status") != "SUCCESS":
            kind, said = BAD_APP_CODE
            raise kind(said)
        on = {"Enabled": True, "PreferredMfa": True}
        self._calls.call(
            "set_user_mfa_preference", SESSION_OVER, **token, SoftwareTokenMfaSettings=on
        )

    def remove_second_factor(self, trader_id: str) -> None:
        """It is asked for no longer."""
        self._calls.call(
            "admin_set_user_mfa_preference",
            NOBODY,
            **self._calls.pool,
            Username=trader_id,
            SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
        )

    def person(self, login: str) -> Person:
        """Raises NotFound."""
        found = self._calls.call("admin_get_user", NOBODY, **self._calls.pool, Username=login)
        told = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
        return Person(
            trader_id=found["Username"],
            name=told.get("name", ""),
            email=told.get("email", ""),
            confirmed=found["UserStatus"] not in ("UNCONFIRMED", "UNKNOWN"),
            second_factor=_FACTOR in found.get("UserMFASettingList", ()),
        )

    def delete(self, trader_id: str) -> None:
        """Forget him and end his sessions; one who is gone already is no error."""
        try:
            self.sign_out_everywhere(trader_id)
            self._calls.call("admin_delete_user", NOBODY, **self._calls.pool, Username=trader_id)
        except NotFound:
            return

    def _quietly(self, operation: str, login: str) -> None:
        """Ask for a code; whether there was anyone to send it to stays with the provider."""
        try:
            self._calls.call(operation, NOTHING_TO_SEND, **self._calls.named(login))
        except NotFound:
            return
        except ClientError as error:
            _note_unsent(error)


def _session(answer: Mapping[str, Any]) -> Session:
    result = answer["AuthenticationResult"]
    return Session(result["AccessToken"], result["RefreshToken"], int(result["ExpiresIn"]))


def _note_unsent(error: ClientError) -> None:
    """A code that could not be mailed may be asked for again; anything else is raised."""
    if code_of(error) != NOT_SENT:
        raise error
    _log.warning("code_not_sent")
