"""Let what depends on whether somebody is known take the same time in both cases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """Work ends at whole steps of `step_s` seconds after it began, by `clock`; `wait` sleeps. 0
    lets it end when it ends.

    A step has to be longer than the work usually takes: what takes longer is told by one step
    from what takes less, and by no less than that.
    """

    clock: Callable[[], float]
    wait: Callable[[float], None]
    step_s: float

    @contextmanager
    def even(self) -> Iterator[None]:
        """Hold the end of the block back to a whole step, also when it raises."""
        began = self.clock()
        try:
            yield
        finally:
            if self.step_s:
                self.wait(self.step_s - (self.clock() - began) % self.step_s)


AT_ONCE: Final = Pace(lambda: 0.0, lambda _: None, 0)
"""Nobody is waited for."""
