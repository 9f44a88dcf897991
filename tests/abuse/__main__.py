"""Ask every route as often as wanted.

python -m tests.abuse --number 50000 --seed 1
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from schemathesis.core.failures import FailureGroup

from tests.abuse.player import Operation, Tally, ask_operation, loaded, operations, walk

_IN_A_WALK: Final = 12


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 when every answer was as described, 1 when one was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.abuse")
    parser.add_argument("--number", type=int, default=1000, help="how many requests, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many; 0: do not")
    asked = parser.parse_args(arguments)
    logging.disable(logging.ERROR)
    began, tally, failed = time.monotonic(), Tally(), 0
    schema = loaded()
    every = list(operations(schema))
    rounds = 0
    while tally.requests < asked.number and not failed:
        if asked.minutes and time.monotonic() - began > asked.minutes * 60:
            break
        failed = _round(every, min(asked.number, 2000), asked.seed + 1000 * rounds, tally)
        rounds += 1
    print(
        json.dumps(
            {
                "seed": asked.seed,
                "requests": tally.requests,
                "answers": tally.by_status,
                "failures": failed,
                "seconds": round(time.monotonic() - began),
            }
        )
    )
    return 1 if failed else 0


def _round(every: Sequence[Operation], number: int, its_seed: int, tally: Tally) -> int:
    """Nine tenths to the operations in turn, the rest in walks; how many failed."""
    failed = 0
    share = -(-number * 9 // (10 * len(every)))
    plays = [partial(ask_operation, each, share) for each in every]
    for play in [*plays, partial(walk, -(-number // (10 * _IN_A_WALK)))]:
        try:
            play(its_seed, tally)
        except FailureGroup as error:
            failed += 1
            print(error, file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
