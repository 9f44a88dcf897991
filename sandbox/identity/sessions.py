"""Signing in and staying so: passwords with a lock, second factors, tokens that rotate."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.identity import totp
from sandbox.identity.people import People
from sandbox.identity.records import ClientSettings, Family, Pending, Refused, User

Answer = dict[str, Any]

_FREE_TRIES = 5
_LONGEST_LOCK = timedelta(minutes=15)
_MOST_WRONG_FACTORS = 3
_CALL = "aws.cognito.signin.user.admin"


class Sessions:
    """The sessions of one pool. Tokens are signed with `key`."""

    def __init__(
        self,
        people: People,
        client: ClientSettings,
        issuer: str,
        key: RSAKey,
        now: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._client = client
        self._issuer = issuer
        self._now = now
        self._key = key
        self._families: list[Family] = []
        self._access: dict[str, tuple[Family, datetime]] = {}
        self._pending: dict[str, Pending] = {}

    def key_set(self) -> Answer:
        """The public keys, as the provider publishes them."""
        public = self._key.as_dict(private=False)
        return {"keys": [{**public, "use": "sig", "alg": "RS256"}]}

    def sign_in(self, login: str, password: str) -> Answer:
        """Tokens, or the challenge of the second factor."""
        user, now = self._people.find(login), self._now()
        if user is None:
            raise _wrong_password()
        if user.locked_until is not None and now < user.locked_until:
            raise Refused("NotAuthorizedException", "Password attempts exceeded")
        if password != user.password:
            self._lock(user, now)
            raise _wrong_password()
        user.wrong_passwords, user.locked_until = 0, None
        if not user.confirmed:
            raise Refused("UserNotConfirmedException", "User is not confirmed.")
        if not user.totp_on:
            return self._begin(user)
        session = secrets.token_urlsafe(300)
        ends = now + timedelta(seconds=self._client.challenge_seconds)
        self._pending[session] = Pending(user.username, ends)
        return {
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": session,
            "ChallengeParameters": {"USER_ID_FOR_SRP": user.username},
        }

    def _lock(self, user: User, now: datetime) -> None:
        """Each wrong password after the fifth shuts him out twice as long."""
        user.wrong_passwords += 1
        over = user.wrong_passwords - _FREE_TRIES
        if over >= 0:
            user.locked_until = now + min(timedelta(seconds=2 ** min(over, 10)), _LONGEST_LOCK)

    def answer_challenge(self, session: str, username: str, code: str) -> Answer:
        """Tokens for the right code of the authenticator app."""
        pending = self._pending.get(session)
        if pending is None or pending.username != username or self._now() >= pending.expires_at:
            raise Refused("NotAuthorizedException", "Invalid session for the user.")
        user = self._people.get(username)
        try:
            self._use_factor(user, code)
        except Refused:
            pending.wrong += 1
            if pending.wrong >= _MOST_WRONG_FACTORS:
                del self._pending[session]
            raise
        del self._pending[session]
        return self._begin(user)

    def refresh(self, token: str) -> Answer:
        """New tokens, another refresh token among them; the one given is used up."""
        family = self._family(token)
        if family is None or self._now() >= family.expires_at:
            raise Refused("NotAuthorizedException", "Invalid Refresh Token")
        if family.revoked:
            raise Refused("NotAuthorizedException", "Refresh Token has been revoked")
        if token in family.replaced:
            raise Refused("RefreshTokenReuseException", "The refresh token was used before")
        family.replaced.add(token)
        family.newest = _refresh_token()
        return self._tokens(family)

    def revoke(self, token: str) -> None:
        """End the family of a refresh token; an unknown one is no error."""
        if token in self._access:
            raise Refused("UnsupportedTokenTypeException", "Not a refresh token")
        family = self._family(token)
        if family is not None:
            family.revoked = True

    def sign_out_everywhere(self, username: str) -> None:
        """End all families of one person."""
        for family in self._families:
            family.revoked |= family.username == username

    def owner(self, access_token: str) -> User:
        """Whose access token it is. Refused when it is over or was revoked."""
        family, expires_at = self._access.get(access_token, (None, self._now()))
        if family is None or self._now() >= expires_at:
            raise Refused("NotAuthorizedException", "Access Token has expired")
        user = self._people.find(family.username)
        if family.revoked or user is None:
            raise Refused("NotAuthorizedException", "Access Token has been revoked")
        return user

    def start_factor(self, user: User) -> str:
        """A new secret; it counts once a code of it was shown."""
        user.totp_secret, user.totp_verified, user.totp_step = totp.new_secret(), False, -1
        return user.totp_secret

    def verify_factor(self, user: User, code: str) -> None:
        """A code of the secret was right."""
        if user.totp_secret is None:
            raise Refused("SoftwareTokenMFANotFoundException", "No software token")
        try:
            self._use_factor(user, code)
        except Refused as refused:
            raise Refused("EnableSoftwareTokenMFAException", refused.message) from refused
        user.totp_verified = True

    def set_factor(self, user: User, *, on: bool) -> None:
        """Ask for it at sign-in, or no longer."""
        if on and not user.totp_verified:
            raise Refused("InvalidParameterException", "User has not verified software token mfa")
        user.totp_on = on

    def _use_factor(self, user: User, code: str) -> None:
        """A code counts once, and for the thirty seconds before and after."""
        now = totp.step(self._now())
        secret = user.totp_secret or ""
        fitting = [each for each in (now, now - 1, now + 1) if totp.code(secret, each) == code]
        if not fitting:
            raise Refused("CodeMismatchException", "Invalid code received for user")
        if fitting[0] <= user.totp_step:
            raise Refused("ExpiredCodeException", "The software token has been used once.")
        user.totp_step = fitting[0]

    def _begin(self, user: User) -> Answer:
        now = self._now()
        ends = now + timedelta(seconds=self._client.refresh_seconds)
        family = Family(user.username, now, ends, _refresh_token())
        self._families.append(family)
        return self._tokens(family)

    def _family(self, token: str) -> Family | None:
        return next((f for f in self._families if token == f.newest or token in f.replaced), None)

    def _tokens(self, family: Family) -> Answer:
        now, lasts = self._now(), self._client.access_seconds
        second = int(now.timestamp())
        claims = {
            "sub": self._people.get(family.username).sub,
            "iss": self._issuer,
            "client_id": self._client.client_id,
            "token_use": "access",
            "scope": _CALL,
            "auth_time": int(family.started_at.timestamp()),
            "iat": second,
            "exp": second + lasts,
            "jti": str(uuid.uuid4()),
            "username": family.username,
        }
        of_id = {**claims, "token_use": "id", "aud": self._client.client_id}
        access = self._signed(claims)
        self._access[access] = (family, now + timedelta(seconds=lasts))
        return {
            "AuthenticationResult": {
                "AccessToken": access,
                "IdToken": self._signed(of_id),
                "RefreshToken": family.newest,
                "ExpiresIn": lasts,
                "TokenType": "Bearer",
            }
        }

    def _signed(self, claims: dict[str, object]) -> str:
        return jwt.encode({"kid": self._key.kid, "alg": "RS256"}, claims, self._key)


def _wrong_password() -> Refused:
    return Refused("NotAuthorizedException", "Incorrect username or password.")


def _refresh_token() -> str:
    return secrets.token_urlsafe(900)
