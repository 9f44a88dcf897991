"""`operate corrections`: what late events corrected, a line per account and hour, no balance.

Numbers are the shown ones of 24 h, 7 d and 30 d, in percent.
"""

from collections.abc import Iterable, Iterator

from chalicelib import wiring
from chalicelib.domain.account import shard_of
from chalicelib.domain.corrections import Corrected, Shown
from chalicelib.domain.windows import WINDOWS
from chalicelib.entrypoints.operate_text import hour, percent, table

_HEADER = ("corrected at", "seat", "account", "marked from", "shown before", "shown after", "by")
_MOST_NAMED = 5


def corrections(shard: int | None, name: str | None, first: int, last: int) -> Iterator[str]:
    """The lines, of a shard or one trader. Raises NotFound for a name that nobody has."""
    found, seat = wiring.stores(), None
    if name is not None:
        seat = found.traders.by_name(name).seat
        shard = shard_of(seat)
    records = found.corrections.kept(shard or 0, first, last)
    return record_lines(each for each in records if seat in (None, each.seat))


def record_lines(records: Iterable[Corrected]) -> Iterator[str]:
    """The lines of a table: a header, then one per record."""
    return table([_HEADER, *(_row(each) for each in records)])


def _row(record: Corrected) -> tuple[str, ...]:
    marked_from = hour(record.from_hour)
    if record.clamped:
        marked_from += f" (touched {hour(record.touched_hour)})"
    named = list(record.entry_ids[:_MOST_NAMED])
    if len(record.entry_ids) > _MOST_NAMED:
        named.append(f"and {len(record.entry_ids) - _MOST_NAMED} more")
    return (
        hour(record.at_hour),
        str(record.seat),
        record.account_id,
        marked_from,
        _numbers(record.before),
        "not written" if record.after is None else _numbers(record.after),
        " ".join(named),
    )


def _numbers(shown: Shown) -> str:
    return " / ".join(percent(shown.get(window.name)) for window in WINDOWS)
