"""A trader's secret key goes in once and is nowhere after: marked ones take every path there is."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from moto import mock_aws

from chalicelib import logs, wiring
from chalicelib.adapters.aws import client
from chalicelib.adapters.dynamo.tables import TABLES, Tables
from chalicelib.adapters.key_vault import KmsKeyVault
from chalicelib.adapters.queues import EventQueue, Queue
from chalicelib.domain.account import KeyPair
from chalicelib.entrypoints import consumers
from chalicelib.services.record_account_event import record_account_events
from chalicelib.services.request_link import AskedLink
from chalicelib.services.start_link import Stores as RecordStores
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.browser import OWN
from tests.contract.stores import DynamoStores
from tests.identity_pool import PASSWORD
from tests.integration.binance_helpers import OpenAccount, buy, open_account
from tests.integration.test_linking import key
from tests.linking_league import LinkingLeague, linking_league

REGION = "eu-central-1"
_numbers = count(1)


class Everything(logging.Handler):
    """Keeps every record whole, before anything is taken out of it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.kept.write(f"{record.getMessage()} {vars(record)} {trace}\n")


@dataclass
class Trail:
    """A league on AWS in this process, and all that was left on the way."""

    league: LinkingLeague
    tables: Tables
    vault: KmsKeyVault
    queue: Any
    log: Everything
    secrets: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def post(self, token: str, content: object) -> Any:  # noqa: ANN401
        """Ask for a link, and keep the answer."""
        response = self.league.browser.post("/me/accounts", content, token)
        self.answers.append(response.body)
        return response

    def link(self, token: str, pair: KeyPair) -> str:
        """Ask for a link with a marked pair; the account's id."""
        self.secrets += [pair.api_key, pair.secret]
        asked = {"api_key": pair.api_key, "secret": pair.secret}
        return str(self.post(token, asked).json_body["id"])

    def codes(self, token: str, account_id: str) -> list[str]:
        """Why the account stands as it does."""
        response = self.league.browser.get("/me/accounts", token)
        self.answers.append(response.body)
        return [
            reason["code"]
            for account in response.json_body["accounts"]
            if account["id"] == account_id
            for reason in account["reasons"]
        ]

    def imported(self, token: str, account_id: str) -> str:
        """How the import of the account stands."""
        for path in ("/me/accounts", "/me/first-day"):
            response = self.league.browser.get(path, token)
            self.answers.append(response.body)
        accounts = response.json_body["accounts"]
        [found] = [each for each in accounts if each["id"] == account_id]
        return str(found["imported"]["state"]) if found["imported"] else ""

    def until_imported(self, token: str, account_id: str, state: str) -> None:
        """Record what comes until the import stands so."""

        def is_so() -> bool:
            self.record()
            self.league.supervisor.imports.rest(False)  # look now
            return self.imported(token, account_id) == state

        self.league.until(is_so, seconds=30)

    def receive(self) -> list[str]:
        """The bodies of the messages that came into the queue of events since."""
        found: list[str] = []
        while True:
            answer = self.queue.receive_message(QueueUrl=self.address, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                self.messages += found
                return found
            found += [each["Body"] for each in answer["Messages"]]

    def record(self) -> None:
        """What the queue function makes of the snapshots that came."""
        stores = self.league.stores
        places = RecordStores(
            stores.accounts,
            stores.ledger,
            stores.holdings,
            stores.doubts,
            stores.runs,
            stores.corrections,
        )
        items = [item for body in self.receive() for item in wiring.read_items(body)]
        read_whole = [item for item in items if item.snapshot is not None]
        assert record_account_events(read_whole, {}, places) == []

    def leave(self, token: str, password: str) -> int:
        """Ask to be forgotten; the status of the answer."""
        headers = {**OWN, "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        body = json.dumps({"password": password}).encode()
        http = self.league.browser.client.http
        response = http.request("DELETE", "/me", headers=headers, body=body)
        self.answers.append(response.body)
        return int(response.status_code)

    @property
    def address(self) -> str:
        return str(self.queue.list_queues()["QueueUrls"][-1])

    def dump(self) -> str:
        """Everything in all tables, as text."""
        scans = (self.tables.client.scan(TableName=self.tables.name(each)) for each in TABLES)
        return repr([scan["Items"] for scan in scans])


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def trail(running: RunningExchange) -> Iterator[Trail]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log = Everything()
    with mock_aws():
        number = next(_numbers)
        tables = Tables(f"links-{number}-", REGION)
        tables.create()
        kms, sqs = client("kms", REGION), client("sqs", REGION)
        vault = KmsKeyVault(kms, kms.create_key()["KeyMetadata"]["KeyId"])
        address = sqs.create_queue(QueueName=f"zz-events-of-links-{number}")["QueueUrl"]
        logs.configure("DEBUG", io.StringIO())
        root.addHandler(log)
        try:
            stores, events = DynamoStores(tables, "exchange"), EventQueue(Queue(sqs, address))
            with linking_league(running, stores=stores, vault=vault, events=events) as league:
                yield Trail(league, tables, vault, sqs, log)
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)


def walk_with_secrets(trail: Trail, running: RunningExchange, opened: OpenAccount) -> None:
    """Linked, refused, met by pages and bans, revoked, unlinked, linked again."""
    league, token = trail.league, trail.league.join("Ada")
    asked = {"api_key": opened.pair.api_key, "secret": opened.pair.secret}
    for bad in (
        json.dumps(asked)[:-1],
        json.dumps([asked]),
        asked | {"secret": f"{opened.pair.secret} "},
        asked | {"api_key": opened.pair.secret},
        asked | {opened.pair.secret: True},
        asked | {"take_back": opened.pair.secret},
        asked | {"exchange": opened.pair.secret[:32]},
        asked | {"secret": opened.pair.secret * 100},
        asked | {"secret": opened.pair.secret * 200},
    ):
        assert trail.post(token, bad).status_code in (400, 413)
    running.admin.fault("waf", "/sapi/v1/account/apiRestrictions", count=None)
    account_id = trail.link(token, opened.pair)
    league.until(lambda: trail.codes(token, account_id) == ["exchange_silent"])
    running.admin.delete("faults")
    league.until_streaming(token, account_id)
    buy(running, opened)
    league.until(lambda: league.supervisor.state()["frames"] != 0)
    wide = key(running, opened, permissions={"withdrawals": True})
    league.until_shown(token, trail.link(token, wide), "refused")
    wrong = KeyPair(key(running, opened).api_key, key(running, opened).secret)
    wrong_id = trail.link(token, wrong)
    league.until(lambda: trail.codes(token, wrong_id) == ["signature_wrong"])
    running.admin.revoke_key(opened.pair.api_key)
    running.admin.post("connections/drop")
    league.until_shown(token, account_id, "key_revoked")
    league.browser.delete(f"/me/accounts/{account_id}", token)
    trail.link(token, key(running, opened))
    league.until_streaming(token, account_id)
    running.admin.post("bans", address="127.0.0.1", seconds=1)
    other = trail.link(token, open_account(running, USDT="1").pair)
    running.admin.delete("bans")
    league.until_streaming(token, other)


def walk_with_a_pair(trail: Trail, running: RunningExchange) -> None:
    """A pair made by the league: linked, and ended by its owner."""
    league, token = trail.league, trail.league.join("Bob")
    uid = open_account(running, USDT="9").uid
    account_id = league.link_pair(token, uid)
    league.until_streaming(token, account_id)
    account = league.stores.accounts.get(account_id)
    his = (account.account_id, account.trader_id, account.exchange)
    pair = trail.vault.open(account.ciphertext or b"", *his)
    assert pair.secret.startswith("-----BEGIN PRIVATE KEY-----")
    trail.secrets += [pair.api_key, pair.secret.split("\n")[1]]
    running.admin.revoke_key(pair.api_key)
    running.admin.post("connections/drop")
    league.until_shown(token, account_id, "key_revoked")


def walk_through_care(trail: Trail, running: RunningExchange) -> None:
    """Imported, met by a page on the way; widened and found by the daily check; unlinked, and
    gone with the membership."""
    league, token = trail.league, trail.league.join("Cyd")
    running.admin.fault("waf", "/sapi/v1/accountSnapshot", count=None)
    held_up = trail.link(token, open_account(running, USDT="70").pair)
    league.until_streaming(token, held_up)
    trail.until_imported(token, held_up, "held_up")
    running.admin.delete("faults")
    opened = open_account(running, USDT="700")
    done = trail.link(token, opened.pair)
    league.until_streaming(token, done)
    trail.until_imported(token, done, "done")
    widened = {"withdrawals": True}
    running.admin.post("keys/change", key=opened.pair.api_key, permissions=widened)
    running.admin.advance(26 * 3_600_000)
    league.exchange.time()
    league.until_shown(token, done, "permissions_widened")
    trail.codes(token, done)
    assert trail.league.browser.delete(f"/me/accounts/{held_up}", token).status_code == 204
    assert trail.leave(token, "not the password") == 403
    assert trail.leave(token, PASSWORD) == 200
    assert trail.league.browser.get("/me/accounts", token).status_code == 401


def test_no_secret_is_left_anywhere(trail: Trail, running: RunningExchange) -> None:
    opened = open_account(running, USDT="500")
    walk_with_secrets(trail, running, opened)
    walk_with_a_pair(trail, running)
    walk_through_care(trail, running)
    state = json.dumps(trail.league.supervisor.state())
    assert trail.league.supervisor.stop(10)
    trail.receive()
    messages = trail.messages
    assert messages
    cut = [consumers.Message(str(each), body[:-9]) for each, body in enumerate(messages)]
    assert len(consumers.record(cut)) == len(cut), "all of these end in the dead-letter queue"
    asked = AskedLink("binance", opened.pair.api_key, opened.pair.secret)
    places = {
        "tables": trail.dump(),
        "messages": "".join(messages),
        "answers": b"".join(trail.answers).decode(),
        "log": trail.log.kept.getvalue(),
        "state": state,
        "repr": f"{asked} {opened.pair}",
    }
    assert "account_stopped" in places["log"]
    for seen in ("exchange_silent", "held_up", "can_withdraw", "without a name"):
        assert seen in places["answers"]
    assert "import_interrupted" in places["log"]
    assert len(trail.secrets) >= 16
    for secret in trail.secrets:
        assert [name for name, text in places.items() if secret in text] == []
