"""One account of a slot: how far it is on its way, and what is known of its stream."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chalicelib.domain.account import AccountState, ExchangeAccount, KeyPair, Refusal
from chalicelib.domain.ledger import LedgerEntry
from chalicelib.services.ports import Snapshot, StreamItem


class Stage(Enum):
    """How far an account is on its way."""

    CHECK = "check"
    SUBSCRIBE = "subscribe"
    LINK = "link"
    STREAM = "stream"
    STOP = "stop"
    STOPPED = "stopped"


@dataclass(slots=True)
class Followed:
    """An account of the slot and what is known of its stream.

    `frames` counts those received.
    `in_doubt_since` is by the machine's clock: since then frames may have been missed.
    `silent_since` is by the machine's clock: since then no frames come though they should.
    `compare_for` is why its books must be compared once it streams; empty when they need not.
    """

    account: ExchangeAccount
    pair: KeyPair
    stage: Stage
    streaming: bool = False
    silent_since: datetime | None = None
    stop_as: AccountState = AccountState.KEY_REVOKED
    stop_for: tuple[Refusal, ...] = ()
    frames: int = 0
    entries_since_checkpoint: bool = False
    in_doubt_since: datetime | None = None
    compare_for: str = ""
    last_error: str = ""

    def item(
        self,
        received_at: datetime,
        *,
        frame: str | None = None,
        found: Sequence[LedgerEntry] = (),
        snapshot: Snapshot | None = None,
    ) -> StreamItem:
        """A frame (the newest that was counted), entries or a snapshot of this account."""
        return StreamItem(
            account_id=self.account.account_id,
            trader_id=self.account.trader_id,
            seat=self.account.seat,
            exchange=self.account.exchange,
            link_number=self.account.link_number,
            linked_at=self.account.linked_at,
            sequence=self.frames if frame is not None else 0,
            received_at=received_at,
            frame=frame,
            found=tuple(found),
            snapshot=snapshot,
            trace=secrets.token_hex(8),
        )

    def wants_checkpoint(self) -> bool:
        """Whether its ledger grew since its quantities were last read whole."""
        return self.stage is Stage.STREAM and self.entries_since_checkpoint
