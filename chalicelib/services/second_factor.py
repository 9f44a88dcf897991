"""An authenticator app as second factor: set up, confirm, remove."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from chalicelib.domain.errors import Conflict
from chalicelib.services.identity_ports import People
from chalicelib.services.prove_owner import Owner, Proof, prove_owner
from chalicelib.services.throttling import CODES, CODES_OF, Gate

_ISSUER: Final = "CoinMarketLeague"


@dataclass(frozen=True, slots=True)
class AppSecret:
    """What an authenticator app is set up with: the secret, and the same as an address for a
    picture that its camera reads."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def start_second_factor(
    owner: Owner, name: str, proof: Proof, gate: Gate, people: People
) -> AppSecret:
    """A new secret; nothing is asked for until a code of it was confirmed.

    Raises Conflict when a second factor is on already, and as `prove_owner`.
    """
    if people.identity.person(owner.trader_id).second_factor:
        raise Conflict("a second factor is on already; remove it first")
    prove_owner(owner, proof, gate, people)
    secret = people.identity.start_second_factor(owner.access_token)
    label = quote(f"{_ISSUER}:{name}", safe="")
    query = urlencode({"secret": secret, "issuer": _ISSUER})
    return AppSecret(secret, f"otpauth://totp/{label}?{query}")


def confirm_second_factor(owner: Owner, code: str, gate: Gate, people: People) -> None:
    """From now on the app's code is asked for at sign-in. Raises WrongCode, TooOften."""
    gate.pass_through(CODES, [(CODES_OF, owner.trader_id)])
    people.identity.confirm_second_factor(owner.access_token, code)


def remove_second_factor(owner: Owner, proof: Proof, gate: Gate, people: People) -> None:
    """It is asked for no longer. Raises as `prove_owner`."""
    prove_owner(owner, proof, gate, people)
    people.identity.remove_second_factor(owner.trader_id)
