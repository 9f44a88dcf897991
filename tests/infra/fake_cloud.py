"""An AWS account for tests: stacks and what the doctor asks are kept here, the rest is moto."""

# ruff: noqa: ANN401, N803 - as botocore

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.outside import Answered, Outside, Ran

REGION = "eu-central-1"
QUIET = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HEADERS = {"Content-Security-Policy": "default-src 'self'"}
DIGEST = "sha256:" + "a" * 64


def refusal(code: str, said: str = "", status: int = 400) -> ClientError:
    """An error as botocore raises it."""
    answer = {"Error": {"Code": code, "Message": said}}
    return ClientError(answer | {"ResponseMetadata": {"HTTPStatusCode": status}}, "Asked")


class FakeStacks:
    """CloudFormation: a change set becomes the stack at once."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.stacks: dict[str, dict[str, Any]] = {}
        self.outputs: dict[str, dict[str, str]] = {}
        self.drifts: list[dict[str, Any]] = []
        self.resources: list[dict[str, str]] = []
        self.refuses = ""
        self.ends = "COMPLETE"
        self.protected: list[str] = []
        self._asked: dict[str, Any] = {}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if StackName not in self.stacks:
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist")
        stack = self.stacks[StackName]
        shown = self.outputs.get(StackName.rpartition("-")[2], {})
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in shown.items()]
        return {"Stacks": [stack | {"Outputs": outputs}]}

    def get_template_summary(self, **_: str) -> dict[str, Any]:
        names = ("Stage", "MailFrom", "MailIdentity", "ImageDigest", "LogDays")
        return {"Parameters": [{"ParameterKey": name} for name in names]}

    def create_change_set(self, **asked: Any) -> None:
        self._asked = asked
        self.log.append(f"change {asked['StackName']} {asked['ChangeSetType']}")

    def describe_change_set(self, **_: str) -> dict[str, Any]:
        if self.refuses:
            return {"Status": "FAILED", "StatusReason": self.refuses}
        return {"Status": "CREATE_COMPLETE"}

    def delete_change_set(self, **_: str) -> None:
        self.log.append("drop change")

    def execute_change_set(self, StackName: str, **_: str) -> None:
        kind = self._asked["ChangeSetType"]
        self.log.append(f"execute {StackName}")
        self.stacks[StackName] = {
            "StackStatus": f"{kind}_{self.ends}",
            "Parameters": self._asked["Parameters"],
            "asked": self._asked,
        }

    def get_paginator(self, name: str) -> "_Pages":
        change = {"Action": "Modify", "LogicalResourceId": "Work", "ResourceType": "AWS::X"}
        found = {
            "describe_change_set": {
                "Changes": [
                    {"ResourceChange": change},
                    {"ResourceChange": change | {"Replacement": "True"}},
                ]
            },
            "list_stack_resources": {"StackResourceSummaries": self.resources},
        }
        return _Pages(found[name])

    def describe_stack_events(self, **_: str) -> dict[str, Any]:
        late = {"LogicalResourceId": "Late", "ResourceStatus": "CREATE_FAILED"}
        first = {"LogicalResourceId": "Work", "ResourceStatus": "CREATE_FAILED"}
        return {"StackEvents": [late, first | {"ResourceStatusReason": "no such role"}]}

    def detect_stack_drift(self, **_: str) -> dict[str, Any]:
        return {"StackDriftDetectionId": "one"}

    def describe_stack_drift_detection_status(self, **_: str) -> dict[str, Any]:
        return {"DetectionStatus": "DETECTION_COMPLETE"}

    def describe_stack_resource_drifts(self, **_: Any) -> dict[str, Any]:
        return {"StackResourceDrifts": self.drifts}

    def update_termination_protection(self, StackName: str, **_: Any) -> None:
        self.protected.append(StackName)

    def delete_stack(self, StackName: str) -> None:
        self.log.append(f"delete {StackName}")
        del self.stacks[StackName]


class _Pages:
    def __init__(self, page: Any) -> None:
        self._page = page

    def paginate(self, **_: str) -> list[Any]:
        return [self._page]


class Answering:
    """A service whose calls answer what they were told to; an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            answer = self.answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def _registry() -> Answering:
    return Answering(
        describe_images={"imageDetails": [{"imageDigest": DIGEST}]},
        get_authorization_token={"authorizationData": [{"authorizationToken": "QVdTOnRva2Vu"}]},
    )


@dataclass
class FakeCloud:
    """Everything outside, in good health."""

    log: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ran: list[Sequence[str]] = field(default_factory=list)
    read_by_commands: list[str] = field(default_factory=list)
    now: datetime = QUIET
    region: str = REGION
    commands_fail: str = ""
    answers: dict[str, Answered] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stacks = FakeStacks(self.log)
        regions = [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]
        regions += [{"RegionName": "ap-east-1", "OptInStatus": "not-opted-in"}]
        self.services |= {
            "cloudformation": self.stacks,
            "sts": Answering(get_caller_identity={"Account": "123456789012"}),
            "ec2": Answering(describe_regions={"Regions": regions}),
            "lambda": Answering(
                get_account_settings={"AccountLimit": {"ConcurrentExecutions": 1000}}
            ),
            "service-quotas": Answering(get_service_quota={"Quota": {"Value": 6.0}}),
            "sesv2": Answering(
                get_account={"ProductionAccessEnabled": True},
                get_email_identity={"VerifiedForSendingStatus": True},
            ),
            "iam": Answering(get_role={}),
            "ecr": _registry(),
            "cloudfront": Answering(create_invalidation={}),
        }

    def outside(self) -> Outside:
        """As the tools take it."""
        return Outside(
            region=self.region,
            client=self._client,
            run=self._run,
            get=self._get,
            now=lambda: self.now,
            pause=lambda seconds: None,
            say=self.said.append,
        )

    def _client(self, service: str, region: str) -> Any:
        return self.services.get(service) or boto3.client(service, region_name=region or REGION)

    def _run(self, command: Sequence[str], folder: str = ".", reads: str = "") -> Ran:
        self.ran.append(command)
        self.read_by_commands.append(reads)
        failed = bool(self.commands_fail) and self.commands_fail in " ".join(command)
        return Ran(1, "Cannot connect to the daemon") if failed else Ran(0, "28.2")

    def _get(self, address: str) -> Answered:
        return self.answers.get(address, Answered(200, HEADERS, ""))
