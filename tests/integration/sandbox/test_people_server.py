"""The sandbox's user pool and post office over HTTP, with the product's own adapters."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from werkzeug.serving import make_server

from chalicelib.adapters import aws
from chalicelib.adapters.cognito import CognitoIdentity
from chalicelib.adapters.mail import SesMail
from chalicelib.adapters.public_files import S3PublicFiles
from chalicelib.adapters.tokens import KeyRing, TokenVerifier, fetch_keys, issuer
from chalicelib.domain.errors import DeliveryFailed, NotSignedIn, StoreUnavailable, WrongCode
from chalicelib.services.identity_ports import Session, SignUp
from sandbox.cloud import REGION, client, make_bucket, make_queues
from sandbox.cloud_server import QuietHandler, application
from sandbox.identity.make import make_pool
from sandbox.people_server import machine_now
from tests.identity_pool import PASSWORD


@dataclass
class LocalPeople:
    """The adapters on a local cloud at `address`."""

    address: str
    identity: CognitoIdentity
    tokens: TokenVerifier
    mail: SesMail

    def letters(self, to: str = "") -> list[dict[str, str]]:
        """What the post office keeps."""
        answer = requests.get(f"{self.address}/sandbox/inbox", params={"to": to}, timeout=5)
        found: list[dict[str, str]] = answer.json()["letters"]
        return found


@pytest.fixture(scope="module")
def people() -> Iterator[LocalPeople]:
    server = make_server("127.0.0.1", 0, application(), threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    pool, of = make_pool(client("cognito-idp", address))
    keys = KeyRing(lambda: fetch_keys(f"{address}/{pool}/.well-known/jwks.json"))
    yield LocalPeople(
        address,
        CognitoIdentity(aws.client("cognito-idp", REGION, address, tries=1), pool, of),
        TokenVerifier(issuer(REGION, pool), of, keys),
        SesMail(aws.client("sesv2", REGION, address), "league@sandbox.example"),
    )
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_person_signs_up_with_the_code_in_the_inbox(people: LocalPeople) -> None:
    people.identity.sign_up(SignUp("ADA", "Ada", "ada@example.org", PASSWORD))
    with pytest.raises(WrongCode):
        people.identity.confirm("ADA", "no code")
    [letter] = people.letters("ADA@example.org")
    people.identity.confirm("ADA", letter["text"][-7:-1])
    session = people.identity.sign_in("ada@example.org", PASSWORD)
    assert isinstance(session, Session)
    assert people.tokens.trader_of(session.access_token, machine_now()) == "ADA"
    with pytest.raises(NotSignedIn):
        people.identity.sign_in("ada@example.org", PASSWORD + "x")


def test_the_leagues_own_letters_arrive_in_the_same_inbox(people: LocalPeople) -> None:
    people.mail.send("bob@example.org", "Grüße", "<b>Hello</b>")
    [letter] = people.letters("bob@example.org")
    assert (letter["subject"], letter["text"]) == ("Grüße", "<b>Hello</b>")


def test_the_bucket_of_the_site_is_beside_it(people: LocalPeople) -> None:
    bucket = make_bucket(people.address)
    files = S3PublicFiles(aws.client("s3", REGION, people.address), bucket)
    assert files.put_new("a.jsonl", "first") == "first"
    assert files.put_new("a.jsonl", "second") == "first"
    address = f"{people.address}/{bucket}/hours/a.jsonl"
    assert not requests.get(address, timeout=5).ok
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=a/b/{REGION}/s3/aws4_request"}
    assert requests.get(address, headers=signed, timeout=5).text == "first"


def test_queues_are_beside_it(people: LocalPeople) -> None:
    assert set(make_queues(people.address)) == {"events", "events-dead", "tasks", "tasks-dead"}


def test_a_provider_that_is_not_there_is_no_refusal() -> None:
    nowhere = "http://127.0.0.1:9"
    identity = CognitoIdentity(aws.client("cognito-idp", REGION, nowhere, tries=1), "p_ool", "c")
    with pytest.raises(StoreUnavailable):
        identity.sign_in("ADA", PASSWORD)
    with pytest.raises(StoreUnavailable):
        fetch_keys(f"{nowhere}/p_ool/.well-known/jwks.json")
    with pytest.raises(DeliveryFailed):
        SesMail(aws.client("sesv2", REGION, nowhere), "a@b.example").send("a@c.example", "s", "t")
