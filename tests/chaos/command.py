"""Play schedules of faults from the command line.

python -m tests.chaos --number 300 --store memory --seed 1 --processes 2
python -m tests.chaos --replay 'start red; link ann.1; pass 20; hour'
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from typing import Any

from tests.chaos.backing import MakesBacking, memory
from tests.chaos.many import Failed, Tally, play_many
from tests.chaos.play import play
from tests.chaos.schedule import parsed

STORES = ("memory", "local")


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 when everything was right, 1 when a schedule showed that something is not."""
    asked = _asked(arguments)
    if asked.replay:
        with _backing(asked.store) as backing:
            play(parsed(asked.replay), backing, say=print)
        print("everything is as it must be")
        return 0
    began = time.monotonic()
    results = _all(asked)
    schedules = sum(each["played"] for each in results)
    said = {
        "store": asked.store,
        "seed": asked.seed,
        "processes": asked.processes,
        "schedules": schedules,
        "store_calls": sum(each["calls"] for each in results),
        "faults_struck": sum(each["struck"] for each in results),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(said))
    failures = [each["failed"] for each in results if each["failed"]]
    for each in failures:
        print(each, file=sys.stderr)
    return 1 if failures else 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--number", type=int, default=100, help="how many schedules")
    parser.add_argument("--store", choices=STORES, default="memory")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many; 0: do not")
    parser.add_argument("--replay", default="", help="the text of one schedule")
    return parser.parse_args(arguments)


def _all(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Each process has seeds of its own: seed, seed + 1, …"""
    share = -(-asked.number // asked.processes)
    numbers = [min(share, asked.number - share * place) for place in range(asked.processes)]
    work = [
        (number, asked.seed + place, asked.minutes * 60, asked.store)
        for place, number in enumerate(numbers)
        if number > 0
    ]
    if len(work) == 1:
        return [_one(*work[0])]
    with get_context("spawn").Pool(len(work)) as pool:
        return pool.starmap(_one, work)


def _one(number: int, seed: int, seconds: float, store: str) -> dict[str, Any]:
    tally = Tally(time.monotonic() + seconds if seconds else float("inf"))
    failed = ""
    with _backing(store) as backing:
        try:
            play_many(number, seed, tally, backing, wire=store == "local")
        except Failed as error:
            failed = str(error)
    counts = {"played": tally.played, "calls": tally.calls, "struck": tally.struck}
    return counts | {"failed": failed}


class _backing:  # noqa: N801 - used like a function
    """What worlds stand on while the command runs."""

    def __init__(self, store: str) -> None:
        self._store = store

    def __enter__(self) -> MakesBacking:
        if self._store == "memory":
            return memory
        from tests.chaos.local import LocalCloud

        self._cloud = LocalCloud()
        return self._cloud.start()

    def __exit__(self, *error: object) -> None:
        if self._store == "local":
            self._cloud.stop()
