"""What the content network keeps of the API's answers, by the same rules.

An answer is kept only when it says so: status 200, `public` or `s-maxage`/`max-age` above 0, and
neither `private` nor `no-store`. Path, query and Authorization make the key. Ages follow the
clock given, which in the sandbox is the exchange's.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class CacheKey:
    """Two requests of one key may share an answer."""

    path_and_query: str
    authorization: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of the API."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    stored_at: datetime
    fresh_for: timedelta


class EdgeCache:
    """The most recently used answers, while they are fresh."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: OrderedDict[CacheKey, _Kept] = OrderedDict()

    def find(self, key: CacheKey) -> tuple[Answer, int] | None:
        """The answer and its age in seconds; None when there is no fresh one."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        age = self._now() - kept.stored_at
        if not timedelta(0) <= age < kept.fresh_for:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept.answer, int(age.total_seconds())

    def keep(self, key: CacheKey, answer: Answer) -> None:
        """Keep the answer if it may be kept."""
        seconds = fresh_seconds(answer)
        if seconds <= 0:
            return
        self._kept[key] = _Kept(answer, self._now(), timedelta(seconds=seconds))
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def fresh_seconds(answer: Answer) -> int:
    """How long a shared cache may keep `answer`; 0 when it may not."""
    rules = directives(answer.headers.get("Cache-Control", ""))
    if answer.status != 200 or "private" in rules or "no-store" in rules or "no-cache" in rules:
        return 0
    text = rules.get("s-maxage", rules.get("max-age", "0"))
    return int(text) if text.isdigit() else 0


def directives(cache_control: str) -> dict[str, str]:
    """The parts of a Cache-Control header, by name in lower case; "" where there is no value."""
    parts = (part.strip().partition("=") for part in cache_control.split(","))
    return {name.lower(): value.strip('"') for name, _, value in parts if name}


def not_changed(if_none_match: str, etag: str | None) -> bool:
    """Whether the copy that the client has is the current one (weak comparison)."""
    if etag is None or not if_none_match:
        return False
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or etag.removeprefix("W/") in named
