"""Compares the books of accounts with the exchange's, one account at a time.

Sessions say which account wants it and why; doubts that recording noted are read from the
store, so they outlive this process. What is found goes to the queue like a frame. Waits are
of machine time; nothing here is asked of the exchange while its budget is spent.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Condition
from typing import Final

from chalicelib.domain.errors import (
    DeliveryFailed,
    ExchangeError,
    KeyRevoked,
    LeagueError,
    RateLimited,
    StoreUnavailable,
)
from chalicelib.domain.market import Symbol
from chalicelib.services.ports import StreamItem
from chalicelib.services.reconcile_account import Findings, Reconciliation, Sources
from ingest_container.followed import Followed
from ingest_container.outside import Outside

_PASSING = (ExchangeError, StoreUnavailable, DeliveryFailed)
_URGENCY: Final = {"doubt": 0, "gap": 1, "movement": 1, "restart": 2, "daily": 3}
_AFTER_A_GAP: Final = {"gap", "restart"}
_FIRST_AFTER: Final = {"movement": timedelta(minutes=1)}  # a history knows of it a little later
_AGAIN_AFTER: Final = timedelta(seconds=30)
_NAMES_AFTER: Final = tuple(timedelta(minutes=each) for each in (10, 60, 6 * 60, 24 * 60))
_SYMBOLS_EVERY: Final = timedelta(minutes=10)
_MOST_IN_AN_ITEM: Final = 200
_LONGEST_WAIT_S: Final = 60.0
_NEVER: Final = datetime.max.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Case:
    """An account whose books are to be compared; `notes` are the doubts stored of it.

    `unsettled`: what a comparison found, and the notes of before it, until it is on the queue.
    """

    followed: Followed
    work: Reconciliation
    urgency: int
    due: datetime
    notes: set[datetime] = field(default_factory=set)
    unsettled: tuple[Findings, set[datetime]] | None = None
    names_asked: int = 0


class Reconciler:
    """The cases; `run` is for a thread of its own, all else for any thread."""

    def __init__(
        self,
        outside: Outside,
        sources: Sources,
        on_revoked: Callable[[Followed, str], None],
    ) -> None:
        """`on_revoked` is told when the exchange does not take an account's key any more."""
        self._outside = outside
        self._sources = sources
        self._on_revoked = on_revoked
        self._changed = Condition()
        self._cases: dict[str, _Case] = {}
        self._busy = False
        self._by_hand = False
        self._closed = False
        self.compared = 0

    def want(self, followed: Followed, reason: str, notes: Iterable[datetime] = ()) -> None:
        """Compare the account's books: because of a "doubt", a "gap", a "restart", a "movement"
        that a history should name, or the "daily" turn. A case that waits comes forward."""
        due = self._outside.machine() + _FIRST_AFTER.get(reason, timedelta(0))
        with self._changed:
            account_id = followed.account.account_id
            case = self._cases.get(account_id)
            if case is None or case.followed is not followed:
                work = Reconciliation(followed.account, followed.pair)
                case = self._cases[account_id] = _Case(followed, work, _URGENCY[reason], due)
            case.notes |= set(notes)
            case.urgency = min(case.urgency, _URGENCY[reason])
            case.due = min(case.due, due)
            if case.notes:
                case.work.doubted_at = min(case.notes)
            case.work.after_gap |= reason in _AFTER_A_GAP
            self._changed.notify_all()

    def look(self, slot: int, followed: Iterable[Followed]) -> None:
        """Take up the doubts that are stored of the slot's accounts. Raises StoreUnavailable."""
        here = {each.account.account_id: each for each in followed if each.streaming}
        for account_id, notes in self._outside.doubts.of_slot(slot).items():
            each = here.get(account_id)
            if each is not None and notes - self._known_notes(account_id):
                self.want(each, "doubt", notes)

    def drop(self, account_id: str) -> None:
        """The account is followed no longer."""
        with self._changed:
            self._cases.pop(account_id, None)

    def waiting(self) -> int:
        """Accounts whose books are not compared yet, or have something without a name."""
        with self._changed:
            return len(self._cases)

    def by_hand(self, by_hand: bool) -> None:
        """While by hand, only `drain` compares."""
        with self._changed:
            self._by_hand = by_hand
            self._changed.notify_all()

    def drain(self) -> None:
        """Compare every case now, waiting for nothing; a second time where books disagree."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)
            cases = list(self._cases.values())
        for case in cases:
            if self._handle(case).disagrees:
                self._handle(case)

    def run(self) -> None:
        """Compare what is due until `close`. May be called again after it raised."""
        while self._wait_for_due():
            self.compare_due()

    def compare_due(self) -> None:
        """Compare what is due by now, the most urgent first."""
        while (case := self._take_due()) is not None:
            try:
                self._handle(case)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def wait_settled(self, seconds: float) -> bool:
        """Whether within `seconds` no case is left."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._cases, seconds)

    def close(self) -> None:
        """Make `run` return."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wait_for_due(self) -> bool:
        """False when closed."""
        with self._changed:
            while not self._closed:
                now = self._outside.machine()
                soonest = min((each.due for each in self._cases.values()), default=_NEVER)
                if soonest <= now and not self._by_hand:
                    return True
                seconds = min((soonest - now).total_seconds(), _LONGEST_WAIT_S)
                self._changed.wait(_LONGEST_WAIT_S if self._by_hand else seconds)
            return False

    def _take_due(self) -> _Case | None:
        with self._changed:
            now = self._outside.machine()
            due = [each for each in self._cases.values() if each.due <= now]
            if not due or self._closed:
                return None
            self._busy = True
            return min(due, key=lambda each: (each.urgency, each.due))

    def _handle(self, case: _Case) -> Findings:
        case.due = _NEVER  # unless it is wanted meanwhile
        try:
            if case.unsettled is None:
                notes = set(case.notes)
                case.followed.entries_since_checkpoint = False
                case.unsettled = (case.work.compare(self._sources), notes)
                self.compared += 1
            findings, notes = case.unsettled
            self._outside.events.send(_items(case.followed, findings, self._outside.machine()))
            self._settle(case, findings, notes)
        except KeyRevoked as error:
            self.drop(case.followed.account.account_id)
            self._on_revoked(case.followed, str(error))
        except _PASSING as error:
            self._failed(case, error)
        else:
            case.unsettled = None
            return findings
        return Findings()

    def _settle(self, case: _Case, findings: Findings, notes: set[datetime]) -> None:
        """Note what is still open, take back what is not, and say when to compare again."""
        now = self._outside.machine()
        account = case.followed.account
        if findings.disagrees:
            self._again(case, now + _AGAIN_AFTER)
            return
        case.followed.in_doubt_since = None
        case.followed.last_error = ""
        open_since = findings.nameless_since
        if open_since is not None and case.names_asked < len(_NAMES_AFTER):
            self._outside.doubts.put(account.slot, account.account_id, open_since)
            self._again(case, now + _NAMES_AFTER[case.names_asked])
            case.names_asked += 1
            notes = notes - {open_since}
            case.notes.add(open_since)
        for at in notes:
            self._outside.doubts.remove(account.slot, account.account_id, at)
        with self._changed:
            case.notes -= notes
            case.urgency = max(_URGENCY.values())
            wanted_meanwhile = case.due < _NEVER
            if not wanted_meanwhile and self._cases.get(account.account_id) is case:
                del self._cases[account.account_id]
            self._changed.notify_all()

    def _failed(self, case: _Case, error: LeagueError) -> None:
        case.followed.entries_since_checkpoint = True
        case.followed.last_error = str(error)
        now = self._outside.machine()
        retry_at = error.retry_at if isinstance(error, RateLimited) else now + _AGAIN_AFTER
        self._again(case, retry_at)
        extra = {"account_id": case.followed.account.account_id, "reason": str(error)}
        _log.warning("books_not_compared", extra=extra)

    def _again(self, case: _Case, due: datetime) -> None:
        with self._changed:
            case.due = min(case.due, due)
            self._changed.notify_all()

    def _known_notes(self, account_id: str) -> set[datetime]:
        with self._changed:
            case = self._cases.get(account_id)
            return set(case.notes) if case is not None else set()


def _items(followed: Followed, findings: Findings, now: datetime) -> list[StreamItem]:
    """The findings as items, of which none is too long for a message; the reading comes last."""
    entries = findings.entries
    pieces = [entries[i : i + _MOST_IN_AN_ITEM] for i in range(0, len(entries), _MOST_IN_AN_ITEM)]
    items = [followed.item(now, found=piece) for piece in pieces]
    if findings.snapshot is not None:
        items.append(followed.item(now, snapshot=findings.snapshot))
    return items


class MostTraded:
    """The stored symbols, those of the most traded coins first; read again every ten minutes."""

    def __init__(self, outside: Outside) -> None:
        """Nothing is read before the first call."""
        self._outside = outside
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._symbols: list[Symbol] = []

    def __call__(self) -> list[Symbol]:
        """Raises StoreUnavailable."""
        now = self._outside.machine()
        if now - self._read_at >= _SYMBOLS_EVERY:
            self._symbols = self._sorted()
            self._read_at = now
        return self._symbols

    def _sorted(self) -> list[Symbol]:
        latest = self._outside.prices.latest()
        traded = {} if latest is None else {a: p.traded_usdt for a, p in latest.assets.items()}
        return sorted(
            self._outside.prices.symbols().values(),
            key=lambda each: (-traded.get(each.base, Decimal(0)), each.name),
        )
