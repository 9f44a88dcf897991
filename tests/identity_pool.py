"""The sandbox's strict user pool in this process, behind the real adapter and the real SDK."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from chalicelib.adapters import aws
from chalicelib.adapters.cognito import CognitoIdentity
from chalicelib.adapters.tokens import KeyRing, TokenVerifier, issuer
from chalicelib.services.identity_ports import Session, SignUp
from sandbox.identity import totp
from sandbox.identity.make import make_pool
from sandbox.identity.service import REGION, TARGET, UserPoolService
from tests.builders import NOON
from tests.fake_identity import Letter
from tests.token_maker import rsa_key

PASSWORD = "correct horse battery"


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        while part := self.read(4096):
            yield part


@cache
def _plain_client() -> Any:  # noqa: ANN401 - boto3 has no types
    """One client for all pools: building it costs a tenth of a second. Its address is nobody's,
    and none that moto takes for AWS."""
    return aws.client("cognito-idp", REGION, "http://127.0.0.1:9", tries=1)


@dataclass
class StrictPool:
    """One pool, its letters and its clock; the newest pool answers the SDK."""

    now: datetime = NOON
    letters: list[Letter] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.service = UserPoolService(lambda: self.now, self._mail, rsa_key("pool"))
        self.client = _plain_client()
        events = self.client.meta.events
        events.unregister("before-send", unique_id="pool")
        events.register("before-send", self._answer, unique_id="pool")
        self.pool_id, self.client_id = make_pool(self.client)
        self.identity = CognitoIdentity(self.client, self.pool_id, self.client_id)
        named = issuer(REGION, self.pool_id)
        self.tokens = TokenVerifier(named, self.client_id, KeyRing(self.service.key_set))

    def _mail(self, to: str, subject: str, text: str) -> None:
        self.letters.append(Letter(to, subject, text))

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        action = (target.decode() if isinstance(target, bytes) else target).removeprefix(TARGET)
        self.calls.append(action)
        status, answer = self.service.answer(action, json.loads(request.body))
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, status, headers, _Raw(json.dumps(answer).encode()))

    def wait(self, **duration: float) -> None:
        """Let machine time pass."""
        self.now += timedelta(**duration)

    def code(self, to: str = "ada@example.org") -> str:
        """The code of the newest letter to that address."""
        [newest] = [letter for letter in self.letters if letter.to == to][-1:]
        [code] = re.findall(r"\b[0-9]{6}\b", newest.text)
        return str(code)

    def app_code(self, secret: str) -> str:
        """What the authenticator app shows now."""
        return totp.code_at(secret, self.now)

    def join(
        self, trader_id: str = "ADA", name: str = "Ada", email: str = "ada@example.org"
    ) -> None:
        """Sign up and confirm."""
        self.identity.sign_up(SignUp(trader_id, name, email, PASSWORD))
        self.identity.confirm(trader_id, self.code(email))

    def sign_in(self, login: str = "ADA", password: str = PASSWORD) -> Session:
        """A session without a second factor."""
        session = self.identity.sign_in(login, password)
        assert isinstance(session, Session)
        return session

    def use_second_factor(self, session: Session) -> str:
        """Turn it on; returns the app's secret."""
        secret = self.identity.start_second_factor(session.access_token)
        self.identity.confirm_second_factor(session.access_token, self.app_code(secret))
        return secret
