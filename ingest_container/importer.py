"""Brings in the past of accounts that have gone live, one after the other, when there is time.

It has a thread of its own and the lowest priority at the exchange, so it holds up neither
events nor comparisons of books. Whoever follows an account imports it; what was found is
stored step by step, so the next container goes on where this one ended.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition
from typing import Final

from chalicelib.domain.account import ImportState
from chalicelib.domain.errors import Conflict, LeagueError, RateLimited
from chalicelib.domain.switches import Switch
from chalicelib.services.import_account import AccountImport, ImportSources, begin_import
from chalicelib.services.import_ports import ImportProgress
from ingest_container.followed import Followed, Stage
from ingest_container.outside import Outside

_LOOK_EVERY_S: Final = 5.0
_AGAIN_AFTER: Final = timedelta(seconds=30)
_AFTER_A_CRASH: Final = timedelta(minutes=30)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Case:
    """An account whose past is wanted."""

    followed: Followed
    due: datetime
    work: AccountImport | None = None
    told: ImportState = ImportState.WAITING


class Importer:
    """The imports of the accounts followed here; `run` is for a thread of its own."""

    def __init__(
        self,
        outside: Outside,
        sources: ImportSources,
        followed: Callable[[], Iterable[Followed]],
    ) -> None:
        """`followed` are all accounts of the container, whose events come or not."""
        self._outside = outside
        self._sources = sources
        self._followed = followed
        self._changed = Condition()
        self._cases: dict[tuple[str, int], _Case] = {}
        self._done: set[tuple[str, int]] = set()
        self._resting = False
        self._closed = False

    def rest(self, resting: bool) -> None:
        """While resting, nothing is imported."""
        with self._changed:
            self._resting = resting
            self._changed.notify_all()

    def waiting(self) -> int:
        """Accounts whose past has not come in yet."""
        return len(self._cases)

    def run(self) -> None:
        """Import what is wanted until `close`. May be called again after it raised."""
        while not self._closed:
            if self._may_import():
                self.look()
                self.import_due()
            with self._changed:
                if not self._closed:
                    self._changed.wait(_LOOK_EVERY_S)

    def close(self) -> None:
        """Make `run` return, after the step it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def look(self) -> None:
        """Take up the accounts that stream and whose past is wanted; drop those that are gone."""
        now = self._outside.machine()
        wanted = {
            (each.account.account_id, each.account.link_number): each
            for each in self._followed()
            if each.stage is Stage.STREAM and each.account.import_state is not ImportState.DONE
        }
        self._cases = {
            key: self._cases[key] if key in self._cases else _Case(followed, now)
            for key, followed in wanted.items()
            if key not in self._done
        }

    def import_due(self) -> None:
        """Take a turn of each import that is due. Who linked last comes first: he has just come in
        and looks, and what one import asks for leaves room for the others in the next minute."""
        now = self._outside.machine()
        due = [case for case in self._cases.values() if case.due <= now]
        for case in sorted(due, key=lambda each: each.followed.account.linked_at, reverse=True):
            if not self._may_import():
                return
            case.due = self._outside.machine() + _AFTER_A_CRASH  # unless this turn comes back
            self._turn(case)

    def _may_import(self) -> bool:
        """The one place that says whether imports go on."""
        paused = self._outside.paused(Switch.IMPORT)
        return not self._resting and not self._closed and not paused

    def _turn(self, case: _Case) -> None:
        account = case.followed.account
        try:
            if case.work is None:
                case.work = begin_import(account, case.followed.pair, self._sources)
            if case.work is None:  # its link is still on its way
                case.due = self._outside.machine() + timedelta(seconds=_LOOK_EVERY_S)
                return
            self._tell(case, ImportState.RUNNING)
            retry_at = case.work.turn()
            if retry_at is None:
                self._tell(case, ImportState.DONE)
                self._done.add((account.account_id, account.link_number))
                self._cases.pop((account.account_id, account.link_number), None)
                _log.info("account_imported", extra={"account_id": account.account_id})
            else:
                case.due = retry_at
        except Conflict:  # unlinked meanwhile, or linked anew
            self._cases.pop((account.account_id, account.link_number), None)
        except LeagueError as error:
            self._failed(case, error)

    def _tell(self, case: _Case, state: ImportState) -> None:
        """Note how far it is for the account's owner, if that is news."""
        if case.told is not state:
            self._outside.accounts.set_import_state(case.followed.account, state)
            case.told = state

    def _failed(self, case: _Case, error: LeagueError) -> None:
        """Note why it stands still; it is tried again."""
        account = case.followed.account
        now = self._outside.machine()
        case.due = error.retry_at if isinstance(error, RateLimited) else now + _AGAIN_AFTER
        extra = {"account_id": account.account_id, "reason": str(error)}
        _log.warning("import_interrupted", extra=extra)
        try:
            imports = self._sources.imports
            known = imports.progress(account.trader_id).get(account.account_id)
            percent = known.percent if known else 0
            problem = ImportProgress(account.account_id, percent, str(error))
            imports.put_progress(account.trader_id, problem)
        except LeagueError as again:
            _log.warning("import_problem_not_noted", extra={"reason": str(again)})
