"""What each role may do, read from the template: for `docs/security.md`, and for tests.

`python -m infra.roles` prints the table of that page.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.render import render, translated
from infra.template import Document, source_addresses


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of one role: actions on resources, on items whose keys begin so."""

    role: str
    purpose: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...]

    def row(self) -> str:
        """The grant as a row of the page's table."""
        actions = ", ".join(f"`{each}`" for each in self.actions)
        where = ", ".join(self.resources)
        keys = f" ({', '.join(f'`{each}`' for each in self.keys)})" if self.keys else ""
        return f"| {self.role} | {self.purpose} | {actions} | {where}{keys} |"


def grants(template: Document) -> Iterator[Grant]:
    """All of a translated template, role by role."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield _grant(name, statement)
        elif resource["Type"] == "AWS::IAM::ManagedPolicy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                yield _grant(name, statement)


def _grant(role: str, statement: Document) -> Grant:
    condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    return Grant(
        role,
        statement["Sid"],
        tuple(_listed(statement["Action"])),
        tuple(_named(each) for each in _listed(statement["Resource"])),
        tuple(condition.get("dynamodb:LeadingKeys", ())),
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one or several of whatever JSON holds
    return value if isinstance(value, list) else [value]


def _named(resource: Any) -> str:  # noqa: ANN401
    """The logical id, or the end of a written ARN."""
    if isinstance(resource, str):
        return resource
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    return str(resource["Fn::Sub"]).rpartition("${AWS::AccountId}:")[2]


def table(template: Document) -> str:
    """The whole table."""
    head = "| Role | For | May | On |\n|---|---|---|---|\n"
    return head + "\n".join(sorted(each.row() for each in grants(template))) + "\n"


def main() -> None:
    """Print it."""
    with tempfile.TemporaryDirectory() as folder:
        print(table(translated(render("prod", Path(folder), source_addresses()))), end="")


if __name__ == "__main__":
    main()
