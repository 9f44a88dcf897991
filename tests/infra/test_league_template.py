"""What the league's template says of functions, queues, tables, buckets and keys."""

import pytest

from chalicelib.adapters.dynamo import items
from chalicelib.adapters.dynamo.tables import EXPIRES, TABLES
from chalicelib.config import from_env
from chalicelib.entrypoints.consumers import MARKED_WITHIN
from infra.template import STACKS, Document, league, read, source_addresses
from sandbox.cloud import QUEUES

GIVEN = {"Stage", "ImageDigest", "MailIdentity", "MailFrom"}
"""Parameters that nobody but the operator can know."""


def of_type(template: Document, kind: str) -> dict[str, Document]:
    """Resources of that type, by logical id."""
    found = template["Resources"].items()
    return {name: each for name, each in found if each["Type"] == kind}


def properties(template: Document, name: str) -> Document:
    found: Document = template["Resources"][name]["Properties"]
    return found


def test_each_name_in_the_merge_is_one_that_chalice_makes(merged: Document) -> None:
    """A wrong name makes a resource without a type, and CloudFormation's error would be late."""
    assert [name for name, each in merged["Resources"].items() if "Type" not in each] == []
    added = {n for n, each in league(source_addresses())["Resources"].items() if "Type" not in each}
    assert added == {"APIHandler", "Record", "Work", "Tick", "RestAPI"}


def test_every_queue_function_has_dead_letters_and_says_which_messages_failed(
    template: Document,
) -> None:
    sources = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    assert len(sources) == len(QUEUES)
    for source in sources:
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        queue = source["Properties"]["EventSourceArn"]["Fn::Sub"].strip("${}").removesuffix(".Arn")
        dead = properties(template, queue)["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        back = properties(template, dead)["RedriveAllowPolicy"]["sourceQueueArns"][0]["Fn::Sub"]
        assert back.endswith(properties(template, queue)["QueueName"]["Fn::Sub"])
        function = properties(template, source["Properties"]["FunctionName"]["Ref"])
        longest = template["Parameters"][function["Timeout"]["Ref"]]["MaxValue"]
        assert properties(template, queue)["VisibilityTimeout"] > longest


def test_messages_are_tried_as_often_as_in_the_sandbox(template: Document) -> None:
    tries = {
        name: properties(template, f"{name.capitalize()}Queue")["RedrivePolicy"]["maxReceiveCount"]
        for name in QUEUES
    }
    assert tries == QUEUES


def test_every_function_has_its_own_role_log_and_limits(template: Document) -> None:
    functions = {
        name: each["Properties"]
        for name, each in of_type(template, "AWS::Lambda::Function").items()
    }
    assert functions.keys() == {"APIHandler", "Record", "Work", "Tick"}
    for each in functions.values():
        assert each["Architectures"] == ["arm64"]
        for limit in ("MemorySize", "Timeout", "ReservedConcurrentExecutions"):
            assert each[limit]["Ref"] in template["Parameters"]
    assert len({str(each["Role"]) for each in functions.values()}) == len(functions)
    assert len({str(each["LoggingConfig"]) for each in functions.values()}) == len(functions)


def test_a_shard_is_reserved_for_longer_than_its_mark_may_run(template: Document) -> None:
    longest = template["Parameters"]["WorkTimeout"]["MaxValue"]
    assert longest < MARKED_WITHIN.total_seconds()
    assert longest < properties(template, "TasksQueue")["VisibilityTimeout"]


def test_a_container_has_time_to_hand_over(template: Document) -> None:
    service = properties(template, "IngestService")["DeploymentConfiguration"]
    assert (service["MinimumHealthyPercent"], service["MaximumPercent"]) == (100, 200)
    task = properties(template, "IngestTask")
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert task["ContainerDefinitions"][0]["StopTimeout"] == 120


def test_the_seven_tables_can_be_brought_back_and_not_deleted(template: Document) -> None:
    tables = {
        each["Properties"]["TableName"]["Fn::Sub"].rpartition("-")[2]: each["Properties"]
        for each in of_type(template, "AWS::DynamoDB::Table").values()
    }
    assert tables.keys() == set(TABLES)
    for each in tables.values():
        assert each["BillingMode"] == "PAY_PER_REQUEST"
        assert each["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert each["DeletionProtectionEnabled"] is True
    own = {name for name, each in tables.items() if each["SSESpecification"]["SSEEnabled"]}
    assert own == {"accounts"}


def test_items_that_expire_do_so_where_the_adapters_write_expiries(template: Document) -> None:
    kinds = [each for each in vars(items).values() if hasattr(each, EXPIRES)]
    expiring = {
        each["Properties"]["TableName"]["Fn::Sub"].rpartition("-")[2]
        for each in of_type(template, "AWS::DynamoDB::Table").values()
        if each["Properties"].get("TimeToLiveSpecification", {}).get("AttributeName") == EXPIRES
    }
    assert {kind.TABLE for kind in kinds} == expiring == {"accounts", "history", "jobs"}


def test_no_bucket_is_public(template: Document) -> None:
    buckets = of_type(template, "AWS::S3::Bucket") | of_type(
        read(STACKS / "registry.yaml"), "AWS::S3::Bucket"
    )
    assert buckets.keys() == {"SiteBucket", "TrailBucket", "Packages"}
    for each in buckets.values():
        assert set(each["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    for policy in of_type(template, "AWS::S3::BucketPolicy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            open_to_all = statement["Principal"] == "*" and statement["Effect"] == "Allow"
            assert not open_to_all


def test_only_ingest_opens_traders_keys(template: Document) -> None:
    [deny] = [
        each
        for each in properties(template, "TradersKeys")["KeyPolicy"]["Statement"]
        if each["Effect"] == "Deny"
    ]
    assert "kms:Decrypt" in deny["Action"]
    named = deny["Condition"]["StringNotEquals"]["aws:PrincipalArn"]["Fn::Sub"]
    role = properties(template, "IngestRole")["RoleName"]["Fn::Sub"]
    assert named.endswith(f":role/{role}")


@pytest.mark.parametrize("stack", ["league", "registry", "edge"])
def test_everything_tunable_says_what_it_is_and_has_a_default(
    template: Document, stack: str
) -> None:
    parameters = template["Parameters"] if stack == "league" else None
    for name, each in (parameters or read(STACKS / f"{stack}.yaml")["Parameters"]).items():
        assert each["Description"].endswith("."), name
        assert "Default" in each or name in GIVEN | {"Domain"}


def test_functions_and_container_get_settings_that_exist(template: Document) -> None:
    """One that does not exist would be refused when they start."""
    [container] = properties(template, "IngestTask")["ContainerDefinitions"]
    names = {each["Name"] for each in container["Environment"]}
    given = dict.fromkeys(names, "https://a.example/q") | {
        "LEAGUE_STAGE": "prod",
        "LEAGUE_SHARED_ADDRESS": "no",
        "LEAGUE_TRACING": "no",
        "LEAGUE_LOG_LEVEL": "INFO",
    }
    assert from_env(given).stage == "prod"
    for name, each in of_type(template, "AWS::Lambda::Function").items():
        own = set(each["Properties"]["Environment"]["Variables"]) - names
        expected = {"LEAGUE_ORIGIN_SECRET", "LEAGUE_FORMER_ORIGIN_SECRET"}
        assert own == (expected if name == "APIHandler" else set())
        from_env(given | dict.fromkeys(own, "x" * 40))
