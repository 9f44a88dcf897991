"""How far the preparation is: one moving line on a terminal, a line a day elsewhere."""

import shutil
import sys
import time
from typing import TextIO

_BAR = 24


class Progress:
    """Says what is being done."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._moving = out.isatty()
        self._started = time.monotonic()
        self._day = -1

    def say(self, what: str) -> None:
        """A step that has no length."""
        if self._moving:
            self._draw(what)
        else:
            self._line(what)

    def hour(self, done: int, hours: int, what: str) -> None:
        """`done` of `hours` simulated hours are through; `what` tells more."""
        day, days = done // 24, hours // 24
        if self._moving:
            filled = _BAR * done // hours
            bar = "#" * filled + "-" * (_BAR - filled)
            seconds = time.monotonic() - self._started
            self._draw(f"[{bar}] day {day} of {days} · {seconds:.0f} s · {what}")
        elif day != self._day:
            self._day = day
            self._line(f"day {day} of {days} · {what}")

    def end(self, what: str) -> None:
        """The last line."""
        if self._moving:
            self._draw("")
        self._line(what)

    def _draw(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be taken back
        self._out.write(f"\r\x1b[K{text[:width]}")
        self._out.flush()

    def _line(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
