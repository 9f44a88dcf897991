"""Sign in by name or e-mail address, with a second factor where one is set; stay so; sign out.

A refusal is the same for an unknown login, a wrong password and a sign-up that was not confirmed.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import Trader
from chalicelib.services.confirm_sign_up import become_trader
from chalicelib.services.identity_ports import Challenge, Identity, People, Session
from chalicelib.services.link_account import Membership
from chalicelib.services.ports import Leases, Traders
from chalicelib.services.sign_up import NOBODY
from chalicelib.services.throttling import REFRESHES, SIGN_INS, SIGN_INS_OF, Gate


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and whose it is."""

    session: Session
    trader: Trader


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where members come in, at an instant of exchange time."""

    people: People
    members: Membership
    leases: Leases
    now: datetime
    gate: Gate


def sign_in(login: str, password: str, entrance: Entrance) -> SignedIn | Challenge:
    """A session, or the challenge of the second factor.

    Raises NotSignedIn, TooOften.
    """
    entrance.gate.pass_through(SIGN_INS, [(SIGN_INS_OF, login)])
    known = login_of(login, entrance.members.traders)
    answer = entrance.people.identity.sign_in(known, password)
    return answer if isinstance(answer, Challenge) else _signed_in(answer, entrance)


def answer_challenge(challenge: Challenge, code: str, entrance: Entrance) -> SignedIn:
    """The session that the authenticator's code brings. Raises WrongCode, NotSignedIn, TooOften."""
    entrance.gate.pass_through(SIGN_INS, [(SIGN_INS_OF, challenge.trader_id)])
    return _signed_in(entrance.people.identity.answer(challenge, code), entrance)


def refresh_session(refresh_token: str, entrance: Entrance) -> SignedIn:
    """The next session; the token given is used up. Raises NotSignedIn, TooOften."""
    entrance.gate.pass_through(REFRESHES)
    return _signed_in(entrance.people.identity.refresh(refresh_token), entrance)


def sign_out(refresh_token: str, gate: Gate, identity: Identity) -> None:
    """End the session; one that is over already is no error. An access token that is out goes
    on to its expiry, a quarter of an hour at most. Raises TooOften."""
    gate.pass_through(REFRESHES)
    identity.sign_out(refresh_token)


def login_of(login: str, traders: Traders) -> str:
    """What the identity provider knows a name or an e-mail address by."""
    stripped = login.strip()
    return stripped.lower() if "@" in stripped else traders.holder_of(stripped) or NOBODY


def _signed_in(session: Session, entrance: Entrance) -> SignedIn:
    trader_id = entrance.people.tokens.trader_of(session.access_token, entrance.gate.now)
    trader = become_trader(
        trader_id,
        entrance.now,
        entrance.gate,
        people=entrance.people,
        members=entrance.members,
        leases=entrance.leases,
    )
    return SignedIn(session, trader)
