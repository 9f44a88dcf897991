"""What a board page and a seven-day profile cost to read, and how large they are when sent."""

import gzip
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from chalicelib.domain.windows import hour_start
from sandbox.units import UnitMeter
from tests.bench.hours import LeagueOfHours
from tests.bench.warm_league import trader_of
from tests.builders import trader
from tests.contract.stores import DynamoStores
from tests.read_side import asking

SEAT: Final = 5
_LEVEL: Final = 6
"""How hard the content network compresses."""


@dataclass(frozen=True, slots=True)
class PagesCost:
    """Of a seven-day profile: read units of its two answers, calls of tables and requests in all.
    Sizes are compressed bytes of the board's page and of the profile with its line."""

    profile_units: float
    line_units: float
    profile_calls: int
    profile_requests: int
    board_bytes: int
    profile_bytes: int


def cost_of_pages(league: LeagueOfHours, hour: int) -> PagesCost:
    """As of the board of `hour`, which was run."""
    stores = DynamoStores(league.tables, "binance")
    _introduce(stores, hour)
    meter = UnitMeter()
    profile = [f"/traders/{_name()}", f"/traders/{_name()}/performance"]
    with asking(stores, hour_start(hour) + timedelta(minutes=20)) as asker:
        with meter.attached(league.tables.client):
            answers = [asker.json(profile[0])]
            first = meter.spent
            answers.append(asker.json(profile[1]))
        board = asker.json("/board?window=30d")
    return PagesCost(
        profile_units=first.read_units,
        line_units=meter.spent.read_units - first.read_units,
        profile_calls=meter.spent.calls,
        profile_requests=len(profile),
        board_bytes=_sent(board),
        profile_bytes=sum(map(_sent, answers)),
    )


def _introduce(stores: DynamoStores, hour: int) -> None:
    """Have one of the traders known by name, and the latest prices."""
    who = trader(trader_id=trader_of(SEAT), name=_name(), seat=SEAT)
    stores.traders.claim_name(who.name, who.trader_id, SEAT, who.joined_at)
    stores.traders.save(who)
    listed = stores.prices.hours([hour])[hour]
    stores.prices.put_latest(replace(listed, taken_at=hour_start(hour)))


def _name() -> str:
    return f"trader_{SEAT}"


def _sent(answer: object) -> int:
    text = json.dumps(answer, separators=(",", ":"))
    return len(gzip.compress(text.encode(), compresslevel=_LEVEL))
