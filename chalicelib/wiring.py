"""Picks the real implementations from the settings; each is built once per process.

Outside libraries are imported inside the function that builds the thing, so that importing
`app.py` stays light. Tests put their own with `use`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from chalicelib import config
from chalicelib.services import ports


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is stored."""

    traders: ports.Traders
    accounts: ports.Accounts
    ledger: ports.Ledger
    holdings: ports.Holdings
    history: ports.History
    seats: ports.Seats
    prices: ports.Prices
    boards: ports.Boards
    runs: ports.Runs
    leases: ports.Leases


@dataclass(slots=True)
class _Replaced:
    stores: Stores | None = None
    now: Callable[[], datetime] | None = None


_replaced = _Replaced()


def use(stores: Stores | None = None, now: Callable[[], datetime] | None = None) -> None:
    """Answer with these instead of the real ones; called without arguments, undo that."""
    _replaced.stores = stores
    _replaced.now = now


@cache
def settings() -> config.Settings:
    """The settings of this process. Raises InvalidRequest for a bad one."""
    return config.from_env()


def stores() -> Stores:
    """Everything that is stored."""
    if _replaced.stores is None:
        raise NotImplementedError
    return _replaced.stores


def now() -> datetime:
    """The exchange's time; the machine's where the exchange is a real one."""
    if _replaced.now is not None:
        return _replaced.now()
    return datetime.now(UTC)
