"""Whether roles allow what functions call, and call what roles allow.

`actions.json` says which actions a call asks for (none: it needs no role), `unused.json` why a
role has an action that no recorded call asks for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, Protocol

from infra.roles import Grant
from infra.template import ROOT

ROLES: Final = {
    "api": "ApiHandlerRole",
    "record": "RecordRole",
    "work": "WorkRole",
    "tick": "TickRole",
    "ingest": "IngestRole",
}
"""The role of each function, by the name under which its calls are recorded."""

_ONE_OF_A_KIND: Final = {
    "cognito-idp": "UserPool",
    "kms": "TradersKeys",
    "s3": "${SiteBucket.Arn}/hours/*",
    "sesv2": "identity/${MailIdentity}",
    "ssm": "parameter/coinmarketleague/${Stage}/*",
}


class Call(Protocol):
    """One kind of call that a function made."""

    @property
    def function(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def key(self) -> str: ...


def action_map() -> Mapping[str, Mapping[str, list[str]]]:
    """The actions of each call, by service and operation in botocore's names."""
    found: dict[str, dict[str, list[str]]] = json.loads(
        (ROOT / "infra" / "actions.json").read_text()
    )
    return found


def reasons() -> Mapping[str, Mapping[str, str]]:
    """Why a role has an action that no recorded call asks for: by role, then "action resource"."""
    found: dict[str, dict[str, str]] = json.loads((ROOT / "infra" / "unused.json").read_text())
    return found


def refused(calls: Iterable[Call], grants: Iterable[Grant]) -> list[str]:
    """Calls that the function's role does not allow, or whose actions nobody wrote down."""
    known, granted = action_map(), list(grants)
    said = []
    for call in calls:
        actions = known.get(call.service, {}).get(call.operation)
        if actions is None:
            said.append(f"{call.service} {call.operation} is not in infra/actions.json")
        elif not all(any(_allows(g, call, a) for g in granted) for a in actions):
            said.append(
                f"{call.function} may not {call.operation} on {resource_of(call)} {call.key}"
            )
    return sorted(set(said))


def unused(calls: Iterable[Call], grants: Iterable[Grant]) -> set[tuple[str, str]]:
    """What roles allow and no call asked for: pairs of a role and "action resource"."""
    known, made = action_map(), list(calls)
    asked = {
        (ROLES[call.function], f"{action} {resource_of(call)}")
        for call in made
        for action in known.get(call.service, {}).get(call.operation, ())
    }
    return {pair for grant in grants for pair in _pairs(grant)} - asked


def resource_of(call: Call) -> str:
    """What the call was done to, by its name in the template."""
    name = call.resource.rpartition("-")[2].capitalize()
    if call.service == "dynamodb":
        return f"{name}Table"
    return f"{name}Queue" if call.service == "sqs" else _ONE_OF_A_KIND[call.service]


def _allows(grant: Grant, call: Call, action: str) -> bool:
    return (
        grant.role == ROLES[call.function]
        and action in grant.actions
        and resource_of(call) in grant.resources
        and (not grant.keys or any(fnmatchcase(call.key, each) for each in grant.keys))
    )


def _pairs(grant: Grant) -> Iterator[tuple[str, str]]:
    for action in grant.actions:
        for resource in grant.resources:
            yield grant.role, f"{action} {resource}"
