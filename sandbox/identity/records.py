"""What the user pool keeps: people, mailed codes, families of tokens."""

from dataclasses import dataclass, field
from datetime import datetime


class Refused(Exception):
    """The pool's refusal, by the provider's own name of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass
class MailedCode:
    """A code that is on its way; used once, dead after five wrong tries."""

    text: str
    expires_at: datetime
    wrong: int = 0


@dataclass
class User:
    """One person in the pool. `email` is an alias for signing in once he is confirmed."""

    username: str
    sub: str
    attributes: dict[str, str]
    password: str = field(repr=False)
    confirmed: bool = False
    codes: dict[str, MailedCode] = field(default_factory=dict)
    mailed_at: list[datetime] = field(default_factory=list)
    new_email: str | None = None
    wrong_passwords: int = 0
    locked_until: datetime | None = None
    totp_secret: str | None = field(default=None, repr=False)
    totp_verified: bool = False
    totp_on: bool = False
    totp_step: int = -1

    @property
    def email(self) -> str:
        """The address that counts."""
        return self.attributes.get("email", "")


@dataclass
class Family:
    """The refresh tokens that follow from one sign-in, only the last of which counts."""

    username: str
    started_at: datetime
    expires_at: datetime
    newest: str
    replaced: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass
class Pending:
    """A sign-in that waits for its second factor."""

    username: str
    expires_at: datetime
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The pool's one client."""

    client_id: str
    secret: str = field(repr=False)
    access_seconds: int = 3600
    refresh_seconds: int = 30 * 24 * 3600
    challenge_seconds: int = 180
