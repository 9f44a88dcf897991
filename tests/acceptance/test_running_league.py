"""A running league, as a person finds it: board, order, ledger, next hour, end."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from chalicelib.adapters.dynamo.accounts import DynamoAccounts
from chalicelib.adapters.dynamo.holdings import DynamoHoldings
from chalicelib.adapters.dynamo.ledger import DynamoLedger
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.dynamo.traders import DynamoTraders
from chalicelib.domain.account import AccountState
from chalicelib.domain.windows import hour_of, hour_start
from infra.privileges import ROLES, reasons, refused, unused
from infra.roles import grants
from infra.template import Document
from sandbox.cloud import REGION, TABLE_PREFIX
from sandbox.demo import cast
from sandbox.exchange.client import AdminClient, SignedClient
from sandbox.standing import SETTINGS, read_keys
from sandbox.waiting import wait_until
from tests.acceptance.league_process import ROOT, LeagueProcess
from tests.acceptance.site_journey import CHROMIUM, walk_in
from tests.acceptance.tour import Tour

TRADERS = 14
ORDERS = 20
QUIET = "mara_holds"
BOLD = "just_watching"
NEWCOMERS_PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def league(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeagueProcess]:
    folder = tmp_path_factory.mktemp("league")
    started = LeagueProcess(folder, TRADERS=str(TRADERS), DAYS="2")
    try:
        started.wait_for("READY http://127.0.0.1:", 110)
        yield started
    finally:
        started.interrupt()


def _board(league: LeagueProcess, window: str = "24h") -> dict[str, Any]:
    answer = requests.get(
        f"{league.addresses().site}/api/board", params={"window": window}, timeout=10
    )
    assert answer.status_code == 200
    board: dict[str, Any] = answer.json()
    return board


def test_ready_names_the_address_and_tells_how_to_trade(league: LeagueProcess) -> None:
    assert league.wait_for("READY", 1) == f"READY {league.addresses().site}"
    said = "\n".join(league.lines)
    assert "python -m sandbox.trade" in said
    assert "make hour" in said


def test_the_board_has_the_last_full_hour_and_everybody(league: LeagueProcess) -> None:
    board = _board(league)
    assert datetime.fromisoformat(board["as_of"]) == hour_start(hour_of(_exchange_time(league)))
    assert board["league"]["joined"] == TRADERS
    assert {row["name"] for row in board["traders"]} == {part.name for part in cast(TRADERS)}
    assert board["league"]["ranked"] >= 5


def test_the_site_serves_a_page_beside_the_api(league: LeagueProcess) -> None:
    page = requests.get(league.addresses().site, timeout=10)
    assert page.status_code == 200
    assert "<title>" in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_person_signs_up_with_nothing_but_the_site(league: LeagueProcess) -> None:
    site = league.addresses().site
    with requests.Session() as browser:
        browser.headers["X-League-Request"] = "1"

        def post(path: str, **content: str) -> requests.Response:
            return browser.post(f"{site}/api/session/{path}", json=content, timeout=10)

        password = NEWCOMERS_PASSWORD
        asked = {"name": "Newcomer", "email": "new@example.org", "password": password}
        assert post("sign-up", **asked).status_code == 202
        inbox = {"to": "new@example.org"}
        kept = browser.get(f"{site}/sandbox/inbox.json", params=inbox, timeout=10).json()
        [code] = re.findall(r"\d{6}", kept["letters"][0]["text"])
        assert post("confirm", name="newcomer", code=code).json() == {"name": "Newcomer"}
        assert post("sign-in", login="Newcomer", password="x" * 12).status_code == 401
        signed_in = post("sign-in", login="new@example.org", password=password)
        assert signed_in.json()["name"] == "Newcomer"
        assert "Path=/api/session; HttpOnly; Secure" in signed_in.headers["Set-Cookie"]
        profile = requests.get(f"{site}/api/traders/newcomer", timeout=10).json()
        assert profile["status"] == "not_ranked_yet"


def test_a_newcomer_links_an_account_and_it_streams(league: LeagueProcess) -> None:
    found = league.addresses()
    api, own = f"{found.site}/api", {"X-League-Request": "1"}
    with requests.Session() as browser, closing(AdminClient(found.exchange)) as bank:
        browser.headers.update(own)
        login = {"login": "new@example.org", "password": NEWCOMERS_PASSWORD}
        session = browser.post(f"{api}/session/sign-in", json=login, timeout=10).json()
        browser.headers["Authorization"] = f"Bearer {session['access_token']}"
        opened = bank.open_account({"USDT": "700"})
        wish = {"api_key": opened["key"], "secret": opened["secret"]}
        linked = browser.post(f"{api}/me/accounts", json=wish, timeout=10)
        assert linked.status_code == 202

        def streams() -> bool:
            answer = browser.get(f"{api}/me/accounts", timeout=10).json()
            return answer["accounts"][0]["state"] in ("importing", "live")

        wait_until(streams, "the newcomer's account", seconds=15)
        account_id = linked.json()["id"]
        trading = bank.add_key(int(opened["uid"]), spot_and_margin_trading=True)
        key, secret = str(trading["key"]), str(trading["secret"])
        with closing(SignedClient(found.exchange, key, secret)) as by_hand:
            by_hand.market_order("BUY", "BTCUSDT", quote="100")
        wait_until(lambda: bool(_own_trades(browser, api)), "his own trade", seconds=10)
        assert {each["pair"] for each in _own_trades(browser, api)} == {"BTC/USDT"}
        accounts = DynamoAccounts(Tables(TABLE_PREFIX, REGION, found.tables))
        assert accounts.get(account_id).ciphertext is not None
        unlinked = browser.delete(f"{api}/me/accounts/{account_id}", timeout=10)
        assert unlinked.status_code == 204
        gone = accounts.get(account_id)
        assert (gone.state, gone.ciphertext) == (AccountState.UNLINKED, None)
        assert _own_trades(browser, api)


def _own_trades(browser: requests.Session, api: str) -> list[dict[str, Any]]:
    answer = browser.get(f"{api}/traders/newcomer/trades", timeout=10).json()
    trades: list[dict[str, Any]] = answer["trades"]
    return trades


def test_the_sign_in_that_is_printed_owns_an_account_that_lives(league: LeagueProcess) -> None:
    [line] = [each for each in league.lines if each.startswith("Sign in as ")]
    name, password = line.removeprefix("Sign in as ").split(", password ")
    api = f"{league.addresses().site}/api"
    asked = {"login": name, "password": password}
    header = {"X-League-Request": "1"}
    signed_in = requests.post(f"{api}/session/sign-in", json=asked, headers=header, timeout=10)
    token = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    accounts = requests.get(f"{api}/me/accounts", headers=token, timeout=10).json()["accounts"]
    assert {each["state"] for each in accounts} <= {"live", "importing"}
    assert accounts
    balance = requests.get(f"{api}/me/balance", headers=token, timeout=10).json()
    assert float(balance["balance_usdt"]) > 100


@pytest.mark.skipif(not shutil.which("curl"), reason="the lines are written for curl")
def test_the_lines_of_the_page_bring_a_newcomer_in(league: LeagueProcess) -> None:
    page = (ROOT / "docs" / "one-machine.md").read_text()
    [lines] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    lines = lines.replace("http://127.0.0.1:8080", league.addresses().site)
    lines = lines.replace(".venv/bin/python", sys.executable)
    lines = lines.replace("make hour", f"{sys.executable} -m sandbox.hour")
    done = subprocess.run(
        ["bash", "-euc", lines],
        cwd=ROOT,
        env=league.environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines_said = done.stdout.splitlines()
    [row] = json.loads(lines_said[-1])["traders"]
    assert (row["name"], row["status"]) == ("my_name", "not_ranked_yet")
    [said] = [line for line in lines_said if line.startswith('{"balance_usdt"')]
    balance = json.loads(said)
    assert {coin["asset"] for coin in balance["coins"]} == {"BTC", "USDT"}
    assert 4900 < float(balance["balance_usdt"]) < 5100
    trades = [line for line in lines_said if ",BTC/USDT,buy," in line]
    assert 900 < sum(float(each.split(",")[5]) for each in trades) <= 1000


def test_a_fill_is_in_the_ledger_within_two_seconds(league: LeagueProcess) -> None:
    ledger, account_id = _ledger_of(league, QUIET)
    waits = [_seconds_to_ledger(league, ledger, account_id, number) for number in range(ORDERS)]
    assert statistics.median(waits) < 2


def test_the_next_hour_moves_the_rank(league: LeagueProcess) -> None:
    before = _rank(_board(league), BOLD)
    bought = league.command("sandbox.trade", BOLD, "BUY", "LTCUSDT", "900")
    assert bought.returncode == 0, bought.stderr
    with closing(AdminClient(league.addresses().exchange)) as exchange:
        exchange.set_price("LTCUSDT", "900")
    closed = league.command("sandbox.hour")
    assert closed.returncode == 0, closed.stderr
    after = _rank(_board(league), BOLD)
    assert after == 1
    assert before is None or before > 1


def test_two_hours_of_the_league_rank_again_to_its_own_board(
    league: LeagueProcess, tmp_path: Path
) -> None:
    site = league.addresses().site
    latest = requests.get(f"{site}/hours/latest.json", timeout=10).json()
    newest = _hour_file(site, latest["file"], tmp_path)
    previous = json.loads(newest.read_text().split("\n")[0])["previous"]
    name = f"{previous['hour'][:13]}-r{previous['revision']}.jsonl"
    files = [str(_hour_file(site, name, tmp_path)), str(newest)]
    done = league.command("sandbox.verify", *files)
    assert (done.returncode, done.stderr) == (0, "")
    names = requests.get(f"{site}/hours/names.json", timeout=10).json()["names"]
    rows = newest.read_text().split("\n")[1:]
    order = json.loads(next(line for line in rows if line.startswith('{"window":"24h"')))["order"]
    again = [names[json.loads(rows[number])[0]] for number in order]
    assert again == [each["name"] for each in _board(league)["traders"]]


@pytest.mark.timeout(300)
def test_a_person_walks_in_by_browser_and_sees_his_numbers_move(league: LeagueProcess) -> None:
    def close_hour() -> None:
        closed = league.command("sandbox.hour")
        assert closed.returncode == 0, closed.stderr

    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("chromium is not installed")
    addresses = league.addresses()
    walk_in(addresses.site, addresses.exchange, close_hour)


def _hour_file(site: str, name: str, folder: Path) -> Path:
    answer = requests.get(f"{site}/hours/{name}", timeout=10)
    assert answer.status_code == 200
    path = folder / name
    path.write_bytes(answer.content)
    return path


def test_everything_that_people_do_can_be_done_by_the_site(league: LeagueProcess) -> None:
    Tour(league.addresses(), "Tourist").everything("new@example.org", BOLD)


def test_an_operator_sees_the_league_and_what_is_behind_a_rank(league: LeagueProcess) -> None:
    status = _operate(league, "status")
    assert re.search(r"^board +\S+ revision 0, up to date$", status, re.MULTILINE), status
    assert re.search(r"^slots +1, 1 held by 1 containers$", status, re.MULTILINE), status
    assert re.search(r"^tasks +0 waiting, 0 in work, no dead letters$", status, re.MULTILINE)
    first = _board(league)["traders"][0]
    explained = _operate(league, "rank", first["name"])
    shown = first["pnl_24h_pct"]
    assert re.search(rf"^board +{shown} %, rank 1: the same$", explained, re.MULTILINE), explained
    stands = _operate(league, "trader", first["name"])
    assert re.search(rf"^24h +{shown} %.*, rank 1 of", stands, re.MULTILINE), stands
    assert " USDT" not in stands


def test_an_operators_banner_reaches_the_site(league: LeagueProcess) -> None:
    banner = "Binance is closed until noon."
    _operate(league, "switch", "banner", banner, "--why", "a test")
    address = f"{league.addresses().site}/api/status"

    def said() -> bool:
        return bool(requests.get(address, timeout=10).json()["banner"] == banner)

    wait_until(said, "the banner on the site", seconds=40, every=1.0)
    _operate(league, "switch", "banner", "off", "--why", "the test is over")
    assert "switch banner off" in _operate(league, "acts")


def test_every_call_is_one_that_its_function_may_make(
    league: LeagueProcess, template: Document
) -> None:
    calls, granted = league.calls(), list(grants(template))
    assert {call.function for call in calls} == set(ROLES)
    assert refused(calls, granted) == []


def test_roles_allow_no_more_than_was_called_or_has_a_reason(
    league: LeagueProcess, template: Document
) -> None:
    reasoned = {(role, pair) for role, pairs in reasons().items() for pair in pairs}
    others = {grant.role for grant in grants(template)} - set(ROLES.values())
    found = unused(league.calls(), grants(template))
    assert {pair for pair in found - reasoned if pair[0] not in others} == set()


def test_ctrl_c_ends_every_process(league: LeagueProcess) -> None:
    assert league.interrupt() == 0
    assert league.parts() == {}


def test_without_a_league_make_hour_says_what_to_do(league: LeagueProcess) -> None:
    league.interrupt()
    closed = league.command("sandbox.hour")
    assert closed.returncode == 1
    assert "start one with `make run`" in closed.stderr


def _operate(league: LeagueProcess, *arguments: str) -> str:
    """What the operator's command prints."""
    settings = str(league.folder / SETTINGS)
    done = league.command("chalicelib.entrypoints.operate", "--settings", settings, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _exchange_time(league: LeagueProcess) -> datetime:
    with closing(AdminClient(league.addresses().exchange)) as exchange:
        return datetime.fromtimestamp(exchange.now() / 1000, UTC)


def _rank(board: dict[str, Any], name: str) -> int | None:
    (row,) = [each for each in board["traders"] if each["name"] == name]
    rank: int | None = row["rank"]
    return rank


def _ledger_of(league: LeagueProcess, name: str) -> tuple[DynamoLedger, str]:
    tables = Tables(TABLE_PREFIX, REGION, league.addresses().tables)
    trader = DynamoTraders(tables).by_name(name)
    (row,) = DynamoHoldings(tables).of_seat(trader.seat)
    return DynamoLedger(tables), row.account_id


def _seconds_to_ledger(
    league: LeagueProcess, ledger: DynamoLedger, account_id: str, number: int
) -> float:
    """From the exchange's answer to an order until its fills are in the ledger."""
    own = read_keys(league.folder)[QUIET]
    address = league.addresses().exchange
    side, quantity = ("BUY", "0.001") if number % 2 else ("SELL", "0.002")
    with closing(SignedClient(address, own["key"], own["secret"])) as client:
        answer = client.market_order(side, "BTCUSDT", quantity=quantity)
    started = time.monotonic()
    expected = {f"T#BTCUSDT#{fill['tradeId']}" for fill in answer["fills"]}
    at = datetime.fromtimestamp(answer["transactTime"] / 1000, UTC)
    wait_until(
        lambda: (
            expected
            <= {each.entry_id for each in ledger.entries(account_id, at, at + timedelta(seconds=1))}
        ),
        f"the fills of order {answer['orderId']} in the ledger",
        seconds=20,
        every=0.02,
    )
    return time.monotonic() - started
