"""Why the exchange does not answer: asked of itself, not more often than makes sense."""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.account import Trouble
from chalicelib.domain.errors import ExchangeError, RateLimited
from chalicelib.services.exchange_ports import ExchangeState
from ingest_container.outside import Outside

_ASK_EVERY: Final = timedelta(seconds=30)


class ExchangeMood:
    """What a failed call means for the owner of the account; for one thread."""

    def __init__(self, outside: Outside) -> None:
        """Nothing is asked before the first failure."""
        self._outside = outside
        self._asked_at: datetime | None = None
        self._trouble = Trouble.EXCHANGE_SILENT

    def after(self, error: ExchangeError) -> Trouble:
        """The trouble that shows in this error."""
        if isinstance(error, RateLimited):  # it must not be asked anything now
            return Trouble.EXCHANGE_SILENT
        return self.now()

    def now(self) -> Trouble:
        """MAINTENANCE when the exchange says so itself, else EXCHANGE_SILENT."""
        now = self._outside.machine()
        if self._asked_at is None or now - self._asked_at >= _ASK_EVERY:
            self._asked_at = now
            self._trouble = self._ask()
        return self._trouble

    def _ask(self) -> Trouble:
        try:
            closed = self._outside.exchange.state() is ExchangeState.MAINTENANCE
        except ExchangeError:
            return Trouble.EXCHANGE_SILENT
        return Trouble.MAINTENANCE if closed else Trouble.EXCHANGE_SILENT
