"""What the scheduled functions of app.py call."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib import wiring
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.open_hour import open_hour

SETTLING = timedelta(seconds=10)
"""How long after the hour its run begins: by then the minute's prices are stored."""


def tick(scheduled_at: str, wait: Callable[[float], None] = time.sleep) -> None:
    """Open the run of the hour that `scheduled_at` (ISO, UTC) lies in, or go on with it.

    A schedule has whole minutes, so the function itself waits until ten seconds past, by the
    exchange's clock; `wait` takes seconds.
    """
    hour = hour_of(datetime.fromisoformat(scheduled_at))
    early = hour_start(hour) + SETTLING - wiring.now()
    if early > timedelta(0):
        wait(min(early, SETTLING).total_seconds())
    stores = wiring.stores()
    open_hour(
        hour,
        runs=stores.runs,
        seats=stores.seats,
        prices=stores.prices,
        exchange=wiring.exchange(),
        tasks=wiring.tasks(),
    )
