"""The switches of an operator, in memory."""

from datetime import datetime, timedelta

from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.switches import Switch
from chalicelib.services.known_switches import BELIEVED, KnownSwitches
from tests.builders import NOON


class FakeSwitchStore:
    """Switches in a dict; `fail` refuses, `reads` counts."""

    def __init__(self) -> None:
        self.kept: dict[Switch, str] = {}
        self.fail = False
        self.reads = 0

    def read(self) -> dict[Switch, str]:
        self.reads += 1
        self._refuse()
        return dict(self.kept)

    def put(self, switch: Switch, value: str) -> None:
        self._refuse()
        self.kept[switch] = value

    def remove(self, switch: Switch) -> None:
        self._refuse()
        self.kept.pop(switch, None)

    def _refuse(self) -> None:
        if self.fail:
            raise StoreUnavailable("reading the switches: ThrottlingException")


class Operator:
    """Somebody at the switches, and a process that has heard of each as soon as it is set."""

    def __init__(self) -> None:
        self.store = FakeSwitchStore()
        self.time = NOON
        self.known = KnownSwitches(self.store.read, self._machine)

    def _machine(self) -> datetime:
        return self.time

    def set(self, switch: Switch, value: str = "on") -> None:
        self.store.put(switch, value)
        self.time += BELIEVED + timedelta(seconds=1)

    def take_back(self, switch: Switch) -> None:
        self.store.remove(switch)
        self.time += BELIEVED + timedelta(seconds=1)
