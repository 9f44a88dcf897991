"""What is asked of the exchange by REST with a trader's key: the check, and whole readings."""

from datetime import datetime

from chalicelib.domain.account import Refusal
from chalicelib.domain.errors import KeyRevoked
from chalicelib.domain.ledger import Checkpoint
from chalicelib.services.exchange_ports import AccountReading
from chalicelib.services.ports import Snapshot
from ingest_container.followed import Followed
from ingest_container.outside import Outside


def refusal_of(error: KeyRevoked) -> Refusal:
    """What the exchange's refusal of a key says to its owner."""
    return Refusal.SIGNATURE_WRONG if error.wrong_signature else Refusal.KEY_REFUSED


def send_snapshot(
    outside: Outside, followed: Followed, reason: str, taken_at: datetime, reading: AccountReading
) -> None:
    """Put the reading on the queue. Raises DeliveryFailed."""
    snapshot = Snapshot(reason, Checkpoint(taken_at, dict(reading.quantities)))
    outside.events.send([followed.item(outside.machine(), snapshot=snapshot)])
