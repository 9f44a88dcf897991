"""The processes of a running league: started, watched and ended together.

Each child leads its own process group, so that Ctrl-C in the terminal reaches only the parent,
and whatever a child starts ends with it. What a child prints goes to its log.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sandbox.options import ROOT

SECONDS_TO_END = 5.0
_TAIL_LINES = 15


class ChildDied(Exception):
    """A process ended by itself; the message has its name, exit code and last words."""


class Stopped(Exception):
    """The run is to end."""


@dataclass(frozen=True, slots=True)
class Child:
    """One running process and where its words go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of the log, indented."""
        lines = self.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
        return "\n".join(f"    {line}" for line in lines) or "    (it said nothing)"


class Children:
    """All processes of one run; leaving the `with` block ends them, newest first."""

    def __init__(
        self, logs: Path, environment: Mapping[str, str], stop: threading.Event | None = None
    ) -> None:
        """`logs` gets one file per child; `environment` is the whole environment of children
        started from then on; `stop` is set when the run is to end."""
        self.environment = dict(environment)
        self._stop = stop or threading.Event()
        self._logs = logs
        self._children: list[Child] = []

    def __enter__(self) -> "Children":
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], *, speaks: bool = False) -> Child:
        """Start `command` in the repository's root; `speaks`: what it prints goes to our own
        standard output, and only its errors to the log."""
        log = self._logs / f"{name}.log"
        with log.open("ab") as words:
            process = subprocess.Popen(  # noqa: S603
                list(command),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=None if speaks else words,
                stderr=words,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def pause(self, seconds: float) -> None:
        """Let some time pass. Raises as `check`."""
        self._stop.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raises Stopped when the run is to end, ChildDied when a child has ended by itself."""
        if self._stop.is_set():
            raise Stopped
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise ChildDied(
                    f"{child.name} ended with code {code}; the end of {child.log}:\n"
                    f"{child.last_words()}"
                )

    def stop(self) -> None:
        """End every child, newest first: asked politely, then by force."""
        while self._children:
            _end(self._children.pop().process)


def _end(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_END)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    """The group outlives its leader while a grandchild runs, and is named by the leader's id."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, what)
