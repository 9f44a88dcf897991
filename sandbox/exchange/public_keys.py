"""Keys whose owner keeps the secret half: Ed25519 and RSA, as registered and as verified.

Signatures are base64 and cover the same text as those of other keys. RSA is PKCS#1 v1.5 with
SHA-256.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ED25519, RSA, HMAC = "ED25519", "RSA", "HMAC_SHA256"
RAW_ED25519_BYTES = 32
LEAST_RSA_BITS = 2_048


def registered(text: str) -> str:
    """The public key as PEM, from PEM or from base64 of DER or of the 32 bytes of Ed25519.

    Raises ValueError for anything else and for RSA keys below 2,048 bits.
    """
    key = _read(text.strip())
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        raise ValueError(f"an RSA key of {key.key_size} bits is too short")
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def kind_of(pem: str) -> str:
    """ED25519 or RSA; HMAC_SHA256 for the empty text of a key that has no public half."""
    if not pem:
        return HMAC
    return RSA if isinstance(_loaded(pem), RSAPublicKey) else ED25519


def verifies(pem: str, text: str, signature: str) -> bool:
    """Whether the base64 `signature` of `text` was made with the secret half."""
    key = _loaded(pem)
    try:
        raw = b64decode(signature, validate=True)
        if isinstance(key, RSAPublicKey):
            key.verify(raw, text.encode(), PKCS1v15(), hashes.SHA256())
        else:
            key.verify(raw, text.encode())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _read(text: str) -> Ed25519PublicKey | RSAPublicKey:
    try:
        if text.startswith("-----BEGIN"):
            key = serialization.load_pem_public_key(text.encode())
        else:
            raw = b64decode(text, validate=True)
            if len(raw) == RAW_ED25519_BYTES:
                return Ed25519PublicKey.from_public_bytes(raw)
            key = serialization.load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("public_key is no public key in PEM or base64") from error
    if not isinstance(key, Ed25519PublicKey | RSAPublicKey):
        raise ValueError("public_key is neither Ed25519 nor RSA")
    return key


@lru_cache(maxsize=1_024)
def _loaded(pem: str) -> Ed25519PublicKey | RSAPublicKey:
    return _read(pem)
