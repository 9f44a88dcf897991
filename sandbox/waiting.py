"""Waiting for something outside this process, never for ever."""

import time
from collections.abc import Callable


class WaitedTooLong(Exception):
    """Something did not come about in time; the message says what."""


def wait_until(
    holds: Callable[[], bool],
    what: str,
    *,
    seconds: float,
    every: float = 0.05,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Return once `holds()` is true, asking again after `every` seconds.

    `meanwhile` is called between two questions and may raise to give up early. Raises
    WaitedTooLong naming `what` after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise WaitedTooLong(f"{what}: not within {seconds:g} seconds")
        meanwhile()
        time.sleep(every)
