"""Each switch on the code that it switches, and what comes of it when it is taken back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.adapters import messages
from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.dynamo.blocks import encode_block
from chalicelib.domain.account import ImportState
from chalicelib.domain.errors import RateLimited
from chalicelib.domain.switches import Switch
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.entrypoints import consumers, jobs
from chalicelib.services.exchange_contact import ExchangeContact
from sandbox.exchange.running import running_exchange
from tests.browser import Browser, browsing
from tests.builders import NOON, exchange_account, prices, seat, snapshot, stream_item
from tests.fake_switches import Operator
from tests.fakes import FakeExchange, Fakes
from tests.identity_pool import PASSWORD
from tests.integration.binance_helpers import machine_now
from tests.integration.test_accounts_api import LINK
from tests.lobby import Lobby
from tests.unit.ingest.test_importer import Importing

HOUR = hour_of(NOON)
ADA = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def operator() -> Operator:
    return Operator()


@pytest.fixture
def lobby() -> Lobby:
    return Lobby()


@pytest.fixture
def browser(lobby: Lobby, operator: Operator) -> Iterator[Browser]:
    with browsing(lobby, switches=operator.known) as made:
        yield made


class Hours:
    """A league of one trader whose hours are closed one by one."""

    def __init__(self, operator: Operator) -> None:
        self.fakes = Fakes()
        self.hour = HOUR
        named = {name: getattr(self.fakes, name) for name in wiring.Stores.__slots__}
        wiring.use(
            wiring.Stores(**named),
            now=lambda: hour_start(self.hour) + timedelta(seconds=10),
            tasks=self.fakes.tasks,
            exchange=FakeExchange(NOON),
            files=self.fakes.files,
            switches=operator.known,
        )
        self.fakes.traders.next_seat()
        self.fakes.seats.put(seat(0))
        linked = stream_item(snapshot=snapshot("link", NOON - timedelta(minutes=9), USDT="1000"))
        self.fakes.prices.put_hour(HOUR - 1, prices(hour_start(HOUR - 1), BTC="59000"))
        self.fakes.accounts.save(exchange_account())
        consumers.record(
            [consumers.Message("m", messages.join_items([messages.write_item(linked)]))]
        )

    def close(self, hour: int) -> None:
        self.hour = hour
        self.fakes.prices.put_minute(prices(hour_start(hour), BTC="60000"))
        self.tick(hour)

    def tick(self, hour: int) -> None:
        jobs.tick(hour_start(hour).isoformat())
        while self.fakes.tasks.sent:
            task = self.fakes.tasks.sent.pop(0)
            assert consumers.work([consumers.Message("m", messages.write_task(task))]) == []

    def stored(self) -> dict[object, bytes]:
        """All blocks as their bytes."""
        blocks = self.fakes.history._blocks
        return {key: encode_block(block) for key, block in blocks.items()}

    def board(self) -> int | None:
        head = self.fakes.boards.current("24h")
        return None if head is None else head.hour


@pytest.fixture
def hours(operator: Operator) -> Iterator[Hours]:
    yield Hours(operator)
    wiring.use()


def test_while_ranking_is_paused_the_last_board_stays(hours: Hours, operator: Operator) -> None:
    hours.close(HOUR)
    operator.set(Switch.RANKING)
    hours.close(HOUR + 1)
    hours.close(HOUR + 2)
    assert hours.board() == HOUR
    assert hours.fakes.runs.last_complete(0) == HOUR + 2


def test_after_the_pause_every_board_that_was_left_out_follows(
    hours: Hours, operator: Operator
) -> None:
    hours.close(HOUR)
    operator.set(Switch.RANKING)
    for hour in range(HOUR + 1, HOUR + 4):
        hours.close(hour)
    operator.take_back(Switch.RANKING)
    hours.tick(HOUR + 3)
    assert hours.board() == HOUR + 3
    assert all(hours.fakes.runs.ranked(hour) for hour in range(HOUR, HOUR + 4))
    assert hours.fakes.chain.last().link.hour == HOUR + 3  # type: ignore[union-attr]


def test_a_pause_leaves_the_same_boards_as_none(operator: Operator) -> None:
    """Byte for byte: blocks, ranks and published files."""
    kept = []
    for paused in (False, True):
        hours = Hours(operator)
        if paused:
            operator.set(Switch.RANKING)
        for hour in range(HOUR, HOUR + 3):
            hours.close(hour)
        operator.take_back(Switch.RANKING)
        hours.close(HOUR + 3)
        kept.append(hours)
    wiring.use()
    assert kept[0].stored() == kept[1].stored()
    assert kept[0].fakes.files.texts == kept[1].fakes.files.texts
    assert len(kept[0].fakes.files.texts) > 4


def test_while_linking_is_paused_a_key_is_refused_and_not_kept(
    lobby: Lobby, browser: Browser, operator: Operator
) -> None:
    lobby.join()
    token = lobby.owner().access_token
    operator.set(Switch.LINKING)
    refused = browser.post("/me/accounts", LINK, token)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "300")
    assert "Linking exchange accounts is paused" in refused.json_body["detail"]
    assert browser.post("/me/accounts/key-pair", {}, token).status_code == 503
    assert browser.get("/me/accounts", token).json_body["accounts"] == []
    operator.take_back(Switch.LINKING)
    assert browser.post("/me/accounts", LINK, token).status_code == 202


def test_while_linking_is_paused_one_may_still_unlink(
    lobby: Lobby, browser: Browser, operator: Operator
) -> None:
    lobby.join()
    token = lobby.owner().access_token
    account = browser.json("/me/accounts", LINK, token)
    operator.set(Switch.LINKING)
    assert browser.delete(f"/me/accounts/{account['id']}", token).status_code == 204


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/session/sign-up", ADA),
        ("/session/resend", {"name": "Ada"}),
        ("/session/forgot", {"login": "Ada"}),
    ],
)
def test_while_mail_is_paused_what_begins_with_a_letter_is_refused(
    lobby: Lobby, browser: Browser, operator: Operator, path: str, content: dict[str, str]
) -> None:
    operator.set(Switch.MAIL)
    refused = browser.post(path, content)
    assert refused.status_code == 503
    assert "We send no mail for now" in refused.json_body["detail"]
    assert (lobby.pool.letters, lobby.mail.sent) == ([], [])
    assert lobby.fakes.traders.holder_of("Ada") is None
    operator.take_back(Switch.MAIL)
    assert browser.post(path, content).status_code == 202


def test_while_mail_is_paused_an_address_stays_as_it_is(
    lobby: Lobby, browser: Browser, operator: Operator
) -> None:
    lobby.join()
    token, letters = lobby.owner().access_token, len(lobby.pool.letters)
    operator.set(Switch.MAIL)
    asked = {"email": "new@example.org", "password": PASSWORD}
    assert browser.post("/me/email", asked, token).status_code == 503
    assert browser.post("/me/email/confirm", {"code": "123456"}, token).status_code == 503
    assert (len(lobby.pool.letters), lobby.mail.sent) == (letters, [])
    operator.take_back(Switch.MAIL)
    assert browser.post("/me/email", asked, token).status_code == 202


def test_while_mail_is_paused_members_sign_in(
    lobby: Lobby, browser: Browser, operator: Operator
) -> None:
    lobby.join()
    operator.set(Switch.MAIL)
    answer = browser.post("/session/sign-in", {"login": "Ada", "password": PASSWORD})
    assert answer.status_code == 200


def test_a_paused_import_waits_and_then_goes_on(operator: Operator) -> None:
    importing = Importing(operator.known.is_paused)
    operator.set(Switch.IMPORT)
    importing.importer.import_due()
    importing.work()
    assert not importing.has_line()
    operator.take_back(Switch.IMPORT)
    importing.work()
    assert importing.has_line()
    assert importing.stored().import_state is ImportState.DONE


def test_the_owner_is_told_that_imports_are_paused(
    lobby: Lobby, browser: Browser, operator: Operator
) -> None:
    lobby.join()
    token = lobby.owner().access_token
    browser.json("/me/accounts", LINK, token)
    operator.set(Switch.IMPORT)
    [account] = browser.get("/me/accounts", token).json_body["accounts"]
    assert account["imported"]["state"] == "held_up"
    assert "is paused for now" in account["imported"]["detail"]


def test_while_the_exchange_is_paused_nothing_reaches_it(operator: Operator) -> None:
    with running_exchange() as running:
        paused = lambda: operator.known.is_paused(Switch.EXCHANGE)  # noqa: E731
        budget = WeightBudget(machine_now, rest_paused=paused)
        contact = ExchangeContact(machine_now)
        where = RestAddresses(f"{running.rest_url}/api", f"{running.rest_url}/sapi")
        exchange = BinanceExchange(where, budget, machine_now, contact=contact)
        try:
            exchange.symbols()
            before = running.admin.get("requests")
            operator.set(Switch.EXCHANGE)
            for ask in (exchange.symbols, exchange.quotes, exchange.time, exchange.state):
                with pytest.raises(RateLimited, match="paused by an operator") as refused:
                    ask()
                assert not refused.value.banned
            assert running.admin.get("requests") == before
            assert contact.report().failures == 0
            operator.take_back(Switch.EXCHANGE)
            assert exchange.quotes()
        finally:
            exchange.close()


def test_the_banner_is_in_the_status(browser: Browser, operator: Operator) -> None:
    assert browser.get("/status").json_body["banner"] is None
    operator.set(Switch.BANNER, "Binance is closed until noon; nothing is lost.")
    assert browser.get("/status").json_body["banner"].startswith("Binance is closed")
    operator.take_back(Switch.BANNER)
    assert browser.get("/status").json_body["banner"] is None


def test_switches_that_cannot_be_read_are_in_nobodys_way(
    browser: Browser, operator: Operator
) -> None:
    operator.set(Switch.MAIL)
    operator.store.fail = True
    answer = browser.get("/status")
    assert (answer.status_code, answer.json_body["banner"]) == (200, None)
    assert browser.post("/session/sign-up", ADA).status_code == 202
