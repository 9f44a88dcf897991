"""Play as many schedules as are asked for, on as many processes, each with a seed of its own."""

import time
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.chaos.backing import MakesBacking, memory
from tests.chaos.play import play
from tests.chaos.schedule import Step, schedules, told


class Failed(AssertionError):
    """A schedule after which something is not as it must be; the shortest that was found."""

    def __init__(self, schedule: str, wrong: str) -> None:
        super().__init__(f"{wrong}\nREPLAY={schedule!r}")
        self.schedule = schedule


@dataclass
class Tally:
    """What was played, and until when (on the machine's monotonic clock) it may go on."""

    ends_at: float = float("inf")
    played: int = 0
    calls: int = 0
    struck: int = 0


class _Enough(BaseException):
    """Time is up."""


def play_many(
    number: int,
    first_seed: int,
    tally: Tally,
    backing: MakesBacking = memory,
    *,
    shrink: bool = True,
    wire: bool = False,
) -> None:
    """Play `number` schedules of the seed, or as many as there is time for. Raises Failed."""
    failing: list[tuple[str, str]] = []

    def one(steps: list[Step]) -> None:
        if time.monotonic() > tally.ends_at:
            raise _Enough
        try:
            world = play(steps, backing)
        except Exception as error:
            failing.append((told(steps), f"{type(error).__name__}: {error}"))
            raise
        if not failing:
            tally.played += 1
            tally.calls += world.plan.calls
            tally.struck += len(world.plan.struck)

    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    drawn = settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=phases,
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        seed(first_seed)(drawn(given(steps=schedules(wire=wire))(one)))()
    except _Enough:
        pass
    except Exception:
        if not failing:
            raise
    if failing:
        raise Failed(*min(failing, key=lambda each: len(each[0])))
