"""A StreamListener that keeps what it was told and can be waited on, for tests with threads."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition

PATIENCE_S = 10


@dataclass
class Heard:
    """A StreamListener that keeps what it was told; `until` waits for it."""

    frames: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    subscribed_accounts: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told: Condition = field(default_factory=Condition)

    def frame(self, account_id: str, frame: str) -> None:
        with self.told:
            self.frames[account_id].append(frame)
            self.told.notify_all()

    def subscribed(self, account_id: str) -> None:
        with self.told:
            self.subscribed_accounts.append(account_id)
            self.told.notify_all()

    def gap(self, account_ids: Sequence[str]) -> None:
        with self.told:
            self.gaps += account_ids
            self.told.notify_all()

    def revoked(self, account_id: str, reason: str) -> None:
        with self.told:
            self.refused.append(account_id)
            self.told.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        with self.told:
            assert self.told.wait_for(true, PATIENCE_S), f"never came; heard {self}"

    def until_subscribed(self, account_id: str, times: int = 1) -> None:
        self.until(lambda: self.subscribed_accounts.count(account_id) >= times)

    def until_frames(self, account_id: str, count: int) -> None:
        self.until(lambda: len(self.frames[account_id]) >= count)
