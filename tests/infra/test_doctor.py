"""What stands in the way of a deployment is said before it begins, one sentence each."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from moto import mock_aws

from infra.doctor import diagnose, main, visit_of
from infra.wishes import Wishes
from tests.infra.fake_cloud import QUIET, REGION, Answering, FakeCloud, refusal

GIVEN = {"MailIdentity": "example.org", "MailFrom": "league@example.org"}


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with mock_aws():
        yield FakeCloud()


def found(cloud: FakeCloud, stage: str = "dev", **given: str) -> list[str]:
    return diagnose(visit_of(cloud.outside(), Wishes(stage, GIVEN | given)))


def deployed(cloud: FakeCloud, waiting: int = 0) -> None:
    """The stage is there already."""
    cloud.stacks.stacks["coinmarketleague-dev-league"] = {"StackStatus": "CREATE_COMPLETE"}
    sqs = boto3.client("sqs", region_name=REGION)
    address = sqs.create_queue(QueueName="league-dev-tasks")["QueueUrl"]
    for _ in range(waiting):
        sqs.send_message(QueueUrl=address, MessageBody="mark")


def test_in_good_health_nothing_is_said(cloud: FakeCloud) -> None:
    assert found(cloud) == []
    deployed(cloud)
    assert found(cloud) == []


@pytest.mark.parametrize(
    ("service", "answers", "said"),
    [
        ("sts", {"get_caller_identity": NoCredentialsError()}, "AWS does not know who you are"),
        (
            "lambda",
            {"get_account_settings": {"AccountLimit": {"ConcurrentExecutions": 10}}},
            "Lambda may run 10 functions at once, 171 are needed: Service Quotas",
        ),
        (
            "service-quotas",
            {"get_service_quota": {"Quota": {"Value": 0.25}}},
            "Fargate may use 0.25 vCPU, 0.5 are needed",
        ),
        (
            "sesv2",
            {"get_account": {}, "get_email_identity": {"VerifiedForSendingStatus": True}},
            "SES sends to verified addresses only: SES → Account dashboard",
        ),
        (
            "sesv2",
            {
                "get_account": {"ProductionAccessEnabled": True},
                "get_email_identity": refusal("NotFoundException"),
            },
            "example.org is not verified for sending: SES → Identities",
        ),
        (
            "iam",
            {"get_role": refusal("NoSuchEntity")},
            "ECS has no role in this account yet: aws iam create-service-linked-role",
        ),
        (
            "service-quotas",
            {"get_service_quota": refusal("AccessDeniedException")},
            "quotas: could not be looked at (AccessDeniedException)",
        ),
    ],
)
def test_what_aws_does_not_allow_is_said_with_where_to_ask(
    cloud: FakeCloud, service: str, answers: dict[str, Any], said: str
) -> None:
    cloud.services[service] = Answering(**answers)
    [sentence] = found(cloud)
    assert sentence.startswith(said)
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("", "no region: set AWS_REGION"),
        ("us-east-1", "us-east-1: Binance does not serve that country"),
        ("ca-central-1", "ca-central-1: Binance does not serve that country"),
        ("eu-nowhere-9", "eu-nowhere-9: AWS has no such region"),
        ("ap-east-1", "ap-east-1 is not switched on: Account settings"),
    ],
)
def test_a_wrong_region_stops_at_once(cloud: FakeCloud, region: str, said: str) -> None:
    cloud.region = region
    [sentence] = found(cloud)
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Speed": "9"}, "there is no parameter Speed"),
        ({"ImageDigest": "sha256:1"}, "ImageDigest is found out by the deployment itself"),
        ({"MailFrom": "nobody"}, "MailFrom=nobody: it is the sender of letters, such as"),
        ({"PriceClass": "Cheap"}, "PriceClass=Cheap: it is one of PriceClass_100"),
        ({"ApiMemory": "much"}, "ApiMemory=much: it is a number"),
        ({"WorkTimeout": "900"}, "WorkTimeout=900: it is from 30 to 85"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(
    cloud: FakeCloud, given: dict[str, str], said: str
) -> None:
    [sentence] = found(cloud, **given)
    assert sentence.startswith(said)


def test_a_missing_parameter_is_named_with_what_it_is(cloud: FakeCloud) -> None:
    sentences = diagnose(visit_of(cloud.outside(), Wishes("dev", {"MailFrom": "a@example.org"})))
    assert sentences[0] == (
        "MailIdentity is missing: PARAMETERS='MailIdentity=…', the domain or address that SES has "
        "verified, such as example.org"
    )


def test_one_that_an_earlier_deployment_gave_is_not_missing(cloud: FakeCloud) -> None:
    deployed(cloud)
    known = [{"ParameterKey": name} for name in GIVEN]
    cloud.stacks.stacks["coinmarketleague-dev-league"]["Parameters"] = known
    cloud.services["sesv2"].answers["get_email_identity"] = refusal("NotFoundException")
    assert diagnose(visit_of(cloud.outside(), Wishes("dev"))) == []


def test_without_an_identity_nothing_else_is_asked(cloud: FakeCloud) -> None:
    nobody = NoCredentialsError()
    cloud.services["sts"] = Answering(get_caller_identity=nobody)
    cloud.services["ec2"] = Answering(describe_regions=nobody)
    [sentence] = found(cloud)
    assert sentence.startswith("AWS does not know who you are (NoCredentialsError): aws sso login")


def test_a_name_that_is_taken_is_said_with_what_to_do(cloud: FakeCloud) -> None:
    where = {"LocationConstraint": REGION}
    bucket = "coinmarketleague-dev-site-123456789012"
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName="league-dev-ledger",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    first, second = found(cloud)
    assert first.startswith(f"the name of the bucket {bucket} is taken")
    assert second.startswith("the name of the table league-dev-ledger is taken")


def test_without_an_engine_for_images_nothing_begins(cloud: FakeCloud) -> None:
    cloud.commands_fail = "docker"
    [sentence] = found(cloud)
    assert sentence == (
        "the docker engine does not answer (Cannot connect to the daemon): start it, then try again"
    )


def test_what_was_edited_by_hand_is_named(cloud: FakeCloud) -> None:
    deployed(cloud)
    changed = [{"PropertyPath": "/Properties/MemorySize"}]
    cloud.stacks.drifts = [
        {"LogicalResourceId": "Work", "PropertyDifferences": changed},
        {"LogicalResourceId": "ApiLog"},
    ]
    [sentence] = found(cloud)
    assert sentence == (
        "changed by hand since the last deployment: Work (/Properties/MemorySize); ApiLog "
        "(deleted): undo it, or take it into infra/stacks, and deploy again"
    )


@pytest.mark.parametrize(("minute", "stops"), [(0, True), (10, True), (11, False), (58, True)])
def test_nothing_is_deployed_into_an_hour_that_is_being_ranked(
    cloud: FakeCloud, minute: int, stops: bool
) -> None:
    cloud.now = QUIET.replace(minute=minute)
    assert found(cloud) == []  # what is not there yet ranks nothing
    deployed(cloud)
    said = f"it is 12:{minute:02d} UTC and an hour is being ranked: deploy between :11 and :57"
    assert found(cloud) == ([said] if stops else [])


def test_nor_while_its_work_is_not_done(cloud: FakeCloud) -> None:
    deployed(cloud, waiting=2)
    assert found(cloud) == [
        "2 tasks of an hour are not done: wait until the queue of tasks is empty"
    ]


def test_the_command_says_all_that_is_wrong_and_fails(cloud: FakeCloud) -> None:
    cloud.commands_fail = "docker"
    assert main(["dev"], cloud.outside()) == 1
    assert [line.split(" ")[0] for line in cloud.said[-1].splitlines()] == ["MailIdentity", "the"]
    assert main(["moon"], cloud.outside()) == 1
    assert cloud.said[-1] == "STAGE=moon is no stage: say STAGE=dev or STAGE=prod"
    assert main(["dev", "fast"], cloud.outside()) == 1
    cloud.commands_fail = ""
    assert main(["dev", *(f"{k}={v}" for k, v in GIVEN.items())], cloud.outside()) == 0
