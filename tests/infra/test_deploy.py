"""A deployment goes through its steps in order, can be run again, and stops with a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra import image
from infra.deploy import deploy, with_places
from infra.deploy import main as deploy_main
from infra.destroy import destroy
from infra.destroy import main as destroy_main
from infra.doctor import Visit
from infra.outside import Answered, StoppedEarly
from infra.package import Package, require_size
from infra.site_files import in_order
from infra.template import Document
from infra.wishes import Wishes
from sandbox.site import ALWAYS_ASK, FOR_EVER
from sandbox.site_build import built_site as sandbox_built_site
from tests.infra.fake_cloud import DIGEST, HEADERS, REGION, Answering, FakeCloud, refusal

SITE, API = "https://site.example", "https://api.example/api/"
GIVEN = {"MailIdentity": "example.org", "MailFrom": "league@example.org"}
LEAGUE = "coinmarketleague-dev-league"


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with mock_aws():
        made = FakeCloud()
        made.stacks.outputs = {
            "registry": {"RepositoryUri": "1.ecr/league", "PackagesBucket": "packages"},
            "edge": {"CertificateArn": "arn:certificate", "WebAclArn": "arn:acl"},
            "league": {
                "SiteBucketName": "site",
                "DistributionId": "E1",
                "SiteUrl": SITE,
                "EndpointURL": API,
            },
        }
        made.answers = {
            f"{SITE}/no-such-page": Answered(404, HEADERS, ""),
            f"{API}status": Answered(403, {}, ""),
        }
        s3 = boto3.client("s3", region_name=REGION)
        for name in ("packages", "site"):
            where = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        yield made


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", "404.html", "robots.txt", "assets/board-1a2b.js", ".built-from"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Package:
    for name in ("deployment.zip", "layer-deployment.zip"):
        (tmp_path / name).write_text(name)
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    layer = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "./layer.zip"}}
    return Package({"Resources": {"Work": function, "Layer": layer}}, tmp_path)


@pytest.fixture
def built_site() -> Path:
    """The site's own folder: commands are not run here, so there must be one."""
    return sandbox_built_site()


def visit(cloud: FakeCloud, template: Document, stage: str = "dev", **given: str) -> Visit:
    return Visit(cloud.outside(), Wishes(stage, GIVEN | given), template["Parameters"])


def values(cloud: FakeCloud, stack: str) -> dict[str, str]:
    """The parameters that a stack was changed with."""
    asked = cloud.stacks.stacks[stack]["asked"]["Parameters"]
    return {each["ParameterKey"]: each.get("ParameterValue", "as before") for each in asked}


def test_the_stacks_come_in_order_with_what_they_need_of_each_other(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    found = deploy(visit(cloud, template), site, made)
    assert found["SiteUrl"] == SITE
    registry = "coinmarketleague-dev-registry"
    assert cloud.log == [
        *(f"change {registry} CREATE", f"execute {registry}"),
        *(f"change {LEAGUE} CREATE", f"execute {LEAGUE}"),
        *(f"change {LEAGUE} UPDATE", f"execute {LEAGUE}"),  # which tells it the site's address
    ]
    known = {"Stage": "dev", "ImageDigest": DIGEST, "SiteAddress": SITE}
    assert values(cloud, LEAGUE) == known | GIVEN
    asked = cloud.stacks.stacks[LEAGUE]["asked"]
    assert asked["TemplateURL"].startswith(f"https://packages.s3.{REGION}.amazonaws.com/")
    assert "CAPABILITY_NAMED_IAM" in asked["Capabilities"]


def test_with_a_domain_the_edge_comes_before_the_league(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template, Domain="league.example"), site, made)
    assert values(cloud, "coinmarketleague-dev-edge")["Domain"] == "league.example"
    given = values(cloud, LEAGUE)
    assert (given["CertificateArn"], given["WebAclArn"]) == ("arn:certificate", "arn:acl")
    assert given["Domain"] == "league.example"


def test_what_changes_is_shown_before_it_does(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template), site, made)
    assert "  Modify Work AWS::X" in cloud.said
    assert "  Modify Work AWS::X (made anew: what is in it is lost)" in cloud.said


def test_it_can_be_run_again_and_keeps_what_was_given(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template), site, made)
    again = Visit(cloud.outside(), Wishes("dev", {"LogDays": "7"}), template["Parameters"])
    cloud.log.clear()
    deploy(again, site, made)
    assert cloud.log.count(f"change {LEAGUE} UPDATE") == 1
    given = values(cloud, LEAGUE)
    assert (given["LogDays"], given["MailFrom"]) == ("7", "as before")


def test_where_nothing_changes_nothing_is_done(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template), site, made)
    cloud.stacks.refuses = "The submitted information didn't contain changes."
    cloud.log.clear()
    deploy(visit(cloud, template), site, made)
    assert f"execute {LEAGUE}" not in cloud.log
    assert f"{LEAGUE}: nothing to change" in cloud.said


def test_what_cloudformation_refuses_or_takes_back_is_said(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    cloud.stacks.refuses = "Template format error"
    with pytest.raises(StoppedEarly, match="does not take it: Template format error"):
        deploy(visit(cloud, template), site, made)
    cloud.stacks.refuses, cloud.stacks.ends = "", "ROLLBACK_COMPLETE"
    with pytest.raises(StoppedEarly, match="CREATE_ROLLBACK_COMPLETE and as before: Work: no such"):
        deploy(visit(cloud, template), site, made)


def test_a_stack_that_never_came_up_must_be_removed_first(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    cloud.stacks.stacks["coinmarketleague-dev-registry"] = {"StackStatus": "ROLLBACK_COMPLETE"}
    with pytest.raises(StoppedEarly, match="ROLLBACK_COMPLETE: delete or repair it"):
        deploy(visit(cloud, template), site, made)


def test_prod_cannot_be_deleted_by_a_slip(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template, "prod"), site, made)
    assert cloud.stacks.protected == ["coinmarketleague-prod-league"]
    with pytest.raises(StoppedEarly, match="prod is not destroyed from here"):
        destroy(cloud.outside(), "prod")
    assert destroy_main(["prod"], cloud.outside()) == 1
    assert "coinmarketleague-prod-league" in cloud.stacks.stacks


def test_code_and_layer_come_out_of_the_bucket(made: Package) -> None:
    found = with_places(made.template, "packages", "code.zip", "layer.zip")["Resources"]
    place = {"Bucket": "packages", "Key": "code.zip"}
    assert found["Work"]["Properties"]["CodeUri"] == place
    assert found["Layer"]["Properties"]["ContentUri"] == place | {"Key": "layer.zip"}
    assert "./deployment.zip" in json.dumps(made.template)


def test_assets_go_before_pages_and_hidden_files_stay(site: Path) -> None:
    order = [str(path.relative_to(site)) for path in in_order(site)]
    assert order == ["assets/board-1a2b.js", "robots.txt", "404.html", "index.html"]


def test_files_lie_there_as_the_sandbox_serves_them(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template), site, made)
    s3 = boto3.client("s3", region_name=REGION)
    asset = s3.get_object(Bucket="site", Key="assets/board-1a2b.js")
    assert (asset["CacheControl"], asset["Metadata"]) == (FOR_EVER, {})
    assert asset["ContentType"] == "text/javascript; charset=utf-8"
    page = s3.get_object(Bucket="site", Key="404.html")
    assert (page["CacheControl"], page["Metadata"]) == (ALWAYS_ASK, {"status": "404"})
    assert page["ContentType"] == "text/html; charset=utf-8"


def test_only_pages_are_fetched_anew(
    cloud: FakeCloud, template: Document, site: Path, made: Package
) -> None:
    deploy(visit(cloud, template), site, made)
    [(_, asked)] = cloud.services["cloudfront"].asked
    paths = asked["InvalidationBatch"]["Paths"]
    assert paths["Items"] == ["/", "/404", "/404.html", "/index", "/index.html", "/t/*"]
    assert paths["Quantity"] == len(paths["Items"])


@pytest.mark.parametrize(
    ("address", "answer", "said"),
    [
        (f"{SITE}/", Answered(500, HEADERS, ""), "/ answers 500, not 200"),
        (f"{SITE}/how", Answered(200, {}, ""), "/how has no content security policy"),
        (f"{SITE}/no-such-page", Answered(200, HEADERS, ""), "/no-such-page answers 200, not 404"),
        (f"{SITE}/api/status", Answered(503, HEADERS, ""), "/api/status answers 503, not 200"),
        (f"{API}status", Answered(200, {}, ""), "past the content network, not 403"),
    ],
)
def test_a_stage_that_does_not_answer_is_not_called_deployed(
    cloud: FakeCloud, template: Document, site: Path, made: Package, address: str,
    answer: Answered, said: str,
) -> None:  # fmt: skip
    cloud.answers[address] = answer
    with pytest.raises(StoppedEarly, match=said):
        deploy(visit(cloud, template), site, made)


def test_an_image_is_built_for_arm_once_for_its_content(cloud: FakeCloud) -> None:
    registry = cloud.services["ecr"]
    assert image.pushed(cloud.outside(), "1.ecr/league") == DIGEST
    assert cloud.ran == []
    there = registry.answers["describe_images"]
    registry.answers["describe_images"] = refusal("ImageNotFoundException")
    with pytest.raises(StoppedEarly, match="the registry does not have it"):
        image.pushed(cloud.outside(), "1.ecr/league")
    login, build, push = cloud.ran
    assert login[-2:] == ["--password-stdin", "1.ecr"]
    assert cloud.read_by_commands[0] == "token"
    assert not any("token" in word for word in login)
    assert "linux/arm64" in build
    assert push[-1] == f"1.ecr/league:{image.tag_of()}"
    registry.answers["describe_images"] = there


@pytest.mark.parametrize("command", ["docker build", "docker push", "docker login"])
def test_a_docker_that_fails_is_said(cloud: FakeCloud, command: str) -> None:
    cloud.services["ecr"].answers["describe_images"] = refusal("ImageNotFoundException")
    cloud.commands_fail = command
    with pytest.raises(StoppedEarly, match=r"failed|does not let docker sign in"):
        image.pushed(cloud.outside(), "1.ecr/league")


def test_dev_goes_with_everything_that_is_in_it(cloud: FakeCloud) -> None:
    for name in ("league", "registry", "edge"):
        stack = f"coinmarketleague-dev-{name}"
        cloud.stacks.stacks[stack] = {"StackStatus": "CREATE_COMPLETE"}
    cloud.stacks.resources = [
        {"ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": "league-dev-ledger"},
        {"ResourceType": "AWS::Cognito::UserPool", "PhysicalResourceId": "pool"},
        {"ResourceType": "AWS::S3::Bucket", "PhysicalResourceId": "site"},
        {"ResourceType": "AWS::CloudTrail::Trail", "PhysicalResourceId": "trail"},
    ]
    trail = cloud.services["cloudtrail"] = Answering(stop_logging={})
    tables = cloud.services["dynamodb"] = Answering(update_table={})
    people = cloud.services["cognito-idp"] = Answering(update_user_pool={})
    s3 = boto3.client("s3", region_name=REGION)
    s3.put_bucket_versioning(Bucket="site", VersioningConfiguration={"Status": "Enabled"})
    for text in (b"old", b"new"):
        s3.put_object(Bucket="site", Key="index.html", Body=text)
    s3.delete_object(Bucket="site", Key="index.html")
    assert destroy_main(["dev"], cloud.outside()) == 0
    assert cloud.stacks.stacks == {}
    assert [line.rpartition("-")[2] for line in cloud.log] == ["league", "registry", "edge"]
    assert "Versions" not in s3.list_object_versions(Bucket="site")
    unlocked = {"TableName": "league-dev-ledger", "DeletionProtectionEnabled": False}
    assert ("update_table", unlocked) in tables.asked
    assert trail.asked[0] == ("stop_logging", {"Name": "trail"})
    assert people.asked[0][1] == {"UserPoolId": "pool", "DeletionProtection": "INACTIVE"}
    assert destroy_main(["dev"], cloud.outside()) == 0  # again: nothing is there


def words(**more: str) -> list[str]:
    return ["dev", *(f"{name}={value}" for name, value in (GIVEN | more).items())]


def test_the_command_deploys_and_says_where(
    cloud: FakeCloud, made: Package, built_site: Path
) -> None:
    outputs = cloud.stacks.outputs["league"]
    outputs |= {"DistributionDomain": "d1.example", "AlarmsTopic": "arn:alarms"}
    s3 = boto3.client("s3", region_name=REGION)
    assert "Contents" not in s3.list_objects_v2(Bucket="site")
    assert deploy_main(words(), cloud.outside(), lambda *_: made) == 0
    assert cloud.said[-3:] == [
        f"SiteUrl: {SITE}", "DistributionDomain: d1.example", "AlarmsTopic: arn:alarms",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"region": "us-east-1"}, "us-east-1: Binance does not serve that country"),
        ({"commands_fail": "docker"}, "the docker engine does not answer"),
        ({"commands_fail": "npm"}, "the site could not be built"),
    ],
)
def test_the_command_stops_before_anything_is_changed(
    cloud: FakeCloud, made: Package, broken: dict[str, str], said: str
) -> None:
    for name, value in broken.items():
        setattr(cloud, name, value)
    assert deploy_main(words(), cloud.outside(), lambda *_: made) == 1
    assert cloud.said[-1].startswith(said)
    assert cloud.log == []


def test_a_package_over_the_limit_stops_before_anything_is_changed(
    cloud: FakeCloud, built_site: Path
) -> None:
    def too_large(*_: object) -> Package:
        require_size({"code": 2**20, "layer": 250 * 2**20})
        raise AssertionError("it was taken")

    assert deploy_main(words(), cloud.outside(), too_large) == 1
    assert cloud.said[-1].startswith("the package has 251 MB unzipped")
    assert cloud.log == []
