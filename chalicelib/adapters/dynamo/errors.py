"""What DynamoDB's errors mean to the league."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.adapters.aws import code_of, passes
from chalicelib.domain.errors import Conflict, StoreUnavailable


@contextmanager
def store_errors(doing: str) -> Iterator[None]:
    """Raises, for what happens inside: Conflict for a condition that did not hold,
    StoreUnavailable for what passes by itself (throttled, failing, not reached).

    Anything else (a missing table, a refused role, an item out of bounds) is a fault of the
    deployment or of our code, and stays what it is.
    """
    try:
        yield
    except (ClientError, BotoCoreError, PynamoDBException) as error:
        cause = error.cause if isinstance(error, PynamoDBException) else error
        cause = error if cause is None else cause
        if code_of(cause) == "ConditionalCheckFailedException":
            raise Conflict(f"{doing}: changed by another meanwhile") from error
        if passes(cause):
            kind = code_of(cause) or type(cause).__name__
            raise StoreUnavailable(f"{doing}: {kind}") from error
        raise
