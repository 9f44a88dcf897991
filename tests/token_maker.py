"""An identity provider's signatures: tokens as ours would sign them, and as a forger would."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from chalicelib.adapters.tokens import KeyDocument

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_league"
CLIENT = "the-leagues-own-client"


@cache
def rsa_key(name: str) -> RSAKey:
    """The same key for the same name, in one process."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class TokenMaker:
    """Signs as the provider does at `now`, with the key of the id `key_id`."""

    now: datetime
    key_id: str = "first"
    asked: int = 0
    published: list[str] = field(default_factory=lambda: ["first"])

    def document(self) -> KeyDocument:
        """The key set that the provider publishes."""
        self.asked += 1
        return {"keys": [rsa_key(each).as_dict(private=False) for each in self.published]}

    def claims(self, **changed: object) -> dict[str, Any]:
        """What an access token of Ada says; a claim that is None is left out."""
        second = int(self.now.timestamp())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "client_id": CLIENT,
            "token_use": "access",
            "username": "ADA",
            "sub": "0a1b",
            "iat": second,
            "auth_time": second,
            "exp": second + int(timedelta(minutes=15).total_seconds()),
            "jti": "j",
        }
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def token(self, *, signed_with: str | None = None, **changed: object) -> str:
        """A token with the header of `key_id`, signed with that key or another."""
        header = {"kid": self.key_id, "alg": "RS256"}
        return jwt.encode(header, self.claims(**changed), rsa_key(signed_with or self.key_id))

    def unsigned(self) -> str:
        """A token of the algorithm "none"."""
        return f"{_part({'kid': self.key_id, 'alg': 'none'})}.{_part(self.claims())}."

    def by_public_key(self) -> str:
        """A token of HS256, its secret the public key that everybody can read."""
        signed = f"{_part({'kid': self.key_id, 'alg': 'HS256'})}.{_part(self.claims())}"
        secret = rsa_key(self.key_id).as_pem(private=False)
        return f"{signed}.{_text(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    def with_header(self, **header: object) -> str:
        """A good token under another header, its signature as it was."""
        _, claims, signature = self.token().split(".")
        return f"{_part({'kid': self.key_id, 'alg': 'RS256'} | header)}.{claims}.{signature}"


def refused_tokens(maker: TokenMaker) -> dict[str, str]:
    """One token of each kind that must be refused, by what is wrong with it."""
    second = int(maker.now.timestamp())
    good = maker.token()
    head, claims, signature = good.split(".")
    return {
        "empty": "",
        "no token at all": "not-a-token",
        "two parts": f"{head}.{claims}",
        "not of base 64": f"{head}.{claims}.~~~~",
        "huge": good + "A" * 5000,
        "not of ASCII": good + "é",
        "a thousand lists": f"{_text(b'[' * 2500)}.{claims}.{signature}",
        "expired": maker.token(exp=second),
        "without expiry": maker.token(exp=None),
        "expiry as text": maker.token(exp=str(second + 60)),
        "expiry without end": maker.token(exp=1e308),
        "lasting longer than ours": maker.token(exp=second + 901),
        "without issue": maker.token(iat=None),
        "issued in the future": maker.token(iat=second + 6, exp=second + 60),
        "not valid yet": maker.token(nbf=second + 6),
        "of another issuer": maker.token(iss=ISSUER + "2"),
        "without issuer": maker.token(iss=None),
        "for another client": maker.token(client_id="another"),
        "without client": maker.token(client_id=None, aud=CLIENT),
        "an id token": maker.token(token_use="id", aud=CLIENT),
        "of no use": maker.token(token_use=None),
        "of nobody": maker.token(username=None),
        "of an empty name": maker.token(username=""),
        "algorithm none": maker.unsigned(),
        "HS256 with the public key": maker.by_public_key(),
        "forged key": maker.token(signed_with="forgers"),
        "unknown key": TokenMaker(maker.now, "unheard-of").token(),
        "without key": maker.with_header(kid=None),
        "another algorithm": maker.with_header(alg="RS512"),
        "key brought along": maker.with_header(
            kid="x", jwk=rsa_key("forgers").as_dict(private=False)
        ),
        "key elsewhere": maker.with_header(kid="x", jku="https://example.org/keys.json"),
        "an extension": maker.with_header(crit=["exp"]),
        "changed": f"{head}.{_part(maker.claims(username='BOB'))}.{signature}",
        "signature of another": f"{head}.{claims}.{maker.token(jti='k').split('.')[2]}",
        "without signature": f"{head}.{claims}.",
    }


def _part(content: dict[str, Any]) -> str:
    return _text(json.dumps(content).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
