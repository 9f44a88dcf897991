"""A league of its own for a test: `make run` in a folder of the test's, on free ports."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.recorder import SWITCH, Call, read_calls
from sandbox.standing import Addresses, running_league

ROOT = Path(__file__).parents[2]
PORTS = ("SITE_PORT", "API_PORT", "EXCHANGE_PORT", "TABLES_PORT", "CLOUD_PORT")


SHAPES = ("TRADERS", "DAYS", "SEED", "MARKET")


class LeagueProcess:
    """One `python -m sandbox.run` and what it says."""

    def __init__(self, folder: Path, **options: str) -> None:
        """`options` are the variables that shape the run, on top of free ports."""
        self.folder = folder
        self.environment = run_environment(folder, options)
        self.lines: list[str] = []
        self._said = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, start: str, seconds: float) -> str:
        """The first line that begins with `start`."""
        with self._said:
            found = self._said.wait_for(lambda: self._line(start) or self._ended, timeout=seconds)
        line = self._line(start)
        assert line is not None, f"{start!r} not said ({found=}):\n" + "\n".join(self.lines)
        return line

    def addresses(self) -> Addresses:
        """Where the parts answer, once the league is ready."""
        return running_league(self.folder)

    def command(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the league, e.g. `sandbox.hour`."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def calls(self) -> set[Call]:
        """Which AWS calls the deployed functions have made."""
        return read_calls(self.folder / "calls")

    def interrupt(self, seconds: float = 30) -> int:
        """Press Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        """The exit code, once it has ended by itself."""
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def parts(self) -> dict[int, str]:
        """Processes of this league that run, with their commands, the first one left out."""
        mine = f"SANDBOX_FOLDER={self.folder}"
        found = {number: each for number, each in _processes() if mine in each[0]}
        return {
            number: command for number, (_, command) in found.items() if number != self.process.pid
        }

    @property
    def _ended(self) -> bool:
        return self.process.poll() is not None and not self._reader.is_alive()

    def _line(self, start: str) -> str | None:
        return next((line for line in self.lines if line.startswith(start)), None)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._said:
                self.lines.append(line.rstrip("\n"))
                self._said.notify_all()
        with self._said:
            self._said.notify_all()


def run_environment(folder: Path, options: Mapping[str, str]) -> dict[str, str]:
    """The environment of a run in `folder`, on free ports where none are given."""
    shaped = (*PORTS, *SHAPES)
    kept = {name: value for name, value in os.environ.items() if name not in shaped}
    free = dict.fromkeys(PORTS, "0")
    ours = {"SANDBOX_FOLDER": str(folder), SWITCH: str(folder / "calls")}
    return kept | free | ours | dict(options)


def _processes() -> Iterator[tuple[int, tuple[str, str]]]:
    """Every process that can be looked at: its environment and its command, as text."""
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            environment = (place / "environ").read_bytes().replace(b"\0", b"\n").decode()
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if command:
            yield int(place.name), (environment, command)
