"""What is asked of the exchange by REST with a trader's key: the check, and whole readings."""

from datetime import datetime

from chalicelib.domain.account import AccountState, KeyPair, state_after_check
from chalicelib.domain.ledger import Checkpoint
from chalicelib.services.exchange_ports import AccountReading, Exchange
from chalicelib.services.ports import Snapshot
from ingest_container.followed import Followed
from ingest_container.outside import Outside


def check_key(exchange: Exchange, pair: KeyPair) -> AccountState:
    """LIVE, or why the key is not taken. Raises ExchangeError's subclasses."""
    return state_after_check(exchange.permissions(pair))


def send_snapshot(
    outside: Outside, followed: Followed, reason: str, taken_at: datetime, reading: AccountReading
) -> None:
    """Put the reading on the queue. Raises DeliveryFailed."""
    snapshot = Snapshot(reason, Checkpoint(taken_at, dict(reading.quantities)))
    outside.events.send([followed.item(outside.machine(), snapshot=snapshot)])
