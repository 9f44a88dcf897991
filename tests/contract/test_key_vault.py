"""The KeyVault port, in memory and on KMS."""

import logging
import traceback

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.adapters.aws import client
from chalicelib.adapters.key_vault import KmsKeyVault
from chalicelib.domain.account import KeyKind, KeyPair
from chalicelib.domain.errors import InvalidRequest, NotAllowed, StoreUnavailable
from chalicelib.services.link_ports import KeyVault
from tests.builders import key_pair
from tests.contract.conftest import REGION
from tests.fakes import FakeKeyVault

PAIR = key_pair("api-key-of-lovelace", "secret-of-lovelace")


@pytest.fixture(params=["fake", "kms"])
def vault(request: pytest.FixtureRequest) -> KeyVault:
    if request.param == "fake":
        return FakeKeyVault()
    request.getfixturevalue("cloud")
    kms = client("kms", REGION)
    return KmsKeyVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])


def test_what_was_sealed_opens_for_the_same_account(vault: KeyVault) -> None:
    sealed = vault.seal(PAIR, "A1", "T1", "binance")
    assert vault.open(sealed, "A1", "T1", "binance") == PAIR


def test_a_pair_sealed_in_two_opens_whole(vault: KeyVault) -> None:
    half = KeyPair("", "private half", KeyKind.ED25519)
    issued = vault.seal(half, "A1", "T1", "binance")
    named = KeyPair("api-key", "", KeyKind.ED25519)
    sealed = vault.seal(named, "A1", "T1", "binance", issued)
    whole = KeyPair("api-key", "private half", KeyKind.ED25519)
    assert vault.open(sealed, "A1", "T1", "binance") == whole
    with pytest.raises(NotAllowed):
        vault.open(sealed, "A2", "T1", "binance")


def test_a_pair_sealed_before_there_were_kinds_is_an_hmac_pair(cloud: None) -> None:
    kms = client("kms", REGION)
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    context = {"account": "A1", "trader": "T1", "exchange": "binance"}
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b'["key", "secret"]', EncryptionContext=context)
    opened = KmsKeyVault(kms, key_id).open(sealed["CiphertextBlob"], "A1", "T1", "binance")
    assert opened == KeyPair("key", "secret")


@pytest.mark.parametrize(
    "others", [("A2", "T1", "binance"), ("A1", "T2", "binance"), ("A1", "T1", "kraken")]
)
def test_it_opens_for_no_other(vault: KeyVault, others: tuple[str, str, str]) -> None:
    sealed = vault.seal(PAIR, "A1", "T1", "binance")
    with pytest.raises(NotAllowed, match=others[0]):
        vault.open(sealed, *others)


def test_something_that_was_never_sealed_does_not_open(vault: KeyVault) -> None:
    with pytest.raises(NotAllowed):
        vault.open(b"x" * 200, "A1", "T1", "binance")


def test_the_ciphertext_does_not_hold_the_plain_pair(vault: KeyVault) -> None:
    sealed = vault.seal(PAIR, "A1", "T1", "binance")
    assert b"lovelace" not in sealed


class FailingKms:
    """Fails each call, quoting what was sent, as a careless service might."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def encrypt(self, **sent: object) -> dict[str, bytes]:
        code = {"Error": {"Code": "KMSInternalException", "Message": f"could not take {sent}"}}
        raise self.error or ClientError(code, "Encrypt")

    decrypt = encrypt


@pytest.mark.parametrize("error", [None, EndpointConnectionError(endpoint_url="http://kms")])
def test_a_failing_service_is_unavailable(error: Exception | None) -> None:
    vault = KmsKeyVault(FailingKms(error), "key")
    with pytest.raises(StoreUnavailable, match="sealing the key of account A1 failed"):
        vault.seal(PAIR, "A1", "T1", "binance")
    with pytest.raises(StoreUnavailable, match="opening the key of account A1 failed"):
        vault.open(b"sealed", "A1", "T1", "binance")


def test_no_error_and_no_log_line_holds_the_plain_pair(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StoreUnavailable) as failure:
        KmsKeyVault(FailingKms(), "key").seal(PAIR, "A1", "T1", "binance")
    told = "".join(traceback.format_exception(failure.value)) + caplog.text + repr(PAIR)
    assert "lovelace" not in told


def test_a_key_that_is_too_long_is_refused_without_being_named() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        KmsKeyVault(FailingKms(), "key").seal(key_pair("lovelace" * 1000), "A1", "T1", "binance")
    assert "lovelace" not in str(refusal.value)
