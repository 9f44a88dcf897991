"""The Leases port: LEASE#<name>, by the machine's clock alone."""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import LeaseItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict

_LEFT_LYING: Final = timedelta(days=1)


class DynamoLeases:
    """Leases in the table `jobs`; one that ended counts as gone, expired or not."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def acquire(self, name: str, holder: str, now: datetime, seconds: int) -> bool:
        """Take or renew; False while another holder's lease runs."""
        until = now + timedelta(seconds=seconds)
        lease = self._tables.model(LeaseItem)(
            f"LEASE#{name}",
            "HOLDER",
            holder=holder,
            until=until,
            expires_at=whole_seconds(until + _LEFT_LYING),
        )
        free = (
            LeaseItem.pk.does_not_exist() | (LeaseItem.holder == holder) | (LeaseItem.until <= now)
        )
        try:
            with store_errors(f"taking the lease {name}"):
                lease.save(condition=free)
        except Conflict:
            return False
        return True

    def release(self, name: str, holder: str) -> None:
        """Give it up, if it is held by `holder`."""
        lease = self._tables.model(LeaseItem)(f"LEASE#{name}", "HOLDER")
        try:
            with store_errors(f"giving up the lease {name}"):
                lease.delete(condition=LeaseItem.holder == holder)
        except Conflict:
            return
