"""What publishing the file of an hour needs from outside.

Every write may be repeated with the same content and then changes nothing more. What cannot be
reached raises StoreUnavailable and may be tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.hour_file import ChainLink


class RowSecrets(Protocol):
    """One random secret per seat: of it come the id of a trader's rows and the salts of his marks.
    Without it neither can be made again."""

    def of_seats(self, seats: Sequence[int]) -> dict[int, bytes]:
        """Secrets of those of `seats` that have one."""

    def make(self, seats: Sequence[int]) -> dict[int, bytes]:
        """A new secret for each seat that has none; returns what is then stored for each."""

    def forget(self, seat: int) -> None:
        """Destroy it; one that is not there is no error."""


@dataclass(frozen=True, slots=True)
class Published:
    """The newest file of an hour, and the hash of the list of names as it was last stored."""

    link: ChainLink
    names_sha256: str


class Chain(Protocol):
    """Which file was published last."""

    def last(self) -> Published | None:
        """Read consistently; None before the first."""

    def extend(self, published: Published) -> None:
        """Make it the last one, unless one of the same or a later hour and revision is."""


class PublicFiles(Protocol):
    """Files that everybody may fetch, by name."""

    def put_new(self, name: str, content: str) -> str:
        """Store a text that is never changed again; returns what is stored, the first one's where
        another was quicker."""

    def put(self, name: str, content: str) -> None:
        """Store, replacing."""
