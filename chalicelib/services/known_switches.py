"""What a process knows of the operators' switches: read now and then, never in anybody's way."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.domain.errors import LeagueError
from chalicelib.domain.switches import Switch, Switched, switched

BELIEVED: Final = timedelta(seconds=15)
"""How long what was read is taken for true: a switch works everywhere within that."""

_log = logging.getLogger(__name__)


class KnownSwitches:
    """The switches as they were read last; for any thread."""

    def __init__(
        self, read: Callable[[], Mapping[Switch, str]], machine: Callable[[], datetime]
    ) -> None:
        """Nothing is read before the first question. `machine` is the machine's time."""
        self._read = read
        self._machine = machine
        self._known = Switched()
        self._asked_at = datetime.min.replace(tzinfo=UTC)

    def now(self) -> Switched:
        """Where they stand, at most 15 seconds old; where they cannot be read, as they were
        known last (at first: nothing is switched)."""
        now = self._machine()
        if now - self._asked_at >= BELIEVED:
            self._asked_at = now  # first: others go on with what is known meanwhile
            self._ask()
        return self._known

    def is_paused(self, switch: Switch) -> bool:
        """Whether that is paused."""
        return switch in self.now().paused

    def _ask(self) -> None:
        try:
            found = switched(self._read())
        except LeagueError as error:
            _log.warning("switches_not_read", extra={"reason": str(error)})
            return
        if found != self._known:
            names = sorted(each.value for each in found.paused)
            _log.warning("switched", extra={"paused": names, "banner": found.banner})
        self._known = found
