"""The Mail port on SES."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.adapters.mail import SesMail
from chalicelib.domain.errors import DeliveryFailed

REGION = "eu-central-1"
SENDER = "league@example.org"


@pytest.fixture
def ses() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("sesv2", region_name=REGION)
        client.create_email_identity(EmailIdentity=SENDER)
        yield client


def test_a_letter_reaches_its_receiver(ses: Any) -> None:  # noqa: ANN401
    SesMail(ses, SENDER).send("ada@example.org", "Grüße", "Someone tried.")
    [sent] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert sent.source == SENDER
    assert sent.destinations["ToAddresses"] == ["ada@example.org"]
    assert (sent.subject, sent.body) == ("Grüße", "Someone tried.")


def test_a_letter_that_is_refused_is_named_without_its_receiver(ses: Any) -> None:  # noqa: ANN401
    with pytest.raises(DeliveryFailed, match="MessageRejected") as refused:
        SesMail(ses, "another@example.org").send("ada@example.org", "Hello", "Ada")
    assert "ada" not in str(refused.value)
