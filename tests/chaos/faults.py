"""What goes wrong between the league and its stores: calls refused, answers lost, processes killed.

A `Proxy` stands before each store and queue, whichever implementation is behind it; at each call it
asks the one `Plan` what is to happen. Batches are taken apart, so that a process may be killed
between any two items.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, Final

from chalicelib.domain.errors import DeliveryFailed, LeagueError, StoreUnavailable


class Killed(BaseException):
    """The process ends here. No `except Exception` of the product may catch it."""


class Fault(Enum):
    """What befalls a call."""

    REFUSED = "refused"  # throttled: nothing was done, the caller is told so
    ANSWER_LOST = "answer-lost"  # done, and the caller is told that it may not have been
    TWICE = "twice"  # the SDK sent it again, since the first answer was lost
    OVERTAKEN = "overtaken"  # before it is done, all others do what is theirs to do
    KILLED_BEFORE = "killed-before"
    KILLED_AFTER = "killed-after"


_READS: Final = """
    get holder_of by_name starting_with exists of_follower of_leader counts of_trader roster
    roster_number slots free_slot entries newest_first changes checkpoint_before checkpoint_from
    of_seat of_shard of_slot blocks block_range of_blocks of_seats count minute first_minute_from
    latest hours symbols current order shards done ranked last_complete newest_begun kept of_group
    issued_pair binding open line parts progress last
"""
READS: Final = frozenset(_READS.split())
"""Methods of the ports that change nothing: killing at them is killing before the next write."""


@dataclass
class Strike:
    """A fault that waits: at the call that matches after `skip` others, so many times."""

    fault: Fault
    where: str
    skip: int = 0
    times: int = 1

    def meets(self, name: str) -> bool:
        """Whether it happens now; counted."""
        if self.times == 0 or not fnmatchcase(name, self.where):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Plan:
    """The faults that wait. `calls` counts all calls, `struck` what really happened; `others` do
    what is theirs to do. Only while a process of the league asks is the wire `exposed`."""

    waiting: list[Strike] = field(default_factory=list)
    others: Callable[[], None] = lambda: None
    calls: int = 0
    struck: list[str] = field(default_factory=list)
    exposed: bool = False

    def at(self, name: str) -> Fault | None:
        """What is to happen at this call (`ledger.add`)."""
        self.calls += 1
        for strike in self.waiting:
            if strike.meets(name):
                self.struck.append(f"{strike.fault.value} {name}")
                self.waiting = [each for each in self.waiting if each.times]
                return strike.fault
        return None

    @contextmanager
    def exposing(self, exposed: bool) -> Iterator[None]:
        """Within it, what goes over the wire is the league's own, or it is not."""
        before, self.exposed = self.exposed, exposed
        try:
            yield
        finally:
            self.exposed = before

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self.waiting.clear()


def _whole(arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [arguments]


def _each_last(arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """One call for each item of the last argument."""
    *others, items = arguments
    return [(*others, [item]) for item in items]


def _each_block(arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    (blocks,) = arguments
    return [({key: block},) for key, block in blocks.items()]


_PIECES: Final[Mapping[str, Callable[[tuple[Any, ...]], list[tuple[Any, ...]]]]] = {
    "ledger.add": _each_last,
    "history.put_blocks": _each_block,
    "corrections.note": _each_last,
    "corrections.remove": _each_last,
    "events.send": _each_last,
    "tasks.send": _each_last,
}
"""Calls that the real stores may carry out in part."""


class Proxy:
    """A port, with what the plan has in store for it."""

    def __init__(self, name: str, port: object, plan: Plan) -> None:
        self._name = name
        self._port = port
        self._plan = plan

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - any port
        real = getattr(self._port, method)
        if not callable(real):
            return real
        name = f"{self._name}.{method}"
        pieces = _PIECES.get(name, _whole)
        refusal = DeliveryFailed if self._name in ("events", "tasks") else StoreUnavailable

        def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            result = None
            for piece in pieces(tuple(map(_listed, arguments))):
                result = self._once(name, refusal, real, piece, named)
            return result

        call.__name__ = method
        self.__dict__[method] = call
        return call

    def _once(
        self,
        name: str,
        refusal: type[LeagueError],
        real: Callable[..., Any],
        arguments: tuple[Any, ...],
        named: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401
        with self._plan.exposing(True):
            return self._struck(name, refusal, real, arguments, named)

    def _struck(
        self,
        name: str,
        refusal: type[LeagueError],
        real: Callable[..., Any],
        arguments: tuple[Any, ...],
        named: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401
        fault = self._plan.at(name)
        if fault is None:
            return real(*arguments, **named)
        if fault is Fault.REFUSED:
            raise refusal(f"{name} was refused")
        if fault is Fault.KILLED_BEFORE or (
            fault is Fault.KILLED_AFTER and name.partition(".")[2] in READS
        ):
            raise Killed(name)
        if fault is Fault.OVERTAKEN:
            with self._plan.exposing(False):
                self._plan.others()
            return real(*arguments, **named)
        result = real(*arguments, **named)
        if fault is Fault.ANSWER_LOST:
            raise refusal(f"the answer to {name} was lost")
        if fault is Fault.KILLED_AFTER:
            raise Killed(name)
        return real(*arguments, **named) if name.partition(".")[2] not in READS else result


def _listed(argument: object) -> object:
    """Iterables are used up by the first of two calls: make lists of them."""
    if isinstance(argument, str | bytes | Mapping | Sequence) or not isinstance(argument, Iterable):
        return argument
    return list(argument)
