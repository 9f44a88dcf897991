"""Codes of an authenticator app."""

import base64
from datetime import UTC, datetime

import pytest

from sandbox.identity.totp import code_at, new_secret

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """The last six of the eight digits in RFC 6238, appendix B."""
    assert code_at(SECRET, datetime.fromtimestamp(second, UTC)) == code


def test_a_secret_may_be_typed_in_small_letters() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert code_at(SECRET.lower(), at) == code_at(SECRET, at)
    assert len(new_secret()) == 32
