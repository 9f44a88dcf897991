"""One stream slot: follows the accounts of its roster, from the key's check to the last frame.

A new account is checked, subscribed, read whole and forwarded as a snapshot before it is LIVE;
one whose key is refused stops alone. All of it happens on one worker thread; the stream's
thread only hands frames on.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from queue import Empty, SimpleQueue

from chalicelib.domain.account import AccountState, ExchangeAccount
from chalicelib.domain.errors import (
    Conflict,
    DeliveryFailed,
    ExchangeError,
    ExchangeUnavailable,
    KeyRevoked,
    LeagueError,
    NotAllowed,
    StoreUnavailable,
)
from chalicelib.services.read_account import read_account
from ingest_container.care import check_key, send_snapshot
from ingest_container.followed import Followed, Stage
from ingest_container.forwarder import Forwarder
from ingest_container.outside import Outside

_PASSING = (ExchangeError, StoreUnavailable, DeliveryFailed)
_CHECKPOINTS_A_HEARTBEAT = 5  # so that a day's worth takes minutes, and few weights a minute
_ENTRY_SIGNS = ('"TRADE"', '"balanceUpdate"')  # in every frame that makes a ledger entry
_FOLLOWED_STATES = (AccountState.CHECKING, AccountState.LIVE)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Day:
    number: date
    due: list[str] = field(default_factory=list)


class SlotSession:
    """A StreamListener with a worker: `run` is for a thread of its own."""

    def __init__(
        self, slot: int, outside: Outside, forwarder: Forwarder, heartbeat: Callable[[], float]
    ) -> None:
        """`heartbeat` gives the seconds from one look at the roster to the next. `frames` counts
        those received, of accounts that are gone too; with `manual_days` only `tick` ends a day.
        """
        self.slot = slot
        self._outside = outside
        self._forwarder = forwarder
        self._heartbeat = heartbeat
        self._inbox: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._followed: dict[str, Followed] = {}
        self._roster_number = -1
        self._day = _Day(outside.now().date())
        self.manual_days = False
        self.frames = 0
        self._next_look = 0.0  # on the machine's monotonic clock
        self.stream = outside.user_stream(self)

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
        """Do what is due at an hour's end, all of it, then call `done`."""

        def work() -> None:
            try:
                self.look()
                self._turn_day()
                while self._day.due:
                    self._checkpoint_some()
            finally:
                done()

        self._inbox.put(work)

    def run(self) -> None:
        """Work until `close`. May be called again after it raised."""
        while True:
            try:
                task = self._inbox.get(timeout=max(0.0, self._next_look - time.monotonic()))
            except Empty:
                self.look()
                if not self.manual_days:
                    self._turn_day()
                    self._checkpoint_some()
                self._next_look = time.monotonic() + self._heartbeat()
                continue
            if task is None:
                return
            task()

    def look_now(self) -> None:
        """Do not wait for the next heartbeat."""

        def forget_the_time() -> None:
            self._next_look = 0.0

        self._inbox.put(forget_the_time)

    def close(self) -> None:
        """Make `run` return."""
        self._inbox.put(None)

    def look(self) -> None:
        """One heartbeat: take up a changed roster, and whatever is waiting to be tried again."""
        try:
            number = self._outside.accounts.roster_number(self.slot)
            if number != self._roster_number and self._take_roster():
                self._roster_number = number
        except StoreUnavailable as error:
            _log.warning("roster_not_read", extra={"slot": self.slot, "reason": str(error)})
        for followed in self.followed():
            self._advance(followed)

    def _take_roster(self) -> bool:
        """Follow who is new and leave who is gone; False when some key could not be opened."""
        listed = {
            account.account_id: account
            for account in self._outside.accounts.roster(self.slot)
            if account.exchange == self._outside.exchange_name
            and account.state in _FOLLOWED_STATES
            and account.ciphertext is not None
        }
        for account_id, followed in list(self._followed.items()):
            account = listed.get(account_id)
            if account is None or account.link_number != followed.account.link_number:
                self._forget(account_id)
            elif followed.stage is not Stage.STOP:
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
        live = account.state is AccountState.LIVE
        stage = Stage.SUBSCRIBE if live else Stage.CHECK
        followed = Followed(account, pair, stage, uid=account.uid)
        self._followed[account.account_id] = followed
        if live:
            self.stream.follow(account.account_id, pair)
        return True

    def _forget(self, account_id: str) -> None:
        self.stream.leave(account_id)
        self._followed.pop(account_id, None)

    def _advance(self, followed: Followed) -> None:
        """Do the account's next step, if it has one; what fails is tried at the next look."""
        steps = {Stage.CHECK: self._check, Stage.LINK: self._link, Stage.STOP: self._stop}
        step = steps.get(followed.stage)
        if step is None:
            return
        try:
            step(followed)
        except KeyRevoked as error:
            self._stop_as(followed, AccountState.KEY_REVOKED, str(error))
        except _PASSING as error:
            self._failed(followed, error)
        except Conflict as error:  # unlinked, or linked anew, while we were at it
            self._failed(followed, error)
            self._forget(followed.account.account_id)
        else:
            followed.last_error = ""

    def _check(self, followed: Followed) -> None:
        state = check_key(self._outside.exchange, followed.pair)
        if state is not AccountState.LIVE:
            self._stop_as(followed, state, "the key's permissions")
            return
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        if any(each.uid == reading.uid for each in self.followed() if each is not followed):
            self._stop_as(followed, AccountState.UNLINKED, "this exchange account is linked")
            return
        account = followed.account
        try:
            self._outside.accounts.bind_uid(account.exchange, reading.uid, account, taken_at)
        except Conflict as error:
            self._stop_as(followed, AccountState.UNLINKED, str(error))
            return
        followed.uid = reading.uid
        followed.stage = Stage.SUBSCRIBE
        self.stream.follow(account.account_id, followed.pair)

    def _link(self, followed: Followed) -> None:
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        account = replace(followed.account, uid=reading.uid)
        send_snapshot(self._outside, followed, "link", taken_at, reading)
        live = replace(account, state=AccountState.LIVE)
        self._outside.accounts.save(live)
        followed.account, followed.stage = live, Stage.STREAM
        _log.info("account_live", extra={"account_id": live.account_id})

    def _stop_as(self, followed: Followed, state: AccountState, reason: str) -> None:
        extra = {"account_id": followed.account.account_id, "state": state.value, "reason": reason}
        _log.warning("account_stopped", extra=extra)
        self.stream.leave(followed.account.account_id)
        followed.stage, followed.stop_as, followed.streaming = Stage.STOP, state, False
        self._advance(followed)

    def _stop(self, followed: Followed) -> None:
        stopped = replace(followed.account, state=followed.stop_as)
        if followed.stop_as is AccountState.UNLINKED:
            stopped = replace(stopped, ciphertext=None)
        self._outside.accounts.save(stopped)
        self._forget(stopped.account_id)

    def _on_subscribed(self, account_id: str) -> None:
        followed = self._followed.get(account_id)
        if followed is None:
            return
        followed.streaming = True
        if followed.stage is Stage.SUBSCRIBE:
            checking = followed.account.state is AccountState.CHECKING
            followed.stage = Stage.LINK if checking else Stage.STREAM
            self._advance(followed)

    def _on_gap(self, account_ids: Sequence[str], *, streaming: bool = False) -> None:
        for account_id in account_ids:
            followed = self._followed.get(account_id)
            if followed is None:
                continue
            followed.streaming = streaming
            if followed.stage is Stage.LINK:
                followed.stage = Stage.SUBSCRIBE  # read it only when nothing is missed any more
            elif followed.stage is Stage.STREAM:
                followed.in_doubt_since = followed.in_doubt_since or self._outside.machine()

    def _on_revoked(self, account_id: str, reason: str) -> None:
        followed = self._followed.get(account_id)
        if followed is not None:
            self._stop_as(followed, AccountState.KEY_REVOKED, reason)

    def _turn_day(self) -> None:
        """At a new UTC day of the exchange, list who needs a checkpoint."""
        try:
            today = self._outside.now().date()
        except ExchangeUnavailable:
            return  # no clock, no new day; at the next look
        if today != self._day.number:
            due = [each.account.account_id for each in self.followed() if each.wants_checkpoint()]
            self._day = _Day(today, sorted(due))

    def _checkpoint_some(self) -> None:
        batch = self._day.due[:_CHECKPOINTS_A_HEARTBEAT]
        del self._day.due[: len(batch)]
        for account_id in batch:
            followed = self._followed.get(account_id)
            if followed is None or not followed.wants_checkpoint():
                continue
            followed.entries_since_checkpoint = False
            try:
                taken_at, reading = read_account(self._outside.exchange, followed.pair)
                send_snapshot(self._outside, followed, "daily", taken_at, reading)
            except KeyRevoked as error:
                self._stop_as(followed, AccountState.KEY_REVOKED, str(error))
            except _PASSING as error:
                followed.entries_since_checkpoint = True  # tomorrow
                self._failed(followed, error)

    def _failed(self, followed: Followed, error: LeagueError) -> None:
        followed.last_error = str(error)
        extra = {
            "account_id": followed.account.account_id,
            "stage": followed.stage.value,
            "reason": str(error),
        }
        _log.warning("account_step_failed", extra=extra)
