"""Linking by the API, before any container has looked: input, answers, twice, whose."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from chalicelib.domain.account import (
    AccountState,
    ImportState,
    KeyKind,
    KeyPair,
    Refusal,
    Trouble,
)
from chalicelib.domain.account_words import reason_of
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from chalicelib.domain.market import PriceList
from chalicelib.services.request_link import MOST_ACCOUNTS
from tests.browser import Browser, browsing
from tests.builders import (
    EXCHANGE,
    NOON,
    account_holdings,
    at,
    container_lease,
)
from tests.lobby import Lobby

KEY, SECRET = "K" * 60 + "ey01", "S" * 60 + "ec01"
LINK = {"api_key": KEY, "secret": SECRET}


@pytest.fixture
def lobby() -> Lobby:
    return Lobby()


@pytest.fixture
def browser(lobby: Lobby) -> Iterator[Browser]:
    with browsing(lobby) as made:
        yield made


@pytest.fixture
def ada(lobby: Lobby, browser: Browser) -> str:
    """Ada's access token; a stream container lives."""
    lobby.fakes.leases.acquire(container_lease(), NOON)
    lobby.join()
    return lobby.owner().access_token


def accounts_of(browser: Browser, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/me/accounts", token).json_body["accounts"]
    return found


def codes_of(shown: dict[str, Any]) -> list[str]:
    return [each["code"] for each in shown["reasons"]]


def sealed(lobby: Lobby, account_id: str) -> KeyPair:
    account = lobby.fakes.accounts.get(account_id)
    return lobby.fakes.vault.open(
        account.ciphertext or b"", account_id, account.trader_id, EXCHANGE
    )


def test_a_key_is_taken_and_waits_for_its_check(lobby: Lobby, browser: Browser, ada: str) -> None:
    response = browser.post("/me/accounts", LINK, ada)
    assert response.status_code == 202
    assert response.headers["Cache-Control"] == "private, no-store"
    answer = response.json_body
    assert (answer["state"], answer["exchange"], answer["reasons"]) == ("checking", EXCHANGE, [])
    assert answer["imported"]["state"] == "waiting"
    fields = {"id", "exchange", "state", "since", "linked_at", "reasons", "imported"}
    assert set(answer) == fields
    assert accounts_of(browser, ada) == [answer]
    assert sealed(lobby, answer["id"]) == KeyPair(KEY, SECRET)
    assert lobby.fakes.accounts.roster_number(0) > 0


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"api_key": f"{KEY[:10]} {KEY[10:]}"}, "the API key has a space or a line end"),
        ({"api_key": f"{KEY}\n"}, "the API key has a space or a line end"),
        ({"secret": f"\t{SECRET}"}, "the secret key has a space or a line end"),
        ({"secret": f"{SECRET[:-1]}\u00a0"}, "the secret key has a space or a line end"),
        ({"api_key": KEY[:-1]}, "has 63 letters and digits, but those of Binance have 64"),
        ({"secret": SECRET * 2}, "has 128 letters and digits"),
        ({"api_key": "é" * 64}, "no letter A to Z and no digit"),
        ({"secret": KEY}, "the secret key is the API key once more"),
        ({"api_key": ""}, "the API key is empty"),
        ({"secret": None}, "the secret key is empty"),
        ({"exchange": "kraken"}, "does not follow this exchange; it follows binance"),
        ({"key_pair_id": "01ABC"}, "send secret or key_pair_id, not both"),
        ({"api_key": 7}, "the field api_key should be a valid string"),
        ({"api_key": "x" * 5000}, "the field api_key should have at most 4096"),
        ({"label": "mine"}, "there is a field here that is not known"),
    ],
)
def test_what_cannot_be_a_key_is_refused_and_nothing_is_done(
    lobby: Lobby, browser: Browser, ada: str, sent: dict[str, object], says: str
) -> None:
    response = browser.post("/me/accounts", LINK | sent, ada)
    assert response.status_code == 400
    assert says.casefold() in response.json_body["detail"].casefold()
    assert KEY.encode() not in response.body
    assert SECRET.encode() not in response.body
    assert accounts_of(browser, ada) == []
    assert lobby.fakes.accounts.slots() == 0


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "\x00", "null"])
def test_a_malformed_body_is_refused(browser: Browser, ada: str, body: str) -> None:
    assert browser.post("/me/accounts", body, ada).status_code == 400


def test_ten_megabytes_are_refused(browser: Browser, ada: str) -> None:
    body = json.dumps({"api_key": KEY, "secret": "S" * 10_000_000})
    assert browser.post("/me/accounts", body, ada).status_code == 413


@pytest.mark.parametrize("path", ["/me/accounts", "/me/accounts/key-pair"])
def test_nobody_links_without_signing_in(browser: Browser, path: str) -> None:
    assert browser.post(path, LINK).status_code == 401
    assert browser.post(path, LINK, "no token").status_code == 401


def test_nobody_sees_or_ends_links_without_signing_in(browser: Browser) -> None:
    assert browser.get("/me/accounts").status_code == 401
    assert browser.delete("/me/accounts/any").status_code == 401


def test_two_tabs_at_once_make_one_account(lobby: Lobby, browser: Browser, ada: str) -> None:
    with ThreadPoolExecutor(8) as tabs:
        answers = list(tabs.map(lambda _: browser.post("/me/accounts", LINK, ada), range(8)))
    assert {each.status_code for each in answers} == {202}
    assert len({each.json_body["id"] for each in answers}) == 1
    assert len(accounts_of(browser, ada)) == 1
    assert len(lobby.fakes.accounts.roster(0)) == 1


def test_a_refused_key_is_checked_again_with_its_new_secret(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    first = browser.json("/me/accounts", LINK, ada)
    account = lobby.fakes.accounts.get(first["id"])
    refusals = (Refusal.SIGNATURE_WRONG,)
    lobby.fakes.accounts.save(replace(account, state=AccountState.KEY_REVOKED, refusals=refusals))
    [refused] = accounts_of(browser, ada)
    assert refused["state"] == "refused"
    again = browser.json("/me/accounts", LINK | {"secret": "T" * 64}, ada)
    assert (again["id"], again["state"], again["reasons"]) == (first["id"], "checking", [])
    assert sealed(lobby, first["id"]) == KeyPair(KEY, "T" * 64)


def test_a_live_account_is_not_touched_by_its_key_once_more(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    first = browser.json("/me/accounts", LINK, ada)
    live = replace(lobby.fakes.accounts.get(first["id"]), state=AccountState.LIVE, uid="7")
    lobby.fakes.accounts.save(live)
    again = browser.json("/me/accounts", LINK | {"secret": "T" * 64}, ada)
    assert (again["id"], again["state"]) == (first["id"], "importing")
    assert lobby.fakes.accounts.get(first["id"]) == live


def test_a_key_pair_is_made_and_linked(lobby: Lobby, browser: Browser, ada: str) -> None:
    response = browser.post("/me/accounts/key-pair", {}, ada)
    assert response.status_code == 201
    made = response.json_body
    load_pem_public_key(made["public_key"].encode())
    assert b"PRIVATE" not in response.body
    linked = browser.json("/me/accounts", {"api_key": KEY, "key_pair_id": made["key_pair_id"]}, ada)
    pair = sealed(lobby, linked["id"])
    assert (pair.api_key, pair.kind) == (KEY, KeyKind.ED25519)
    assert pair.secret.startswith("-----BEGIN PRIVATE KEY-----")


def test_a_mistyped_api_key_of_a_pair_can_be_put_right(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    made = browser.json("/me/accounts/key-pair", {}, ada)
    wish = {"key_pair_id": made["key_pair_id"]}
    first = browser.json("/me/accounts", wish | {"api_key": "X" * 64}, ada)
    account = lobby.fakes.accounts.get(first["id"])
    lobby.fakes.accounts.save(replace(account, state=AccountState.KEY_REVOKED))
    again = browser.json("/me/accounts", wish | {"api_key": KEY}, ada)
    assert (again["id"], again["state"]) == (first["id"], "checking")
    assert sealed(lobby, first["id"]).api_key == KEY


def test_a_key_pair_is_good_for_a_day_and_for_its_owner_alone(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    made = browser.json("/me/accounts/key-pair", {}, ada)
    wish = {"api_key": KEY, "key_pair_id": made["key_pair_id"]}
    lobby.join("Bob", "bob@example.org")
    bob = lobby.owner("Bob").access_token
    assert browser.post("/me/accounts", wish, bob).status_code == 400
    lobby.pool.now += timedelta(hours=24)
    late = browser.post("/me/accounts", wish, lobby.owner().access_token)
    assert late.status_code == 400
    assert "older than 24 hours" in late.json_body["detail"]


def test_a_key_pair_makes_one_link(lobby: Lobby, browser: Browser, ada: str) -> None:
    made = browser.json("/me/accounts/key-pair", {}, ada)
    wish = {"api_key": KEY, "key_pair_id": made["key_pair_id"]}
    linked = browser.json("/me/accounts", wish, ada)
    assert browser.json("/me/accounts", wish, ada)["id"] == linked["id"]
    assert browser.delete(f"/me/accounts/{linked['id']}", ada).status_code == 204
    assert browser.post("/me/accounts", wish, ada).status_code == 400


def test_unlinking_destroys_the_key_at_once(lobby: Lobby, browser: Browser, ada: str) -> None:
    linked = browser.json("/me/accounts", LINK, ada)
    for _ in range(2):
        assert browser.delete(f"/me/accounts/{linked['id']}", ada).status_code == 204
    account = lobby.fakes.accounts.get(linked["id"])
    assert (account.state, account.ciphertext) == (AccountState.UNLINKED, None)
    assert lobby.fakes.accounts.roster(0) == []
    [shown] = accounts_of(browser, ada)
    assert shown["state"] == "unlinked"


def test_nobody_unlinks_anothers_account(lobby: Lobby, browser: Browser, ada: str) -> None:
    linked = browser.json("/me/accounts", LINK, ada)
    lobby.join("Bob", "bob@example.org")
    bob = lobby.owner("Bob").access_token
    path = f"/me/accounts/{linked['id']}"
    assert browser.delete(path, bob).status_code == 404
    assert accounts_of(browser, bob) == []
    assert accounts_of(browser, ada)[0]["state"] == "checking"
    unknown = browser.delete("/me/accounts/another", ada)
    assert unknown.status_code == 404
    assert unknown.body == browser.delete(path, bob).body, "nobody learns of others' accounts"


def test_the_same_key_again_after_unlinking_is_a_new_request(browser: Browser, ada: str) -> None:
    first = browser.json("/me/accounts", LINK, ada)
    browser.delete(f"/me/accounts/{first['id']}", ada)
    second = browser.json("/me/accounts", LINK, ada)
    assert second["id"] != first["id"]
    assert browser.json("/me/accounts", LINK, ada)["id"] == second["id"]


def test_there_is_an_end_to_how_many_are_linked(lobby: Lobby, browser: Browser, ada: str) -> None:
    for number in range(MOST_ACCOUNTS):
        browser.json("/me/accounts", LINK | {"api_key": f"{number:064}"}, ada)
    response = browser.post("/me/accounts", LINK, ada)
    assert response.status_code == 409
    assert "unlink one" in response.json_body["detail"]


def test_trying_without_end_is_slowed_down(browser: Browser, ada: str) -> None:
    answers = [browser.post("/me/accounts", LINK | {"secret": ""}, ada) for _ in range(31)]
    assert [each.status_code for each in answers] == [400] * 30 + [429]


@pytest.mark.parametrize(
    ("changes", "shown", "codes"),
    [
        ({"uid": "7", "state": AccountState.LIVE}, "importing", []),
        (
            {
                "uid": "7",
                "state": AccountState.KEY_REVOKED,
                "refusals": (Refusal.KEY_REFUSED,),
            },
            "key_revoked",
            ["key_refused"],
        ),
        (
            {
                "uid": "7",
                "state": AccountState.PERMISSIONS_WIDENED,
                "refusals": (Refusal.CAN_TRADE, Refusal.CAN_WITHDRAW),
            },
            "permissions_widened",
            ["can_trade", "can_withdraw"],
        ),
        (
            {"state": AccountState.PERMISSIONS_WIDENED, "refusals": (Refusal.CAN_TRADE,)},
            "refused",
            ["can_trade"],
        ),
    ],
)
def test_a_state_says_what_to_do(
    lobby: Lobby,
    browser: Browser,
    ada: str,
    changes: dict[str, object],
    shown: str,
    codes: list[str],
) -> None:
    linked = browser.json("/me/accounts", LINK, ada)
    account = lobby.fakes.accounts.get(linked["id"])
    lobby.fakes.accounts.save(replace(account, **changes))  # type: ignore[arg-type]
    [found] = browser.get("/me/accounts", ada).json_body["accounts"]
    assert found["state"] == shown
    assert [each["code"] for each in found["reasons"]] == codes
    assert all(each["detail"].endswith(".") for each in found["reasons"])


def test_a_live_account_is_live_when_its_import_is_done(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    linked = browser.json("/me/accounts", LINK, ada)
    live = replace(lobby.fakes.accounts.get(linked["id"]), state=AccountState.LIVE, uid="7")
    lobby.fakes.accounts.save(live)
    lobby.fakes.accounts.set_import_state(live, ImportState.DONE)
    assert accounts_of(browser, ada)[0]["state"] == "live"
    lobby.fakes.accounts.note_trouble(live, Trouble.MAINTENANCE, at(hours=1))
    [closed] = browser.get("/me/accounts", ada).json_body["accounts"]
    assert (closed["state"], closed["since"]) == ("stale", "2026-03-01T13:00:00Z")
    assert closed["reasons"][0]["code"] == "maintenance"
    lobby.fakes.accounts.note_trouble(live, None, at(hours=1))
    lobby.fakes.holdings.create(
        account_holdings(account_id=live.account_id, seat=live.seat, doubted_at=at(hours=2))
    )
    [doubted] = browser.get("/me/accounts", ada).json_body["accounts"]
    assert (doubted["state"], doubted["since"]) == ("stale", "2026-03-01T14:00:00Z")


def test_an_exchange_in_maintenance_shows_on_its_accounts(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    browser.json("/me/accounts", LINK, ada)
    closed = ExchangeCondition(Condition.MAINTENANCE, at(hours=1))
    lobby.fakes.conditions.put(EXCHANGE, closed)
    [shown] = browser.get("/me/accounts", ada).json_body["accounts"]
    assert shown["state"] == "checking"
    assert shown["reasons"][0]["code"] == "maintenance"


def test_while_no_container_lives_accounts_are_stale_since_then(
    lobby: Lobby, browser: Browser, ada: str
) -> None:
    """What a container had noted is old then, whatever it was; what is over stays over."""
    live = browser.json("/me/accounts", LINK, ada)
    waits = browser.json("/me/accounts", {"api_key": "W" * 64, "secret": SECRET}, ada)
    gone = browser.json("/me/accounts", {"api_key": "G" * 64, "secret": SECRET}, ada)
    browser.delete(f"/me/accounts/{gone['id']}", ada)
    account = replace(lobby.fakes.accounts.get(live["id"]), state=AccountState.LIVE, uid="7")
    lobby.fakes.accounts.save(account)
    lobby.fakes.accounts.note_trouble(account, Trouble.MAINTENANCE, at(hours=1))
    lobby.fakes.prices.put_latest(PriceList(at(hours=2), {}))
    lobby.fakes.leases.release(container_lease())
    lobby.fakes.leases.acquire(container_lease(lobby.pool.now), NOON)  # has just ended
    shown = {each["id"]: each for each in accounts_of(browser, ada)}
    since, state = shown[live["id"]]["since"], shown[live["id"]]["state"]
    assert (state, since) == ("stale", "2026-03-01T14:00:00Z")
    assert shown[waits["id"]]["state"] == "checking"
    assert shown[gone["id"]]["state"] == "unlinked"
    assert codes_of(shown[live["id"]]) == codes_of(shown[waits["id"]]) == ["not_followed"]
    assert codes_of(shown[gone["id"]]) == []
    assert browser.get("/me", ada).json_body["accounts"][0]["state"] == "stale"
    lobby.fakes.leases.acquire(container_lease(), NOON)
    again = {each["id"]: each for each in accounts_of(browser, ada)}
    assert codes_of(again[live["id"]]) == ["maintenance"]


@pytest.mark.parametrize("cause", [*Refusal, *Trouble])
def test_every_cause_has_its_sentence(cause: Refusal | Trouble) -> None:
    reason = reason_of(cause)
    assert reason.code == cause.value
    assert reason.detail.endswith(".")
