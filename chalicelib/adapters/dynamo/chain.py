"""The Chain port: HOURFILE / LAST in the table `jobs`."""

from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.items import LastHourFileItem
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.errors import Conflict
from chalicelib.domain.hour_file import ChainLink
from chalicelib.services.hour_file_ports import Published

_KEY: Final = ("HOURFILE", "LAST")


class DynamoChain:
    """Which file was published last."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def last(self) -> Published | None:
        """Read consistently; None before the first."""
        item = self._tables.find(LastHourFileItem, *_KEY)
        if item is None:
            return None
        link = ChainLink(int(item.hour), int(item.revision), item.sha256)
        return Published(link, item.names_sha256)

    def extend(self, published: Published) -> None:
        """Make it the last one, unless one of the same or a later hour and revision is."""
        link, kind = published.link, LastHourFileItem
        item = self._tables.model(kind)(
            *_KEY,
            hour=link.hour,
            revision=link.revision,
            sha256=link.sha256,
            names_sha256=published.names_sha256,
        )
        same_hour = (kind.hour == link.hour) & (kind.revision < link.revision)
        older = kind.pk.does_not_exist() | (kind.hour < link.hour) | same_hour
        try:
            with store_errors(f"noting the file of hour {link.hour}"):
                item.save(condition=older)
        except Conflict:
            return
