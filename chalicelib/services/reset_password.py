"""A forgotten password: a code by mail, and a new one for it."""

from chalicelib.domain.credentials import checked_password
from chalicelib.services.identity_ports import Identity, People
from chalicelib.services.ports import Traders
from chalicelib.services.sign_in import login_of
from chalicelib.services.throttling import CODES, CODES_OF, LETTERS_TO, Gate


def forget_password(login: str, gate: Gate, *, people: People, traders: Traders) -> None:
    """Mail a code to the member of that name or address, if there is one. Raises TooOften."""
    gate.pass_through(CODES, [(LETTERS_TO, login.strip())])
    with people.pace.even():
        people.identity.forgot(login_of(login, traders))


def reset_password(
    login: str, code: str, password: str, gate: Gate, *, people: People, traders: Traders
) -> None:
    """Set the new password and end all sessions. Raises InvalidRequest for a password that cannot
    be used, WrongCode, TooOften."""
    checked_password(password)
    gate.pass_through(CODES, [(CODES_OF, login.strip())])
    known = login_of(login, traders)
    people.identity.reset(known, code, password)
    _end_sessions(known, people.identity)


def _end_sessions(login: str, identity: Identity) -> None:
    identity.sign_out_everywhere(identity.person(login).trader_id)
