"""Every history of an account, read by our adapter from the running sandbox exchange."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, localcontext

import pytest

from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.holdings import counted
from chalicelib.domain.ledger import BalanceChange, ChangeKind
from chalicelib.domain.money import EXACT, Asset
from sandbox.exchange.running import RunningExchange, running_exchange
from tests.integration.binance_helpers import (
    Heard,
    OpenAccount,
    adapter,
    open_account,
    running_stream,
)

HOUR = timedelta(hours=1)
START = {"USDT": "5000", "BNB": "1", "SOL": "3", "ETH": "0.02", "EUR": "700"}
SILENT = {
    "convert": False,
    "dust": False,
    "dividend": False,
    "earn_subscribe": False,
    "earn_redeem": False,
    "earn_reward": False,
    "fiat_order": False,
    "fiat_payment": False,
}


@pytest.fixture
def running() -> Iterator[RunningExchange]:
    with running_exchange() as exchange:
        yield exchange


@pytest.fixture
def exchange(running: RunningExchange) -> Iterator[BinanceExchange]:
    with adapter(running) as made:
        made.time()
        yield made


@pytest.fixture
def account(running: RunningExchange) -> OpenAccount:
    return open_account(running, **START)


def live_through_everything(running: RunningExchange, uid: int) -> None:
    """All that the exchange can do to a balance without a fill, a second apart."""
    admin = running.admin

    def act(path: str, **body: object) -> dict[str, object]:
        admin.advance(1000)
        return admin.post(path, uid=uid, **body)

    admin.deposit(uid, "USDT", "250")
    admin.withdraw(uid, "USDT", "99", fee="1")
    act("converts", from_asset="USDT", from_amount="100", to_asset="BNB", to_amount="0.1666")
    act(
        "converts", from_asset="USDT", from_amount="1", to_asset="BNB", to_amount="1", status="FAIL"
    )
    act("dividends", asset="NEWCOIN", amount="10", info="Launchpool")
    act("earn/flexible/subscribe", asset="USDT", amount="200")
    act("earn/flexible/subscribe", asset="USDT", amount="100", from_funding="40")
    act("earn/flexible/reward", asset="USDT", amount="0.02", type="REALTIME")
    act("earn/flexible/reward", asset="USDT", amount="0.03", type="BONUS")
    act("earn/flexible/redeem", asset="USDT", amount="50")
    act("earn/flexible/redeem", asset="USDT", amount="25", destination="FUNDING")
    position = act("earn/locked/subscribe", asset="SOL", amount="2", days=30)["id"]
    act("earn/locked/reward", position_id=position, amount="0.01")
    act("earn/locked/redeem", position_id=position)
    act("transfers", type="MAIN_UMFUTURE", asset="USDT", amount="300")
    act("transfers", type="FUNDING_MAIN", asset="USDT", amount="120")
    act("sub-transfers", asset="USDT", amount="11", direction="in")
    act("sub-transfers", asset="USDT", amount="7", direction="out")
    act("fiat/orders", currency="EUR", amount="100", fee="1", direction="deposit")
    act("fiat/orders", currency="EUR", amount="60", fee="1", direction="withdraw")
    act("fiat/orders", currency="EUR", amount="6", direction="withdraw", status="Failed")
    paid = {"currency": "EUR", "asset": "BNB", "fee": "0.1"}
    act("fiat/payments", **paid, spent="50", quantity="0.09", direction="buy")
    bought = paid | {"method": "Cash Balance"}
    act("fiat/payments", **bought, spent="40", quantity="0.07", direction="buy")
    act("fiat/payments", **bought, spent="30", quantity="0.05", direction="sell")
    act("dust", assets=["ETH"])


def everything(exchange: BinanceExchange, account: OpenAccount) -> list[BalanceChange]:
    now = exchange.time()
    return [
        change
        for history in exchange.histories()
        for change in exchange.movements(account.pair, history, now - HOUR, now + HOUR)
    ]


def changed(running: RunningExchange, exchange: BinanceExchange, account: OpenAccount) -> object:
    with localcontext(EXACT):
        now = Counter[Asset](exchange.account(account.pair).quantities)
        now.subtract({asset: Decimal(quantity) for asset, quantity in START.items()})
    return {asset: quantity for asset, quantity in now.items() if quantity}


def sums(changes: list[BalanceChange]) -> object:
    found: Counter[Asset] = Counter()
    with localcontext(EXACT):
        for change in changes:
            found.update(change.changes())
    return {asset: quantity for asset, quantity in found.items() if quantity}


def test_the_histories_say_what_the_exchanges_own_books_say(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    live_through_everything(running, account.uid)
    found = everything(exchange, account)
    books = running.admin.books(account.uid)["movements"]
    assert Counter((each.asset, each.quantity) for each in found) == Counter(
        (each["asset"], Decimal(each["change"])) for each in books
    )
    assert sums(found) == changed(running, exchange, account)
    assert len({each.entry_id for each in found}) == len(found)


def test_every_kind_of_change_is_told_by_its_own_history(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    live_through_everything(running, account.uid)
    now = exchange.time()
    kinds = {
        history: {
            each.kind for each in exchange.movements(account.pair, history, now - HOUR, now + HOUR)
        }
        for history in exchange.histories()
    }
    assert all(kinds.values()), "each history has something to tell"
    assert set().union(*kinds.values()) == {
        ChangeKind.DEPOSIT,
        ChangeKind.WITHDRAWAL,
        ChangeKind.CONVERT,
        ChangeKind.DUST,
        ChangeKind.DIVIDEND,
        ChangeKind.EARN_MOVE,
        ChangeKind.EARN_INTEREST,
        ChangeKind.TRANSFER,
        ChangeKind.FIAT,
    }


@pytest.mark.parametrize("settings", [{}, SILENT], ids=["events", "no events"])
def test_what_the_stream_says_too_is_counted_once(
    running: RunningExchange,
    exchange: BinanceExchange,
    account: OpenAccount,
    settings: dict[str, bool],
) -> None:
    running.admin.post("wallet/settings", balance_updates=settings)
    heard, parser = Heard(), BinanceFrameParser(exchange.symbols)
    with running_stream(running, exchange, heard) as stream:
        stream.follow("ada", account.pair)
        heard.until_subscribed("ada")
        live_through_everything(running, account.uid)
        published = running.admin.get("events")["published"]
        heard.until_frames("ada", published)
    frames = [parser.parse(frame, n) for n, frame in enumerate(heard.frames["ada"])]
    changes = [each for each in frames if isinstance(each, BalanceChange)]
    assert bool(settings) == (len(changes) < 15)
    entries = counted([*changes, *everything(exchange, account)])
    assert sums([each for each in entries if isinstance(each, BalanceChange)]) == changed(
        running, exchange, account
    )


def test_a_history_longer_than_a_page_is_whole(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    def earn(state: object) -> None:
        for number in range(205):
            running.state.earn.subscribe(
                account.uid, "USDT", Decimal(1), at=running.state.now() - number * 1000
            )

    running.call(earn)
    now = exchange.time()
    found = exchange.movements(account.pair, "flexible_subscriptions", now - HOUR, now + HOUR)
    assert len(found) == 410


def test_more_converts_than_one_answer_shows_are_found_in_halves(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    def convert(state: object) -> None:
        for number in range(1200):
            running.state.wallet.convert(
                account.uid,
                ("USDT", Decimal("0.01")),
                ("BNB", Decimal("0.001")),
                at=running.state.now() - number * 1000,
            )

    running.call(convert)
    now = exchange.time()
    found = exchange.movements(account.pair, "converts", now - HOUR, now + HOUR)
    assert len(found) == 2400


def test_rewards_listed_as_dividends_too_are_earned_once(
    running: RunningExchange, exchange: BinanceExchange, account: OpenAccount
) -> None:
    running.admin.post("wallet/settings", rewards_as_dividends=True)
    live_through_everything(running, account.uid)
    assert sums(everything(exchange, account)) == changed(running, exchange, account)
