"""Who follows whom."""

from dataclasses import dataclass
from datetime import datetime

MOST_FOLLOWS = 200
"""Of one trader: his list is shown whole."""


@dataclass(frozen=True, slots=True)
class Follow:
    """One trader listens to another, the leader, who has the seat `leader_seat`."""

    follower_id: str
    leader_id: str
    leader_seat: int
    since: datetime
