"""Closes one hour after the other in a thread of its own, while the next hour is traded.

Queue functions and the hour's functions still run one after the other; only what happens at the
exchange meanwhile is of a later hour.
"""

from datetime import datetime
from threading import Event, Thread
from typing import Protocol


class Functions(Protocol):
    """The scheduled and queue functions of the league."""

    def fire(self, name: str, at: datetime) -> None:
        """Call a scheduled function as due at `at`."""

    def drain(self, name: str, messages: int | None = None) -> int:
        """Call a queue function until so many messages are done, or its queue is empty."""


class HourWorker:
    """At most one hour at a time."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._recorded = Event()
        self._recorded.set()
        self._thread: Thread | None = None
        self._failure: BaseException | None = None

    def begin(self, hour_end: datetime, tasks: int) -> None:
        """Record what is queued, tick for the hour that ended, and do its `tasks`; returns at
        once. The hour before must be finished."""
        self._recorded.clear()
        self._thread = Thread(target=self._work, args=(hour_end, tasks), name="hour", daemon=True)
        self._thread.start()

    def wait_recorded(self) -> None:
        """Return once the queue of events may be filled again. Raises what went wrong."""
        self._recorded.wait()
        self._raise_failure()

    def finish(self) -> None:
        """Return once the hour is ranked. Raises what went wrong."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._raise_failure()

    def _work(self, hour_end: datetime, tasks: int) -> None:
        try:
            self._functions.drain("record")
            self._recorded.set()
            self._functions.fire("tick", hour_end)
            self._functions.drain("work", tasks)
        except BaseException as failure:
            self._failure = failure
        finally:
            self._recorded.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
