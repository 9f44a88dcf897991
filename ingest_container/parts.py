"""Threads that are started again when what they run fails; nothing that came in is lost by it."""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

_log = logging.getLogger(__name__)


class Parts:
    """The threads of a container, by the name of what they run."""

    def __init__(self, restart_s: float) -> None:
        """After a failure, wait so many seconds before the next start."""
        self._restart_s = restart_s
        self._threads: list[Thread] = []
        self.stopping = Event()

    def start(self, name: str, run: Callable[[], None]) -> None:
        """Run it on a thread of its own until it returns."""
        # a daemon: one that waits for a free minute of weight must not hold up the end
        thread = Thread(target=self._guard, args=(name, run), name=name, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()]
        self._threads.append(thread)
        thread.start()

    def join(self, seconds: float) -> bool:
        """Wait until all have returned; False when some have not within `seconds`."""
        ends_at = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _guard(self, name: str, run: Callable[[], None]) -> None:
        while True:
            try:
                run()
            except Exception:  # the edge: a part that fails is started again
                _log.exception("part_failed", extra={"part": name})
            else:
                return
            if self.stopping.wait(self._restart_s):
                return
