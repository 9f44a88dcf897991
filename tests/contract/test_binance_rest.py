"""Binance's REST answers, good and bad, against a server that says what the test wants."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.fields import milliseconds
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    KeyRevoked,
    OrderRejected,
    RateLimited,
    RegionRefused,
    SymbolGone,
)
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, Side, Source
from chalicelib.domain.market import Quote, Symbol
from chalicelib.services.exchange_ports import AccountReading
from tests.builders import NOON, key_pair, key_permissions, symbol
from tests.contract.binance_replies import Machine, refusal
from tests.scripted_server import Reply, ScriptedServer, scripted_server

PAIR = key_pair()
SERVER_TIME = 1790000000000
ACCOUNT_BODY = {
    "uid": 354937868,
    "updateTime": SERVER_TIME,
    "balances": [
        {"asset": "BTC", "free": "0.50000000", "locked": "0.25000000"},
        {"asset": "币安人生", "free": "7.00000000", "locked": "0.00000000"},
    ],
}
RESTRICTIONS = {
    "ipRestrict": False,
    "createTime": 1780000000000,
    "enableReading": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": False,
    "enableMargin": False,
    "enableFutures": False,
    "permitsUniversalTransfer": False,
    "enableVanillaOptions": False,
    "enableFixApiTrade": False,
    "enableFixReadOnly": True,
    "enableSpotAndMarginTrading": False,
    "enablePortfolioMarginTrading": False,
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        running.reply("/api/v3/time", Reply(json.dumps({"serverTime": SERVER_TIME})))
        yield running


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def budget(machine: Machine) -> WeightBudget:
    return WeightBudget(machine, machine.wait)


@pytest.fixture
def exchange(
    server: ScriptedServer, machine: Machine, budget: WeightBudget
) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{server.address}/api", f"{server.address}/sapi")
    made = BinanceExchange(addresses, budget, machine)
    yield made
    made.close()


def test_building_it_asks_nothing(server: ScriptedServer, exchange: BinanceExchange) -> None:
    assert server.asked == []


def test_the_time_is_the_servers(exchange: BinanceExchange) -> None:
    assert exchange.time() == datetime.fromtimestamp(SERVER_TIME / 1000, UTC)


def test_an_account_is_read_with_free_and_locked_as_one(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply("/api/v3/account", Reply(json.dumps(ACCOUNT_BODY)))
    assert exchange.account(PAIR) == AccountReading(
        "354937868",
        {"BTC": Decimal("0.75000000"), "币安人生": Decimal(7)},
        datetime.fromtimestamp(SERVER_TIME / 1000, UTC),
    )
    asked = parse_qs(server.asked[-1].query)
    assert asked["omitZeroBalances"] == ["true"]
    assert server.asked[-1].headers["X-MBX-APIKEY"] == PAIR.api_key


def test_the_secret_is_never_sent(server: ScriptedServer, exchange: BinanceExchange) -> None:
    server.reply("/api/v3/account", Reply(json.dumps(ACCOUNT_BODY)))
    exchange.account(PAIR)
    assert PAIR.secret not in str(server.asked)


def test_two_keys_never_mix(server: ScriptedServer, exchange: BinanceExchange) -> None:
    server.reply("/api/v3/account", Reply(json.dumps(ACCOUNT_BODY)))
    for key in ("one", "two", "one"):
        exchange.account(KeyPair(key, "secret"))
    assert [each.headers["X-MBX-APIKEY"] for each in server.asked] == ["one", "two", "one"]


def test_a_key_that_only_reads_is_told_from_others(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    path = "/sapi/v1/account/apiRestrictions"
    server.reply(path, Reply(json.dumps(RESTRICTIONS)))
    assert exchange.permissions(PAIR) == key_permissions()


@pytest.mark.parametrize(
    ("granted", "named"),
    [
        ("enableWithdrawals", "withdraw"),
        ("enableInternalTransfer", "transfer"),
        ("permitsUniversalTransfer", "transfer"),
        ("enableMargin", "margin"),
        ("enableFutures", "futures"),
        ("enablePortfolioMarginTrading", "futures"),
        ("enableVanillaOptions", "options"),
        ("enableSpotAndMarginTrading", "trade"),
        ("enableFixApiTrade", "trade"),
        ("enableSomethingOfNextYear", "trade"),
        ("ipRestrict", "address_locked"),
    ],
)
def test_every_permission_has_its_name(
    server: ScriptedServer, exchange: BinanceExchange, granted: str, named: str
) -> None:
    body = json.dumps(RESTRICTIONS | {granted: True})
    server.reply("/sapi/v1/account/apiRestrictions", Reply(body))
    assert exchange.permissions(PAIR) == key_permissions(**{named: True})


def test_a_key_locked_to_an_address_is_no_trouble_where_ours_stays(
    server: ScriptedServer, machine: Machine, budget: WeightBudget
) -> None:
    where = RestAddresses(f"{server.address}/api", f"{server.address}/sapi", we_stay=True)
    exchange = BinanceExchange(where, budget, machine)
    locked = Reply(json.dumps(RESTRICTIONS | {"ipRestrict": True}))
    server.reply("/sapi/v1/account/apiRestrictions", locked)
    with closing(exchange):
        assert exchange.permissions(PAIR) == key_permissions()


def test_only_trading_pairs_trade(server: ScriptedServer, exchange: BinanceExchange) -> None:
    row = {"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT"}
    rows = [
        row | {"status": "TRADING", "isSpotTradingAllowed": True, "filters": [{"filterType": "X"}]},
        row | {"symbol": "OLDUSDT", "baseAsset": "OLD", "status": "BREAK"},
    ]
    server.reply("/api/v3/exchangeInfo", Reply(json.dumps({"symbols": rows})))
    assert exchange.symbols() == {
        "BTCUSDT": symbol("BTC"),
        "OLDUSDT": Symbol("OLDUSDT", "OLD", "USDT", False),
    }


def test_the_budget_follows_the_limit_that_the_exchange_names(
    server: ScriptedServer, exchange: BinanceExchange, budget: WeightBudget
) -> None:
    limit = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1}
    other = {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 1}
    body = {"rateLimits": [limit | {"limit": 12000}, other], "symbols": []}
    server.reply("/api/v3/exchangeInfo", Reply(json.dumps(body)))
    exchange.symbols()
    assert budget.try_spend(9500, Priority.STREAMS) == 0
    assert budget.try_spend(100, Priority.STREAMS) > 0


def test_quotes_are_asked_for_trading_pairs_alone(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    row = {"symbol": "BTCUSDT", "lastPrice": "60000.10000000", "quoteVolume": "123.00000000"}
    server.reply("/api/v3/ticker/24hr", Reply(json.dumps([row])))
    assert exchange.quotes() == {"BTCUSDT": Quote(Decimal("60000.1"), Decimal(123))}
    assert parse_qs(server.asked[0].query)["symbolStatus"] == ["TRADING"]


@pytest.mark.parametrize(("opened", "close"), [(NOON, Decimal("61")), (NOON - timedelta(1), None)])
def test_the_close_of_a_minute_is_of_that_minute_or_unknown(
    server: ScriptedServer, exchange: BinanceExchange, opened: datetime, close: Decimal | None
) -> None:
    candle = [milliseconds(opened), "60", "62", "59", "61", "1", 0, "60", 9, "0", "0", "0"]
    server.reply("/api/v3/klines", Reply(json.dumps([candle])))
    assert exchange.minute_close("BTCUSDT", NOON) == close


def test_own_fills_are_read(server: ScriptedServer, exchange: BinanceExchange) -> None:
    row = {
        "symbol": "BTCUSDT",
        "id": 17,
        "orderId": 3,
        "price": "60000",
        "qty": "0.1",
        "quoteQty": "6000",
        "commission": "0.0001",
        "commissionAsset": "BTC",
        "time": milliseconds(NOON),
        "isBuyer": True,
    }
    server.reply("/api/v3/myTrades", Reply(json.dumps([row])))
    [fill] = exchange.fills(PAIR, symbol("BTC"), NOON)
    assert isinstance(fill, Fill)
    assert (fill.side, fill.trade_id, fill.commission_asset) == (Side.BUY, 17, "BTC")
    assert fill.executed_at == NOON
    assert parse_qs(server.asked[0].query)["startTime"] == [str(milliseconds(NOON))]


def test_fills_are_read_beyond_the_first_page(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    row = {
        "orderId": 3,
        "price": "60000",
        "qty": "0.1",
        "quoteQty": "6000",
        "commission": "0",
        "commissionAsset": "BTC",
        "time": milliseconds(NOON),
        "isBuyer": False,
    }
    page = [row | {"id": 3 * number} for number in range(1000)]
    server.reply(
        "/api/v3/myTrades", Reply(json.dumps(page)), Reply(json.dumps([row | {"id": 3333}]))
    )
    fills = exchange.fills(PAIR, symbol("BTC"), NOON)
    assert (len(fills), fills[-1].trade_id) == (1001, 3333)
    first, second = (parse_qs(each.query) for each in server.asked)
    assert first["startTime"] == [str(milliseconds(NOON))]
    assert "fromId" not in first
    assert second["fromId"] == ["2998"]
    assert "startTime" not in second


def test_a_pair_taken_off_the_list_has_no_fills(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply("/api/v3/myTrades", refusal(-1121))
    assert exchange.fills(PAIR, symbol("BTC"), NOON) == []


DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"


def test_movements_are_what_really_moved(server: ScriptedServer, exchange: BinanceExchange) -> None:
    deposit = {"coin": "USDT", "walletType": 0, "insertTime": milliseconds(NOON)}
    credited = deposit | {"id": "d1", "amount": "500", "status": 1}
    pending = deposit | {"id": "d2", "amount": "600", "status": 0}
    funding = credited | {"id": "d3", "walletType": 1}
    server.reply(DEPOSITS, Reply(json.dumps([credited, pending, funding])))
    sent = {
        "id": "w1",
        "coin": "USDT",
        "amount": "99",
        "transactionFee": "1",
        "status": 6,
        "walletType": 0,
        "applyTime": "2026-03-01 12:00:05",
    }
    server.reply(WITHDRAWALS, Reply(json.dumps([sent, sent | {"id": "w2", "status": 3}])))
    hour = timedelta(hours=1)
    found = [
        change
        for history in ("deposits", "withdrawals")
        for change in exchange.movements(PAIR, history, NOON, NOON + hour)
    ]
    assert found == [
        BalanceChange(ChangeKind.DEPOSIT, "USDT", Decimal(500), NOON, "d1", Source.HISTORY),
        BalanceChange(
            ChangeKind.WITHDRAWAL,
            "USDT",
            Decimal(-100),
            NOON + timedelta(seconds=5),
            "w1",
            Source.HISTORY,
            Decimal(1),
        ),
    ]


def test_a_long_span_is_asked_in_parts(server: ScriptedServer, exchange: BinanceExchange) -> None:
    server.reply(DEPOSITS, Reply("[]"))
    assert exchange.movements(PAIR, "deposits", NOON, NOON + timedelta(days=100)) == []
    assert server.paths() == [DEPOSITS, DEPOSITS]


HTML = "<html><body>403 Forbidden</body></html>"


@pytest.mark.parametrize(
    ("reply", "raised"),
    [
        (refusal(-2014, 401), KeyRevoked),
        (refusal(-2015, 401), KeyRevoked),
        (refusal(-2008), KeyRevoked),
        (refusal(-1022), KeyRevoked),
        (refusal(-1003, 429), RateLimited),
        (refusal(-1003, 418), RateLimited),
        (refusal(-1015, 429), RateLimited),
        (refusal(-2010), OrderRejected),
        (refusal(-1013), OrderRejected),
        (refusal(-1121), SymbolGone),
        (refusal(-1102), ExchangeError),
        (refusal(-1000, 500), ExchangeUnavailable),
        (refusal(-1007, 504), ExchangeUnavailable),
        (refusal(-3026, 200), ExchangeError),
        (refusal(-1003, 200), RateLimited),
        (refusal(0, 451), RegionRefused),
        (Reply(HTML, 451), RegionRefused),
        (Reply(HTML, 403), ExchangeUnavailable),
        (Reply(HTML, 410), ExchangeUnavailable),
        (Reply(HTML, 502), ExchangeUnavailable),
        (Reply(HTML, 200), ExchangeUnavailable),
        (Reply("", 200), ExchangeUnavailable),
        (Reply("", 503), ExchangeUnavailable),
        (Reply("[]", 200), ExchangeUnavailable),
        (Reply('["an", "error"]', 400), ExchangeUnavailable),
        (Reply("[]", 429), RateLimited),
        (Reply('"soon"', 200), ExchangeUnavailable),
        (Reply('{"code": "tomorrow"}', 400), ExchangeUnavailable),
        (Reply("{}", 302, {"Location": "http://127.0.0.1:9/"}), ExchangeUnavailable),
        (Reply(json.dumps(ACCOUNT_BODY), cut=True), ExchangeUnavailable),
        (Reply(json.dumps(ACCOUNT_BODY | {"uid": "no number"})), ExchangeUnavailable),
        (Reply(json.dumps(ACCOUNT_BODY | {"balances": [{"asset": "BTC"}]})), ExchangeUnavailable),
        (Reply(json.dumps(ACCOUNT_BODY | {"balances": None})), ExchangeUnavailable),
    ],
)
def test_every_refusal_has_its_place_in_the_tree(
    server: ScriptedServer, exchange: BinanceExchange, reply: Reply, raised: type[ExchangeError]
) -> None:
    server.reply("/api/v3/account", reply)
    with pytest.raises(ExchangeError) as caught:
        exchange.account(PAIR)
    assert type(caught.value) is raised
    assert PAIR.api_key not in str(caught.value)
    assert "signature" not in str(caught.value)
    assert len(server.asked) == 1, "nothing is sent again blindly"


def test_nobody_there_is_unavailable(exchange: BinanceExchange, server: ScriptedServer) -> None:
    nowhere = RestAddresses("http://127.0.0.1:9/api", "http://127.0.0.1:9/sapi")
    lost = BinanceExchange(nowhere, WeightBudget(lambda: NOON), lambda: NOON)
    with pytest.raises(ExchangeUnavailable, match="ConnectionError"):
        lost.time()


def test_a_clock_that_is_off_is_set_and_the_call_made_once_more(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply("/api/v3/account", refusal(-1021), Reply(json.dumps(ACCOUNT_BODY)))
    assert exchange.account(PAIR).uid == "354937868"
    assert server.paths() == ["/api/v3/account", "/api/v3/time", "/api/v3/account"]
    first, last = (int(parse_qs(server.asked[n].query)["timestamp"][0]) for n in (0, 2))
    assert abs(last - SERVER_TIME) < 5000 < abs(first - SERVER_TIME)


def test_a_clock_that_stays_off_is_not_tried_for_ever(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply("/api/v3/account", refusal(-1021))
    with pytest.raises(ExchangeUnavailable):
        exchange.account(PAIR)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (refusal(-1003, 429, **{"Retry-After": "17"}), 17),
        (refusal(-1003, 429, **{"Retry-After": "0"}), 60),
        (refusal(-1003, 429, **{"Retry-After": "soon"}), 60),
        (refusal(-1003, 429), 60),
        (refusal(-1003, 418), 120),
        (refusal(-1003, 418, **{"Retry-After": "1800"}), 1800),
        (refusal(-1003, 418, **{"Retry-After": "9" * 30}), 3 * 86400),
    ],
)
def test_too_much_pauses_everything_from_this_address(
    server: ScriptedServer,
    exchange: BinanceExchange,
    budget: WeightBudget,
    reply: Reply,
    seconds: int,
) -> None:
    server.reply("/api/v3/account", reply)
    with pytest.raises(RateLimited) as caught:
        exchange.account(PAIR)
    assert caught.value.retry_at == NOON + timedelta(seconds=seconds)
    assert budget.try_spend(1, Priority.STREAMS) == seconds


@pytest.mark.parametrize(("status", "banned"), [(429, False), (418, True)])
def test_a_ban_is_told_apart_from_a_spent_limit(
    server: ScriptedServer, exchange: BinanceExchange, status: int, banned: bool
) -> None:
    server.reply("/api/v3/account", refusal(-1003, status, **{"Retry-After": "1800"}))
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            exchange.account(PAIR)
        assert caught.value.banned is banned
    assert len(server.asked) == 1


def test_the_end_of_a_ban_is_read_from_its_words_where_no_header_gives_it(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    until = NOON + timedelta(minutes=17)
    words = f"Way too much request weight used; IP banned until {milliseconds(until)}. Please"
    server.reply("/api/v3/account", Reply(json.dumps({"code": -1003, "msg": words}), 418))
    with pytest.raises(RateLimited) as caught:
        exchange.account(PAIR)
    assert caught.value.retry_at == until


def test_a_long_ban_is_not_waited_for(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    server.reply("/api/v3/account", refusal(-1003, 418, **{"Retry-After": "1800"}))
    for _ in range(2):
        with pytest.raises(RateLimited):
            exchange.account(PAIR)
    assert (len(server.asked), machine.waited) == (1, [])


def test_the_budget_learns_what_others_spent(
    server: ScriptedServer, exchange: BinanceExchange, budget: WeightBudget
) -> None:
    used = {"X-MBX-USED-WEIGHT-1M": "4321"}
    server.reply("/api/v3/time", Reply(json.dumps({"serverTime": SERVER_TIME}), headers=used))
    exchange.time()
    assert budget.used() == 4321


@pytest.mark.parametrize("key", ["with\nnewline", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_no_key(exchange: BinanceExchange, key: str) -> None:
    with pytest.raises(KeyRevoked):
        exchange.account(KeyPair(key, "secret"))


Spender = Callable[[int, Priority], float]


def test_the_budget_keeps_to_its_share_of_the_minute(machine: Machine) -> None:
    budget = WeightBudget(machine, machine.wait)
    assert budget.try_spend(4800, Priority.STREAMS) == 0
    assert budget.try_spend(1, Priority.STREAMS) == 60
    machine.wait(60)
    assert budget.try_spend(1, Priority.STREAMS) == 0


def test_the_less_urgent_leaves_room_to_the_more_urgent(machine: Machine) -> None:
    budget = WeightBudget(machine, machine.wait)
    assert budget.try_spend(2880, Priority.IMPORT) == 0
    for lower, higher in zip(list(Priority)[:0:-1], list(Priority)[-2::-1], strict=True):
        assert budget.try_spend(20, lower) > 0
        assert budget.try_spend(20, higher) == 0
        budget.observe(int(4800 * higher.value), machine.now)


def test_spending_waits_for_the_next_minute(machine: Machine) -> None:
    budget = WeightBudget(machine, machine.wait)
    budget.spend(4800, Priority.STREAMS)
    machine.now += timedelta(seconds=45)
    budget.spend(20, Priority.STREAMS)
    assert machine.waited == [15]


def test_a_count_of_the_last_minute_does_not_burden_this_one(machine: Machine) -> None:
    budget = WeightBudget(machine, machine.wait)
    asked_at = machine.now
    machine.wait(60)
    budget.observe(4000, asked_at)
    assert budget.used() == 0
