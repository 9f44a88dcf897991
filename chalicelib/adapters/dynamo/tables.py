"""The seven tables: their names and keys, one connection for all, and calls in batches.

`Tables` is made once per process. Models (`items.py`) are bound to it, so one process can
reach two leagues; hot paths use its client directly. Leaves the content of items to the
module of each port.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from threading import Lock
from typing import Any, Final, TypeAlias, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist
from pynamodb.models import Model

from chalicelib.adapters.aws import credentials
from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.domain.errors import StoreUnavailable

TABLES: Final = ("traders", "accounts", "holdings", "ledger", "history", "jobs", "billing")
EXPIRES: Final = "expires_at"
"""The attribute with the second after which an item may vanish (DynamoDB's TTL)."""

RawItem: TypeAlias = dict[str, Any]
"""An item as DynamoDB's JSON writes it: {"pk": {"S": "…"}, …}."""

_GETS, _WRITES, _TRIES = 100, 25, 6
_ModelT = TypeVar("_ModelT", bound=Model)


class Tables:
    """The tables whose names start with `prefix`; `url` is empty for AWS itself.

    `pause` waits so many seconds before what a batch left undone is tried again; a call
    that was throttled or got no answer is tried `tries` times in all.
    """

    def __init__(
        self,
        prefix: str,
        region: str,
        url: str = "",
        pause: Callable[[float], None] = time.sleep,
        *,
        tries: int = 4,
    ) -> None:
        self._prefix = prefix
        self._region = region
        self._url = url
        self._pause = pause
        self._bound: dict[type[Model], type[Model]] = {}
        self._known: set[str] = set()
        self._binding = Lock()
        nobody = credentials(url)
        self._connection = Connection(
            region=region,
            host=url or None,
            connect_timeout_seconds=3,
            read_timeout_seconds=5,
            retry_configuration={"mode": "standard", "total_max_attempts": tries},
            max_pool_connections=16,
            aws_access_key_id=nobody.get("aws_access_key_id"),
            aws_secret_access_key=nobody.get("aws_secret_access_key"),
        )
        self._client = self._connection.client  # made now: not by two threads at once

    @property
    def client(self) -> Any:  # noqa: ANN401 - botocore has no types
        """The low-level client, shared with every model; its events see all calls."""
        return self._client

    def name(self, table: str) -> str:
        """The full name of one of the seven tables."""
        return self._prefix + table

    def model(self, kind: type[_ModelT]) -> type[_ModelT]:
        """`kind` (which names its table in TABLE) bound to this connection; the same class
        each time."""
        with self._binding:
            if kind not in self._bound:
                self._bound[kind] = self._bind(kind)
        return self._bound[kind]  # type: ignore[return-value]

    def _bind(self, kind: type[Model]) -> type[Model]:
        table = self.name(kind.TABLE)  # type: ignore[attr-defined]
        meta = type("Meta", (), {"table_name": table, "region": self._region})
        bound = type(kind.__name__, (kind,), {"Meta": meta, "__module__": kind.__module__})
        own = bound._get_connection()  # type: ignore[attr-defined]
        if table not in self._known:
            self._connection.add_meta_table(own.get_meta_table())
            self._known.add(table)
        own.connection = self._connection
        return bound

    def find(
        self, kind: type[_ModelT], pk: str, sk: str, *, consistent: bool = True
    ) -> _ModelT | None:
        """The item of that key, None when there is none."""
        with store_errors(f"reading {pk} {sk}"):
            try:
                return self.model(kind).get(pk, sk, consistent_read=consistent)
            except DoesNotExist:
                return None

    def query(self, table: str, **arguments: Any) -> Iterator[RawItem]:  # noqa: ANN401
        """Raw items of a Query, page after page as they are taken."""
        while True:
            with store_errors(f"reading {table}"):
                page = self.client.query(TableName=self.name(table), **arguments)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def get_each(
        self, table: str, keys: Iterable[tuple[str, str]], *, consistent: bool = False
    ) -> list[RawItem]:
        """Raw items of those keys that exist, in no order; 100 to a call."""
        found: list[RawItem] = []
        name = self.name(table)

        def call(part: Sequence[RawItem]) -> Sequence[RawItem]:
            wanted = {"Keys": part, "ConsistentRead": consistent}
            answer = self.client.batch_get_item(RequestItems={name: wanted})
            found.extend(answer["Responses"].get(name, ()))
            left: Sequence[RawItem] = (
                answer.get("UnprocessedKeys", {}).get(name, {}).get("Keys", ())
            )
            return left

        self._in_parts((key(*each) for each in dict.fromkeys(keys)), _GETS, call, table)
        return found

    def put_each(self, table: str, items: Iterable[RawItem]) -> None:
        """Put all items (each key once), replacing; 25 to a call."""
        self._write_each(table, ({"PutRequest": {"Item": item}} for item in items))

    def delete_each(self, table: str, keys: Iterable[tuple[str, str]]) -> None:
        """Delete the items of those keys, where they exist; 25 to a call."""
        wanted = dict.fromkeys(keys)
        self._write_each(table, ({"DeleteRequest": {"Key": key(*each)}} for each in wanted))

    def _write_each(self, table: str, requests: Iterable[RawItem]) -> None:
        name = self.name(table)

        def call(part: Sequence[RawItem]) -> Sequence[RawItem]:
            answer = self.client.batch_write_item(RequestItems={name: part})
            left: Sequence[RawItem] = answer.get("UnprocessedItems", {}).get(name, ())
            return left

        self._in_parts(requests, _WRITES, call, table)

    def _in_parts(
        self,
        wanted: Iterable[RawItem],
        size: int,
        call: Callable[[Sequence[RawItem]], Sequence[RawItem]],
        table: str,
    ) -> None:
        """Call with `size` at a time until nothing is left undone.

        Raises StoreUnavailable after six calls in a row that got nothing done.
        """
        source, left, idle = iter(wanted), list[RawItem](), 0
        while part := left + list(islice(source, size - len(left))):
            with store_errors(f"a batch of {table}"):
                left = list(call(part))
            idle = idle + 1 if len(left) == len(part) else 0
            if idle == _TRIES:
                raise StoreUnavailable(f"{table}: {len(left)} of a batch were left undone")
            if left:
                self._pause(0.05 * 2**idle)

    def create(self, *tables: str) -> None:
        """Create these tables (all seven by default) and return when they can be used: for
        emulators and tests; those of AWS come from the deployed template, with expiry and
        recovery."""
        wanted = tables or TABLES
        for table in wanted:
            self.client.create_table(
                TableName=self.name(table),
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
            )
        for table in wanted:
            self.client.get_waiter("table_exists").wait(
                TableName=self.name(table), WaiterConfig={"Delay": 0.02, "MaxAttempts": 500}
            )


def key(pk: str, sk: str) -> RawItem:
    """A raw item's key."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}
