"""The PublicFiles port: objects of one S3 bucket under `hours/`, which the site serves.

Texts go in compressed; who fetches one gets it as it was.
"""

import gzip
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import code_of, passes
from chalicelib.domain.errors import StoreUnavailable

FOLDER: Final = "hours/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "public, max-age=60"
_TYPES: Final = {"json": "application/json", "jsonl": "application/jsonl"}


class S3PublicFiles:
    """Files that everybody may fetch."""

    def __init__(self, client: Any, bucket: str) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._bucket = bucket

    def put_new(self, name: str, content: str) -> str:
        """Store a text that is never changed again; returns what is stored. Raises
        StoreUnavailable."""
        try:
            self._put(name, content, _FOR_EVER, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) != "PreconditionFailed":
                raise _meaning(name, error) from error
            return self._get(name)
        except BotoCoreError as error:
            raise _meaning(name, error) from error
        return content

    def put(self, name: str, content: str) -> None:
        """Store, replacing. Raises StoreUnavailable."""
        try:
            self._put(name, content, _ASK_AGAIN)
        except (ClientError, BotoCoreError) as error:
            raise _meaning(name, error) from error

    def _put(self, name: str, content: str, cache: str, **condition: str) -> None:
        self._client.put_object(
            Bucket=self._bucket,
            Key=FOLDER + name,
            Body=gzip.compress(content.encode(), compresslevel=6, mtime=0),
            CacheControl=cache,
            ContentEncoding="gzip",
            ContentType=_TYPES[name.rpartition(".")[2]],
            **condition,
        )

    def _get(self, name: str) -> str:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=FOLDER + name)
            return gzip.decompress(found["Body"].read()).decode()
        except (ClientError, BotoCoreError) as error:
            raise _meaning(name, error) from error


def _meaning(name: str, error: Exception) -> Exception:
    """StoreUnavailable for what passes by itself; a missing bucket or a refused role stays what
    it is."""
    if not passes(error):
        return error
    return StoreUnavailable(f"the public file {name}: {code_of(error) or type(error).__name__}")
