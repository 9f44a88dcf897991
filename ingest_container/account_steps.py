"""The steps of an account's way through its slot, and back after its key was refused.

Check the key, let events come, read the account whole, go live; stop with a state that says
why; come back when the key is right again. For the worker thread of the slot alone.
"""

import logging
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.account import (
    AccountState,
    ExchangeAccount,
    Refusal,
    Trouble,
    refusals_of,
    state_after_check,
)
from chalicelib.domain.errors import (
    Conflict,
    DeliveryFailed,
    ExchangeError,
    KeyRevoked,
    LeagueError,
    StoreUnavailable,
)
from chalicelib.services.bind_account import bind_account
from chalicelib.services.exchange_ports import UserStream
from chalicelib.services.link_account import unlink_account
from chalicelib.services.read_account import read_account
from ingest_container.care import refusal_of, send_snapshot
from ingest_container.exchange_mood import ExchangeMood
from ingest_container.followed import Followed, Stage
from ingest_container.outside import Outside

PASSING = (ExchangeError, StoreUnavailable, DeliveryFailed)
"""What may be tried again."""

_SILENT_AFTER: Final = timedelta(minutes=1)
"""A connection that is renewed is no news."""

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
        self._mood = ExchangeMood(outside)
        self._stream = stream
        self._followed = followed

    def follow(self, followed: Followed, compare_for: str, missed_since: datetime | None) -> None:
        """Let its events come, and have its books compared once they do."""
        followed.stage = Stage.SUBSCRIBE
        followed.compare_for = compare_for
        followed.in_doubt_since = missed_since
        followed.silent_since = self._outside.machine()
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
            self.stop_as(followed, AccountState.KEY_REVOKED, (refusal_of(error),), str(error))
        except PASSING as error:
            self.failed(followed, error)
        except Conflict as error:  # unlinked, or linked anew, while we were at it
            self.failed(followed, error)
            self.forget(followed.account.account_id)
        else:
            followed.last_error = ""

    def _check(self, followed: Followed) -> None:
        permissions = self._outside.exchange.permissions(followed.pair)
        refusals = refusals_of(permissions)
        if refusals:
            self.stop_as(followed, state_after_check(permissions), refusals)
            return
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        if not reading.spot:
            self.stop_as(followed, AccountState.KEY_REVOKED, (Refusal.NOT_SPOT,))
            return
        account, desk = followed.account, self._outside.desk
        refusal = bind_account(account, reading.uid, followed.pair, taken_at, desk)
        if refusal is not None:
            self.stop_as(followed, AccountState.UNLINKED, (refusal,))
        elif account.uid is not None:  # it was live before its key was refused
            self._come_back(followed)
        else:
            followed.stage = Stage.SUBSCRIBE
            followed.silent_since = self._outside.machine()
            self.note(followed, None)
            self._stream.follow(account.account_id, followed.pair)

    def _link(self, followed: Followed) -> None:
        taken_at, reading = read_account(self._outside.exchange, followed.pair)
        account = replace(followed.account, uid=reading.uid)
        send_snapshot(self._outside, followed, "link", taken_at, reading)
        self._save(followed, replace(account, state=AccountState.LIVE))
        followed.stage = Stage.STREAM
        _log.info("account_live", extra={"account_id": account.account_id})

    def _save(self, followed: Followed, account: ExchangeAccount) -> None:
        """Whatever troubled it is over with that, in the store too."""
        self._outside.accounts.save(account)
        followed.account = replace(account, trouble=None, trouble_since=None)

    def stop_as(
        self,
        followed: Followed,
        state: AccountState,
        refusals: tuple[Refusal, ...],
        reason: str = "",
    ) -> None:
        """Stop following it, and say so in its state; `reason` is for the log."""
        account_id = followed.account.account_id
        extra = {"account_id": account_id, "state": state.value, "reason": reason}
        extra["refusals"] = " ".join(each.value for each in refusals)
        _log.warning("account_stopped", extra=extra)
        self._stream.leave(account_id)
        self._on_forgotten(account_id)
        followed.stage, followed.streaming = Stage.STOP, False
        followed.stop_as, followed.stop_for = state, refusals
        self.advance(followed)

    def _stop(self, followed: Followed) -> None:
        account, refusals = followed.account, followed.stop_for
        if followed.stop_as is AccountState.UNLINKED:
            unlink_account(account, self._outside.now(), self._outside.desk.members, refusals)
            self.forget(account.account_id)
            return
        self._save(followed, replace(account, state=followed.stop_as, refusals=refusals))
        followed.stage = Stage.STOPPED

    def check_again(self, followed: Followed) -> bool:
        """Look at the key of an account that streams or was stopped; False when it has to be
        tried again."""
        try:
            permissions = self._outside.exchange.permissions(followed.pair)
        except KeyRevoked as error:
            state = AccountState.KEY_REVOKED
            refusals: tuple[Refusal, ...] = (refusal_of(error),)
        except PASSING as error:
            self.failed(followed, error)
            return False
        else:
            state, refusals = state_after_check(permissions), refusals_of(permissions)
        if refusals:
            if (state, refusals) != (followed.account.state, followed.account.refusals):
                self.stop_as(followed, state, refusals)
        elif followed.stage is Stage.STOPPED:
            return self._come_back(followed)
        if followed.streaming:
            self.note(followed, None)
        return True

    def _come_back(self, followed: Followed) -> bool:
        """A stopped account's key was put right: go on, from where it was stopped."""
        uid = followed.account.uid
        state = AccountState.CHECKING if uid is None else AccountState.LIVE
        account = replace(followed.account, state=state, refusals=())
        try:
            self._save(followed, account)
        except StoreUnavailable as error:
            self.failed(followed, error)
            return False
        except Conflict:
            self.forget(account.account_id)
            return True
        _log.info("account_came_back", extra={"account_id": account.account_id})
        followed.stage = Stage.CHECK
        if state is AccountState.LIVE:
            self.follow(followed, "gap", self._outside.machine())
        return True

    def failed(self, followed: Followed, error: LeagueError) -> None:
        """Note why a step was not done, also for the account's owner."""
        followed.last_error = str(error)
        extra = {
            "account_id": followed.account.account_id,
            "stage": followed.stage.value,
            "reason": str(error),
        }
        _log.warning("account_step_failed", extra=extra)
        if isinstance(error, ExchangeError):
            self.note(followed, self._mood.after(error))

    def note_silence(self, followed: Followed) -> bool:
        """Tell the owner that no events come, when none have come for a while; whether that
        was news."""
        since, told = followed.silent_since, followed.account.trouble
        if since is None or self._outside.machine() - since < _SILENT_AFTER or told is not None:
            return False
        trouble = self._mood.now()
        closed = trouble is Trouble.MAINTENANCE
        self.note(followed, trouble if closed else Trouble.STREAM_BROKEN)
        return True

    def note(self, followed: Followed, trouble: Trouble | None) -> None:
        """Keep what troubles the account, or that nothing does any more, if that is news."""
        account = followed.account
        if account.trouble is trouble:
            return
        try:
            since = self._outside.now()
            self._outside.accounts.note_trouble(account, trouble, since)
        except (*PASSING, Conflict) as error:
            extra = {"account_id": account.account_id, "reason": str(error)}
            _log.warning("trouble_not_noted", extra=extra)
            return
        followed.account = replace(account, trouble=trouble, trouble_since=since)
