"""Prints what late events corrected: a line per account and hour, without any balance.

    python -m chalicelib.adapters.dynamo.print_corrections --shard 0 --from 2026-03-01T12
    python -m chalicelib.adapters.dynamo.print_corrections --trader Ada --prefix league-prod-

Instants are UTC. Numbers are the shown ones of 24 h, 7 d and 30 d, in percent; "–" is none.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from chalicelib.adapters.dynamo.corrections import DynamoCorrections
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.dynamo.traders import DynamoTraders
from chalicelib.domain.account import shard_of
from chalicelib.domain.corrections import Corrected, Shown
from chalicelib.domain.errors import NotFound
from chalicelib.domain.windows import WINDOWS, hour_of, hour_start

_HEADER = ("corrected at", "seat", "account", "marked from", "shown before", "shown after", "by")
_MOST_NAMED = 5
_LAST_HOUR = 9_999_999


def lines(records: Iterable[Corrected]) -> Iterator[str]:
    """The lines of a table: a header, then one per record."""
    rows = [_HEADER, *(_row(each) for each in records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _row(record: Corrected) -> tuple[str, ...]:
    marked_from = _hour(record.from_hour)
    if record.clamped:
        marked_from += f" (touched {_hour(record.touched_hour)})"
    named = list(record.entry_ids[:_MOST_NAMED])
    if len(record.entry_ids) > _MOST_NAMED:
        named.append(f"and {len(record.entry_ids) - _MOST_NAMED} more")
    return (
        _hour(record.at_hour),
        str(record.seat),
        record.account_id,
        marked_from,
        _numbers(record.before),
        "not written" if record.after is None else _numbers(record.after),
        " ".join(named),
    )


def _hour(hour: int) -> str:
    return f"{hour_start(hour):%Y-%m-%dT%H}"


def _numbers(shown: Shown) -> str:
    return " / ".join(_percent(shown.get(window.name)) for window in WINDOWS)


def _percent(hundredths: int | None) -> str:
    return "–" if hundredths is None else str(Decimal(hundredths).scaleb(-2))


def main(arguments: Sequence[str]) -> int:
    """Print the records of a shard or a trader. 2 for a trader who does not exist."""
    asked = _parser().parse_args(arguments)
    tables = Tables(asked.prefix, asked.region, asked.url)
    shard, seat = asked.shard, None
    if asked.trader is not None:
        try:
            seat = DynamoTraders(tables).by_name(asked.trader).seat
        except NotFound as error:
            print(error, file=sys.stderr)
            return 2
        shard = shard_of(seat)
    records = DynamoCorrections(tables).kept(shard, asked.first, asked.last)
    print("\n".join(lines(each for each in records if seat in (None, each.seat))))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="print_corrections")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--shard", type=int, help="everyone of this shard")
    whose.add_argument("--trader", help="one trader, by name")
    parser.add_argument("--from", dest="first", type=_as_hour, default=0, help="2026-03-01T12")
    parser.add_argument("--to", dest="last", type=_as_hour, default=_LAST_HOUR, help="included")
    parser.add_argument("--prefix", default="league-", help="what the tables' names start with")
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--url", default="", help="of the tables, where they are not on AWS")
    return parser


def _as_hour(text: str) -> int:
    return hour_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
