"""The stores that the contract suites run against, each started once per session."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamo.tables import Tables
from tests.contract.stores import DynamoStores, Fresh, Stores, fake_stores

REGION = "eu-central-1"
DYNALITE = Path(__file__).parents[2] / "sandbox/node_modules/dynalite/cli.js"


@pytest.fixture(scope="package")
def cloud() -> Iterator[None]:
    """AWS inside this process (moto); calls to addresses of this machine pass through it.

    It ends with this folder's tests: those of other folders would find what these left in it.
    """
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


@pytest.fixture(scope="package")
def moto_tables(cloud: None) -> Tables:
    """The seven tables on moto, for all tests of this folder."""
    tables = Tables("league-", REGION)
    tables.create()
    return tables


@pytest.fixture(scope="session")
def dynalite_tables(dynalite: str) -> Tables:
    """The seven tables on dynalite, for the whole session."""
    tables = Tables("league-", REGION, dynalite)
    tables.create()
    return tables


@pytest.fixture
def fresh() -> Fresh:
    """Keys that no other test uses."""
    return Fresh()


@pytest.fixture(params=["moto", "dynalite"])
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of each emulator, for what only DynamoDB can show."""
    made: Tables = request.getfixturevalue(f"{request.param}_tables")
    return made


@pytest.fixture(params=["fake", "moto", "dynalite"])
def stores(request: pytest.FixtureRequest, fresh: Fresh) -> Stores:
    """Every store: in memory, on moto, on dynalite."""
    if request.param == "fake":
        return fake_stores()
    return DynamoStores(
        request.getfixturevalue(f"{request.param}_tables"), f"exchange {fresh.number}"
    )
