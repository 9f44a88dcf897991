"""Whether any container follows the accounts, as the leases of the containers tell."""

from datetime import datetime
from typing import Final

from chalicelib.domain.account_words import Silence
from chalicelib.services.ports import Leases, Prices

CONTAINERS: Final = "ingest"
"""The group of leases that every stream container holds its own in."""


def silence(machine: datetime, *, leases: Leases, prices: Prices) -> Silence | None:
    """None while a container lives at `machine`, the machine's time.

    Where one lives, it takes up every slot within a heartbeat, so a slot that is free for the
    moment is no news. Since when nobody is there is told by the newest prices, which a container
    stores every 15 s with the exchange's time.
    """
    if any(lease.until > machine for lease in leases.of_group(CONTAINERS)):
        return None
    newest = prices.latest()
    return Silence(newest.taken_at if newest else None)
