"""The map from calls to actions, and how roles are held against calls."""

import boto3
import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from infra.privileges import ROLES, action_map, reasons, refused, unused
from infra.roles import Grant, grants
from infra.template import Document
from sandbox.recorder import Call, targets

RECORD = Grant("RecordRole", "Write", ("dynamodb:PutItem",), ("JobsTable",), ("FIX#*",))
CALL = Call("record", "dynamodb", "PutItem", "league-jobs", "FIX#")


def actions_of_aws() -> dict[str, set[str]]:
    """What cfn-lint knows of actions: names in lower case by service."""
    known = load_resource(AdditionalSpecs, "Policies.json")
    return {prefix: {name.lower() for name in each["Actions"]} for prefix, each in known.items()}


@pytest.mark.parametrize("service", sorted(action_map()))
def test_calls_and_actions_exist_by_that_name(service: str) -> None:
    model = boto3.client(service, region_name="eu-central-1").meta.service_model
    known = actions_of_aws()
    for operation, actions in action_map()[service].items():
        assert operation in model.operation_names
        for action in actions:
            prefix, name = action.split(":")
            assert name.lower() in known[prefix]
        needs_no_role = model.operation_model(operation).auth_type == "none"
        assert needs_no_role == (not actions), operation


def test_every_action_of_every_role_exists(template: Document) -> None:
    known = actions_of_aws()
    for grant in grants(template):
        for action in grant.actions:
            prefix, name = action.split(":")
            assert name.lower() in known[prefix], action


def test_a_call_is_allowed_by_its_own_role_on_that_table_and_key() -> None:
    assert refused([CALL], [RECORD]) == []
    for other in (
        Call("work", "dynamodb", "PutItem", "league-jobs", "FIX#"),
        Call("record", "dynamodb", "GetItem", "league-jobs", "FIX#"),
        Call("record", "dynamodb", "PutItem", "league-ledger", "FIX#"),
        Call("record", "dynamodb", "PutItem", "league-jobs", "RUN#"),
    ):
        assert len(refused([other], [RECORD])) == 1


def test_a_call_that_nobody_wrote_down_is_refused() -> None:
    strange = Call("record", "dynamodb", "Scan", "league-jobs", "")
    assert refused([strange], [RECORD]) == ["dynamodb Scan is not in infra/actions.json"]


def test_what_no_call_asks_for_is_unused() -> None:
    assert unused([CALL], [RECORD]) == set()
    assert unused([], [RECORD]) == {("RecordRole", "dynamodb:PutItem JobsTable")}


def test_each_reason_is_about_something_that_a_role_may_do(template: Document) -> None:
    allowed = unused([], grants(template))
    for role, pairs in reasons().items():
        assert role in ROLES.values()
        for pair, reason in pairs.items():
            assert (role, pair) in allowed
            assert len(reason.split()) > 3


def test_the_recorder_says_what_a_call_was_done_to() -> None:
    key = {"pk": {"S": "RUN#LAST"}, "sk": {"S": "STATE"}}
    assert targets("GetItem", {"TableName": "league-jobs", "Key": key}) == {
        ("league-jobs", "RUN#LAST")
    }
    other = {"pk": {"S": "FIX#17"}, "sk": {"S": "x"}}
    written = [{"PutRequest": {"Item": other}}, {"DeleteRequest": {"Key": key}}]
    assert targets("BatchWriteItem", {"RequestItems": {"league-jobs": written}}) == {
        ("league-jobs", "FIX#"),
        ("league-jobs", "RUN#LAST"),
    }
    query = {
        "TableName": "league-history",
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :s)",
        "ExpressionAttributeValues": {":p": {"S": "B#3"}, ":s": {"S": "H#"}},
    }
    assert targets("Query", query) == {("league-history", "B#")}
    assert targets("SendMessageBatch", {"QueueUrl": "http://a.example/1/league-tasks"}) == {
        ("league-tasks", "")
    }
