"""What the scheduled functions of app.py call."""

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib import logs, wiring
from chalicelib.domain.windows import hour_of, hour_start, run_of
from chalicelib.services.metric_ports import Metric
from chalicelib.services.open_hour import open_hour
from chalicelib.services.queue_ports import Opening, RankTask, ShardTask, Tasks

LATE_FROM = 10
"""Minutes past the hour by which its board should be out."""

SETTLING = timedelta(seconds=10)
"""How long after the hour its run begins: by then the minute's prices are stored."""

_log = logging.getLogger(__name__)


class _OfOneTick:
    """The queue of the hour's work, for tasks that say which tick asked for them."""

    def __init__(self, tasks: Tasks, opening: Opening) -> None:
        self._tasks = tasks
        self._opening = opening

    def send(self, tasks: Iterable[ShardTask | RankTask]) -> None:
        """Raises DeliveryFailed when any was refused."""
        self._tasks.send([replace(task, opening=self._opening) for task in tasks])


def tick(scheduled_at: str, wait: Callable[[float], None] = time.sleep) -> None:
    """Open the run of the hour that `scheduled_at` (ISO, UTC) lies in, or go on with it.

    A schedule has whole minutes, so the function itself waits until ten seconds past, by the
    exchange's clock; `wait` takes seconds.
    """
    at = datetime.fromisoformat(scheduled_at)
    hour = hour_of(at)
    early = hour_start(hour) + SETTLING - wiring.now()
    if early > timedelta(0):
        wait(min(early, SETTLING).total_seconds())
    if at.minute >= LATE_FROM:
        _watch(hour)
    go_on_with(hour)


def _watch(hour: int) -> None:
    """Tell whether the hour is ranked: that nobody tells is an alarm, too."""
    metrics = wiring.metrics()
    if metrics is not None:
        metrics.put(Metric.HOUR_NOT_RANKED, int(not wiring.stores().runs.ranked(hour)))


def go_on_with(hour: int) -> None:
    """Go on with the run of `hour` at the first step that is not done. Raises as `open_hour`."""
    stores = wiring.stores()
    opening = Opening(secrets.token_hex(8), wiring.machine_now())
    with logs.bound(run=run_of(hour), trace=opening.trace):
        _log.info("tick")
        open_hour(
            hour,
            runs=stores.runs,
            seats=stores.seats,
            prices=stores.prices,
            exchange=wiring.exchange(),
            tasks=_OfOneTick(wiring.tasks(), opening),
        )
