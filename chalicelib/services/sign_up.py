"""Sign up: hold the name, and have a code mailed that proves the address.

The answer is the same whether or not the address is a member's, and takes as long; its owner gets
a letter then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chalicelib.domain.credentials import checked_email, checked_password
from chalicelib.domain.errors import Conflict, LeagueError, NotFound
from chalicelib.domain.names import checked_name
from chalicelib.services.identity_ports import Identity, People, SignUp
from chalicelib.services.letters import SOMEONE_TRIED, write
from chalicelib.services.ports import Traders
from chalicelib.services.throttling import CODES, LETTERS_TO, SIGN_UPS, Gate

NOBODY: Final = "nobody"
"""A login that no trader id is (they are ULIDs): asked for, so that an unknown name costs the
same call as a known one."""


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody who wants to join has written."""

    name: str
    email: str = field(repr=False)
    password: str = field(repr=False)


def sign_up(
    asked: Application,
    now: datetime,
    gate: Gate,
    *,
    people: People,
    traders: Traders,
    new_id: Callable[[], str],
) -> None:
    """Hold the name for an hour (of exchange time `now`) and mail a code to the address.

    Raises InvalidRequest for a name, address or password that cannot be used, Conflict for a
    name that is taken (names are public), TooOften, StoreUnavailable.
    """
    name, email = checked_name(asked.name), checked_email(asked.email)
    password = checked_password(asked.password, name=name, email=email)
    gate.pass_through(SIGN_UPS, [(LETTERS_TO, name), (LETTERS_TO, email)])
    trader_id = new_id()
    try:
        traders.claim_name(name, trader_id, None, now)
    except Conflict as taken:
        raise Conflict(
            f"the name {name!r} is taken; if you asked for it just now, enter the code that was "
            "mailed to you, else take another name"
        ) from taken
    try:
        with people.pace.even():
            if is_members(email, people.identity):
                write(SOMEONE_TRIED, email, people.mail)
            else:
                people.identity.sign_up(SignUp(trader_id, name, email, password))
    except LeagueError:
        traders.release_name(name, trader_id)
        raise


def is_members(email: str, identity: Identity) -> bool:
    """Whether a member has that address."""
    try:
        return identity.person(email).confirmed
    except NotFound:
        return False


def resend_code(name: str, gate: Gate, *, people: People, traders: Traders) -> None:
    """Mail a new code for the sign-up that holds the name, if one does. Raises TooOften."""
    gate.pass_through(CODES, [(LETTERS_TO, name)])
    with people.pace.even():
        people.identity.resend(traders.holder_of(name) or NOBODY)
