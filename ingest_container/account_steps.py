"""The steps of an account's way through its slot, and back after its key was refused.

Check the key, let events come, read the account whole, go live; stop with a state that says
why; come back when the key is right again. For the worker thread of the slot alone.
"""

import logging
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.account import AccountState
from chalicelib.domain.errors import (
    Conflict,
    DeliveryFailed,
    ExchangeError,
    KeyRevoked,
    LeagueError,
    StoreUnavailable,
)
from chalicelib.services.exchange_ports import UserStream
from chalicelib.services.read_account import read_account
from ingest_container.care import check_key, send_snapshot
from ingest_container.followed import Followed, Stage
from ingest_container.outside import Outside

PASSING = (ExchangeError, StoreUnavailable, DeliveryFailed)
"""What may be tried again."""

_log = logging.getLogger(__name__)


class AccountSteps:
    """What can be done with one account of a slot; `followed` are all of the slot, by id."""

    def __init__(
        self,
        outside: Outside,
        stream: UserStream,
        followed: MutableMapping[str, Followed],
        on_forgotten: Callable[[str], None],
    ) -> None:
        """Nothing is asked before a step. `on_forgotten` is told an account that was let go."""
        self._on_forgotten = on_forgotten
        self._outside = outside
        self._stream = stream
        self._followed = followed

    def follow(self, followed: Followed, compare_for: str, missed_since: datetime | None) -> None:
        """Let its events come, and have its books compared once they do."""
        followed.stage = Stage.SUBSCRIBE
        followed.compare_for = compare_for
        followed.in_doubt_since = missed_since
        self._stream.follow(followed.account.account_id, followed.pair)

    def forget(self, account_id: str) -> None:
        """Let it go, and its key."""
        self._stream.leave(account_id)
        self._followed.pop(account_id, None)
        self._on_forgotten(account_id)

    def advance(self, followed: Followed) -> None:
        """Do the account's next step, if it has one; what fails is tried at the next look."""
        steps = {Stage.CHECK: self._check, Stage.LINK: self._link, Stage.STOP: self._stop}
        step = steps.get(followed.stage)
        if step is None:
            return
        try:
            step(followed)
        except KeyRevoked as error:
            self.stop_as(followed, AccountState.KEY_REVOKED, str(error))
        except PASSING as error:
            self.failed(followed, error)
        except Conflict as error:  # unlinked, or linked anew, while we were at it
            self.failed(followed, error)
            self.forget(followed.account.account_id)
        else:
            followed.last_error = ""

    def _check(self, followed: Followed) -> None:
        state = check_key(self._outside.exchange, followed.pair)
        if state is not AccountState.LIVE:
            self.stop_as(followed, state, "the key's permissions")
            return
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        if self._followed_elsewhere(followed, reading.uid):
            self.stop_as(followed, AccountState.UNLINKED, "this exchange account is linked")
            return
        account = followed.account
        try:
            self._outside.accounts.bind_uid(account.exchange, reading.uid, account, taken_at)
        except Conflict as error:
            self.stop_as(followed, AccountState.UNLINKED, str(error))
            return
        followed.uid = reading.uid
        followed.stage = Stage.SUBSCRIBE
        self._stream.follow(account.account_id, followed.pair)

    def _followed_elsewhere(self, followed: Followed, uid: str) -> bool:
        """Whether another account of the slot stands for the same one at the exchange."""
        others = (each for each in self._followed.values() if each is not followed)
        return any(each.uid == uid and each.stage is not Stage.STOPPED for each in others)

    def _link(self, followed: Followed) -> None:
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        account = replace(followed.account, uid=reading.uid)
        send_snapshot(self._outside, followed, "link", taken_at, reading)
        live = replace(account, state=AccountState.LIVE)
        self._outside.accounts.save(live)
        followed.account, followed.stage = live, Stage.STREAM
        _log.info("account_live", extra={"account_id": live.account_id})

    def stop_as(self, followed: Followed, state: AccountState, reason: str) -> None:
        """Stop following it, and say so in its state."""
        extra = {"account_id": followed.account.account_id, "state": state.value, "reason": reason}
        _log.warning("account_stopped", extra=extra)
        self._stream.leave(followed.account.account_id)
        self._on_forgotten(followed.account.account_id)
        followed.stage, followed.stop_as, followed.streaming = Stage.STOP, state, False
        self.advance(followed)

    def _stop(self, followed: Followed) -> None:
        stopped = replace(followed.account, state=followed.stop_as)
        if followed.stop_as is AccountState.UNLINKED:
            stopped = replace(stopped, ciphertext=None)
        self._outside.accounts.save(stopped)
        if followed.stop_as is AccountState.UNLINKED:
            self.forget(stopped.account_id)
        else:
            followed.account, followed.stage = stopped, Stage.STOPPED

    def check_again(self, followed: Followed) -> bool:
        """Look at the key of an account that streams or was stopped; False when it has to be
        tried again."""
        try:
            state = check_key(self._outside.exchange, followed.pair)
        except KeyRevoked:
            state = AccountState.KEY_REVOKED
        except PASSING as error:
            self.failed(followed, error)
            return False
        if state is not AccountState.LIVE:
            if state is not followed.account.state:
                self.stop_as(followed, state, "the key's permissions")
        elif followed.stage is Stage.STOPPED:
            return self._come_back(followed)
        return True

    def _come_back(self, followed: Followed) -> bool:
        """A stopped account's key was put right: go on, from where it was stopped."""
        uid = followed.account.uid
        if uid is not None and self._followed_elsewhere(followed, uid):
            return True
        state = AccountState.CHECKING if uid is None else AccountState.LIVE
        account = replace(followed.account, state=state)
        try:
            self._outside.accounts.save(account)
        except StoreUnavailable as error:
            self.failed(followed, error)
            return False
        except Conflict:
            self.forget(account.account_id)
            return True
        _log.info("account_came_back", extra={"account_id": account.account_id})
        followed.account, followed.stage = account, Stage.CHECK
        if state is AccountState.LIVE:
            self.follow(followed, "gap", self._outside.machine())
        return True

    def failed(self, followed: Followed, error: LeagueError) -> None:
        """Note why a step was not done."""
        followed.last_error = str(error)
        extra = {
            "account_id": followed.account.account_id,
            "stage": followed.stage.value,
            "reason": str(error),
        }
        _log.warning("account_step_failed", extra=extra)
