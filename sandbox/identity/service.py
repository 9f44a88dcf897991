"""The user pool's calls: Cognito's JSON in, its JSON or its refusal out.

One pool with one client, made by the same calls as at AWS; what is not here is refused by name.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc.jwk import RSAKey

from chalicelib.adapters.tokens import issuer
from sandbox.identity.make import ROTATION
from sandbox.identity.people import Mailer, People
from sandbox.identity.records import ClientSettings, Refused, User
from sandbox.identity.sessions import Sessions

Body = Mapping[str, Any]
Answer = dict[str, Any]
Action = Callable[[Body], Answer]

REGION = "eu-central-1"
TARGET = "AWSCognitoIdentityProviderService."
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class UserPoolService:
    """The calls of one pool at a machine clock; `mail` sends what the pool writes."""

    def __init__(
        self, now: Callable[[], datetime], mail: Mailer, key: RSAKey | None = None
    ) -> None:
        """`key` signs the tokens; None makes one."""
        self._now = now
        self._mail = mail
        self._lock = threading.Lock()
        self._key = key or RSAKey.generate_key(2048, {"kid": str(uuid.uuid4())})
        self._pool_id = ""
        self._client: ClientSettings | None = None
        self._actions: dict[str, Action] = {
            "CreateUserPool": self._create_pool,
            "CreateUserPoolClient": self._create_client,
            "SetUserPoolMfaConfig": lambda _: {},
            "DescribeUserPoolClient": self._describe_client,
            "SignUp": self._sign_up,
            "ConfirmSignUp": self._confirm_sign_up,
            "ResendConfirmationCode": self._resend,
            "AdminInitiateAuth": self._sign_in,
            "AdminRespondToAuthChallenge": self._answer_challenge,
            "GetTokensFromRefreshToken": self._refresh,
            "RevokeToken": self._revoke,
            "AdminUserGlobalSignOut": self._sign_out_everywhere,
            "ForgotPassword": self._forgot,
            "ConfirmForgotPassword": self._reset,
            "ChangePassword": self._change_password,
            "UpdateUserAttributes": self._change_email,
            "VerifyUserAttribute": self._confirm_email,
            "AssociateSoftwareToken": self._start_factor,
            "VerifySoftwareToken": self._verify_factor,
            "SetUserMFAPreference": self._set_factor,
            "AdminSetUserMFAPreference": self._admin_set_factor,
            "AdminGetUser": self._get_user,
            "AdminDeleteUser": self._delete,
        }

    def answer(self, action: str, body: Body) -> tuple[int, Answer]:
        """Status and JSON of one call."""
        called = self._actions.get(action)
        try:
            if called is None:
                raise Refused("UnknownOperationException", f"the sandbox has no {action}")
            with self._lock:
                return 200, called(body)
        except Refused as refused:
            return 400, {"__type": refused.code, "message": refused.message}
        except KeyError as missing:
            return 400, {"__type": "InvalidParameterException", "message": f"no {missing}"}

    def key_set(self) -> Answer:
        """The pool's public keys."""
        return self._sessions.key_set()

    def _create_pool(self, body: Body) -> Answer:
        policy = body["Policies"]["PasswordPolicy"]
        self._pool_id = f"{REGION}_{secrets.token_hex(5)}"
        self._people = People(self._now, self._mail, policy["MinimumLength"])
        return {"UserPool": {"Id": self._pool_id, "Name": body["PoolName"]}}

    def _create_client(self, body: Body) -> Answer:
        units = body.get("TokenValidityUnits", {})
        if body.get("RefreshTokenRotation") != ROTATION:
            raise Refused("InvalidParameterException", "the sandbox's clients rotate at once")
        self._client = ClientSettings(
            client_id=secrets.token_hex(13),
            secret=secrets.token_hex(26),
            access_seconds=body["AccessTokenValidity"] * _SECONDS[units["AccessToken"]],
            refresh_seconds=body["RefreshTokenValidity"] * _SECONDS[units["RefreshToken"]],
            challenge_seconds=body.get("AuthSessionValidity", 3) * 60,
        )
        named = issuer(REGION, self._pool_id)
        self._sessions = Sessions(self._people, self._client, named, self._key, self._now)
        return self._describe_client({"UserPoolId": self._pool_id})

    def _describe_client(self, body: Body) -> Answer:
        client = self._known(body)
        described = {"ClientId": client.client_id, "ClientSecret": client.secret}
        return {"UserPoolClient": {"UserPoolId": self._pool_id, **described}}

    def _known(self, body: Body) -> ClientSettings:
        """The client, when the body names it and the pool rightly, as far as it does."""
        client = self._client
        if client is None or body.get("UserPoolId", self._pool_id) != self._pool_id:
            raise Refused("ResourceNotFoundException", "User pool does not exist.")
        if body.get("ClientId", client.client_id) != client.client_id:
            raise Refused("ResourceNotFoundException", "User pool client does not exist.")
        if body.get("ClientSecret", client.secret) != client.secret:
            raise Refused("NotAuthorizedException", "Invalid client secret.")
        return client

    def _proven(self, body: Body, username: str, shown: str | None) -> None:
        """Refused unless the asker knows the client's secret."""
        client = self._known(body)
        text = (username + client.client_id).encode()
        wanted = base64.b64encode(hmac.digest(client.secret.encode(), text, hashlib.sha256))
        if shown is None or not hmac.compare_digest(wanted.decode(), shown):
            raise Refused("NotAuthorizedException", "Unable to verify secret hash for client")

    def _named(self, body: Body) -> str:
        self._proven(body, body["Username"], body.get("SecretHash"))
        return str(body["Username"])

    def _owner(self, body: Body) -> User:
        return self._sessions.owner(body["AccessToken"])

    def _sign_up(self, body: Body) -> Answer:
        attributes = {each["Name"]: each["Value"] for each in body["UserAttributes"]}
        user = self._people.sign_up(self._named(body), body["Password"], attributes)
        return {"UserConfirmed": False, "UserSub": user.sub}

    def _confirm_sign_up(self, body: Body) -> Answer:
        self._people.confirm_sign_up(self._named(body), body["ConfirmationCode"])
        return {}

    def _resend(self, body: Body) -> Answer:
        self._people.resend(self._named(body))
        return {}

    def _sign_in(self, body: Body) -> Answer:
        if body["AuthFlow"] != "ADMIN_USER_PASSWORD_AUTH":
            raise Refused("InvalidParameterException", "Auth flow not enabled for this client")
        given = body["AuthParameters"]
        self._proven(body, given["USERNAME"], given.get("SECRET_HASH"))
        return self._sessions.sign_in(given["USERNAME"], given["PASSWORD"])

    def _answer_challenge(self, body: Body) -> Answer:
        given = body["ChallengeResponses"]
        username = given["USERNAME"]
        self._proven(body, username, given.get("SECRET_HASH"))
        code = given["SOFTWARE_TOKEN_MFA_CODE"]
        return self._sessions.answer_challenge(body["Session"], username, code)

    def _refresh(self, body: Body) -> Answer:
        self._known({"ClientSecret": "", **body})
        return self._sessions.refresh(body["RefreshToken"])

    def _revoke(self, body: Body) -> Answer:
        self._known({"ClientSecret": "", **body})
        self._sessions.revoke(body["Token"])
        return {}

    def _sign_out_everywhere(self, body: Body) -> Answer:
        self._known(body)
        self._sessions.sign_out_everywhere(self._people.get(body["Username"]).username)
        return {}

    def _forgot(self, body: Body) -> Answer:
        self._people.forgot(self._named(body))
        return {"CodeDeliveryDetails": {"DeliveryMedium": "EMAIL", "AttributeName": "email"}}

    def _reset(self, body: Body) -> Answer:
        self._people.reset(self._named(body), body["ConfirmationCode"], body["Password"])
        return {}

    def _change_password(self, body: Body) -> Answer:
        old, new = body["PreviousPassword"], body["ProposedPassword"]
        self._people.change_password(self._owner(body), old, new)
        return {}

    def _change_email(self, body: Body) -> Answer:
        [email] = [each["Value"] for each in body["UserAttributes"] if each["Name"] == "email"]
        self._people.change_email(self._owner(body), email)
        return {}

    def _confirm_email(self, body: Body) -> Answer:
        self._people.confirm_email(self._owner(body), body["Code"])
        return {}

    def _start_factor(self, body: Body) -> Answer:
        return {"SecretCode": self._sessions.start_factor(self._owner(body))}

    def _verify_factor(self, body: Body) -> Answer:
        self._sessions.verify_factor(self._owner(body), body["UserCode"])
        return {"Status": "SUCCESS"}

    def _set_factor(self, body: Body) -> Answer:
        on = body["SoftwareTokenMfaSettings"]["Enabled"]
        self._sessions.set_factor(self._owner(body), on=on)
        return {}

    def _admin_set_factor(self, body: Body) -> Answer:
        self._known(body)
        on = body["SoftwareTokenMfaSettings"]["Enabled"]
        self._sessions.set_factor(self._people.get(body["Username"]), on=on)
        return {}

    def _get_user(self, body: Body) -> Answer:
        self._known(body)
        user = self._people.get(body["Username"])
        verified = {"sub": user.sub, "email_verified": str(user.confirmed).lower()}
        told = user.attributes | verified
        return {
            "Username": user.username,
            "UserAttributes": [{"Name": name, "Value": value} for name, value in told.items()],
            "UserStatus": "CONFIRMED" if user.confirmed else "UNCONFIRMED",
            "Enabled": True,
            "UserMFASettingList": ["SOFTWARE_TOKEN_MFA"] if user.totp_on else [],
        }

    def _delete(self, body: Body) -> Answer:
        self._known(body)
        self._people.delete(self._people.get(body["Username"]).username)
        return {}
