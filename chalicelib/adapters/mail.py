"""The Mail port: plain text by Amazon SES."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import code_of
from chalicelib.domain.errors import DeliveryFailed


class SesMail:
    """Letters from one address of the league's."""

    def __init__(self, client: Any, sender: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Raises DeliveryFailed, which does not name the receiver."""
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
            )
        except (ClientError, BotoCoreError) as error:
            kind = code_of(error) or type(error).__name__
            raise DeliveryFailed(f"a letter was not taken by the mail service: {kind}") from None
