"""The same hour done in two other ways, counted by the same meter on the same emulator.

- as the first version of this idea did: an item for each trader's total and for each asset that
  he holds, put one by one, and read back one by one for the three windows;
- one item for a trader and hour: put and read in batches, with a copy in an index by hour so that
  the hour can be ranked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.windows import WINDOWS
from sandbox.cloud import REGION, Cloud
from sandbox.units import Spent, UnitMeter, item_size
from tests.bench.warm_league import COINS, MIDNIGHT, trader_of

TRADERS: Final = 200
ACCOUNT_CALLS: Final = 5
"""What the first version asked the exchange of each trader, each hour."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A trader-hour of another way: `spent` is that of `TRADERS` of them; bytes of one."""

    spent: Spent
    bytes_stored: float


def item_per_asset(cloud: Cloud) -> Baseline:
    """The first version's way."""
    tables = _tables(cloud, "assets")
    rows = ["total", *COINS, "USDT"]
    for window in WINDOWS:  # the bases of three windows, as earlier hours left them
        tables.put_each("history", _rows(rows, MIDNIGHT - window.hours))
    meter = UnitMeter()
    with meter.attached(tables.client):
        for item in _rows(rows, MIDNIGHT):
            tables.client.put_item(TableName=tables.name("history"), Item=item)
        for seat in range(TRADERS):
            for window in WINDOWS:
                place = key(_pk(seat, "total"), _sk(MIDNIGHT - window.hours))
                tables.client.get_item(TableName=tables.name("history"), Key=place)
    return Baseline(meter.spent, _bytes(tables) / TRADERS)


def item_per_trader(cloud: Cloud) -> Baseline:
    """One item for a trader and hour."""
    tables = _tables(cloud, "traders")
    hours = [MIDNIGHT - 1, *(MIDNIGHT - window.hours for window in WINDOWS)]
    for hour in hours:
        tables.put_each("history", _rows(["mark"], hour))
    meter = UnitMeter()
    with meter.attached(tables.client):
        tables.get_each(
            "history",
            [(_pk(seat, "mark"), _sk(hour)) for seat in range(TRADERS) for hour in hours],
        )
        tables.put_each("history", _rows(["mark"], MIDNIGHT))
        tables.put_each("jobs", _rows(["mark"], MIDNIGHT))  # the index's copies
    return Baseline(meter.spent, 2 * _bytes(tables) / TRADERS)


def _tables(cloud: Cloud, name: str) -> Tables:
    tables = Tables(f"bench-{name}-", REGION, cloud.tables_url)
    tables.create("history", "jobs")
    return tables


def _rows(names: Iterable[str], hour: int) -> list[RawItem]:
    content = {
        "value": {"N": "10234.56789012"},
        "quantity": {"N": "0.16123456"},
        "flow": {"N": "0"},
        "return": {"N": "1.01234567"},
        "name": {"S": "trader"},
    }
    return [key(_pk(seat, name), _sk(hour)) | content for seat in range(TRADERS) for name in names]


def _bytes(tables: Tables) -> int:
    """What the rows of the hour take, with the 100 bytes that DynamoDB adds to each."""
    page = tables.client.scan(TableName=tables.name("history"))
    items = [each for each in page["Items"] if each["sk"]["S"] == _sk(MIDNIGHT)]
    return sum(item_size(each) + 100 for each in items)


def _pk(seat: int, name: str) -> str:
    return f"{trader_of(seat)}#{name}"


def _sk(hour: int) -> str:
    return f"H#{hour}"
