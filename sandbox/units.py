"""Counts AWS calls, and the units that DynamoDB bills for them, from the sizes of items.

The emulators' own figures are wrong, so the published rules are applied here to what goes
over a client. Reading: a unit per 4 KB, half of one where not consistent; a query is rounded
up as a whole, a batch item by item. Writing: a unit per KB of the larger of the item before
and after, one at least, and as much where a condition fails. To know the item before and
after, the meter reads it itself, uncounted; in batches the new item alone counts. Our tables
have no indexes yet; their copies would be added here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Item: TypeAlias = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's JSON writes it."""

AwsObject: TypeAlias = Any
"""botocore makes its clients and models at run time; they have no type."""

_READ, _WRITE = 4096, 1024
_SINGLE_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_CALL: Final = "metered_call"


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls, and units of reading and of writing."""

    calls: int = 0
    read_units: float = 0
    write_units: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(
            self.calls + other.calls,
            self.read_units + other.read_units,
            self.write_units + other.write_units,
        )


@dataclass(slots=True)
class _Call:
    params: dict[str, Any]
    before: int = 0


class UnitMeter:
    """What was spent over the clients it is attached to, by operation ("dynamodb PutItem").

    For one thread at a time, as the runner of one machine is.
    """

    def __init__(self) -> None:
        self.by_operation: defaultdict[str, Spent] = defaultdict(Spent)
        self._reading_for_itself = False

    @property
    def spent(self) -> Spent:
        """All operations together."""
        return sum(self.by_operation.values(), Spent())

    def reset(self) -> None:
        """Start again from nothing."""
        self.by_operation.clear()

    @contextmanager
    def attached(self, client: AwsObject) -> Iterator[None]:
        """Count what goes over this client meanwhile."""
        service = client.meta.service_model.service_name

        def before(
            params: dict[str, Any], model: AwsObject, context: dict[str, Any], **_: object
        ) -> None:
            if not self._reading_for_itself:
                context[_CALL] = _Call(params)
                if service == "dynamodb" and model.name in _SINGLE_WRITES:
                    context[_CALL].before = self._size_now(client, params)

        def after(
            parsed: dict[str, Any], model: AwsObject, context: dict[str, Any], **_: object
        ) -> None:
            call = context.get(_CALL)
            if call is not None:
                spent = Spent(calls=1)
                if service == "dynamodb":
                    spent += self._units(client, model.name, call, parsed)
                self.by_operation[f"{service} {model.name}"] += spent

        events = client.meta.events
        events.register(f"before-parameter-build.{service}", before)
        events.register(f"after-call.{service}", after)
        try:
            yield
        finally:
            events.unregister(f"before-parameter-build.{service}", before)
            events.unregister(f"after-call.{service}", after)

    def _units(
        self, client: AwsObject, operation: str, call: _Call, parsed: dict[str, Any]
    ) -> Spent:
        code = parsed.get("Error", {}).get("Code")
        if operation in _SINGLE_WRITES:
            if code not in (None, "ConditionalCheckFailedException"):
                return Spent()
            after = 0 if code else self._size_now(client, call.params)
            return Spent(write_units=_rounded_up(max(call.before, after), _WRITE))
        if code is not None:
            return Spent()
        if operation == "BatchWriteItem":
            return Spent(write_units=_batch_write(call.params, parsed))
        if operation == "BatchGetItem":
            return Spent(read_units=_batch_read(call.params, parsed))
        if operation not in ("GetItem", "Query"):
            return Spent()
        items = parsed["Items"] if operation == "Query" else [parsed.get("Item", {})]
        units = _rounded_up(sum(map(item_size, items)), _READ)
        return Spent(read_units=units * _price(call.params))

    def _size_now(self, client: AwsObject, params: dict[str, Any]) -> int:
        key = params.get("Key") or {name: params["Item"][name] for name in ("pk", "sk")}
        self._reading_for_itself = True
        try:
            found = client.get_item(TableName=params["TableName"], Key=key, ConsistentRead=True)
        finally:
            self._reading_for_itself = False
        return item_size(found.get("Item", {}))


def item_size(item: Item) -> int:
    """An item's size in bytes as it is billed: its names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(str(content).encode())
    if kind == "N":
        digits = content.strip("-").replace(".", "").strip("0")
        return len(digits) // 2 + 2 + int(content[0] == "-")
    if kind == "B":
        return len(bytes(content))
    if kind in ("SS", "NS", "BS"):
        return sum(_value_size({kind[0]: each}) for each in content)
    if kind == "L":
        return 3 + sum(1 + _value_size(each) for each in content)
    if kind == "M":
        return 3 + len(content) + item_size(content)
    return 1


def _batch_write(params: dict[str, Any], parsed: dict[str, Any]) -> int:
    units = 0
    for table, requests in params["RequestItems"].items():
        undone = parsed.get("UnprocessedItems", {}).get(table, [])
        for request in requests:
            if request not in undone:
                item = request.get("PutRequest", {}).get("Item", {})
                units += _rounded_up(item_size(item), _WRITE)
    return units


def _batch_read(params: dict[str, Any], parsed: dict[str, Any]) -> float:
    units = 0.0
    for table, wanted in params["RequestItems"].items():
        undone = parsed.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        found = parsed["Responses"].get(table, [])
        missing = len(wanted["Keys"]) - len(undone) - len(found)
        whole = missing + sum(_rounded_up(item_size(item), _READ) for item in found)
        units += whole * _price(wanted)
    return units


def _price(params: Mapping[str, Any]) -> float:
    return 1.0 if params.get("ConsistentRead") else 0.5


def _rounded_up(size: int, block: int) -> int:
    return max(1, -(-size // block))
