"""Counters in fixed windows of the machine's clock: weight, orders, connects.

A window is the wall-clock minute (or ten seconds, five minutes, day), not a rolling one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.exchange import api_error
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.bans import Bans
from sandbox.exchange.clock import MachineClock

TEN_SECONDS_MS = 10_000
MINUTE_MS = 60_000
FIVE_MINUTES_MS = 300_000
DAY_MS = 86_400_000
RIGHT = "right"
# How `Retry-After` comes out: as it should, not at all, or as something nobody can use.
RETRY_AFTER = {RIGHT: None, "absent": "", "zero": "0", "nonsense": "in a while", "minus": "-1"}


@dataclass(frozen=True, slots=True)
class LimitSettings:
    weight_per_minute: int = 6_000
    orders_per_ten_seconds: int = 50
    orders_per_day: int = 160_000
    connects_per_five_minutes: int = 300
    sapi_ip_weight_per_minute: int = 12_000
    sapi_uid_weight_per_minute: int = 180_000
    subscriptions_per_connection: int = 1_000
    subscriptions_in_a_connections_life: int = 65_535
    retry_after: str = RIGHT

    def __post_init__(self) -> None:
        if self.retry_after not in RETRY_AFTER:
            raise ValueError(f"retry_after is one of {', '.join(RETRY_AFTER)}")

    def rate_limits(self) -> list[dict[str, object]]:
        """The `rateLimits` list of exchangeInfo."""
        return [
            _rate_limit("REQUEST_WEIGHT", "MINUTE", 1, self.weight_per_minute),
            _rate_limit("ORDERS", "SECOND", 10, self.orders_per_ten_seconds),
            _rate_limit("ORDERS", "DAY", 1, self.orders_per_day),
            _rate_limit("RAW_REQUESTS", "MINUTE", 5, 300_000),
        ]


def _rate_limit(kind: str, interval: str, number: int, limit: int) -> dict[str, object]:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}


class WindowCounter:
    """Counts per key in the current fixed window of `length_ms`."""

    def __init__(self, length_ms: int, machine: MachineClock) -> None:
        self.length_ms = length_ms
        self._machine = machine
        self._counts: dict[str, tuple[int, int]] = {}

    def add(self, key: str, amount: int) -> int:
        """The count of `key` in this window with `amount` added; never below 0."""
        window = self._machine() // self.length_ms
        started, count = self._counts.get(key, (window, 0))
        if started != window:
            count = 0
        count = max(0, count + amount)
        self._counts[key] = (window, count)
        return count

    def count(self, key: str) -> int:
        return self.add(key, 0)

    def total(self) -> int:
        """The counts of all keys in this window together."""
        return sum(self.count(key) for key in list(self._counts))

    def seconds_left(self) -> int:
        """Whole seconds to the next window, at least 1."""
        return max(1, -(-(self.length_ms - self._machine() % self.length_ms) // 1000))

    def reset(self) -> None:
        self._counts.clear()


class Limits:
    """All counters of the exchange."""

    def __init__(self, machine: MachineClock, settings: LimitSettings | None = None) -> None:
        self.settings = settings or LimitSettings()
        self.machine = machine
        self.weight = WindowCounter(MINUTE_MS, machine)
        self.sapi_weight = WindowCounter(MINUTE_MS, machine)
        self.connects = WindowCounter(FIVE_MINUTES_MS, machine)
        self.bans = Bans(machine)
        self.orders_ten_seconds = WindowCounter(TEN_SECONDS_MS, machine)
        self.orders_day = WindowCounter(DAY_MS, machine)

    def use_weight(self, address: str, weight: int) -> None:
        """Count `weight` for the address.

        Raises the 429 refusal when it is over the limit, and 418 when it goes on regardless.
        """
        self.bans.check(address)
        limit = self.settings.weight_per_minute
        if self.weight.add(address, weight) > limit:
            self.bans.strike(address, self.machine() // MINUTE_MS)
            raise api_error.too_much_weight(limit, self.weight.seconds_left())

    def use_sapi_weight(self, key: str, weight: int, *, per_account: bool) -> int:
        """The count of an endpoint's own counter. Raises the 429 refusal when it is over."""
        settings = self.settings
        limit = (
            settings.sapi_uid_weight_per_minute
            if per_account
            else settings.sapi_ip_weight_per_minute
        )
        used = self.sapi_weight.add(key, weight)
        if used > limit:
            raise api_error.too_much_weight(limit, self.sapi_weight.seconds_left())
        return used

    def check_orders(self, uid: int) -> None:
        """Raises -1015 when the account may place no further order now."""
        ten, day = self.order_counts(uid)
        settings = self.settings
        if ten >= settings.orders_per_ten_seconds:
            raise api_error.too_many_orders(
                settings.orders_per_ten_seconds, "10 SECOND", self.orders_ten_seconds.seconds_left()
            )
        if day >= settings.orders_per_day:
            raise api_error.too_many_orders(
                settings.orders_per_day, "1 DAY", self.orders_day.seconds_left()
            )

    def count_order(self, uid: int, amount: int) -> None:
        """+1 for an accepted order; a first fill takes it back (−1 as taker, −5 as maker)."""
        self.orders_ten_seconds.add(str(uid), amount)
        self.orders_day.add(str(uid), amount)

    def order_counts(self, uid: int) -> tuple[int, int]:
        """Unfilled orders of the account in the last ten seconds' window and today."""
        return self.orders_ten_seconds.count(str(uid)), self.orders_day.count(str(uid))

    def retry_after(self, refusal: ApiError) -> dict[str, str]:
        """The header that comes with a refusal: a 418's is always right, a 429's as it is set."""
        if refusal.retry_after_s is None:
            return {}
        told = RETRY_AFTER[self.settings.retry_after] if refusal.status == 429 else None
        if told is None:
            told = str(refusal.retry_after_s)
        return {"Retry-After": told} if told else {}

    def connection_allowed(self, address: str) -> bool:
        """Count one attempt to connect; False when the address had too many in five minutes."""
        return self.connects.add(address, 1) <= self.settings.connects_per_five_minutes

    def reset(self) -> None:
        for counter in (
            self.weight,
            self.sapi_weight,
            self.connects,
            self.orders_ten_seconds,
            self.orders_day,
        ):
            counter.reset()
        self.bans.forget()
