"""Remove how a trader signs in: the last step of leaving, after his accounts were unlinked."""

from chalicelib.services.identity_ports import People
from chalicelib.services.prove_owner import Owner, Proof, prove_owner
from chalicelib.services.throttling import Gate


def remove_identity(owner: Owner, proof: Proof, gate: Gate, people: People) -> None:
    """Forget his address, password and second factor, and end his sessions.

    Raises as `prove_owner`; nothing is removed then.
    """
    prove_owner(owner, proof, gate, people)
    people.identity.delete(owner.trader_id)
