"""Read a whole account at the exchange, and say of which instant the reading is true."""

from datetime import datetime

from chalicelib.domain.account import KeyPair
from chalicelib.services.exchange_ports import AccountReading, Exchange


def read_account(exchange: Exchange, pair: KeyPair) -> tuple[datetime, AccountReading]:
    """The whole account, and the instant it is true of. Raises ExchangeError's subclasses.

    The exchange's clock is asked first, so the instant is never later than the reading: a
    change in between shows in the reading's own `updated_at`.
    """
    asked_at = exchange.time()
    reading = exchange.account(pair)
    return max(asked_at, reading.updated_at), reading
