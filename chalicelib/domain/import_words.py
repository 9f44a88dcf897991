"""How far an account's past has come in, in words for its owner."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from chalicelib.domain.account import AccountState, ExchangeAccount, ImportState


class ImportStatus(Enum):
    """How the import of an account stands."""

    WAITING = "waiting"
    RUNNING = "running"
    HELD_UP = "held_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ImportStanding:
    """The status, the share of its steps that are done (0 … 100), and what it means."""

    status: ImportStatus
    percent: int
    detail: str


_DETAILS: Final = {
    ImportStatus.WAITING: "The time before you joined is brought in as soon as your account is "
    "followed. There is nothing for you to do.",
    ImportStatus.RUNNING: "Up to 90 days from before you joined are being brought in, step by "
    "step, as fast as the exchange lets us ask. There is nothing for you to do.",
    ImportStatus.HELD_UP: "The exchange did not answer what we asked about the time before you "
    "joined. What was found so far is kept, and we go on by ourselves.",
    ImportStatus.DONE: "The time before you joined is in, as far as the exchange tells of it.",
}

_PAUSED: Final = (
    "Bringing in the time before people joined is paused for now. What was found so far is kept, "
    "and it goes on by itself later. There is nothing for you to do."
)


def import_standing(
    account: ExchangeAccount, percent: int, problem: str, *, paused: bool = False
) -> ImportStanding | None:
    """How the import of a linked account stands, of which `percent` is done and which `problem`
    holds up ("": none), or an operator (`paused`). None for an account that is not followed:
    nothing is brought in for it."""
    if account.state not in (AccountState.CHECKING, AccountState.LIVE):
        return None
    status = _status(account, problem)
    if status is ImportStatus.DONE:
        return ImportStanding(status, 100, _DETAILS[status])
    share = min(percent, 99)
    if paused:
        return ImportStanding(ImportStatus.HELD_UP, share, _PAUSED)
    return ImportStanding(status, share, _DETAILS[status])


def _status(account: ExchangeAccount, problem: str) -> ImportStatus:
    if account.import_state is ImportState.DONE:
        return ImportStatus.DONE
    if problem:
        return ImportStatus.HELD_UP
    running = account.import_state is ImportState.RUNNING
    return ImportStatus.RUNNING if running else ImportStatus.WAITING
