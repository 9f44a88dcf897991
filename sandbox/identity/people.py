"""Who is in the pool: sign-up, confirmation, passwords and addresses, each with a mailed code.

Strict where it matters to the league: a code counts once, for its purpose, for a while, for five
tries; an address is one person's from his confirmation on; unknown people are never told apart.
"""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.identity.records import MailedCode, Refused, User

Mailer = Callable[[str, str, str], None]
"""Sends (to, subject, text)."""

_LIFE = {
    "sign-up": timedelta(hours=24),
    "reset": timedelta(hours=1),
    "email": timedelta(hours=24),
}
_SUBJECT = {
    "sign-up": "Your confirmation code",
    "reset": "Your code for a new password",
    "email": "Confirm your new address",
}
_MOST_WRONG = 5
_MOST_MAILS_AN_HOUR = 5
_LONGEST_PASSWORD = 256


class People:
    """The people of one pool, by username; `shortest` is what a password must have."""

    def __init__(self, now: Callable[[], datetime], mail: Mailer, shortest: int) -> None:
        self._now = now
        self._mail = mail
        self._shortest = shortest
        self._users: dict[str, User] = {}

    def find(self, login: str) -> User | None:
        """By username, or by the address of one who is confirmed."""
        return self._users.get(login) or self._holder(login.lower())

    def _holder(self, email: str) -> User | None:
        return next((u for u in self._users.values() if u.confirmed and u.email == email), None)

    def get(self, login: str) -> User:
        """Refused for an unknown one: for administrators alone."""
        user = self.find(login)
        if user is None:
            raise Refused("UserNotFoundException", "User does not exist.")
        return user

    def sign_up(self, username: str, password: str, attributes: dict[str, str]) -> User:
        """A new person, waiting for his code."""
        if "@" in username:
            raise Refused("InvalidParameterException", "Username cannot be of email format")
        if username in self._users:
            raise Refused("UsernameExistsException", "User already exists")
        if "@" not in attributes.get("email", ""):
            raise Refused("InvalidParameterException", "Invalid email address format.")
        self.check_password(password)
        user = User(username, str(uuid.uuid4()), dict(attributes), password)
        self._users[username] = user
        self._mail_code(user, "sign-up", user.email)
        return user

    def confirm_sign_up(self, username: str, code: str) -> None:
        """The code is right: he is confirmed and his address is his alias."""
        user = self._users.get(username)
        if user is None:
            raise _no_such_code()
        if user.confirmed:
            raise Refused(
                "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"
            )
        self._check(user, "sign-up", code)
        if self._holder(user.email) is not None:
            raise Refused("AliasExistsException", "An account with the email already exists.")
        user.confirmed = True

    def resend(self, username: str) -> None:
        """A new code for a sign-up that waits; the old one is dead."""
        user = self._users.get(username)
        if user is None:
            return
        if user.confirmed:
            raise Refused("InvalidParameterException", "User is already confirmed.")
        self._mail_code(user, "sign-up", user.email)

    def forgot(self, login: str) -> None:
        """A code for a new password; nothing for an unknown one."""
        user = self.find(login)
        if user is not None and not user.confirmed:
            raise Refused("InvalidParameterException", "There is no verified email.")
        if user is not None:
            self._mail_code(user, "reset", user.email)

    def reset(self, login: str, code: str, password: str) -> None:
        """Set the new password; a lock is over."""
        user = self.find(login)
        self.check_password(password)
        if user is None:
            raise _no_such_code()
        self._check(user, "reset", code)
        user.password, user.wrong_passwords, user.locked_until = password, 0, None

    def change_password(self, user: User, old: str, new: str) -> None:
        """Set the new one, the old one being right."""
        if old != user.password:
            raise Refused("NotAuthorizedException", "Incorrect username or password.")
        self.check_password(new)
        user.password = new

    def change_email(self, user: User, email: str) -> None:
        """A code goes to the new address; the old one counts until then."""
        if self._holder(email) not in (None, user):
            raise Refused("AliasExistsException", "An account with the email already exists.")
        user.new_email = email
        self._mail_code(user, "email", email)

    def confirm_email(self, user: User, code: str) -> None:
        """The new address counts."""
        self._check(user, "email", code)
        if user.new_email is None or self._holder(user.new_email) not in (None, user):
            raise Refused("AliasExistsException", "An account with the email already exists.")
        user.attributes["email"], user.new_email = user.new_email, None

    def delete(self, username: str) -> None:
        """Forget him."""
        self.get(username)
        del self._users[username]

    def check_password(self, password: str) -> None:
        """Refused when the policy does not take it."""
        fits = self._shortest <= len(password) <= _LONGEST_PASSWORD
        if not fits or password != password.strip():
            raise Refused("InvalidPasswordException", "Password did not conform with policy")

    def _mail_code(self, user: User, purpose: str, to: str) -> None:
        now = self._now()
        user.mailed_at = [at for at in user.mailed_at if now - at < timedelta(hours=1)]
        if len(user.mailed_at) >= _MOST_MAILS_AN_HOUR:
            raise Refused("LimitExceededException", "Attempt limit exceeded, please try later.")
        user.mailed_at.append(now)
        text = f"{secrets.randbelow(1_000_000):06d}"
        user.codes[purpose] = MailedCode(text, now + _LIFE[purpose])
        self._mail(to, _SUBJECT[purpose], f"Your code is {text}.")

    def _check(self, user: User, purpose: str, text: str) -> None:
        """Use up the code of that purpose. Refused when it is none, wrong, old, or dead."""
        code = user.codes.get(purpose)
        if code is None or self._now() >= code.expires_at:
            raise _no_such_code()
        if code.wrong >= _MOST_WRONG:
            raise Refused("LimitExceededException", "Attempt limit exceeded, please try later.")
        if text != code.text:
            code.wrong += 1
            raise Refused("CodeMismatchException", "Invalid verification code provided.")
        del user.codes[purpose]


def _no_such_code() -> Refused:
    return Refused("ExpiredCodeException", "Invalid code provided, please request a code again.")
