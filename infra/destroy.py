"""Takes a stage out of the account again, with everything in it. Never prod.

`python -m infra.destroy STAGE`, which `make destroy STAGE=dev` calls.
"""

import os
import sys
from collections.abc import Sequence
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.changes import Stack
from infra.outside import EDGE_REGION, Outside, StoppedEarly, real_outside
from infra.template import Document
from infra.wishes import read_wishes

_MOST_AT_ONCE: Final = 1000


def destroy(outside: Outside, stage: str) -> None:
    """Remove the three stacks. Raises StoppedEarly for prod, or where AWS refuses."""
    wishes = read_wishes(stage, [])
    if stage == "prod":
        raise StoppedEarly("prod is not destroyed from here: nobody should be able to by a slip")
    cloudformation = outside.aws("cloudformation")
    for name in ("league", "registry"):
        stack = Stack(outside, cloudformation, wishes.stack(name))
        if stack.described() is not None:
            _open(outside, cloudformation, stack.name)
            stack.remove()
    Stack(outside, outside.client("cloudformation", EDGE_REGION), wishes.stack("edge")).remove()


def _open(outside: Outside, cloudformation: object, stack: str) -> None:
    """Take away what would keep the stack's resources from being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(  # type: ignore[attr-defined]
        StackName=stack
    )
    found = [each for page in pages for each in page["StackResourceSummaries"]]
    for resource in sorted(found, key=lambda each: each["ResourceType"] == "AWS::S3::Bucket"):
        _open_one(outside, resource)


def _open_one(outside: Outside, resource: Document) -> None:
    kind, name = resource["ResourceType"], resource.get("PhysicalResourceId", "")
    if kind == "AWS::DynamoDB::Table":
        outside.aws("dynamodb").update_table(TableName=name, DeletionProtectionEnabled=False)
    elif kind == "AWS::Cognito::UserPool":
        outside.aws("cognito-idp").update_user_pool(UserPoolId=name, DeletionProtection="INACTIVE")
    elif kind == "AWS::CloudTrail::Trail":
        outside.aws("cloudtrail").stop_logging(Name=name)  # else its bucket would not stay empty
    elif kind == "AWS::S3::Bucket":
        emptied(outside, name)


def emptied(outside: Outside, bucket: str) -> None:
    """Delete every version of every object."""
    s3 = outside.aws("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        for start in range(0, len(keys), _MOST_AT_ONCE):
            part = keys[start : start + _MOST_AT_ONCE]
            s3.delete_objects(Bucket=bucket, Delete={"Objects": part, "Quiet": True})


def main(arguments: Sequence[str], outside: Outside | None = None) -> int:
    """The exit code: 0 when the stage is gone."""
    here = outside or real_outside(os.environ.get("AWS_REGION", ""))
    try:
        destroy(here, arguments[0] if arguments else "")
    except StoppedEarly as error:
        here.say(str(error))
        return 1
    except (BotoCoreError, ClientError) as error:
        here.say(f"stopped: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
