"""The time of the sandbox exchange, which may be set; the real ones go by the machine's."""

from datetime import UTC, datetime, timedelta

import requests

from chalicelib.domain.errors import ExchangeUnavailable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SandboxClock:
    """Asks the exchange at `url` each time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def now(self) -> datetime:
        """Raises ExchangeUnavailable when it does not answer."""
        try:
            answer = self._session.get(self._url, timeout=5)
            answer.raise_for_status()
            milliseconds = answer.json()["now"]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise ExchangeUnavailable("the sandbox exchange's clock does not answer") from error
        return _EPOCH + timedelta(milliseconds=milliseconds)
