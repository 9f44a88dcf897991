"""One stack of CloudFormation: changed by a change set that is shown first, read, and removed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from infra.outside import AwsClient, Outside, StoppedEarly
from infra.template import Document

CAPABILITIES: Final = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_EVERY_S: Final = 5.0
_MOST_LOOKS: Final = 720
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")
_STUCK: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")
_BROKEN_OFF: Final = ("ROLLBACK", "FAILED")


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack by its name, in the region of the client."""

    outside: Outside
    cloudformation: AwsClient
    name: str

    def described(self) -> Document | None:
        """What CloudFormation says of it; None where there is none."""
        try:
            [found] = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        made: Document = found
        return None if made["StackStatus"] == "REVIEW_IN_PROGRESS" else made

    def outputs(self) -> dict[str, str]:
        """Its outputs. Raises StoppedEarly without such a stack."""
        found = self.described()
        if found is None:
            raise StoppedEarly(f"there is no stack {self.name}: deploy the stage first")
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def parameters(self) -> set[str]:
        """The names of the parameters that it was deployed with."""
        found = self.described()
        return {each["ParameterKey"] for each in (found or {}).get("Parameters", [])}

    def change(self, template: Mapping[str, str], values: Mapping[str, str]) -> None:
        """Make it so, after showing what changes; nothing is done where nothing does. `template`
        is TemplateBody or TemplateURL; parameters that are not in `values` stay as they are.

        Raises StoppedEarly when CloudFormation refuses or rolls back.
        """
        before = self.described()
        if before is not None and before["StackStatus"] in _STUCK:
            raise StoppedEarly(
                f"{self.name} is {before['StackStatus']}: delete or repair it in CloudFormation"
            )
        change = f"change-{self.outside.now():%Y%m%d%H%M%S}"
        named = self.cloudformation.get_template_summary(**template)["Parameters"]
        kept = self.parameters() - values.keys()
        given: list[Document] = [
            {"ParameterKey": name, "ParameterValue": text} for name, text in values.items()
        ]
        given += [
            {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True}
            for each in named
            if each["ParameterKey"] in kept
        ]
        self.cloudformation.create_change_set(
            StackName=self.name,
            ChangeSetName=change,
            ChangeSetType="CREATE" if before is None else "UPDATE",
            Capabilities=CAPABILITIES,
            Parameters=given,
            **template,
        )
        if self._shown(change):
            self.cloudformation.execute_change_set(StackName=self.name, ChangeSetName=change)
            self._settled()

    def _shown(self, change: str) -> bool:
        """Say what would change; whether anything does."""
        named = {"StackName": self.name, "ChangeSetName": change}
        for _ in range(_MOST_LOOKS):
            found = self.cloudformation.describe_change_set(**named)
            if found["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            self.outside.pause(_EVERY_S)
        if found["Status"] != "CREATE_COMPLETE":
            reason = str(found.get("StatusReason", ""))
            self.cloudformation.delete_change_set(**named)
            if any(each in reason for each in _NOTHING):
                self.outside.say(f"{self.name}: nothing to change")
                return False
            raise StoppedEarly(f"{self.name}: CloudFormation does not take it: {reason}")
        for page in self.cloudformation.get_paginator("describe_change_set").paginate(**named):
            for each in page["Changes"]:
                self.outside.say(f"  {_told(each['ResourceChange'])}")
        return True

    def _settled(self) -> None:
        """Return when it is done. It takes a moment to begin, so there is a pause before the first
        look."""
        for _ in range(_MOST_LOOKS):
            self.outside.pause(_EVERY_S)
            [found] = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
            if not found["StackStatus"].endswith("IN_PROGRESS"):
                break
        if any(each in found["StackStatus"] for each in _BROKEN_OFF):
            raise StoppedEarly(
                f"{self.name} is {found['StackStatus']} and as before: {self._first_failure()}"
            )
        self.outside.say(f"{self.name}: {found['StackStatus']}")

    def _first_failure(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [each for each in events if each["ResourceStatus"].endswith("FAILED")]
        if not failed:
            return "no resource says why"
        return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}"

    def drifted(self) -> Iterator[str]:
        """Resources that were changed by hand, with what of them."""
        detection = self.cloudformation.detect_stack_drift(StackName=self.name)
        asked = {"StackDriftDetectionId": detection["StackDriftDetectionId"]}
        for _ in range(_MOST_LOOKS):
            found = self.cloudformation.describe_stack_drift_detection_status(**asked)
            if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            self.outside.pause(_EVERY_S)
        drifts = self.cloudformation.describe_stack_resource_drifts(
            StackName=self.name, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
        )["StackResourceDrifts"]
        for each in drifts:
            paths = ", ".join(p["PropertyPath"] for p in each.get("PropertyDifferences", []))
            yield f"{each['LogicalResourceId']} ({paths or 'deleted'})"

    def remove(self) -> None:
        """Delete it, and return when it is gone; nothing where there is none.

        Raises StoppedEarly.
        """
        if self.described() is None:
            return
        self.cloudformation.delete_stack(StackName=self.name)
        for _ in range(_MOST_LOOKS):
            found = self.described()
            if found is None or found["StackStatus"] == "DELETE_COMPLETE":
                self.outside.say(f"{self.name}: gone")
                return
            if found["StackStatus"] == "DELETE_FAILED":
                break
            self.outside.pause(_EVERY_S)
        raise StoppedEarly(f"{self.name} could not be deleted: {self._first_failure()}")


def _told(change: Document) -> str:
    replaced = " (made anew: what is in it is lost)" if change.get("Replacement") == "True" else ""
    return f"{change['Action']} {change['LogicalResourceId']} {change['ResourceType']}{replaced}"


def body(template: Document) -> dict[str, str]:
    """A small template as CloudFormation takes it."""
    return {"TemplateBody": json.dumps(template)}
