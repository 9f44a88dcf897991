"""The parameters of one request, read as the exchange reads them, with its refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl

from sandbox.exchange import api_error

INTEGER_PATTERN = "^[0-9]{1,20}$"
DECIMAL_PATTERN = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
SYMBOL_PATTERN = "^[\\w\\-._&&[^a-z]]{1,50}$"
CLIENT_ID_PATTERN = "^[a-zA-Z0-9-_]{1,36}$"

_INTEGER = re.compile(r"[0-9]{1,20}", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_SYMBOL = re.compile(r"(?!.*[a-z])[\w\-.]{1,50}")
_CLIENT_ID = re.compile(r"[a-zA-Z0-9\-_]{1,36}")
MOST_DECIMALS = 8


def read_pairs(raw: str) -> dict[str, str]:
    """Names and decoded values of a query or form body. Refuses a name sent twice."""
    pairs = parse_qsl(raw, keep_blank_values=True)
    values = dict(pairs)
    if len(values) != len(pairs):
        raise api_error.duplicate_parameter()
    return values


def socket_values(parameters: Mapping[str, object]) -> dict[str, str]:
    """The parameters of a WebSocket request as text, the way they are signed."""
    return {name: _as_text(value) for name, value in parameters.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"))


class Parameters:
    """Typed access to the parameters of one request; an empty value counts as not sent."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def names(self) -> Iterable[str]:
        return self._values.keys()

    def text(self, name: str) -> str | None:
        return self._values.get(name) or None

    def required(self, name: str) -> str:
        value = self._values.get(name)
        if not value:
            raise api_error.missing(name)
        return value

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if not _INTEGER.fullmatch(value):
            raise api_error.illegal_characters(name, INTEGER_PATTERN)
        return int(value)

    def decimal(self, name: str) -> Decimal | None:
        """A positive amount with at most 8 decimals."""
        value = self.text(name)
        if value is None:
            return None
        if not _DECIMAL.fullmatch(value):
            raise api_error.illegal_characters(name, DECIMAL_PATTERN)
        if len(value.partition(".")[2].rstrip("0")) > MOST_DECIMALS:
            raise api_error.too_precise(name)
        return Decimal(value)

    def flag(self, name: str) -> bool:
        value = self.text(name)
        if value is None:
            return False
        if value.lower() not in {"true", "false"}:
            raise api_error.invalid_value(name)
        return value.lower() == "true"

    def limit(self, *, default: int, most: int) -> int:
        """`limit`, `default` when absent, clipped to `most`; refuses 0."""
        value = self.integer("limit")
        if value is None:
            return default
        if value == 0:
            raise api_error.invalid_value("limit")
        return min(value, most)

    def symbol(self, name: str = "symbol") -> str | None:
        value = self.text(name)
        if value is not None and not _SYMBOL.fullmatch(value):
            raise api_error.illegal_characters(name, SYMBOL_PATTERN)
        return value

    def symbols(self) -> list[str] | None:
        """The JSON list of `symbols`. Refuses anything else, and a repeated symbol."""
        value = self.text("symbols")
        if value is None:
            return None
        try:
            names = json.loads(value)
        except ValueError:
            raise api_error.illegal_characters("symbols", '^\\["[^"]*"(,"[^"]*")*\\]$') from None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise api_error.invalid_value("symbols")
        if not names:
            raise api_error.missing("symbols")
        if len(set(names)) != len(names):
            raise api_error.ApiError(400, -1151, "Symbol is present multiple times in the list.")
        return names

    def client_id(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not _CLIENT_ID.fullmatch(value):
            raise api_error.illegal_characters(name, CLIENT_ID_PATTERN)
        return value
