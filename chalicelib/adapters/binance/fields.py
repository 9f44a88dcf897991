"""Single fields of Binance's JSON: times, whole numbers, texts. Each names itself when wrong."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.errors import InvalidRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_BEYOND = 2**63
_LONGEST = 1000
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")  # no store takes it
_LAST_MILLISECOND = 253_402_300_799_999  # the end of the year 9999


def instant(event: Mapping[str, Any], key: str) -> datetime:
    """The UTC instant that `key` gives in epoch milliseconds. Raises InvalidRequest."""
    value = whole(event, key)
    if not 0 <= value <= _LAST_MILLISECOND:
        raise InvalidRequest(f"{key}: {value} is no time in milliseconds")
    return _EPOCH + timedelta(milliseconds=value)


def milliseconds(at: datetime) -> int:
    """Epoch milliseconds of an aware instant."""
    return (at - _EPOCH) // _MILLISECOND


def whole(event: Mapping[str, Any], key: str) -> int:
    """The integer under `key`, of 64 bits as the exchange's are. Raises InvalidRequest."""
    value = event.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequest(f"{key}: {type(value).__name__} where a whole number was due")
    if not -_BEYOND <= value < _BEYOND:
        raise InvalidRequest(f"{key}: a whole number of more than 64 bits")
    return value


def text(event: Mapping[str, Any], key: str) -> str:
    """The text under `key`, neither empty nor long. Raises InvalidRequest."""
    value = event.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"{key}: {type(value).__name__} where a text was due")
    if len(value) > _LONGEST or _HALF_A_CHARACTER.search(value):
        raise InvalidRequest(f"{key}: a text that nobody could have meant")
    return value
