"""How often something may be tried, per address of the asker and per name.

Keys are kept as digests: a table of counters is no list of who came, or of whom they asked for.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import TooOften
from chalicelib.services.identity_ports import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of `doing` in each window of `seconds`."""

    doing: str
    most: int
    seconds: int


SIGN_UPS: Final = Limit("sign-up", 20, 3600)
SIGN_INS: Final = Limit("sign-in", 60, 600)
REFRESHES: Final = Limit("refresh", 240, 600)
CODES: Final = Limit("code", 60, 3600)
CHANGES: Final = Limit("change", 60, 3600)
"""Of one address; many people may share one."""

SIGN_INS_OF: Final = Limit("sign-in-of", 10, 600)
CODES_OF: Final = Limit("code-of", 10, 3600)
CHANGES_OF: Final = Limit("change-of", 10, 3600)
LETTERS_TO: Final = Limit("letter-to", 5, 3600)
"""Of one name, e-mail address or trader, from wherever."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Where tries are counted, at an instant of machine time, and who asks."""

    throttle: Throttle
    now: datetime
    address: str

    def pass_through(self, by_address: Limit, by_name: Iterable[tuple[Limit, str]] = ()) -> None:
        """Count one try of the asker's address, then of each name; the limit of an address
        keeps its holder from using up the limits of others' names.

        Raises TooOften at the first limit that is over.
        """
        self._count(by_address, self.address)
        for limit, name in by_name:
            self._count(limit, name.casefold())

    def _count(self, limit: Limit, who: str) -> None:
        key = hashlib.sha256(f"{limit.doing}/{who}".encode()).hexdigest()[:32]
        if self.throttle.count(f"{limit.doing}#{key}", limit.seconds, self.now) > limit.most:
            wait = limit.seconds - int(self.now.timestamp()) % limit.seconds
            minutes = -(-wait // 60)
            raise TooOften(
                f"this was tried too often; wait {minutes} minute{'s' * (minutes > 1)}", wait
            )
