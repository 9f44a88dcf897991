"""What an exchange's API keys look like, so that a slip in copying is told at once.

Messages never quote what was sent.
"""

import re
from typing import Final

from chalicelib.domain.errors import InvalidRequest

_LENGTH: Final = {"binance": 64}
_LETTERS_AND_DIGITS: Final = re.compile(r"[A-Za-z0-9]+")


def check_exchange(exchange: str) -> None:
    """Raises InvalidRequest for one that the league does not follow."""
    if exchange not in _LENGTH:
        known = ", ".join(_LENGTH)
        raise InvalidRequest(f"the league does not follow this exchange; it follows {known}")


def check_key(exchange: str, text: str, what: str) -> None:
    """Raises InvalidRequest when `text` cannot be the exchange's `what` (API key, secret key)."""
    if not text:
        raise InvalidRequest(f"the {what} is empty; copy it from {exchange.title()}")
    if any(each.isspace() for each in text):
        raise InvalidRequest(
            f"the {what} has a space or a line end in it; copy it again, without any"
        )
    if not _LETTERS_AND_DIGITS.fullmatch(text):
        raise InvalidRequest(f"the {what} has a sign in it that is no letter A to Z and no digit")
    if len(text) != _LENGTH[exchange]:
        raise InvalidRequest(
            f"the {what} has {len(text)} letters and digits, but those of {exchange.title()} have "
            f"{_LENGTH[exchange]}; copy it whole"
        )


def check_two_keys(exchange: str, api_key: str, secret: str) -> None:
    """Raises InvalidRequest for a pair that cannot be one."""
    check_key(exchange, api_key, "API key")
    check_key(exchange, secret, "secret key")
    if api_key == secret:
        raise InvalidRequest(
            "the secret key is the API key once more; the secret key is the other of the two, "
            f"which {exchange.title()} shows only when the key is made"
        )
