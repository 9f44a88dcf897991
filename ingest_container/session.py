"""One stream slot: follows the accounts of its roster, from the key's check to the last frame.

A new account is checked, subscribed, read whole and forwarded as a snapshot before it is LIVE;
one whose key is refused stops alone. All of it happens on one worker thread; the stream's
thread only hands frames on.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Protocol

from chalicelib.domain.account import AccountState, ExchangeAccount, Refusal
from chalicelib.domain.errors import (
    ExchangeUnavailable,
    NotAllowed,
    StoreUnavailable,
)
from ingest_container.account_steps import AccountSteps
from ingest_container.followed import Followed, Stage
from ingest_container.forwarder import Forwarder
from ingest_container.key_checks import KeyChecks
from ingest_container.outside import Outside

_ENTRY_SIGNS = ('"TRADE"', '"balanceUpdate"')  # in every frame that makes a ledger entry
_KEY_CHECKS_A_HEARTBEAT = 5
_NOTES_A_HEARTBEAT = 25
_STOPPED_STATES = (AccountState.KEY_REVOKED, AccountState.PERMISSIONS_WIDENED)

_MOVEMENT_SIGN = '"balanceUpdate"'  # in every frame of a change that a history will name

_log = logging.getLogger(__name__)


class Books(Protocol):
    """Where it is said whose books must be compared with the exchange's; see `Reconciler`."""

    def want(self, followed: Followed, reason: str) -> None:
        """Compare: "restart" when its slot was taken over, "gap" when frames may have been
        missed, "movement" when a history should name one, "daily". For any thread."""

    def look(self, slot: int, followed: Iterable[Followed]) -> None:
        """Take up the doubts stored of the slot's accounts. Raises StoreUnavailable."""

    def drop(self, account_id: str) -> None:
        """The account is followed no longer."""


class SlotSession:
    """A StreamListener with a worker: `run` is for a thread of its own."""

    def __init__(
        self,
        slot: int,
        outside: Outside,
        forwarder: Forwarder,
        heartbeat: Callable[[], float],
        *,
        books: Books,
        missed_since: datetime | None = None,
    ) -> None:
        """`heartbeat` gives the seconds from one look at the roster to the next. Since
        `missed_since` (by the machine's clock) nobody may have followed the slot; None when it
        was handed over. `frames` counts those received, of accounts that are gone too, and `gaps`
        how often events may have been missed; with `manual_days` books are compared by hand alone.
        """
        self.slot = slot
        self._books = books
        self._missed_since = missed_since
        self._retired = False
        self._outside = outside
        self._forwarder = forwarder
        self._heartbeat = heartbeat
        self._inbox: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._followed: dict[str, Followed] = {}
        self._roster_number = -1
        now = outside.now()
        self._day = now.date()
        self._key_checks = KeyChecks(now)
        self.manual_days = False
        self.frames = 0
        self.gaps = 0 if missed_since is None else 1
        self._next_look = 0.0  # on the machine's monotonic clock
        self.stream = outside.user_stream(self)
        self._steps = AccountSteps(outside, self.stream, self._followed, books.drop)

    def followed(self) -> list[Followed]:
        """The accounts of the slot, as they are now."""
        return list(self._followed.values())

    def frame(self, account_id: str, frame: str) -> None:
        """Forward a frame; called by the stream."""
        followed = self._followed.get(account_id)
        if followed is None:
            return
        followed.frames += 1
        self.frames += 1
        if any(sign in frame for sign in _ENTRY_SIGNS):
            followed.entries_since_checkpoint = True
        if _MOVEMENT_SIGN in frame and not self.manual_days and not self._retired:
            self._books.want(followed, "movement")
        self._forwarder.put(followed.item(self._outside.machine(), frame=frame))

    def subscribed(self, account_id: str) -> None:
        """Called by the stream."""
        self._inbox.put(partial(self._on_subscribed, account_id))

    def gap(self, account_ids: Sequence[str]) -> None:
        """Called by the stream."""
        self._inbox.put(partial(self._on_gap, list(account_ids)))

    def revoked(self, account_id: str, reason: str) -> None:
        """Called by the stream."""
        self._inbox.put(partial(self._on_revoked, account_id, reason))

    def lost(self, account_id: str) -> None:
        """A frame of this account was dropped; called by the forwarder."""
        self._inbox.put(partial(self._on_gap, [account_id], streaming=True))

    def tick(self, done: Callable[[], None]) -> None:
        """Take up what is new, then call `done`."""

        def work() -> None:
            try:
                self.look()
            finally:
                done()

        self._inbox.put(work)

    def run(self) -> None:
        """Work until `close`. May be called again after it raised."""
        while self.turn(max(0.0, self._next_look - time.monotonic())):
            pass

    def turn(self, seconds: float) -> bool:
        """Do the next thing that is asked within `seconds`; when nothing is, a heartbeat. False
        when it was asked to close."""
        try:
            task = self._inbox.get(timeout=seconds)
        except Empty:
            self.look()
            if not self.manual_days and not self._retired:
                self._turn_day()
                self.check_keys()
            self._next_look = time.monotonic() + self._heartbeat()
            return True
        if task is None:
            return False
        task()
        return True

    def look_now(self) -> None:
        """Do not wait for the next heartbeat."""

        def forget_the_time() -> None:
            self._next_look = 0.0

        self._inbox.put(forget_the_time)

    def close(self) -> None:
        """Make `run` return."""
        self._inbox.put(None)

    def ready(self) -> bool:
        """Whether every account that should stream does."""
        stages = (Stage.SUBSCRIBE, Stage.LINK, Stage.STREAM)
        return self._roster_number >= 0 and all(
            each.streaming for each in self.followed() if each.stage in stages
        )

    def retire(self) -> None:
        """Hand frames on, and do nothing else: another container is taking the slot over, and
        compares the books of all its accounts."""
        self._retired = True
        for followed in self.followed():
            self._books.drop(followed.account.account_id)

    def resume(self) -> None:
        """Nobody took the slot over: it is ours again."""

        def work() -> None:
            self._retired = False
            for followed in self.followed():
                followed.compare_for = followed.compare_for or "restart"
                self._compare(followed)

        self._inbox.put(work)

    def look(self) -> None:
        """One heartbeat: take up a changed roster, and whatever is waiting to be tried again."""
        if self._retired:
            return
        try:
            number = self._outside.accounts.roster_number(self.slot)
            if number != self._roster_number and self._take_roster():
                self._roster_number = number
        except StoreUnavailable as error:
            _log.warning("roster_not_read", extra={"slot": self.slot, "reason": str(error)})
        for followed in self.followed():
            self._steps.advance(followed)
        silent = (self._steps.note_silence(each) for each in self.followed())
        list(islice(filter(None, silent), _NOTES_A_HEARTBEAT))
        try:
            self._books.look(self.slot, self.followed())
        except StoreUnavailable as error:
            _log.warning("doubts_not_read", extra={"slot": self.slot, "reason": str(error)})

    def _take_roster(self) -> bool:
        """Follow who is new and leave who is gone; False when some key could not be opened."""
        listed = {
            account.account_id: account
            for account in self._outside.accounts.roster(self.slot)
            if account.exchange == self._outside.exchange_name and account.ciphertext is not None
        }
        for account_id, followed in list(self._followed.items()):
            account = listed.get(account_id)
            if account is None or account.link_number != followed.account.link_number:
                self._steps.forget(account_id)
            elif account.ciphertext != followed.account.ciphertext:
                self._steps.forget(account_id)  # it goes on with another key
            elif followed.stage is Stage.STOP:
                continue
            elif (account.state in _STOPPED_STATES) != (followed.stage is Stage.STOPPED):
                self._steps.forget(account_id)  # another changed its state: begin as that says
            else:
                followed.account = account
        new = [account for name, account in listed.items() if name not in self._followed]
        taken_up = [self._take_up(account) for account in new]
        return all(taken_up)

    def _take_up(self, account: ExchangeAccount) -> bool:
        try:
            pair = self._outside.vault.open(
                account.ciphertext or b"", account.account_id, account.trader_id, account.exchange
            )
        except (StoreUnavailable, NotAllowed) as error:
            extra = {"account_id": account.account_id, "reason": str(error)}
            _log.error("key_not_opened", extra=extra)
            return False
        followed = Followed(account, pair, Stage.CHECK)
        self._followed[account.account_id] = followed
        if account.state in _STOPPED_STATES:
            followed.stage = Stage.STOPPED
        elif account.state is AccountState.LIVE:
            self._steps.follow(
                followed, "gap" if self._missed_since else "restart", self._missed_since
            )
        return True

    def check_keys(self) -> None:
        """Look again at the keys whose turn has come, a few at a time."""
        try:
            now = self._outside.now()
        except ExchangeUnavailable:
            return  # no clock: at the next look
        stages = (Stage.STREAM, Stage.STOPPED)
        asked = [each.account.account_id for each in self.followed() if each.stage in stages]
        for account_id in self._key_checks.due(asked, now, _KEY_CHECKS_A_HEARTBEAT):
            if not self._steps.check_again(self._followed[account_id]):
                self._key_checks.put_off(account_id)

    def _on_subscribed(self, account_id: str) -> None:
        followed = self._followed.get(account_id)
        if followed is None:
            return
        followed.streaming, followed.silent_since = True, None
        self._steps.note(followed, None)
        if followed.stage is Stage.SUBSCRIBE:
            checking = followed.account.state is AccountState.CHECKING
            followed.stage = Stage.LINK if checking else Stage.STREAM
            self._steps.advance(followed)
        self._compare(followed)

    def _compare(self, followed: Followed) -> None:
        """Have the books compared of an account that streams again."""
        streams = followed.streaming and followed.stage is Stage.STREAM
        if streams and followed.compare_for and not self._retired:
            reason, followed.compare_for = followed.compare_for, ""
            self._books.want(followed, reason)

    def _on_gap(self, account_ids: Sequence[str], *, streaming: bool = False) -> None:
        self.gaps += 1
        for account_id in account_ids:
            followed = self._followed.get(account_id)
            if followed is None:
                continue
            followed.streaming = streaming
            if not streaming:
                followed.silent_since = followed.silent_since or self._outside.machine()
            if followed.stage is Stage.LINK:
                followed.stage = Stage.SUBSCRIBE  # read it only when nothing is missed any more
            elif followed.stage is Stage.STREAM:
                followed.in_doubt_since = followed.in_doubt_since or self._outside.machine()
                followed.compare_for = "gap"
                self._compare(followed)

    def _on_revoked(self, account_id: str, reason: str) -> None:
        followed = self._followed.get(account_id)
        if followed is not None:
            refusals = (Refusal.KEY_REFUSED,)
            self._steps.stop_as(followed, AccountState.KEY_REVOKED, refusals, reason)

    def compare_all(self) -> None:
        """Want the books compared of every account that something was recorded of since."""
        for followed in self.followed():
            if followed.wants_checkpoint():
                self._books.want(followed, "daily")

    def _turn_day(self) -> None:
        """At a new UTC day of the exchange, have the books compared that grew."""
        try:
            today = self._outside.now().date()
        except ExchangeUnavailable:
            return  # no clock, no new day; at the next look
        if today != self._day:
            self._day = today
            self.compare_all()
