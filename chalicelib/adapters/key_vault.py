"""KMS: seals traders' key pairs, each bound to its account, trader and exchange.

The plain pair is in memory only: no error, log line or repr of this module holds it.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import code_of
from chalicelib.domain.account import KeyKind, KeyPair
from chalicelib.domain.errors import InvalidRequest, NotAllowed, StoreUnavailable

_LONGEST: Final = 4096
"""What KMS seals in one call, in bytes."""

_IN_TWO: Final = b"in two: "
"""Begins a ciphertext whose secret half was sealed apart; KMS begins none of its own like this."""

_LENGTH_BYTES: Final = 2

_NOT_OURS: Final = frozenset(
    {"InvalidCiphertextException", "IncorrectKeyException", "AccessDeniedException"}
)


class KmsKeyVault:
    """The KeyVault port on one KMS key."""

    def __init__(self, client: Any, key_id: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._key_id = key_id

    def seal(
        self,
        pair: KeyPair,
        account_id: str,
        trader_id: str,
        exchange: str,
        issued: bytes | None = None,
    ) -> bytes:
        """The ciphertext (see the port).

        Raises InvalidRequest for a pair too long to be one, StoreUnavailable.
        """
        plain = json.dumps([pair.api_key, pair.secret, pair.kind.value]).encode()
        if len(plain) > _LONGEST:
            raise InvalidRequest(f"the key of account {account_id} is too long")
        try:
            answer = self._client.encrypt(
                KeyId=self._key_id,
                Plaintext=plain,
                EncryptionContext=_context(account_id, trader_id, exchange),
            )
        except (ClientError, BotoCoreError) as error:
            raise _failure("sealing", account_id, error) from None
        sealed: bytes = answer["CiphertextBlob"]
        return _joined(issued, sealed) if issued is not None else sealed

    def open(self, ciphertext: bytes, account_id: str, trader_id: str, exchange: str) -> KeyPair:
        """The pair. Raises NotAllowed when it was sealed for others, StoreUnavailable."""
        issued, sealed = _parted(ciphertext)
        context = _context(account_id, trader_id, exchange)
        pair = self._open(sealed, account_id, context)
        if issued is None:
            return pair
        return KeyPair(pair.api_key, self._open(issued, account_id, context).secret, pair.kind)

    def _open(self, sealed: bytes, account_id: str, context: Mapping[str, str]) -> KeyPair:
        try:
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=sealed, EncryptionContext=context
            )
        except (ClientError, BotoCoreError) as error:
            if code_of(error) in _NOT_OURS:
                raise NotAllowed(f"the key of account {account_id} does not open here") from None
            raise _failure("opening", account_id, error) from None
        api_key, secret, *kind = json.loads(answer["Plaintext"])
        return KeyPair(api_key, secret, KeyKind(*kind or [KeyKind.HMAC]))


def _joined(issued: bytes, sealed: bytes) -> bytes:
    return _IN_TWO + len(issued).to_bytes(_LENGTH_BYTES) + issued + sealed


def _parted(ciphertext: bytes) -> tuple[bytes | None, bytes]:
    if not ciphertext.startswith(_IN_TWO):
        return None, ciphertext
    start = len(_IN_TWO) + _LENGTH_BYTES
    end = start + int.from_bytes(ciphertext[len(_IN_TWO) : start])
    return ciphertext[start:end], ciphertext[end:]


def _context(account_id: str, trader_id: str, exchange: str) -> dict[str, str]:
    return {"account": account_id, "trader": trader_id, "exchange": exchange}


def _failure(doing: str, account_id: str, error: Exception) -> StoreUnavailable:
    """Names the error's kind only: its text may quote what was sent."""
    kind = code_of(error) or type(error).__name__
    return StoreUnavailable(f"{doing} the key of account {account_id} failed: {kind}")
