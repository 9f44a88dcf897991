"""Replies and events in microseconds, for clients that ask for them."""

from __future__ import annotations

from typing import Any

from sandbox.exchange.api_error import ApiError

MICROSECOND = "MICROSECOND"
_UNITS = frozenset({MICROSECOND, "MILLISECOND"})
_NAMES = frozenset(
    {
        "serverTime",
        "time",
        "updateTime",
        "transactTime",
        "workingTime",
        "openTime",
        "closeTime",
        "connectedSince",
        "authorizedSince",
        "E",
        "T",
        "O",
        "W",
        "u",
    }
)
_CANDLE_LENGTH = 12
_CANDLE_TIMES = (0, 6)


def wants_microseconds(asked: str | None) -> bool:
    """Whether the asked unit is microseconds; None is milliseconds. Raises -1194 for others."""
    if asked is None:
        return False
    if asked.upper() not in _UNITS:
        raise ApiError(
            400,
            -1194,
            "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
        )
    return asked.upper() == MICROSECOND


def in_microseconds(value: Any) -> Any:  # noqa: ANN401
    """`value`, JSON of the /api calls or an event, with its times in microseconds."""
    if isinstance(value, dict):
        return {name: _member(name, each) for name, each in value.items()}
    if isinstance(value, list):
        if len(value) == _CANDLE_LENGTH and not isinstance(value[0], dict):
            return [
                each * 1000 if place in _CANDLE_TIMES else each for place, each in enumerate(value)
            ]
        return [in_microseconds(each) for each in value]
    return value


def _member(name: str, value: Any) -> Any:  # noqa: ANN401
    if name in _NAMES and type(value) is int:
        return value * 1000
    return in_microseconds(value)
