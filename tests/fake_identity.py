"""The ports of signing in, in memory: counters and letters. For the provider itself the tests
use the sandbox's strict user pool behind the real adapter."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import DeliveryFailed, NotSignedIn


class FakeThrottle:
    """Counts by key and window."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int, int]] = Counter()

    def count(self, key: str, seconds: int, now: datetime) -> int:
        window = key, seconds, int(now.timestamp()) // seconds
        self._counts[window] += 1
        return self._counts[window]


class FakeTokens:
    """A trader's id is his token; an empty one, or one with a space, is no good."""

    def trader_of(self, token: str, now: datetime) -> str:
        if not token or " " in token:
            raise NotSignedIn("this access token is not good; sign in again")
        return token


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that was sent."""

    to: str
    subject: str
    text: str


@dataclass
class FakeMail:
    """Keeps what was sent; `fail` refuses."""

    sent: list[Letter] = field(default_factory=list)
    fail: bool = False

    def send(self, to: str, subject: str, text: str) -> None:
        if self.fail:
            raise DeliveryFailed("the mail was not taken")
        self.sent.append(Letter(to, subject, text))
