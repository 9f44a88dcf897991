"""Open a trader's own commitment, for somebody whom he wants to believe his numbers."""

from dataclasses import dataclass

from chalicelib.domain.account import Trader, block_of, shard_of
from chalicelib.domain.block import Flag, Kind
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.hour_file import (
    commitment,
    file_name,
    hour_text,
    mark_text,
    private_mark,
    row_id,
    salt_of,
)
from chalicelib.domain.reading import SeatReading
from chalicelib.services.hour_file_ports import RowSecrets
from chalicelib.services.ports import Corrections, History

_HOURS_OF_MARKS = 40 * 24


@dataclass(frozen=True, slots=True)
class OpenedCommitment:
    """What proves a mark: the file of its hour, the row's id, the mark as the text that was
    committed to, the salt in hex, and the commitment that both give."""

    hour: int
    file: str
    row_id: str
    mark: str
    salt: str
    commitment: str


def open_commitment(
    trader: Trader,
    hour: int,
    *,
    history: History,
    secrets: RowSecrets,
    corrections: Corrections,
) -> OpenedCommitment:
    """The opening of the trader's row in the file of `hour`.

    Raises NotFound when he had no mark then, or it is older than marks are kept; Conflict when the
    mark was corrected afterwards, so that it is no more the one committed to.
    """
    key = (block_of(trader.seat), Kind.HOUR, hour)
    found = history.blocks([key])
    reading = SeatReading(trader.seat, {Kind.HOUR: found[key]} if key in found else {})
    secret = secrets.of_seats([trader.seat]).get(trader.seat)
    if secret is None or not reading.flags() & Flag.MARK:
        raise NotFound(
            f"you have no mark of {hour_text(hour)} that is still kept; marks are kept for 40 days"
        )
    later = corrections.kept(shard_of(trader.seat), hour, hour + _HOURS_OF_MARKS)
    if any(each.seat == trader.seat and each.from_hour <= hour for each in later):
        raise Conflict(
            f"your mark of {hour_text(hour)} was corrected after the file of that hour was"
            " published; what was committed to then is no longer kept"
        )
    text, salt = mark_text(private_mark(reading)), salt_of(secret, hour)
    return OpenedCommitment(
        hour, file_name(hour, 0), row_id(secret), text, salt.hex(), commitment(text, salt)
    )
