"""How an exchange does as a whole, as the league and its visitors may know it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Condition(Enum):
    """What the league meets when it asks the exchange."""

    OK = "ok"
    MAINTENANCE = "maintenance"  # closed for a while, by its own account
    UNREACHABLE = "unreachable"  # no usable answer for a while
    BANNED = "banned"  # it answers nobody at our address before a stated end
    REGION_REFUSED = "region_refused"  # it does not serve the region our address is in


@dataclass(frozen=True, slots=True)
class ExchangeCondition:
    """The condition, since when and, where it was stated, until when; by the machine's clock."""

    condition: Condition
    since: datetime
    until: datetime | None = None
