"""A million traders ranked in three windows, in this process alone: time beside pandas, memory.

`python -m tests.bench.ranking` prints JSON. The blocks are decoded as they come from a table; the
time is that of putting columns in order, ours and pandas' in turn, as a ratio of medians.
"""

import json
import random
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chalicelib.adapters.dynamo.blocks import decode_block, encode_block
from chalicelib.domain.account import SEATS_PER_BLOCK
from chalicelib.domain.block import Block, Kind, Standing, empty_block
from chalicelib.domain.board import Presence, Scores, rank
from chalicelib.domain.windows import WINDOWS
from chalicelib.services.ports import BlockKey, RankTask, Seat
from chalicelib.services.rank_traders import rank_traders
from tests.fake_jobs import FakeRuns
from tests.fakes import FakeBoards, FakeHistory, FakeSeats

TRADERS = 1_000_000
ROUNDS = 5
_HOUR = 500_000
_KILO = 1024
_TO_AN_ITEM = 1000


@dataclass(frozen=True, slots=True)
class RankCost:
    """`time_of_pandas`: our time / that of `DataFrame.rank` of the same columns. `megabytes`:
    the most memory this process ever had."""

    time_of_pandas: float
    megabytes: float


def time_beside_pandas(traders: int = TRADERS, rounds: int = ROUNDS) -> float:
    """Ratio of the medians of `rounds` runs each, in turn, over three windows."""
    import pandas

    windows = [_scores(traders, seed) for seed in range(len(WINDOWS))]
    frames = [pandas.DataFrame({"shown": each.shown, "low": -each.drawdown}) for each in windows]
    ours, theirs = list[float](), list[float]()
    for _ in range(rounds):
        ours.append(_seconds(lambda: [rank(each) for each in windows]))
        theirs.append(_seconds(lambda: [each.rank(ascending=False) for each in frames]))
    return statistics.median(ours) / statistics.median(theirs)


def _scores(traders: int, seed: int) -> Scores:
    source = np.random.default_rng(seed)
    return Scores(
        shown=source.normal(100, 2000, traders).astype(np.int64),
        drawdown=source.integers(0, 6000, traders),
        standing=np.full(traders, int(Standing.RANKED), np.int64),
        presence=np.full(traders, int(Presence.LISTED), np.int64),
        previous=source.permutation(traders).astype(np.int32) + 1,
    )


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


class _Blocks(FakeHistory):
    """The same two blocks for all, decoded anew each time, as a table's are."""

    def __init__(self) -> None:
        super().__init__()
        self._stored = {kind: encode_block(_block(kind)) for kind in (Kind.SCORES, Kind.RANKS)}

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        """All that are asked for."""
        return {key: decode_block(self._stored[key[1]]) for key in keys}

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        """What is written is gone from this process."""


class _Everyone(FakeSeats):
    """Every seat is taken."""

    def __init__(self, traders: int) -> None:
        self._how_many = traders

    def count(self) -> int:
        """How many there are."""
        return self._how_many

    def of_blocks(self, blocks: Sequence[int]) -> dict[int, Seat]:
        """Those of the blocks."""
        return {
            seat: Seat(seat, f"01JT{seat:022}", f"trader_{seat}", ("binance",))
            for block in blocks
            for seat in range(block * SEATS_PER_BLOCK, (block + 1) * SEATS_PER_BLOCK)
            if seat < self._how_many
        }


class _Boards(FakeBoards):
    """Packs orders as a table's are, and keeps none."""

    def put_orders(self, hour: int, revision: int, orders: Mapping[str, Sequence[int]]) -> None:
        """What is written is gone from this process."""
        for seats in orders.values():
            for start in range(0, len(seats), _TO_AN_ITEM):
                array("i", seats[start : start + _TO_AN_ITEM])


def _block(kind: Kind) -> Block:
    source = random.Random(kind.value)
    block = empty_block(kind)
    for name, numbers in block.columns.items():
        for place in range(len(numbers)):
            numbers[place] = source.randrange(100)
            if name.startswith("standing"):
                numbers[place] = Standing.RANKED
    return block


def rank_everyone(traders: int = TRADERS) -> int:
    """Rank so many as an hour's task does; how many have a rank."""
    found = rank_traders(
        RankTask(_HOUR),
        seats=_Everyone(traders),
        history=_Blocks(),
        boards=_Boards(),
        runs=FakeRuns(),
    )
    return min(each.ranked for each in found.standings.values())


def megabytes_used() -> float:
    """The most memory this process ever had since it began to run this program (what getrusage
    tells may be that of whoever started it)."""
    status = Path("/proc/self/status").read_text()
    (most,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(most.split()[1]) * _KILO / 1e6


if __name__ == "__main__":
    if "--memory" in sys.argv:
        print(json.dumps({"ranked": rank_everyone(), "megabytes": megabytes_used()}))
    else:
        print(json.dumps({"time_of_pandas": time_beside_pandas()}))
