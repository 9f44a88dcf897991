"""What a deployment needs from outside: AWS, commands, addresses, a clock, and somebody who reads.

Everything else in this folder takes it as an argument, so that tests put their own.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import boto3
import requests

AwsClient: TypeAlias = Any
"""boto3 makes its clients at run time; they have no type."""

EDGE_REGION: Final = "us-east-1"
"""Where AWS wants certificate and web ACL of the content network."""


class StoppedEarly(Exception):
    """A deployment that does not begin, or does not go on; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What an address answered."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Outside:
    """`client` takes service and region; `run` a command, a folder and what it reads; `get` an
    address; `pause` seconds; `say` a line."""

    region: str
    client: Callable[[str, str], AwsClient]
    run: Callable[..., Ran]
    get: Callable[[str], Answered]
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    say: Callable[[str], None]

    def aws(self, service: str) -> AwsClient:
        """A client in the league's region."""
        return self.client(service, self.region)


def real_outside(region: str) -> Outside:
    """The real one; `region` may be empty, then it is the profile's own."""
    session = boto3.Session(region_name=region or None)
    return Outside(
        region=session.region_name or "",
        client=lambda service, where: session.client(service, region_name=where),
        run=_run,
        get=_get,
        now=lambda: datetime.now(UTC),
        pause=time.sleep,
        say=lambda line: print(line, flush=True),
    )


def _run(command: Sequence[str], folder: str = ".", reads: str = "") -> Ran:
    try:
        ran = subprocess.run(  # noqa: S603 - written here
            command, cwd=folder, input=reads, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return Ran(127, str(error))
    return Ran(ran.returncode, (ran.stdout + ran.stderr).strip())


def _get(address: str) -> Answered:
    answer = requests.get(address, timeout=20, allow_redirects=False)
    return Answered(answer.status_code, dict(answer.headers), answer.text)
