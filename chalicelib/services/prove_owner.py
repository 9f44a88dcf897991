"""Prove anew that it is the owner who asks: a token alone, which may be stolen, is not enough to
change how one signs in."""

from dataclasses import dataclass, field

from chalicelib.domain.errors import InvalidRequest, NotAllowed, NotSignedIn
from chalicelib.services.identity_ports import Challenge, Identity, People
from chalicelib.services.throttling import CHANGES, CHANGES_OF, Gate


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a valid access token."""

    trader_id: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """The password, and the authenticator's code of one who has a second factor."""

    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)


def prove_owner(owner: Owner, proof: Proof, gate: Gate, people: People) -> None:
    """Return when both are right. Raises NotAllowed for a wrong password, InvalidRequest for a
    code that is missing, WrongCode, TooOften."""
    gate.pass_through(CHANGES, [(CHANGES_OF, owner.trader_id)])
    try:
        _prove(owner.trader_id, proof, people.identity)
    except NotSignedIn as refused:
        raise NotAllowed("the password is not right") from refused


def _prove(trader_id: str, proof: Proof, identity: Identity) -> None:
    answer = identity.sign_in(trader_id, proof.password)
    if isinstance(answer, Challenge):
        if not proof.code:
            raise InvalidRequest("send the code that your authenticator app shows, too")
        answer = identity.answer(answer, proof.code)
    identity.sign_out(answer.refresh_token)
