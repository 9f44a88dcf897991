"""Change one's password or e-mail address."""

from chalicelib.domain.credentials import checked_email, checked_password
from chalicelib.domain.errors import Conflict
from chalicelib.services.identity_ports import People
from chalicelib.services.letters import ADDRESS_CHANGED, SOMEONE_TRIED, write
from chalicelib.services.prove_owner import Owner, Proof, prove_owner
from chalicelib.services.throttling import CODES, CODES_OF, LETTERS_TO, Gate


def change_password(owner: Owner, proof: Proof, new: str, gate: Gate, people: People) -> None:
    """Set the new password and end all sessions, this one's too.

    Raises InvalidRequest for one that cannot be used, and as `prove_owner`.
    """
    checked_password(new)
    prove_owner(owner, proof, gate, people)
    people.identity.change_password(owner.access_token, proof.password, new)
    people.identity.sign_out_everywhere(owner.trader_id)


def change_email(owner: Owner, proof: Proof, email: str, gate: Gate, people: People) -> None:
    """Mail a code to the new address; the old one counts until the code came back.

    An address that is another member's is not told apart: its owner gets a letter. Raises
    InvalidRequest for what is no address, and as `prove_owner`.
    """
    email = checked_email(email)
    prove_owner(owner, proof, gate, people)
    gate.pass_through(CODES, [(LETTERS_TO, email)])
    with people.pace.even():
        try:
            people.identity.change_email(owner.access_token, email)
        except Conflict:
            write(SOMEONE_TRIED, email, people.mail)


def confirm_email(owner: Owner, code: str, gate: Gate, people: People) -> None:
    """The new address counts; a letter goes to the old one. Raises WrongCode, TooOften."""
    gate.pass_through(CODES, [(CODES_OF, owner.trader_id)])
    old = people.identity.person(owner.trader_id).email
    people.identity.confirm_email(owner.access_token, code)
    write(ADDRESS_CHANGED, old, people.mail)
