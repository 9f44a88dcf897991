"""The API's role may do what its adapters ask for, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

ROOT = Path(__file__).parents[1]
CONFIG = json.loads((ROOT / ".chalice/config.json").read_text())
STATEMENTS: list[dict[str, Any]] = json.loads((ROOT / ".chalice/policy-api.json").read_text())[
    "Statement"
]
ACTIONS = [action for each in STATEMENTS for action in each["Action"]]


def test_the_api_has_this_policy_and_no_generated_one() -> None:
    api = CONFIG["stages"]["sandbox"]["lambda_functions"]["api_handler"]
    assert api["iam_policy_file"] == "policy-api.json"
    assert CONFIG["autogen_policy"] is False


def test_no_action_and_no_whole_resource_is_a_wildcard() -> None:
    assert not [action for action in ACTIONS if "*" in action]
    assert not [each for each in STATEMENTS if each["Resource"] in ("*", ["*"])]


def test_of_the_user_pool_it_may_do_exactly_what_the_adapter_calls() -> None:
    """Calls of the pool that need no role are not in a policy."""
    source = "".join(
        (ROOT / "chalicelib/adapters" / name).read_text()
        for name in ("cognito.py", "cognito_calls.py")
    )
    model = boto3.client("cognito-idp", region_name="eu-central-1").meta.service_model
    called = [name for name in model.operation_names if f'"{xform_name(name)}"' in source]
    with_role = {name for name in called if model.operation_model(name).auth_type != "none"}
    allowed = {action.split(":")[1] for action in ACTIONS if action.startswith("cognito-idp:")}
    assert len(called) == len(re.findall(r'call\(\s*"|_quietly\("', source))
    assert allowed == with_role


def test_the_api_seals_keys_and_opens_none() -> None:
    assert [action for action in ACTIONS if action.startswith("kms:")] == ["kms:Encrypt"]
