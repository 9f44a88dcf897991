"""What signing up and signing in need from outside.

Who people are (e-mail addresses, passwords, second factors) is kept by the identity provider
alone; the league knows them by their trader ids. Whatever cannot be reached raises
StoreUnavailable and may be tried again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chalicelib.services.pace import AT_ONCE, Pace


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in: the access token proves it for `lasts_s` seconds, the refresh
    token brings the next session, once."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    lasts_s: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right, and the second factor is asked for; `state` belongs to the
    provider and lasts a few minutes."""

    trader_id: str
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """What the provider knows of one who signed up."""

    trader_id: str
    name: str
    email: str = field(repr=False)
    confirmed: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody who wants to join, under a new trader id."""

    trader_id: str
    name: str
    email: str = field(repr=False)
    password: str = field(repr=False)


class Identity(Protocol):
    """Sign-ups, passwords, second factors and sessions.

    A `login` is a trader id or a confirmed e-mail address. A refusal says nothing about
    whether a login exists: an unknown one, a wrong password and a sign-up that was never
    confirmed all raise NotSignedIn; a code that is wrong, used, too old, tried too often or
    meant for nobody raises WrongCode.
    """

    def sign_up(self, person: SignUp) -> None:
        """Keep the sign-up and mail a code. Raises InvalidRequest for a password that the
        provider does not take, Conflict when the id is in use."""

    def confirm(self, trader_id: str, code: str) -> None:
        """The mailed code is right: he can sign in. Raises WrongCode, also when another has
        confirmed the same address meanwhile."""

    def resend(self, trader_id: str) -> None:
        """Mail a new code, if the sign-up still waits for one."""

    def sign_in(self, login: str, password: str) -> Session | Challenge:
        """Raises NotSignedIn."""

    def answer(self, challenge: Challenge, code: str) -> Session:
        """Raises WrongCode (the challenge may be answered again), NotSignedIn once it is over."""

    def refresh(self, refresh_token: str) -> Session:
        """The next session; the token given is used up. Raises NotSignedIn."""

    def sign_out(self, refresh_token: str) -> None:
        """End the sessions that follow from this one; a token of no session is no error."""

    def sign_out_everywhere(self, trader_id: str) -> None:
        """End all his sessions."""

    def forgot(self, login: str) -> None:
        """Mail a code for a new password, if there is such a login."""

    def reset(self, login: str, code: str, password: str) -> None:
        """Set the new password. Raises WrongCode, InvalidRequest (as `sign_up`)."""

    def change_password(self, access_token: str, old: str, new: str) -> None:
        """Raises NotSignedIn for a wrong old one, InvalidRequest (as `sign_up`)."""

    def change_email(self, access_token: str, email: str) -> None:
        """Mail a code to the new address; the old one counts until it is confirmed.
        Raises NotSignedIn, Conflict when the address is another's."""

    def confirm_email(self, access_token: str, code: str) -> None:
        """The new address counts. Raises WrongCode, NotSignedIn."""

    def start_second_factor(self, access_token: str) -> str:
        """A new secret for an authenticator app (base 32). Raises NotSignedIn."""

    def confirm_second_factor(self, access_token: str, code: str) -> None:
        """From now on it is asked for. Raises WrongCode, NotSignedIn."""

    def remove_second_factor(self, trader_id: str) -> None:
        """It is asked for no longer."""

    def person(self, login: str) -> Person:
        """Raises NotFound."""

    def delete(self, trader_id: str) -> None:
        """Forget him and end his sessions; one who is gone already is no error."""


class Tokens(Protocol):
    """Who checks access tokens."""

    def trader_of(self, token: str, now: datetime) -> str:
        """The id of the trader who signed in with it; `now` by the machine's clock.

        Raises NotSignedIn for anything but an unexpired access token that our provider gave
        to our client, StoreUnavailable when its keys cannot be read.
        """


class Throttle(Protocol):
    """Counters of tries in fixed windows of machine time."""

    def count(self, key: str, seconds: int, now: datetime) -> int:
        """Add one to the count of `key` in the window of that many seconds which `now` is in;
        returns the count, this one included."""


class Mail(Protocol):
    """Letters that the league itself writes."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Raises DeliveryFailed."""


@dataclass(frozen=True, slots=True)
class People:
    """Everything that signing up and in needs from outside."""

    identity: Identity
    tokens: Tokens
    throttle: Throttle
    mail: Mail
    pace: Pace = AT_ONCE
