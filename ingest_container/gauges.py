"""Tells once a minute how the container does: gaps, accounts that are not fresh, weight used."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from chalicelib.config import VERSION
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.metric_ports import Metric
from chalicelib.services.ports import Lease
from ingest_container.followed import Followed, Stage
from ingest_container.outside import Outside

TOLD_EVERY: Final = timedelta(minutes=1)
GROUP: Final = "gauges"
"""The leases in whose notes containers say how they do."""

_LOOK_EVERY_S: Final = 5.0
_NOTE_HOLDS: Final = timedelta(minutes=3)
_SHOULD_STREAM: Final = (Stage.SUBSCRIBE, Stage.LINK, Stage.STREAM)


_log = logging.getLogger(__name__)


class Gauges:
    """Looks every few seconds, so that the fullest moment of a minute is seen; for one thread."""

    def __init__(
        self,
        outside: Outside,
        container: str,
        followed: Callable[[], Iterable[Followed]],
        gaps: Callable[[], int],
    ) -> None:
        """`container` is its name among the others; `gaps` counts since it started. Nothing is
        told before `run` or `look`."""
        self._container = container
        self._outside = outside
        self._followed = followed
        self._gaps = gaps
        self._stopping = Event()
        self._gaps_told = 0
        self._weight = 0.0
        self._told_at: datetime = outside.machine()

    def run(self) -> None:
        """Look until `close`. May be called again after it raised."""
        while not self._stopping.wait(_LOOK_EVERY_S):
            self.look()

    def close(self) -> None:
        """Make `run` return."""
        self._stopping.set()

    def look(self) -> None:
        """Read the gauges, and tell them when a minute is over."""
        self._weight = max(self._weight, self._outside.weight_used())
        if self._outside.machine() - self._told_at >= TOLD_EVERY:
            self._told_at = self._outside.machine()
            self._tell()

    def _tell(self) -> None:
        followed, gaps = list(self._followed()), self._gaps()
        not_fresh = sum(map(_is_not_fresh, followed))
        metrics = self._outside.metrics
        if metrics is not None:
            metrics.put(Metric.STREAM_GAPS, gaps - self._gaps_told)
            metrics.put(Metric.NOT_FRESH, not_fresh)
            metrics.put(Metric.WEIGHT_USED, round(self._weight, 4))
        self._leave_note(
            {
                "version": VERSION,
                "accounts": len(followed),
                "not_fresh": not_fresh,
                "gaps": gaps,
                "weight_used": round(self._weight, 4),
            }
        )
        self._gaps_told, self._weight = gaps, 0.0

    def _leave_note(self, note: Mapping[str, object]) -> None:
        """For whoever looks at the league by hand: one small write a minute."""
        now = self._outside.machine()
        lease = Lease(GROUP, self._container, self._container, now + _NOTE_HOLDS, json.dumps(note))
        try:
            self._outside.leases.acquire(lease, now)
        except StoreUnavailable as error:
            _log.warning("gauges_not_noted", extra={"reason": str(error)})


def _is_not_fresh(followed: Followed) -> bool:
    """Whether its events may be missed now, or were and its books are not compared since."""
    unheard = followed.stage in _SHOULD_STREAM and not followed.streaming
    return unheard or followed.in_doubt_since is not None
