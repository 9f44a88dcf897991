"""The control port of the ingest container, as the fast-forward uses it."""

from typing import Any

import requests

TIMEOUT_S = 60


class IngestControl:
    """One ingest process that was started with a control port."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()

    def close(self) -> None:
        """Give up the connection."""
        self._session.close()

    def state(self) -> dict[str, Any]:
        """What it says of itself."""
        answer = self._session.get(f"{self._address}/state", timeout=TIMEOUT_S)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def flush(self) -> dict[str, Any]:
        """Send all frames it holds, now; returns when the queue has them."""
        return self._post("/flush")

    def compare(self) -> int:
        """Have all books compared that grew; how many. All frames must have been recorded."""
        return int(self._post("/compare")["compared"])

    def hurry(self) -> None:
        """Fast: hold frames until a flush, take the exchange's time for each signed call."""
        self._post("/mode", mode="fast")

    def go_live(self) -> None:
        """Live: forward frames as they come."""
        self._post("/mode", mode="live")

    def _post(self, path: str, **body: str) -> dict[str, Any]:
        answer = self._session.post(f"{self._address}{path}", json=body, timeout=TIMEOUT_S)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found
