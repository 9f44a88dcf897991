"""Writes down which AWS calls each deployed function makes, where SANDBOX_CALLS names a folder.

One line per different call: function, service, operation, what it was done to, and how the keys of
the items began. Least privilege is tested against these lines. The hook is botocore's own: it is
given to every session that is made after `record_as` or `recorded`.

    python -m sandbox.recorder FUNCTION PROGRAM ...
    python -m sandbox.recorder FUNCTION -m MODULE ...
"""

import json
import os
import runpy
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from botocore import handlers

SWITCH: Final = "SANDBOX_CALLS"
_NAMED_BY: Final = ("TableName", "QueueUrl", "Bucket", "KeyId", "UserPoolId", "Name", "Names")

_function: ContextVar[str | None] = ContextVar("function", default=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of call that a function made. `key` is the partition key, of which only the part up
    to its `#` is kept where what follows is no word; "" where there is none."""

    function: str
    service: str
    operation: str
    resource: str
    key: str


class Recorder:
    """Writes each call of a process once."""

    def __init__(self, folder: Path, always: str | None = None) -> None:
        """`always` is the function that the whole process is; None: the one that runs just now."""
        self._always = always
        self._file = folder / f"{always or 'functions'}-{os.getpid()}.jsonl"
        self._known: set[Call] = set()
        self._writing = threading.Lock()

    def note(self, params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        """Hook of botocore: before a call's parameters are put together."""
        function = self._always or _function.get()
        if function is None:
            return
        service = model.service_model.service_name
        with self._writing:
            for resource, key in targets(model.name, params):
                call = Call(function, service, model.name, resource, key)
                if call not in self._known:
                    self._known.add(call)
                    with self._file.open("a") as lines:
                        lines.write(json.dumps(asdict(call)) + "\n")


def targets(operation: str, params: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What a call is done to, and how its keys begin: one pair per table and kind of key."""
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return {
            (table, _beginning(item))
            for table, wanted in params["RequestItems"].items()
            for item in _items(wanted)
        }
    named = next((params[each] for each in _NAMED_BY if each in params), "")
    resources = named if isinstance(named, list) else [named]
    return {(str(each).rpartition("/")[2], _key_of(params)) for each in resources}


def _items(wanted: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as botocore takes it
    if isinstance(wanted, Mapping):
        yield from wanted["Keys"]
        return
    for each in wanted:
        request = each.get("PutRequest", each.get("DeleteRequest"))
        yield request.get("Item", request.get("Key"))


def _key_of(params: Mapping[str, Any]) -> str:
    item = params.get("Key", params.get("Item"))
    if isinstance(item, Mapping):
        return _beginning(item)
    if "KeyConditionExpression" not in params:
        return ""
    values = params["ExpressionAttributeValues"]
    names = params.get("ExpressionAttributeNames", {})
    asked = str(params["KeyConditionExpression"])
    for word in asked.replace("(", " ").replace(")", " ").split(" AND ")[:2]:
        name, _, value = word.partition("=")
        if names.get(name.strip(), name.strip()) == "pk":
            return _beginning({"pk": values[value.strip()]})
    raise ValueError(f"no partition key in {asked!r}")


def _beginning(item: Mapping[str, Any]) -> str:
    text = str(item["pk"]["S"])
    kind, sign, which = text.partition("#")
    return text if which.isalpha() else kind + sign


def record_as(always: str | None) -> None:
    """Record this process from now on, if the switch is set."""
    if SWITCH in os.environ:
        folder = Path(os.environ[SWITCH])
        folder.mkdir(parents=True, exist_ok=True)
        hook = ("provide-client-params.*.*", Recorder(folder, always).note)
        handlers.BUILTIN_HANDLERS.append(hook)


@contextmanager
def running(function: str) -> Iterator[None]:
    """What is called meanwhile, in this thread, is called by that function."""
    token = _function.set(function)
    try:
        yield
    finally:
        _function.reset(token)


def recorded(function: str, command: Sequence[str]) -> list[str]:
    """`command`, recorded as that function if the switch is set."""
    if SWITCH not in os.environ:
        return list(command)
    program = command[1:] if command[0] == sys.executable else command
    return [sys.executable, "-m", "sandbox.recorder", function, *program]


def read_calls(folder: Path) -> set[Call]:
    """What was written into `folder`."""
    lines = (line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines())
    return {Call(**json.loads(line)) for line in lines}


def main(arguments: Sequence[str]) -> None:
    """Run the program as if it had been started by itself."""
    function, *program = arguments
    record_as(function)
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(program)
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
