"""Play schedules: one by its text, or many that Hypothesis draws."""

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from zlib import crc32

from chalicelib import wiring
from tests.chaos.backing import MakesBacking, memory
from tests.chaos.schedule import Step, told
from tests.chaos.settle import settle
from tests.chaos.truth import faults_of
from tests.chaos.world import World


def play(
    steps: Sequence[Step],
    backing: MakesBacking = memory,
    say: Callable[[str], None] = lambda said: None,
) -> World:
    """The world after the steps and all that follows from them. Raises AssertionError, naming
    the schedule, when anything in it is not as it must be."""
    random.seed(0)
    with _quiet():
        world = World(crc32(told(steps).encode()), backing)
        try:
            for step in steps:
                say(f"{world.exchange_now():%d. %H:%M:%S} {step}")
                step.happen(world)
            settle(world)
            wrong = faults_of(world)
        finally:
            wiring.use()
            wiring._parsers.cache_clear()
            world.backing.close()
        said = "".join(f"\n  - {each}" for each in wrong)
        assert not wrong, f"{said}\n  struck: {world.plan.struck}"
    return world


@contextmanager
def _quiet() -> Iterator[None]:
    """The league has much to say when things go wrong."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
