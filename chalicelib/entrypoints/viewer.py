"""Who asks: the address he comes from, and the trader he has signed in as."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

from chalicelib import wiring
from chalicelib.domain.account import Trader
from chalicelib.domain.errors import NotFound, NotSignedIn
from chalicelib.services.prove_owner import Owner
from chalicelib.services.throttling import Gate

_OF_ONE_LINE: Final = 64
"""Bits of an IPv6 address that a connection has as its own."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A trader who has signed in."""

    trader: Trader
    access_token: str = field(repr=False)

    @property
    def owner(self) -> Owner:
        """He, as the use cases that change how one signs in take him."""
        return Owner(self.trader.trader_id, self.access_token)


def signed_in(request: Any) -> Viewer:  # noqa: ANN401 (chalice has no types)
    """The trader whose access token came with the request. Raises NotSignedIn."""
    token = _bearer(request)
    if token is None:
        raise NotSignedIn("sign in first, and send the access token as Authorization: Bearer")
    trader_id = wiring.tokens().trader_of(token, wiring.machine_now())
    try:
        return Viewer(wiring.stores().traders.get(trader_id), token)
    except NotFound as error:
        raise NotSignedIn("the membership of this access token is over") from error


def maybe_signed_in(request: Any) -> Viewer | None:  # noqa: ANN401
    """None without a token; a bad one is refused, not overlooked. Raises NotSignedIn."""
    return signed_in(request) if "authorization" in request.headers else None


def _bearer(request: Any) -> str | None:  # noqa: ANN401
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def address_of(request: Any) -> str:  # noqa: ANN401
    """Where the request comes from, as the content network saw it: an IPv4 address, or the
    network of an IPv6 one; "unknown" when nothing usable is told."""
    told = request.headers.get("cloudfront-viewer-address", "").rpartition(":")[0]
    direct = request.context.get("identity", {}).get("sourceIp", "")
    try:
        address = ip_address((told or direct).strip("[]"))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _OF_ONE_LINE), strict=False))
    return str(address)


def gate_of(request: Any) -> Gate:  # noqa: ANN401
    """Where the tries of this request's sender are counted, now."""
    return Gate(wiring.people().throttle, wiring.machine_now(), address_of(request))
