"""Roles may do what `docs/security.md` says, by name, and nothing in general."""

import pytest

from infra.roles import Grant, grants, table
from infra.template import ROOT, Document

WITHOUT_RESOURCE = {
    "ecr:GetAuthorizationToken",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Actions for which AWS knows no resource."""

SERVICE_ROLES = {"IngestStartRole", "TracesOfFunctions"}


def of_roles(template: Document) -> list[Grant]:
    return list(grants(template))


def test_every_function_and_the_container_has_a_role_of_its_own(template: Document) -> None:
    roles = {"ApiHandlerRole", "RecordRole", "WorkRole", "TickRole", "IngestRole"}
    assert {each.role for each in of_roles(template)} == roles | SERVICE_ROLES


def test_no_action_is_a_wildcard(template: Document) -> None:
    assert [each for each in of_roles(template) if any("*" in a for a in each.actions)] == []


def test_a_resource_is_named_wherever_the_action_takes_one(template: Document) -> None:
    for each in of_roles(template):
        if set(each.resources) & {"*", ""}:
            assert set(each.actions) <= WITHOUT_RESOURCE


def test_no_role_takes_managed_policies(template: Document) -> None:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            assert "ManagedPolicyArns" not in resource["Properties"]


def test_the_page_has_the_table(template: Document) -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    assert table(template) in page, "run python -m infra.roles, and put its table there"


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("kms:Decrypt", {"IngestRole"}),
        ("kms:Encrypt", {"ApiHandlerRole"}),
        ("ses:SendEmail", {"ApiHandlerRole"}),
        ("s3:PutObject", {"WorkRole"}),
    ],
)
def test_what_is_dangerous_is_done_by_one(template: Document, action: str, roles: set[str]) -> None:
    assert {each.role for each in of_roles(template) if action in each.actions} == roles
