"""Hours to publish, and the files they give."""

from collections.abc import Mapping
from pathlib import Path

from chalicelib.domain.block import Kind, Standing
from chalicelib.domain.windows import WINDOWS, hour_of
from chalicelib.services.ports import RankTask
from chalicelib.services.publish_hour import HourFileStores, publish_hour
from chalicelib.services.rank_traders import rank_traders
from tests.builders import NOON, block, seat
from tests.fakes import Fakes

HOUR = hour_of(NOON)

Score = tuple[int | None, int | None, bool]
"""Shown number and drawdown in hundredths of a percent, and whether it is ranked."""


def scored(stores: Fakes, scores: Mapping[int, Score], hour: int = HOUR) -> None:
    """Give these seats of the first block the same score in every window, and marks."""
    columns: dict[str, dict[int, float]] = {}
    for window in WINDOWS:
        for place, (shown, drawdown, ranked) in scores.items():
            known = {"shown": shown, "drawdown": drawdown}
            for name, number in known.items():
                if number is not None:
                    columns.setdefault(f"{name}_{window.name}", {})[place] = number
            standing = int(Standing.RANKED) if ranked else 0
            columns.setdefault(f"standing_{window.name}", {})[place] = standing
    marks = block(
        Kind.HOUR,
        value={place: 1000.0 + place for place in scores},
        index=dict.fromkeys(scores, 1.5),
        flags=dict.fromkeys(scores, 3),
    )
    stores.history.put_blocks(
        {(0, Kind.SCORES, hour): block(Kind.SCORES, **columns), (0, Kind.HOUR, hour): marks}
    )


def league(scores: Mapping[int, Score]) -> Fakes:
    """Listed traders in these seats, scored at `HOUR`."""
    stores = Fakes()
    for _ in range(max(scores, default=-1) + 1):
        stores.traders.next_seat()
    for number in scores:
        stores.seats.put(seat(number, trader_id=f"T{number}", name=f"trader{number}"))
    scored(stores, scores)
    return stores


def publish(stores: Fakes, hour: int = HOUR, revision: int = 0) -> str:
    """Rank the hour and publish it; returns the name of its file."""
    ranked = rank_traders(
        RankTask(hour, revision),
        seats=stores.seats,
        history=stores.history,
        boards=stores.boards,
        runs=stores.runs,
    )
    publish_hour(ranked, HourFileStores(stores.history, stores.secrets, stores.chain, stores.files))
    return f"{'2026-03-01T12' if hour == HOUR else '2026-03-01T13'}-r{revision}.jsonl"


def written(stores: Fakes, name: str, folder: Path) -> Path:
    """The published file on disk."""
    path = folder / name
    path.write_text(stores.files.texts[name], encoding="utf-8")
    return path
