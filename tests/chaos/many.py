"""Play as many schedules as are asked for, and make one that fails as short as it can be."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos.backing import MakesBacking, memory
from tests.chaos.play import play
from tests.chaos.schedule import Step, drawn, told

_MOST_TRIES = 150


class Failed(AssertionError):
    """A schedule after which something is not as it must be; the shortest that was found."""

    def __init__(self, schedule: str, wrong: str, drawn_as: str) -> None:
        super().__init__(f"schedule {drawn_as}: {wrong}\nREPLAY={schedule!r}")
        self.schedule = schedule


@dataclass
class Tally:
    """What was played, and until when (on the machine's monotonic clock) it may go on."""

    ends_at: float = float("inf")
    played: int = 0
    calls: int = 0
    struck: int = 0


def play_many(
    number: int,
    seed: int,
    tally: Tally,
    backing: MakesBacking = memory,
    *,
    wire: bool = False,
) -> None:
    """Play the schedules seed/0 … seed/number − 1, as long as there is time. Raises Failed."""
    for place in range(number):
        if time.monotonic() > tally.ends_at:
            return
        steps = drawn(Random(f"{seed}/{place}"), wire=wire)
        try:
            world = play(steps, backing)
        except Exception as error:
            shortest, wrong = _shortest(steps, error, backing)
            raise Failed(told(shortest), wrong, f"{seed}/{place}") from error
        tally.played += 1
        tally.calls += world.plan.calls
        tally.struck += len(world.plan.struck)


def _shortest(
    steps: Sequence[Step], error: Exception, backing: MakesBacking
) -> tuple[list[Step], str]:
    """The steps without those that the failure does not need: halves first, then ever less."""
    left, wrong, tries = list(steps), _words(error), 0
    size = len(left) // 2
    while size:
        place = 0
        while place < len(left) and tries < _MOST_TRIES:
            without = left[:place] + left[place + size :]
            tries += 1
            try:
                play(without, backing)
            except Exception as again:
                left, wrong = without, _words(again)
            else:
                place += size
        size //= 2
    return left, wrong


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
