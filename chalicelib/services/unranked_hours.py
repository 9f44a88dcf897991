"""Hours that were left without a board while ranking was paused, or the rank's task was lost."""

from typing import Final

from chalicelib.services.ports import Runs

MOST: Final = 72
"""How far back a board can still be made: the numbers of an hour are kept for three days."""


def unranked_before(hour: int, runs: Runs) -> list[int]:
    """The hours just before `hour` whose run began and whose board never came out, oldest first.

    All shards must have marked `hour`: then they have marked these too, whatever became of their
    own tasks. One read where none was left out.
    """
    found: list[int] = []
    for earlier in range(hour - 1, hour - 1 - MOST, -1):
        if runs.ranked(earlier) or runs.shards(earlier) is None:
            break
        found.append(earlier)
    return found[::-1]
