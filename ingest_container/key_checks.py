"""When each account's key is looked at again: once a UTC day, at an instant of its own.

The instants follow from the accounts' ids, so they lie spread over the day and nothing has to
be kept. An instant at which no container ran is made up for the next day.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zlib import crc32

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


class KeyChecks:
    """Whose turn it is; by the exchange's clock."""

    def __init__(self, now: datetime) -> None:
        """Turns that come after `now` count."""
        self._asked_at = now
        self._due: dict[str, None] = {}

    def due(self, account_ids: Iterable[str], now: datetime, most: int) -> list[str]:
        """Those of the accounts whose turn came since the last question, and those that are
        left over from it; not more than `most`."""
        asked = set(account_ids)
        came = {each for each in asked if _turn(each, now) > _turn(each, self._asked_at)}
        self._asked_at = max(now, self._asked_at)
        waiting = [each for each in self._due if each in asked]
        waiting += sorted(came - set(waiting))
        self._due = dict.fromkeys(waiting[most:])
        return waiting[:most]

    def put_off(self, account_id: str) -> None:
        """It could not be looked at: behind the others."""
        self._due[account_id] = None


def _turn(account_id: str, now: datetime) -> int:
    """The number of the day in which the account is, if its days began at its own instant."""
    offset = timedelta(seconds=crc32(account_id.encode()) % int(_DAY.total_seconds()))
    return (now - _EPOCH - offset) // _DAY
