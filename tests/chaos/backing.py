"""The stores that a world stands on: in memory, or the product's adapters on local emulators."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final, TypeAlias

from chalicelib import wiring
from chalicelib.services.hour_file_ports import PublicFiles
from chalicelib.services.identity_ports import Throttle
from chalicelib.services.link_ports import KeyVault
from chalicelib.services.ports import Events, Tasks
from tests.chaos.faults import Plan
from tests.chaos.mail import Box, BoxedEvents, BoxedTasks
from tests.fakes import Fakes
from tests.where import stores_of


@dataclass
class Backing:
    """What is stored, without any fault."""

    stores: wiring.Stores
    vault: KeyVault
    files: PublicFiles
    throttle: Throttle
    events: Events
    tasks: Tasks
    event_box: Box
    task_box: Box
    close: Callable[[], None] = lambda: None


BATCHES: Final = (1, 2, 3, 10)
"""How many events a function is handed at most; the fewer, the more of them overtake each other."""

MakesBacking: TypeAlias = Callable[[Callable[[], datetime], Random, Plan], Backing]
"""Makes fresh stores, given the machine's clock, chance, and what is to go wrong."""


def memory(machine: Callable[[], datetime], random: Random, plan: Plan) -> Backing:
    """Everything in this process; what goes wrong does so before the ports alone."""
    fakes = Fakes()
    events, tasks = Box(machine, random, random.choice(BATCHES)), Box(machine, random, 1)
    return Backing(
        stores_of(fakes),
        fakes.vault,
        fakes.files,
        fakes.throttle,
        BoxedEvents(events),
        BoxedTasks(tasks),
        events,
        tasks,
    )
