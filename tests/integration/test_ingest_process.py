"""The container as a real process: settings from the environment, stopped by a signal."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from chalicelib.adapters.dynamo.accounts import DynamoAccounts
from chalicelib.adapters.dynamo.doubts import DynamoDoubts
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.key_vault import KmsKeyVault
from chalicelib.domain.account import AccountState
from sandbox.cloud import (
    REGION,
    TABLE_PREFIX,
    answers,
    client,
    make_key,
    make_queues,
    make_tables,
)
from sandbox.exchange.running import RunningExchange, running_exchange
from sandbox.waiting import wait_until
from tests.builders import EXCHANGE, exchange_account
from tests.integration.binance_helpers import OpenAccount, open_account

ROOT = Path(__file__).parent.parent.parent
SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class LocalCloud:
    """Tables, queue and key service in one local server."""

    address: str
    queue: str
    key_id: str
    accounts: DynamoAccounts
    vault: KmsKeyVault

    def received(self) -> list[dict[str, Any]]:
        """All items on the events queue."""
        sqs = client("sqs", self.address)
        items: list[dict[str, Any]] = []
        while True:
            answer = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return items
            for message in messages:
                items += json.loads(message["Body"])["items"]
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of a moto server of our own: in this process it would meet other tests'."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_until(lambda: answers(address), "the moto server", seconds=SECONDS)
            yield address
        finally:
            server.terminate()


@pytest.fixture
def cloud(moto: str) -> LocalCloud:
    requests.post(f"{moto}/moto-api/reset", timeout=5)
    make_tables(moto)
    key_id = make_key(moto)
    return LocalCloud(
        moto,
        make_queues(moto)["events"],
        key_id,
        DynamoAccounts(Tables(TABLE_PREFIX, REGION, moto)),
        KmsKeyVault(client("kms", moto), key_id),
    )


@contextmanager
def process(
    cloud: LocalCloud, running: RunningExchange, port: int, *, send_within: int = SECONDS
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "LEAGUE_STAGE": "sandbox",
        "LEAGUE_REGION": REGION,
        "LEAGUE_TABLE_PREFIX": TABLE_PREFIX,
        "LEAGUE_TABLES_URL": cloud.address,
        "LEAGUE_CLOUD_URL": cloud.address,
        "LEAGUE_EVENTS_QUEUE": cloud.queue,
        "LEAGUE_KEY_ID": cloud.key_id,
        "LEAGUE_BINANCE_API_URL": f"{running.rest_url}/api",
        "LEAGUE_BINANCE_SAPI_URL": f"{running.rest_url}/sapi",
        "LEAGUE_BINANCE_WS_API_URL": running.ws_api_url,
        "LEAGUE_BINANCE_STREAM_URL": running.stream_url,
        "LEAGUE_CLOCK_URL": f"{running.rest_url}/sandbox/clock",
    }
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ingest_container.main",
            "--control-port",
            str(port),
            "--send-within",
            "1",
        ],
        cwd=ROOT,
        env=os.environ | settings,
        stderr=subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.communicate()


def link(cloud: LocalCloud, account_id: str, opened: OpenAccount) -> None:
    sealed = cloud.vault.seal(opened.pair, account_id, f"trader {account_id}", EXCHANGE)
    cloud.accounts.save(
        exchange_account(
            account_id=account_id,
            trader_id=f"trader {account_id}",
            state=AccountState.CHECKING,
            ciphertext=sealed,
        )
    )


def hold_two_frames(
    cloud: LocalCloud, running: RunningExchange, account_id: str, port: int
) -> OpenAccount:
    """A live account, of which two frames wait in the container's memory."""
    opened = open_account(running, USDT="5000")
    link(cloud, account_id, opened)
    wait_until(
        lambda: cloud.accounts.get(account_id).state is AccountState.LIVE,
        "the account to be live",
        seconds=SECONDS,
    )
    running.admin.advance(1000)
    requests.post(f"http://127.0.0.1:{port}/mode", json={"mode": "fast"}, timeout=5)
    running.admin.deposit(opened.uid, "USDT", "250")
    state = f"http://127.0.0.1:{port}/state"
    wait_until(
        lambda: requests.get(state, timeout=5).json()["buffered"] == 2,
        "two frames held in memory",
        seconds=SECONDS,
    )
    return opened


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_nothing_left_unsent(
    cloud: LocalCloud, number: signal.Signals
) -> None:
    account_id, port = f"account of {number.name}", free_port()
    with running_exchange() as running, process(cloud, running, port) as ingest:
        opened = hold_two_frames(cloud, running, account_id, port)
        ingest.send_signal(number)
        _, log = ingest.communicate(timeout=SECONDS)
    assert ingest.returncode == 0, log.decode()
    items = [item for item in cloud.received() if item["account"] == account_id]
    assert [item.get("snapshot", {}).get("reason") for item in items] == ["link", None, None]
    assert opened.pair.secret not in log.decode()
    assert opened.pair.api_key not in log.decode()


def test_where_the_queue_is_gone_it_says_what_is_lost_and_exits_with_1(cloud: LocalCloud) -> None:
    account_id, port = "account of nobody's queue", free_port()
    with running_exchange() as running, process(cloud, running, port, send_within=1) as ingest:
        hold_two_frames(cloud, running, account_id, port)
        client("sqs", cloud.address).delete_queue(QueueUrl=cloud.queue)
        ingest.send_signal(signal.SIGTERM)
        _, log = ingest.communicate(timeout=SECONDS)
    assert ingest.returncode == 1, log.decode()
    [lost] = [line for line in log.decode().splitlines() if "frames_lost" in line]
    assert account_id in lost
    doubts = DynamoDoubts(Tables(TABLE_PREFIX, REGION, cloud.address))
    assert set(doubts.of_slot(0)) == {account_id}
