"""Clients of AWS, and which of its errors pass by themselves.

Leaves what each service is used for to the modules that ask for a client.
"""

from typing import Any
from urllib.parse import urlsplit

import boto3.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import ConnectionError as NoConnection

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PASSING = frozenset(
    {
        "InternalServerError",
        "InternalError",
        "InternalFailure",
        "KMSInternalException",
        "DependencyTimeoutException",
        "KeyUnavailableException",
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


def client(
    service: str, region: str, url: str = "", *, tries: int = 3, patience_s: float = 10
) -> Any:  # noqa: ANN401
    """A client of `service`; `url` is empty for AWS itself. A call that was throttled or got no
    answer within `patience_s` is tried `tries` times in all.

    A service on this machine is an emulator and gets no real credentials.
    """
    return boto3.session.Session(region_name=region).client(
        service,
        endpoint_url=url or None,
        config=Config(
            connect_timeout=min(3, patience_s),
            read_timeout=patience_s,
            max_pool_connections=16,
            retries={"mode": "standard", "total_max_attempts": tries},
        ),
        **credentials(url),
    )


def credentials(url: str) -> dict[str, str]:
    """Names of nobody for an emulator on this machine, else nothing: the role's own count."""
    if urlsplit(url).hostname not in _LOOPBACK:
        return {}
    return {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing"}


def code_of(error: BaseException) -> str:
    """AWS's own name of an error, "" for one that is no answer of AWS."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def passes(error: BaseException) -> bool:
    """Whether the same call may succeed later: throttled, failing inside, or not reached."""
    if isinstance(error, ClientError):
        metadata = error.response.get("ResponseMetadata", {})
        return code_of(error) in _PASSING or int(metadata.get("HTTPStatusCode", 0)) >= 500
    return isinstance(error, BotoCoreError) and isinstance(error, NoConnection | HTTPClientError)
