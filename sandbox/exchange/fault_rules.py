"""Which requests go wrong, and how: a list of rules, each for some requests and some times.

A rule is matched by the path of a REST call (`/api/v3/order`, `/sapi/*`) or by the method of a
frame on the WebSocket API (`order.place`, `userDataStream.*`), by address and by account. What a
kind does to an answer is told in `fault_replies`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase


class FaultKind(Enum):
    """The ways of the real exchange to fail."""

    WAF = "waf"  # 403 with a page of the firewall
    GONE = "gone"  # 410 with a page
    REGION = "region"  # 451: not served where the address is
    SERVER_ERROR = "server-error"  # 500 with a page
    UNAVAILABLE = "unavailable"  # 503 with a page
    MAINTENANCE = "maintenance"  # 503 with JSON
    TIMEOUT = "timeout"  # -1007: nobody knows whether it was carried out
    RATE_LIMIT = "rate-limit"  # 429, with `retry_after` as the header
    RESET = "reset"  # the TCP connection is reset
    EMPTY = "empty"  # 200 without a body
    JSON_ERROR = "json-error"  # 200 with the body of an error
    LIST = "list"  # 200 with a JSON list
    TRUNCATED = "truncated"  # the right answer's first half, as if it were all
    CUT = "cut"  # the right answer's first half, then the connection ends
    SLOW = "slow"  # the right answer, `seconds` late; without them, when the rule is deleted
    SKEW = "skew"  # the call meets a clock that is `skew_ms` off


# These need the right answer, so the request is carried out.
ALWAYS_EXECUTED = frozenset({FaultKind.TRUNCATED, FaultKind.CUT, FaultKind.SLOW, FaultKind.SKEW})


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule. `count` requests are left to it, None for any number.

    `executed` says whether the request is carried out although its answer is lost.
    """

    kind: FaultKind
    path: str = "*"
    address: str | None = None
    uid: int | None = None
    count: int | None = 1
    executed: bool = False
    seconds: float | None = None
    skew_ms: int = 0
    retry_after: str | None = "0"
    number: int = 0

    @property
    def carries_out(self) -> bool:
        return self.executed or self.kind in ALWAYS_EXECUTED

    def matches(self, path: str, address: str, uid: int | None) -> bool:
        return (
            self.count != 0
            and fnmatchcase(path, self.path)
            and self.address in (None, address)
            and self.uid in (None, uid)
        )


class FaultRules:
    """The rules in force, oldest first; the first that matches is taken."""

    def __init__(self) -> None:
        self._rules: dict[int, FaultRule] = {}
        self._numbers = itertools.count(1)

    def add(self, rule: FaultRule) -> FaultRule:
        """The rule with its number, in force from now on."""
        added = replace(rule, number=next(self._numbers))
        self._rules[added.number] = added
        return added

    def take(self, path: str, address: str, uid: int | None = None) -> FaultRule | None:
        """The rule a request falls under, counted down; None when it goes well."""
        for number, rule in self._rules.items():
            if rule.matches(path, address, uid):
                if rule.count is not None:
                    self._rules[number] = replace(rule, count=rule.count - 1)
                return rule
        return None

    def delete(self, number: int | None = None) -> int:
        """How many were deleted: the one of that number, or all. Raises KeyError for an unknown
        number."""
        if number is not None:
            del self._rules[number]
            return 1
        count = len(self._rules)
        self._rules.clear()
        return count

    def holds(self, number: int) -> bool:
        """Whether the rule was not deleted yet."""
        return number in self._rules

    def listed(self) -> list[FaultRule]:
        """All rules, those used up too, until they are deleted."""
        return list(self._rules.values())
