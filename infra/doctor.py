"""Whether a stage can be deployed from here, now: each check says what to ask for, and where.

`python -m infra.doctor STAGE [Name=value …]`
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.dynamo.tables import TABLES
from infra.changes import Stack
from infra.outside import Outside, StoppedEarly, real_outside
from infra.template import Document, league, source_addresses
from infra.wishes import Wishes, checked, other_parameters, read_wishes

_NOT_SERVED: Final = ("us-", "ca-", "cn-")
"""Beginnings of regions in countries that Binance does not serve."""

_UNRESERVED: Final = 100
_VCPUS_AT_ONCE: Final = "L-3032A538"
_CONCURRENT: Final = ("ApiConcurrency", "RecordConcurrency", "WorkConcurrency", "TickConcurrency")
HOUR_OVER: Final = 11
"""Minutes past the hour by which its board is out, or its alarm has rung."""

HOUR_NEAR: Final = 58


@dataclass(frozen=True, slots=True)
class Visit:
    """What the checks look at. `parameters` are those of the league's template."""

    outside: Outside
    wishes: Wishes
    parameters: Document

    def value(self, name: str) -> str:
        """What a parameter will be."""
        return str(self.wishes.given.get(name, self.parameters[name].get("Default", "")))

    def league(self) -> Stack:
        """The league's own stack."""
        return Stack(self.outside, self.outside.aws("cloudformation"), self.wishes.stack("league"))


Check = Callable[[Visit], Iterator[str]]


def identity(visit: Visit) -> Iterator[str]:
    """Who we are at AWS."""
    try:
        visit.outside.aws("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        yield f"AWS does not know who you are ({_short(error)}): aws sso login, or set AWS_PROFILE"


def place(visit: Visit) -> Iterator[str]:
    """Where the league would be, and whether the exchange serves that place."""
    here = visit.outside.region
    if not here:
        yield "no region: set AWS_REGION, such as AWS_REGION=eu-central-1"
    if here.startswith(_NOT_SERVED):
        yield f"{here}: Binance does not serve that country; take one such as eu-central-1"


def region(visit: Visit) -> Iterator[str]:
    """Whether AWS has that region, for this account."""
    here = visit.outside.region
    known = visit.outside.aws("ec2").describe_regions(AllRegions=True)["Regions"]
    found = {each["RegionName"]: each["OptInStatus"] for each in known}
    if here not in found:
        yield f"{here}: AWS has no such region; take one such as eu-central-1"
    elif found[here] == "not-opted-in":
        yield f"{here} is not switched on: Account settings → AWS Regions → Enable"


def parameters(visit: Visit) -> Iterator[str]:
    """Whether every parameter has a value that it takes."""
    try:
        known = visit.league().parameters()
        checked(visit.parameters, other_parameters(), visit.wishes, known)
    except StoppedEarly as error:
        yield str(error)


def quotas(visit: Visit) -> Iterator[str]:
    """Whether functions and containers fit into what AWS allows the account."""
    limit = visit.outside.aws("lambda").get_account_settings()["AccountLimit"]
    wanted = sum(int(visit.value(name)) for name in _CONCURRENT) + _UNRESERVED
    allowed = limit["ConcurrentExecutions"]
    if allowed < wanted:
        yield (
            f"Lambda may run {allowed} functions at once, {wanted} are needed: Service Quotas → "
            "AWS Lambda → Concurrent executions, or lower ApiConcurrency"
        )
    quota = visit.outside.aws("service-quotas").get_service_quota(
        ServiceCode="fargate", QuotaCode=_VCPUS_AT_ONCE
    )["Quota"]["Value"]
    vcpus = 2 * int(visit.value("IngestTasks")) * int(visit.value("IngestCpu")) / 1024
    if quota < vcpus:
        yield (
            f"Fargate may use {quota:g} vCPU, {vcpus:g} are needed while a container replaces "
            "another: Service Quotas → AWS Fargate → On-Demand vCPU"
        )


def service_role(visit: Visit) -> Iterator[str]:
    """Whether ECS may act here: in a new account its role comes too late for the first service."""
    try:
        visit.outside.aws("iam").get_role(RoleName="AWSServiceRoleForECS")
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield (
            "ECS has no role in this account yet: "
            "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com"
        )


def mail(visit: Visit) -> Iterator[str]:
    """Whether letters can be sent, to anybody."""
    ses = visit.outside.aws("sesv2")
    if not ses.get_account().get("ProductionAccessEnabled"):
        yield "SES sends to verified addresses only: SES → Account dashboard → Request production"
    name = visit.value("MailIdentity")
    if not name:
        return
    try:
        verified = ses.get_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"]
    except ClientError:
        verified = False
    if not verified:
        yield f"{name} is not verified for sending: SES → Identities → Create identity"


def names(visit: Visit) -> Iterator[str]:
    """Whether the names are free, where the stage is not there yet."""
    if visit.league().described() is not None:
        return
    account = visit.outside.aws("sts").get_caller_identity()["Account"]
    s3 = visit.outside.aws("s3")
    for kind in ("site", "trail"):
        bucket = f"coinmarketleague-{visit.wishes.stage}-{kind}-{account}"
        try:
            s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                continue
        yield (
            f"the name of the bucket {bucket} is taken: this stage was in another region, or was "
            "removed and left it; empty and delete it first"
        )
    dynamodb = visit.outside.aws("dynamodb")
    for name in (f"league-{visit.wishes.stage}-{each}" for each in TABLES):
        try:
            dynamodb.describe_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            continue
        yield f"the name of the table {name} is taken, and by no deployment: back it up, delete it"


def docker(visit: Visit) -> Iterator[str]:
    """Whether the engine that builds the image answers."""
    ran = visit.outside.run(["docker", "version", "--format", "{{.Server.Version}}"])
    if ran.code:
        yield f"the docker engine does not answer ({_last(ran.said)}): start it, then try again"


def by_hand(visit: Visit) -> Iterator[str]:
    """Whether somebody changed what a deployment made."""
    stack = visit.league()
    if stack.described() is None:
        return
    drifted = list(stack.drifted())
    if drifted:
        yield (
            f"changed by hand since the last deployment: {'; '.join(drifted)}: undo it, or take it "
            "into infra/stacks, and deploy again"
        )


def hour(visit: Visit) -> Iterator[str]:
    """Whether an hour is being ranked, which a deployment would get into."""
    if visit.league().described() is None:
        return
    past = visit.outside.now()
    if past.minute < HOUR_OVER or past.minute >= HOUR_NEAR:
        yield (
            f"it is {past:%H:%M} UTC and an hour is being ranked: deploy between "
            f":{HOUR_OVER} and :{HOUR_NEAR - 1}"
        )
    waiting = _waiting(visit)
    if waiting:
        yield f"{waiting} tasks of an hour are not done: wait until the queue of tasks is empty"


def _waiting(visit: Visit) -> int:
    sqs = visit.outside.aws("sqs")
    address = sqs.get_queue_url(QueueName=f"league-{visit.wishes.stage}-tasks")["QueueUrl"]
    named = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=named)["Attributes"]
    return sum(int(found[name]) for name in named)


FIRST: Final[tuple[Check, ...]] = (place, identity, region)
"""Without these nothing else can be asked."""

THEN: Final[tuple[Check, ...]] = (
    parameters,
    quotas,
    service_role,
    mail,
    names,
    docker,
    by_hand,
    hour,
)


def diagnose(visit: Visit) -> list[str]:
    """Everything that stands in the way, in the order of the checks."""
    for check in FIRST:
        found = _asked(check, visit)
        if found:
            return found
    return [said for check in THEN for said in _asked(check, visit)]


def _asked(check: Check, visit: Visit) -> list[str]:
    try:
        return list(check(visit))
    except (BotoCoreError, ClientError) as error:
        return [f"{check.__name__}: could not be looked at ({_short(error)})"]


def require_well(visit: Visit) -> None:
    """Raises StoppedEarly with all that stands in the way."""
    found = diagnose(visit)
    if found:
        raise StoppedEarly("\n".join(found))


def visit_of(outside: Outside, wishes: Wishes) -> Visit:
    """A visit with the league's own parameters."""
    return Visit(outside, wishes, league(source_addresses())["Parameters"])


def _short(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__


def _last(said: str) -> str:
    return said.splitlines()[-1] if said else "it says nothing"


def main(arguments: Sequence[str], outside: Outside | None = None) -> int:
    """The exit code: 0 when the stage can be deployed now."""
    here = outside or real_outside(os.environ.get("AWS_REGION", ""))
    try:
        wishes = read_wishes(arguments[0] if arguments else "", arguments[1:])
        require_well(visit_of(here, wishes))
    except StoppedEarly as error:
        here.say(str(error))
        return 1
    here.say(f"{wishes.stage} can be deployed to {here.region} now")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
