"""The stores that the contract suites run against, each started once per session."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

REGION = "eu-central-1"
DYNALITE = Path(__file__).parents[2] / "sandbox/node_modules/dynalite/cli.js"


@pytest.fixture(scope="session")
def cloud() -> Iterator[None]:
    """AWS inside this process (moto); calls to addresses of this machine pass through it."""
    with mock_aws():
        yield


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The address of a DynamoDB of our own, in memory, ended with the session."""
    if not DYNALITE.exists():
        pytest.skip("sandbox/node_modules is missing: run make setup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    delays = ["--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0"]
    command = ["node", str(DYNALITE), "--host", "127.0.0.1", "--port", str(port), *delays]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(("Listening", "Dynalite")), "did not start"
        yield f"http://127.0.0.1:{port}"
        process.terminate()
