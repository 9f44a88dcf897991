"""The local stand-ins of the cloud: dynalite for tables, moto for queues and keys, a strict user
pool of our own.

`local_cloud` starts both and makes what the league needs there. The product's own code is then
pointed at them by the LEAGUE_* settings that `Cloud.settings` gives.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import requests
from botocore.config import Config

from chalicelib.adapters.dynamo.tables import Tables
from sandbox.children import Children
from sandbox.identity.make import make_pool
from sandbox.options import ROOT
from sandbox.waiting import wait_until

AwsClient: TypeAlias = Any
"""boto3 makes its clients at run time; they have no type."""

REGION = "eu-central-1"
TABLE_PREFIX = "league-"
QUEUES = {"events": 10, "tasks": 3}
"""Queues by their short name, and how often a message is tried before it is set aside."""

SITE_BUCKET = "league-site"
MAIL_FROM = "league@sandbox.example"

ORIGIN_SECRET = "the-site-of-the-sandbox-and-nobody-else"  # noqa: S105 - it guards nothing here

NEUTRAL_AWS = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
"""Keeps the AWS profile of whoever runs the sandbox out of it."""

_VISIBLE_AGAIN_SECONDS = 30
_SECONDS_TO_START = 30


@dataclass(frozen=True, slots=True)
class Cloud:
    """Addresses of the local cloud and of what was made in it."""

    tables_url: str
    cloud_url: str
    queues: dict[str, str]
    site_bucket: str
    key_id: str
    pool_id: str
    pool_client_id: str

    def settings(self) -> dict[str, str]:
        """The LEAGUE_* variables that point the product here."""
        return {
            "LEAGUE_STAGE": "sandbox",
            "LEAGUE_REGION": REGION,
            "LEAGUE_TABLE_PREFIX": TABLE_PREFIX,
            "LEAGUE_TABLES_URL": self.tables_url,
            "LEAGUE_CLOUD_URL": self.cloud_url,
            "LEAGUE_EVENTS_QUEUE": self.queues["events"],
            "LEAGUE_TASKS_QUEUE": self.queues["tasks"],
            "LEAGUE_SITE_BUCKET": self.site_bucket,
            "LEAGUE_KEY_ID": self.key_id,
            "LEAGUE_POOL_ID": self.pool_id,
            "LEAGUE_POOL_CLIENT_ID": self.pool_client_id,
            "LEAGUE_POOL_KEYS_URL": f"{self.cloud_url}/{self.pool_id}/.well-known/jwks.json",
            "LEAGUE_MAIL_FROM": MAIL_FROM,
            "LEAGUE_METRICS": "no",
            "LEAGUE_ORIGIN_SECRET": ORIGIN_SECRET,
        }


def start_local_cloud(
    children: Children, *, tables_port: int, cloud_port: int, folder: Path | None
) -> Cloud:
    """Start both servers and make tables, queues, key, bucket and user pool.

    Tables lie under `folder`, or in memory when it is None.
    Raises ChildDied or WaitedTooLong when a server does not come up.
    """
    children.start("tables", dynalite_command(tables_port, folder))
    children.start("cloud", cloud_command(cloud_port))
    tables_url = f"http://127.0.0.1:{tables_port}"
    cloud_url = f"http://127.0.0.1:{cloud_port}"
    for name, address in (("dynalite", tables_url), ("queues, keys and people", cloud_url)):
        wait_until(
            lambda address=address: answers(address),  # type: ignore[misc]
            f"{name} at {address}",
            seconds=_SECONDS_TO_START,
            meanwhile=children.check,
        )
    make_tables(tables_url)
    queues, key_id = make_queues(cloud_url), make_key(cloud_url)
    pool_id, client_id = make_pool(client("cognito-idp", cloud_url))
    bucket = make_bucket(cloud_url)
    return Cloud(tables_url, cloud_url, queues, bucket, key_id, pool_id, client_id)


def dynalite_command(port: int, folder: Path | None) -> list[str]:
    """How to start the table store, its tables usable at once."""
    program = ROOT / "sandbox" / "node_modules" / "dynalite" / "cli.js"
    command = ["node", str(program), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--createTableMs", "0", "--deleteTableMs", "0"]
    return command if folder is None else [*command, "--path", str(folder)]


def cloud_command(port: int) -> list[str]:
    """How to start queues, key service, user pool and post office."""
    return [sys.executable, "-m", "sandbox.cloud_server", "--port", str(port)]


def answers(address: str) -> bool:
    """Whether an HTTP server listens there, whatever it says."""
    try:
        requests.get(address, timeout=2)
    except requests.ConnectionError:
        return False
    return True


def client(service: str, address: str) -> AwsClient:
    """A client of one local service, with no credentials but the neutral ones."""
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=NEUTRAL_AWS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=NEUTRAL_AWS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 2}, read_timeout=30),
    )


def make_queues(cloud_url: str, prefix: str = "league") -> dict[str, str]:
    """Make each queue and its dead-letter queue; returns their addresses by short name, the
    dead-letter queue of `events` under `events-dead`."""
    sqs = client("sqs", cloud_url)
    addresses: dict[str, str] = {}
    for name, tries in QUEUES.items():
        dead = sqs.create_queue(QueueName=f"{prefix}-{name}-dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": str(tries),
        }
        addresses[f"{name}-dead"] = dead
        addresses[name] = sqs.create_queue(
            QueueName=f"{prefix}-{name}",
            Attributes={
                "RedrivePolicy": json.dumps(redrive),
                "VisibilityTimeout": str(_VISIBLE_AGAIN_SECONDS),
            },
        )["QueueUrl"]
    return addresses


def make_key(cloud_url: str) -> str:
    """Make the key that seals traders' keys; returns its id."""
    made = client("kms", cloud_url).create_key(Description="seals traders' exchange keys")
    return str(made["KeyMetadata"]["KeyId"])


def make_bucket(cloud_url: str) -> str:
    """Make the bucket of the site, where the files of the hours go; returns its name."""
    made = {"LocationConstraint": REGION}
    client("s3", cloud_url).create_bucket(Bucket=SITE_BUCKET, CreateBucketConfiguration=made)
    return SITE_BUCKET


def make_tables(tables_url: str) -> None:
    """Make the league's tables."""
    Tables(TABLE_PREFIX, REGION, tables_url).create()
