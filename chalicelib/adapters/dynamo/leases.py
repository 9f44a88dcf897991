"""The Leases port: LEASE#<group> / <name>, by the machine's clock alone."""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import whole_seconds
from chalicelib.adapters.dynamo.items import LeaseItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict
from chalicelib.services.ports import Lease

_LEFT_LYING: Final = timedelta(days=1)


class DynamoLeases:
    """Leases in the table `jobs`, a group to a partition: one query reads it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def acquire(self, lease: Lease, now: datetime) -> bool:
        """Take or renew it as written; False while another holder's lease runs at `now`."""
        item = self._tables.model(LeaseItem)(
            _partition(lease.group),
            lease.name,
            holder=lease.holder,
            until=lease.until,
            note=lease.note or None,
            expires_at=whole_seconds(lease.until + _LEFT_LYING),
        )
        mine = LeaseItem.holder == lease.holder
        free = LeaseItem.pk.does_not_exist() | mine | (LeaseItem.until <= now)
        try:
            with store_errors(f"taking the lease {lease.group} {lease.name}"):
                item.save(condition=free)
        except Conflict:
            return False
        return True

    def release(self, lease: Lease) -> None:
        """Give it up, if it is held by that holder."""
        item = self._tables.model(LeaseItem)(_partition(lease.group), lease.name)
        try:
            with store_errors(f"giving up the lease {lease.group} {lease.name}"):
                item.delete(condition=LeaseItem.holder == lease.holder)
        except Conflict:
            return

    def of_group(self, group: str) -> list[Lease]:
        """All leases of a group by name, in one reading."""
        with store_errors(f"reading the leases of {group}"):
            found = self._tables.model(LeaseItem).query(_partition(group), consistent_read=True)
            return [
                Lease(group, item.sk, item.holder, item.until, item.note or "") for item in found
            ]


def _partition(group: str) -> str:
    return f"LEASE#{group}"
