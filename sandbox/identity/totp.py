"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds).

python -m sandbox.identity.totp SECRET
"""

import base64
import hashlib
import hmac
import secrets
import struct
import sys
from datetime import UTC, datetime

STEP_S = 30


def new_secret() -> str:
    """A secret as an app takes it: base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step(at: datetime) -> int:
    """The number of the thirty seconds that `at` is in."""
    return int(at.timestamp()) // STEP_S


def code(secret: str, number: int) -> str:
    """The six digits of that step; the secret may come without its padding, in any case."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.digest(key, struct.pack(">Q", number), hashlib.sha1)
    start = digest[-1] & 15
    whole = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{whole % 1_000_000:06d}"


def code_at(secret: str, at: datetime) -> str:
    """The six digits that an app shows at that instant."""
    return code(secret, step(at))


if __name__ == "__main__":
    print(code_at(sys.argv[1], datetime.now(UTC)))
