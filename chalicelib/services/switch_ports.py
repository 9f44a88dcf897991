"""What switching parts of the league needs from outside."""

from typing import Protocol

from chalicelib.domain.switches import Switch


class SwitchStore(Protocol):
    """Where an operator's switches are kept, for all processes of a stage."""

    def read(self) -> dict[Switch, str]:
        """The switches that are set; one that is missing is not switched. Raises
        StoreUnavailable."""

    def put(self, switch: Switch, value: str) -> None:
        """Set it. Raises StoreUnavailable."""

    def remove(self, switch: Switch) -> None:
        """Take it back; one that is not set is no error. Raises StoreUnavailable."""
