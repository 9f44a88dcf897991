"""Letters that would have been sent: kept for whoever tries the league on this machine.

`Inbox` is the post office inside the local cloud; `letters_page` shows it to a person.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Any

MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, and when it was sent by the machine's clock."""

    to: str
    subject: str
    text: str
    sent_at: str


class Inbox:
    """The newest letters of everybody."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._letters: deque[Letter] = deque(maxlen=MOST_KEPT)
        self._lock = threading.Lock()

    def put(self, to: str, subject: str, text: str) -> None:
        """Keep a letter."""
        sent_at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._lock:
            self._letters.appendleft(Letter(to, subject, text, sent_at))

    def take_from_ses(self, body: Mapping[str, Any]) -> None:
        """Keep what was given to SES to send. Raises KeyError for what is no simple letter."""
        simple = body["Content"]["Simple"]
        for to in body["Destination"]["ToAddresses"]:
            self.put(to, simple["Subject"]["Data"], simple["Body"]["Text"]["Data"])

    def letters(self, to: str = "") -> list[dict[str, str]]:
        """All letters, or those to one address, newest first."""
        with self._lock:
            kept = [asdict(each) for each in self._letters]
        return [each for each in kept if to.lower() in ("", each["to"].lower())]


def letters_page(letters: Sequence[Mapping[str, str]]) -> str:
    """The letters as a page without a script or a style, which the site's rules allow."""
    shown = "".join(_article(each) for each in letters) or "<p>No letter was sent yet.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>Inbox of the sandbox</title></head><body><main><h1>Inbox of the sandbox</h1>"
        "<p>Letters that would have been sent, newest first. Nothing leaves this computer. "
        f'As JSON: <a href="/sandbox/inbox.json">/sandbox/inbox.json</a>.</p>{shown}'
        "</main></body></html>"
    )


def _article(letter: Mapping[str, str]) -> str:
    said = {name: escape(text) for name, text in letter.items()}
    return (
        f"<article><h2>{said['subject']}</h2><p>to {said['to']}, {said['sent_at']}</p>"
        f"<pre>{said['text']}</pre></article>"
    )
