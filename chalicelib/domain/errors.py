"""Every error the league raises, grouped by what the caller does about it.

LeagueError
├── NotFound            nothing of that name: say so
├── NotAllowed          not for this viewer: say so
│   └── NotSignedIn         not without signing in (again)
├── InvalidRequest      the caller must change what was sent
│   ├── UnknownSymbol       a pair that our table of symbols does not have (yet)
│   ├── TooLarge            more was sent than is ever needed
│   └── WrongCode           a code from a mail or an app is not the right one, or too old
├── TooOften            the caller has to wait
├── Paused              an operator has paused this for a while: try later
├── Conflict            someone else was first: read again, then decide
├── MissingPrice        an asset cannot be valued at an instant
├── DeliveryFailed      a message did not reach its receiver: send again
├── StoreUnavailable    a table or a queue refused for now: try again
├── PaymentDeclined     tell the payer
└── ExchangeError       the exchange did not do what was asked
    ├── ExchangeUnavailable   try later
    │   └── RegionRefused         not from this address's country: move the egress address
    ├── RateLimited           try later, not before `retry_at`; `banned` says how bad it is
    ├── SymbolGone            a pair that the exchange has taken off its list
    ├── OrderRejected         tell the owner
    └── KeyRevoked            tell the owner, stop asking with this key
"""

from datetime import datetime


class LeagueError(Exception):
    """The root: its message names the thing and the value, never a key or a token."""


class NotFound(LeagueError):
    """Nothing of that name exists."""


class NotAllowed(LeagueError):
    """The viewer may not see or do this."""


class NotSignedIn(NotAllowed):
    """Nobody has shown that he is who he says; the message never says which part was wrong."""


class InvalidRequest(LeagueError):
    """What was sent cannot be used; the message says which part and why."""


class UnknownSymbol(InvalidRequest):
    """A pair is not in the table of symbols; it may be newly listed, so ask again later."""


class TooLarge(InvalidRequest):
    """More was sent than the route could have a use for."""


class WrongCode(InvalidRequest):
    """A code is not the right one, was used, or is too old; which of them is not told."""


class TooOften(LeagueError):
    """Too many tries in a while; none counts before `wait_s` seconds have passed."""

    def __init__(self, message: str, wait_s: int) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.wait_s = wait_s


class Paused(LeagueError):
    """An operator has paused this for everybody; the message says so in words for whoever asked."""


class Conflict(LeagueError):
    """A conditional write lost against another one."""


class MissingPrice(LeagueError):
    """An asset has no price at an instant."""


class DeliveryFailed(LeagueError):
    """A message was not accepted by its receiver."""


class StoreUnavailable(LeagueError):
    """A table, queue or key service throttled or failed; the same call may pass later."""


class PaymentDeclined(LeagueError):
    """A payment did not go through."""


class ExchangeError(LeagueError):
    """The exchange refused, failed or answered nonsense."""


class ExchangeUnavailable(ExchangeError):
    """No usable answer: time-out, reset, 5xx, a page where JSON was due, maintenance."""


class RegionRefused(ExchangeUnavailable):
    """The exchange does not serve the region this address is in, whatever the key."""


class RateLimited(ExchangeError):
    """Too much was asked from this address; nothing may be asked before `retry_at`.

    `banned` is True where warnings were passed over and the exchange shut the address out; a
    plain refusal ends by itself within minutes.
    """

    def __init__(self, message: str, retry_at: datetime, *, banned: bool = False) -> None:
        """Keep the instant (exchange or machine clock of the caller) to wait for."""
        super().__init__(message)
        self.retry_at = retry_at
        self.banned = banned


class SymbolGone(ExchangeError):
    """The exchange no longer knows the pair, and tells nothing of it any more."""


class OrderRejected(ExchangeError):
    """The exchange will not execute this order."""


class KeyRevoked(ExchangeError):
    """The key is unknown, deleted, locked to another address, or lost a permission; with
    `wrong_signature` it is known, and its secret is not the one that was used."""

    def __init__(self, message: str, *, wrong_signature: bool = False) -> None:
        """Keep which it is."""
        super().__init__(message)
        self.wrong_signature = wrong_signature
