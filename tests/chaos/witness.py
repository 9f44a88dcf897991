"""Somebody who looks at the boards all the time, as a visitor would."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.windows import WINDOWS

if TYPE_CHECKING:
    from tests.chaos.world import World


@dataclass(frozen=True)
class _Seen:
    head: object
    order: tuple[int, ...]


class Witness:
    """Looks at the boards after everything that may change them: of an hour and revision there
    is one result, and the hours never go back."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._seen: dict[tuple[str, int, int], _Seen] = {}
        self._newest: dict[str, tuple[int, int]] = {}
        self.faults: list[str] = []

    def look(self) -> None:
        """What a visitor would see now."""
        boards = self._world.backing.stores.boards
        for window in WINDOWS:
            head = boards.current(window.name)
            if head is None:
                continue
            at = (head.hour, head.revision)
            seen = _Seen(head, tuple(boards.order(window.name, head, 0, 999)))
            known = self._seen.setdefault((window.name, *at), seen)
            if known != seen:
                self.faults.append(f"hour {at} of {window.name} was {known}, then {seen}")
            if at < self._newest.get(window.name, at):
                self.faults.append(f"the board of {window.name} went back to {at}")
            self._newest[window.name] = at
