"""Linking on tables: the API's role may do what it takes, and two tabs make one account."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.account import AccountState
from chalicelib.domain.windows import hour_of
from chalicelib.services.request_link import AskedLink, request_link
from tests.browser import Browser, browsing
from tests.builders import account_holdings, at, trader
from tests.contract.conftest import dynalite as dynalite
from tests.contract.stores import DynamoStores
from tests.identity_pool import PASSWORD
from tests.integration.test_accounts_api import KEY, LINK, SECRET
from tests.linking_league import link_desk
from tests.lobby import Lobby

POLICY = json.loads((Path(__file__).parents[2] / ".chalice/policy-api.json").read_text())
REGION = "eu-central-1"
_numbers = count(1)


@dataclass
class Asked:
    """What was asked of the tables: operation, table, partition key."""

    prefix: str
    calls: set[tuple[str, str, str]] = field(default_factory=set)

    def note(self, params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        by_table = params.get("RequestItems") or {params["TableName"]: [params]}
        for table, asked in by_table.items():
            for each in asked["Keys"] if isinstance(asked, dict) else asked:
                place = each.get("PutRequest", each)
                values = each.get("ExpressionAttributeValues", {})
                named = place.get("Item") or place.get("Key") or place
                key = next(
                    at["S"]
                    for at in (
                        named.get("pk"),
                        *(values.get(f":{each}") for each in ("pk", "shard", "0")),
                        _LAST,
                    )
                    if at
                )
                self.calls.add((model.name, table.removeprefix(self.prefix), key))


_LAST = {"S": "another key"}


def may(operation: str, table: str, key: str) -> bool:
    """Whether some statement of the role allows it."""
    for each in POLICY["Statement"]:
        limits = each.get("Condition", {}).get("ForAllValues:StringLike", {})
        keys = limits.get("dynamodb:LeadingKeys", ["*"])
        if (
            f"dynamodb:{operation}" in each["Action"]
            and f'"{table.capitalize()}Table"' in json.dumps(each["Resource"])
            and any(fnmatchcase(key, pattern) for pattern in keys)
        ):
            return True
    return False


def walk(browser: Browser, lobby: Lobby, stores: DynamoStores) -> None:
    """Join, link with either kind of key, look, and unlink what had gone live."""
    asked = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    browser.json("/session/sign-up", asked)
    browser.json("/session/confirm", {"name": "Ada", "code": lobby.pool.code()})
    token = browser.json("/session/sign-in", {"login": "Ada", "password": PASSWORD})["access_token"]
    linked = browser.json("/me/accounts", LINK, token)
    assert browser.json("/me/accounts", LINK, token)["id"] == linked["id"]
    pair = browser.json("/me/accounts/key-pair", {}, token)
    wish = {"api_key": "P" * 64, "key_pair_id": pair["key_pair_id"]}
    browser.json("/me/accounts", wish, token)
    account = stores.accounts.get(linked["id"])
    stores.holdings.create(account_holdings(account_id=linked["id"], seat=account.seat))
    stores.runs.begin(hour_of(at(hours=9)), [0])
    assert len(browser.get("/me/accounts", token).json_body["accounts"]) == 2
    for each in (linked["id"], pair["key_pair_id"]):
        assert browser.delete(f"/me/accounts/{each}", token).status_code == 204
    assert browser.json("/me/accounts", LINK, token)["id"] != linked["id"]


def test_linking_needs_no_more_than_the_role_has() -> None:
    with mock_aws():
        prefix = f"role-{next(_numbers)}-"
        api, others = Tables(prefix, REGION), Tables(prefix, REGION)
        api.create()
        asked, lobby = Asked(prefix), Lobby()
        api.client.meta.events.register("before-parameter-build.dynamodb", asked.note)
        with browsing(lobby, DynamoStores(api, "exchange")) as browser:
            walk(browser, lobby, DynamoStores(others, "exchange"))
    accounts = {operation for operation, table, _ in asked.calls if table == "accounts"}
    assert {"PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem"} <= accounts
    assert ("PutItem", "ledger") in {(operation, table) for operation, table, _ in asked.calls}
    assert any(key.startswith("FIX#") for _, table, key in asked.calls if table == "jobs")
    assert [call for call in sorted(asked.calls) if not may(*call)] == []


@pytest.fixture
def tables(dynalite: str) -> Tables:
    made = Tables(f"tabs-{next(_numbers)}-", REGION, dynalite)
    made.create()
    return made


def test_two_tabs_at_once_make_one_account_in_the_tables(tables: Tables) -> None:
    stores, lobby = DynamoStores(tables, "exchange"), Lobby()
    desk = link_desk(stores, lobby.fakes.vault)
    ada, asked = trader(), AskedLink("binance", KEY, SECRET)
    stores.traders.save(ada)
    with ThreadPoolExecutor(4) as tabs:
        asking = [tabs.submit(request_link, ada, asked, at(), desk, lobby.gate) for _ in range(4)]
        found = {each.result().account_id for each in asking}
    assert len(found) == 1
    [account] = stores.accounts.of_trader(ada.trader_id)
    assert (account.account_id, account.state) == (*found, AccountState.CHECKING)
    assert stores.accounts.roster(0) == [account]
