"""The Tokens port: access tokens are RS256 signatures of our identity provider's own keys.

Everything a token says of itself is distrusted until its signature fits a key that was fetched
from the provider's address (never from one the token names).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

import requests
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from chalicelib.domain.errors import NotSignedIn, StoreUnavailable

_log = logging.getLogger(__name__)

ALGORITHM: Final = "RS256"
LONGEST_LIFE: Final = timedelta(minutes=15)
_LONGEST_TOKEN: Final = 4096
_CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""How far the provider's clock may be ahead of ours. Expiry is exact."""
_KEPT: Final = timedelta(hours=6)
_ASK_AGAIN: Final = timedelta(minutes=1)
"""Unknown key ids make us ask the provider at most this often."""
_TRY_AGAIN: Final = timedelta(seconds=2)
"""The same while there is no key at all."""

KeyDocument = Mapping[str, Any]

_BAD_TOKEN: Final = (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError)
"""What taking a token apart raises; a text of a few kilobytes may nest a thousand lists."""


def issuer(region: str, pool_id: str) -> str:
    """What the pool's tokens call their issuer, on AWS as in an emulator."""
    return f"https://cognito-idp.{region}.amazonaws.com/{pool_id}"


def fetch_keys(address: str) -> KeyDocument:
    """The provider's key set. Raises StoreUnavailable."""
    try:
        answer = requests.get(address, timeout=3)
        answer.raise_for_status()
        document = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise StoreUnavailable("the identity provider's keys cannot be read") from error
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise StoreUnavailable("the identity provider's keys are not a key set")
    return document


class KeyRing:
    """The provider's signing keys by id, fetched when first needed and kept for hours."""

    def __init__(self, fetch: Callable[[], KeyDocument]) -> None:
        self._fetch = fetch
        self._keys: dict[str, RSAKey] = {}
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._lock = Lock()

    def find(self, key_id: str, now: datetime) -> RSAKey | None:
        """The key of that id; None when the provider has none.

        Raises StoreUnavailable when there is no key yet and none can be fetched.
        """
        with self._lock:
            is_old = self._fetched_at is None or now - self._fetched_at > _KEPT
            if is_old or key_id not in self._keys:
                self._renew(now)
            return self._keys.get(key_id)

    def _renew(self, now: datetime) -> None:
        patience = _ASK_AGAIN if self._keys else _TRY_AGAIN
        if self._asked_at is not None and now - self._asked_at < patience:
            if not self._keys:
                raise StoreUnavailable("the identity provider's keys could not be read just now")
            return
        self._asked_at = now
        try:
            document = self._fetch()
        except StoreUnavailable:
            if not self._keys:
                raise
            _log.warning("keys_not_renewed", exc_info=True)
            return
        self._keys = dict(_signing_keys(document))
        self._fetched_at = now


def _signing_keys(document: KeyDocument) -> list[tuple[str, RSAKey]]:
    """Its RSA keys for signatures; what else a key set may hold is of no use here."""
    return [
        (each["kid"], RSAKey.import_key({"kty": "RSA", "n": each["n"], "e": each["e"]}))
        for each in document["keys"]
        if each.get("kty") == "RSA"
        and each.get("use", "sig") == "sig"
        and each.get("alg", ALGORITHM) == ALGORITHM
        and isinstance(each.get("kid"), str)
    ]


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Checks tokens of one issuer for one client; `longest_life` is what a token may last."""

    issuer: str
    client_id: str
    keys: KeyRing
    longest_life: timedelta = LONGEST_LIFE

    def trader_of(self, token: str, now: datetime) -> str:
        """The id of the trader who signed in with it. Raises NotSignedIn, StoreUnavailable."""
        try:
            return self._checked(token, now)
        except _BAD_TOKEN as error:
            raise NotSignedIn("the access token is not valid; sign in again") from error

    def _checked(self, token: str, now: datetime) -> str:
        _require(len(token) <= _LONGEST_TOKEN, "length")
        header = jws.extract_compact(token.encode("ascii")).headers()
        _require(header.get("alg") == ALGORITHM, "algorithm")
        _require("crit" not in header, "extension")
        key = self.keys.find(str(header["kid"]), now)
        _require(key is not None, "key")
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims  # type: ignore[arg-type]
        _require(claims["iss"] == self.issuer, "issuer")
        _require(claims["client_id"] == self.client_id, "client")
        _require(claims["token_use"] == "access", "use")  # noqa: S105 - the kind, no secret
        self._require_time(claims, now)
        trader_id = claims["username"]
        _require(isinstance(trader_id, str) and bool(trader_id), "trader")
        return str(trader_id)

    def _require_time(self, claims: Mapping[str, Any], now: datetime) -> None:
        second = now.timestamp()
        soon = (now + _CLOCKS_DIFFER).timestamp()
        issued, expires = _number(claims["iat"]), _number(claims["exp"])
        _require(second < expires, "expiry")
        _require(issued <= soon, "issue")
        _require(_number(claims.get("nbf", issued)) <= soon, "start")
        _require(expires - issued <= self.longest_life.total_seconds(), "life")


def _number(value: object) -> float:
    _require(isinstance(value, int | float) and not isinstance(value, bool), "number")
    return float(value)  # type: ignore[arg-type]


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
