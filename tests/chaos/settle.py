"""Let a world come to rest: nothing goes wrong any more, and what waits is waited for."""

from datetime import timedelta
from typing import Final

from tests.chaos.world import CONTAINERS, World

_SILENCE_IS_KNOWN_AFTER_S: Final = 70
_MOST_ROUNDS: Final = 400
_LONGEST_LEAP: Final = timedelta(hours=30)


class NeverSettles(Exception):
    """Something waits for ever; the message says what."""


def settle(world: World) -> None:
    """Bring the world to rest, close the hours, and bring it to rest again. Raises NeverSettles."""
    _calm(world)
    _rest(world)
    world.close_hour()
    _rest(world)
    world.close_hour()
    _rest(world)


def _calm(world: World) -> None:
    world.plan.calm()
    world.exchange.rules.delete()
    world.exchange.limits.bans.forget()
    world.hear_again()
    world.set_skew(0)
    if any(link.frozen for each in world.containers.values() for link in each.line.links):
        world.pass_time(_SILENCE_IS_KNOWN_AFTER_S)
    for box in (world.backing.event_box, world.backing.task_box):
        box.held, box.repeat = False, 0


def _rest(world: World) -> None:
    for _ in range(_MOST_ROUNDS):
        if all(each.leaving for each in world.containers.values()):
            for name in CONTAINERS:
                world.start(name)
        world.pass_time(10)
        if _is_quiet(world):
            return
        _leap(world)
        if not world.backing.task_box.parcels and _hour_is_open(world):
            world.tick()
    raise NeverSettles(_said(world))


def _is_quiet(world: World) -> bool:
    backing = world.backing
    return (
        not world.wishes
        and backing.event_box.empty()
        and backing.task_box.empty()
        and bool(world.containers)
        and all(each.settled() and not each.leaving for each in world.containers.values())
        and not _hour_is_open(world)
    )


def _hour_is_open(world: World) -> bool:
    return bool(world.hours) and not world.backing.stores.runs.ranked(world.hours[-1])


def _leap(world: World) -> None:
    """Where all that is left waits for a later time, let the machine's clock go there."""
    if not world.backing.event_box.empty() or not world.backing.task_box.empty() or world.wishes:
        return
    due = [each for c in world.containers.values() if (each := c.next_due()) is not None]
    if due and timedelta(0) < min(due) - world.machine_now < _LONGEST_LEAP:
        world.machine_now = min(due)
        world.set_skew(0)


def _said(world: World) -> str:
    states = {name: each.supervisor.state() for name, each in world.containers.items()}
    return (
        f"wishes {len(world.wishes)}, events {len(world.backing.event_box.parcels)}, "
        f"tasks {len(world.backing.task_box.parcels)}, open hour {_hour_is_open(world)}, {states}"
    )
