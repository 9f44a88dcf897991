"""Signatures of Binance's API: hexadecimal HMAC-SHA256, or base64 of Ed25519.

REST calls are signed by python-binance, with the private key made here; frames are signed here.
"""

import hashlib
import hmac
from base64 import b64encode

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

from chalicelib.domain.account import KeyKind, KeyPair


def private_key_of(pair: KeyPair) -> ECC.EccKey:
    """The private half of an Ed25519 pair."""
    return ECC.import_key(pair.secret)


def signature_of(pair: KeyPair, text: str) -> str:
    """The signature of `text`, not percent-encoded."""
    if pair.kind is KeyKind.ED25519:
        return b64encode(eddsa.new(private_key_of(pair), "rfc8032").sign(text.encode())).decode()
    return hmac.new(pair.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
