"""Watches how the exchange does, and stores it where `/status` reads it, when it changes.

What is asked anyway tells most; the exchange's own word on its maintenance is asked for after
failures alone. One container does this: whoever keeps the prices.
"""

import logging
from datetime import UTC, datetime, timedelta
from threading import Event

from chalicelib.domain.errors import ExchangeError, StoreUnavailable
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from chalicelib.services.exchange_contact import ContactReport
from chalicelib.services.exchange_ports import ExchangeState
from ingest_container.outside import Outside

ASK_EVERY = timedelta(minutes=2)
UNREACHABLE_AFTER = timedelta(seconds=30)
WRITES_APART = timedelta(seconds=15)
_LEAST_FAILURES = 2
_LOOK_EVERY_S = 1.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


class ExchangeWatch:
    """Looks at the contact with the exchange; for one thread."""

    def __init__(self, outside: Outside) -> None:
        """Nothing is asked or stored before `run` or `look`."""
        self._outside = outside
        self._stopping = Event()
        self._read = False
        self._stored: ExchangeCondition | None = None
        self._stored_at = self._asked_at = _LONG_AGO
        self._failures_known = 0
        self._closed_while_served: int | None = None  # in maintenance: how many were served

    def run(self) -> None:
        """Look until `close`. May be called again after it raised."""
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(_LOOK_EVERY_S)

    def close(self) -> None:
        """Make `run` return."""
        self._stopping.set()

    def look(self) -> None:
        """Ask the exchange itself where that is due, and store what has changed."""
        try:
            self._take_over()
            self._ask_itself(self._outside.contact.report())
            seen = self._seen(self._outside.contact.report())
            if seen is not None:
                self._store(seen)
        except StoreUnavailable as error:
            _log.warning("condition_not_stored", extra={"reason": str(error)})

    def _take_over(self) -> None:
        """Go on from what whoever watched before has stored."""
        if not self._read:
            self._stored = self._outside.conditions.get(self._outside.exchange_name)
            self._read = True

    def _ask_itself(self, report: ContactReport) -> None:
        now = self._outside.machine()
        troubled = report.failures > self._failures_known or not self._is_well()
        if not troubled or _is_banned(report, now) or now - self._asked_at < ASK_EVERY:
            return
        self._asked_at = now
        try:
            state = self._outside.exchange.state()
        except ExchangeError as error:
            _log.warning("exchange_state_unknown", extra={"reason": str(error)})
        else:
            closed = state is ExchangeState.MAINTENANCE
            self._closed_while_served = report.served if closed else None
        self._failures_known = self._outside.contact.report().failures

    def _is_well(self) -> bool:
        return self._stored is None or self._stored.condition is Condition.OK

    def _seen(self, report: ContactReport) -> ExchangeCondition | None:
        """The condition now; None while it cannot be told, when the stored one stays."""
        now = self._outside.machine()
        since = report.failing_since or now
        if _is_banned(report, now):
            return ExchangeCondition(Condition.BANNED, now, report.banned_until)
        if self._closed_while_served is not None:
            if report.served <= self._closed_while_served:
                return ExchangeCondition(Condition.MAINTENANCE, since)
            self._closed_while_served = None
        if report.region_refused:
            return ExchangeCondition(Condition.REGION_REFUSED, since)
        if report.failing_since is None:
            return ExchangeCondition(Condition.OK, now) if report.answers else None
        lasting = now - since >= UNREACHABLE_AFTER and report.in_a_row >= _LEAST_FAILURES
        return ExchangeCondition(Condition.UNREACHABLE, since) if lasting else None

    def _store(self, seen: ExchangeCondition) -> None:
        known = self._stored
        if known is not None and (known.condition, known.until) == (seen.condition, seen.until):
            return
        now = self._outside.machine()
        if now - self._stored_at < WRITES_APART:
            return
        self._stored_at = now
        self._outside.conditions.put(self._outside.exchange_name, seen)
        self._stored = seen
        _log.warning("exchange_condition", extra={"condition": seen.condition.value})


def _is_banned(report: ContactReport, now: datetime) -> bool:
    return report.banned_until is not None and now < report.banned_until
