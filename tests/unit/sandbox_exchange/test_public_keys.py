"""Keys with a public half: what is registered, what it verifies, and who may log on with it."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.exchange.accounts import ApiKey, KeyPermissions
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.public_keys import registered
from sandbox.exchange.rest import RestReply, RestRequest, answer
from sandbox.exchange.signing import socket_signed_text
from sandbox.exchange.state import dump_state, load_state
from sandbox.exchange.user_stream import UserSession
from tests.exchange_builders import make_exchange, open_trader, refusal, success

ACCOUNT = "/api/v3/account"
LOGON = "session.logon"
AnyKey = Ed25519PrivateKey | rsa.RSAPrivateKey


@cache
def secret_half(kind: str, number: int = 0) -> AnyKey:
    if kind == "rsa":
        return rsa.generate_private_key(65_537, 2048)
    return Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32)


def public_half(kind: str, number: int = 0) -> str:
    public = secret_half(kind, number).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signature(key: AnyKey, text: str) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return b64encode(key.sign(text.encode(), PKCS1v15(), hashes.SHA256())).decode()
    return b64encode(key.sign(text.encode())).decode()


@dataclass(frozen=True)
class Owner:
    """An account whose secret half only we have, and one connection of it."""

    exchange: Exchange
    key: ApiKey
    secret: AnyKey
    session: UserSession
    frames: list[dict[str, Any]]

    def get(self, path: str = ACCOUNT, secret: AnyKey | None = None) -> RestReply:
        text = urlencode({"timestamp": self.exchange.now(), "recvWindow": 5000})
        signed = urlencode({"signature": signature(secret or self.secret, text)})
        asked = RestRequest("GET", path, f"{text}&{signed}", key=self.key.key)
        return answer(self.exchange, asked)

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self.session.receive(json.dumps({"id": 1, "method": method, "params": parameters}))
        return next(each for each in reversed(self.frames) if "id" in each)

    def signed(self, method: str) -> dict[str, Any]:
        parameters: dict[str, object] = {"apiKey": self.key.key, "timestamp": self.exchange.now()}
        text = socket_signed_text({name: str(value) for name, value in parameters.items()})
        return self.ask(method, **parameters, signature=signature(self.secret, text))

    def at_once(self, method: str) -> dict[str, Any]:
        """A request without key and signature, as after a logon."""
        return self.ask(method, timestamp=self.exchange.now())


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def owner(exchange: Exchange) -> Callable[..., Owner]:
    def make(kind: str = "ed25519", number: int = 0) -> Owner:
        account = open_trader(exchange)
        key = exchange.accounts.add_key(
            account.uid, at=exchange.now(), public_key=public_half(kind, number)
        )
        frames: list[dict[str, Any]] = []
        session = UserSession(
            exchange, address="127.0.0.1", send=lambda text: frames.append(json.loads(text))
        )
        return Owner(exchange, key, secret_half(kind, number), session, frames)

    return make


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_signature_of_the_secret_half_gets_in(owner: Callable[..., Owner], kind: str) -> None:
    one = owner(kind)
    assert success(one.get())["uid"] == one.key.uid
    assert one.signed("account.status")["status"] == 200


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_signature_of_another_key_does_not(owner: Callable[..., Owner], kind: str) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"9" * 32)
    assert refusal(owner(kind).get(secret=stranger))[:2] == (400, -1022)


def test_a_signature_that_is_no_base64_is_a_wrong_one(owner: Callable[..., Owner]) -> None:
    one = owner()
    query = f"timestamp={one.exchange.now()}&signature=%21%21"
    asked = RestRequest("GET", ACCOUNT, query, key=one.key.key)
    assert refusal(answer(one.exchange, asked))[:2] == (400, -1022)


def test_such_a_key_has_no_secret(owner: Callable[..., Owner]) -> None:
    assert owner().key.secret == ""


def test_a_public_key_may_come_as_pem_der_or_its_bytes() -> None:
    pem = public_half("ed25519")
    public = secret_half("ed25519").public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    forms = [pem, b64encode(der).decode(), b64encode(raw).decode(), f"\n{pem}\n"]
    assert {registered(form) for form in forms} == {pem}


def _unsuitable(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "no key",
        b64encode(b"too short").decode(),
        _unsuitable(ec.generate_private_key(ec.SECP256R1())),
        _unsuitable(rsa.generate_private_key(65_537, 1024)),
    ],
)
def test_other_keys_cannot_be_registered(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"key"):
        registered(wrong)


def test_a_dumped_key_still_verifies(owner: Callable[..., Owner], exchange: Exchange) -> None:
    one = owner()
    load_state(exchange, json.loads(json.dumps(dump_state(exchange))))
    assert success(one.get())["uid"] == one.key.uid


def test_a_logon_makes_key_and_signature_unnecessary(owner: Callable[..., Owner]) -> None:
    one = owner()
    status = one.signed(LOGON)["result"]
    assert (status["apiKey"], status["authorizedSince"]) == (one.key.key, one.exchange.now())
    assert one.at_once("account.status")["result"]["uid"] == one.key.uid
    assert one.ask("account.status")["error"]["code"] == -1102


def test_without_a_logon_they_are_necessary(owner: Callable[..., Owner]) -> None:
    assert owner().at_once("account.status")["error"]["code"] == -2014


@pytest.mark.parametrize(
    ("kind", "words"),
    [("rsa", "RSA API key is not supported."), ("hmac", "HMAC_SHA256 API key is not supported.")],
)
def test_only_ed25519_keys_log_on(
    owner: Callable[..., Owner], exchange: Exchange, kind: str, words: str
) -> None:
    if kind == "hmac":
        one = owner()
        frame = json.loads(open_trader(exchange).socket_frame(LOGON))
        reply = one.ask(LOGON, **frame["params"])
    else:
        reply = owner(kind).signed(LOGON)
    assert (reply["status"], reply["error"]) == (400, {"code": -4056, "msg": words})


def test_a_second_logon_takes_the_place_of_the_first(owner: Callable[..., Owner]) -> None:
    one, other = owner(), owner(number=1)
    one.signed(LOGON)
    late = Owner(other.exchange, other.key, other.secret, one.session, one.frames)
    late.signed(LOGON)
    assert one.at_once("account.status")["result"]["uid"] == other.key.uid


def test_a_logged_on_session_subscribes_without_a_signature(owner: Callable[..., Owner]) -> None:
    one = owner()
    assert one.ask("userDataStream.subscribe")["error"]["code"] == -1002
    one.signed(LOGON)
    assert one.ask("userDataStream.subscribe")["result"] == {"subscriptionId": 0}
    assert one.ask("session.status")["result"]["userDataStream"] is True
    assert one.ask("userDataStream.subscribe")["error"]["code"] == -2035


def test_a_logout_ends_only_the_subscription_of_the_logon(owner: Callable[..., Owner]) -> None:
    one, other = owner(), owner(number=1)
    Owner(other.exchange, other.key, other.secret, one.session, one.frames).signed(
        "userDataStream.subscribe.signature"
    )
    one.signed(LOGON)
    one.ask("userDataStream.subscribe")
    status = one.ask("session.logout")["result"]
    assert (status["apiKey"], status["userDataStream"]) == (None, False)
    assert one.frames[-1]["event"]["e"] == "eventStreamTerminated"
    assert one.ask("session.subscriptions")["result"] == [{"subscriptionId": 0}]
    assert one.at_once("account.status")["error"]["code"] == -2014


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda accounts, key: accounts.revoke(key), -2015),
        (lambda accounts, key: accounts.restrict(key, ["10.0.0.1"]), -2015),
        (lambda accounts, key: accounts.permit(key, KeyPermissions(reading=False)), -2015),
    ],
)
def test_a_key_narrowed_after_the_logon_is_refused_on_its_session(
    owner: Callable[..., Owner], change: Callable[[Any, str], object], code: int
) -> None:
    one = owner()
    one.signed(LOGON)
    change(one.exchange.accounts, one.key.key)
    assert one.at_once("account.status")["error"]["code"] == code
    assert one.ask("userDataStream.subscribe")["error"]["code"] == code
