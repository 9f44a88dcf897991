"""Binance's histories, row by row: what each says of the balances, and that none is cut off."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from chalicelib.adapters.binance.budget import WeightBudget
from chalicelib.adapters.binance.calls import RestAddresses
from chalicelib.adapters.binance.fields import milliseconds
from chalicelib.adapters.binance.rest import BinanceExchange
from chalicelib.adapters.binance.sapi_budget import Counter, SapiBudget
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import ExchangeUnavailable, InvalidRequest, KeyRevoked, RateLimited
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Source
from chalicelib.services.exchange_ports import ExchangeState
from tests.builders import NOON, at, key_pair
from tests.contract.binance_replies import Machine, refusal
from tests.scripted_server import Reply, ScriptedServer, scripted_server

PAIR = key_pair()
MS = milliseconds(NOON)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Row = dict[str, Any]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        running.reply("/api/v3/time", Reply(json.dumps({"serverTime": MS})))
        yield running


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def sapi_budget(machine: Machine) -> SapiBudget:
    return SapiBudget(machine, machine.wait)


@pytest.fixture
def exchange(
    server: ScriptedServer, machine: Machine, sapi_budget: SapiBudget
) -> Iterator[BinanceExchange]:
    addresses = RestAddresses(f"{server.address}/api", f"{server.address}/sapi")
    budget = WeightBudget(machine, machine.wait)
    made = BinanceExchange(addresses, budget, machine, sapi_budget)
    yield made
    made.close()


DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
FIAT_ORDERS = "/sapi/v1/fiat/orders"
FIAT_PAYMENTS = "/sapi/v1/fiat/payments"
CONVERTS = "/sapi/v1/convert/tradeFlow"
DUST = "/sapi/v1/asset/dribblet"
DIVIDENDS = "/sapi/v1/asset/assetDividend"
TRANSFERS = "/sapi/v1/asset/transfer"
SUB_TRANSFERS = "/sapi/v1/sub-account/transfer/subUserHistory"
EARN = "/sapi/v1/simple-earn"

DEPOSIT: Row = {
    "id": "d1",
    "coin": "USDT",
    "amount": "500",
    "status": 1,
    "walletType": 0,
    "insertTime": MS,
}
WITHDRAWAL: Row = {
    "id": "w1",
    "coin": "USDT",
    "amount": "99",
    "transactionFee": "1",
    "status": 6,
    "walletType": 0,
    "applyTime": "2026-03-01 12:00:05",
}
CONVERT: Row = {
    "orderId": 940001,
    "orderStatus": "SUCCESS",
    "fromAsset": "USDT",
    "fromAmount": "100",
    "toAsset": "BNB",
    "toAmount": "0.1666",
    "createTime": MS,
}
SWEEP: Row = {
    "transId": 45178372831,
    "operateTime": MS,
    "totalTransferedAmount": "0.00098",
    "totalServiceChargeAmount": "0.00002",
    "userAssetDribbletDetails": [
        {"fromAsset": "ATOM", "amount": "0.01", "transferedAmount": "0.0005"},
        {"fromAsset": "ADA", "amount": "0.2", "transferedAmount": "0.00048", "targetAsset": "BNB"},
    ],
}
DIVIDEND: Row = {
    "enInfo": "NEW distribution",
    "id": 7,
    "amount": "10",
    "asset": "NEW",
    "divTime": MS,
    "direction": 1,
}
TRANSFER: Row = {
    "asset": "USDT",
    "amount": "1",
    "type": "MAIN_UMFUTURE",
    "status": "CONFIRMED",
    "tranId": 11415955596,
    "timestamp": MS,
}
SUB_TRANSFER: Row = {
    "asset": "BTC",
    "qty": "2",
    "status": "SUCCESS",
    "tranId": 31,
    "time": MS,
    "fromAccountType": "SPOT",
    "toAccountType": "SPOT",
}
FIAT_ORDER: Row = {
    "orderNo": "f1",
    "fiatCurrency": "EUR",
    "indicatedAmount": "20",
    "amount": "19",
    "totalFee": "1",
    "status": "Successful",
    "createTime": MS,
    "updateTime": MS + 60_000,
}
PAYMENT: Row = {
    "orderNo": "p1",
    "sourceAmount": "20.0",
    "fiatCurrency": "EUR",
    "obtainAmount": "4.46",
    "cryptoCurrency": "LUNA",
    "status": "Completed",
    "paymentMethod": "Credit Card",
    "createTime": MS,
    "updateTime": MS + 60_000,
}
SUBSCRIPTION: Row = {
    "amount": "100",
    "amtFromSpot": "100",
    "amtFromFunding": "0",
    "asset": "USDT",
    "time": MS,
    "purchaseId": 26055,
    "status": "SUCCESS",
}
REDEMPTION: Row = {
    "amount": "10",
    "asset": "USDT",
    "time": MS,
    "redeemId": 40607,
    "destAccount": "SPOT",
    "status": "PAID",
}
REWARD: Row = {
    "asset": "BUSD",
    "rewards": "0.00006408",
    "projectId": "USDT001",
    "type": "BONUS",
    "time": MS,
}
LOCKED_REWARD: Row = {"positionId": "123", "time": MS, "asset": "BNB", "amount": "0.5"}

K = ChangeKind
Told = tuple[ChangeKind, str, str, datetime, str]
CASES: dict[str, tuple[str, str, str, Row, list[Told]]] = {
    "deposit": ("deposits", DEPOSITS, "", DEPOSIT, [(K.DEPOSIT, "USDT", "500", NOON, "d1")]),
    "deposit, not free to be withdrawn yet": (
        "deposits",
        DEPOSITS,
        "",
        DEPOSIT | {"status": 6, "completeTime": MS + 1000},
        [(K.DEPOSIT, "USDT", "500", at(seconds=1), "d1")],
    ),
    "deposit listed days before": (
        "deposits",
        DEPOSITS,
        "",
        DEPOSIT | {"insertTime": MS - 6 * 86_400_000, "completeTime": MS},
        [(K.DEPOSIT, "USDT", "500", NOON, "d1")],
    ),
    "deposit pending": ("deposits", DEPOSITS, "", DEPOSIT | {"status": 0}, []),
    "deposit rejected": ("deposits", DEPOSITS, "", DEPOSIT | {"status": 2}, []),
    "deposit to funding": ("deposits", DEPOSITS, "", DEPOSIT | {"walletType": 1}, []),
    **{
        f"withdrawal of status {status}": (
            "withdrawals",
            WITHDRAWALS,
            "",
            WITHDRAWAL | {"status": status},
            [(K.WITHDRAWAL, "USDT", "-100", at(seconds=5), "w1")] if left else [],
        )
        for status, left in {0: 1, 1: 0, 2: 1, 3: 0, 4: 1, 5: 0, 6: 1}.items()
    },
    "withdrawal from funding": ("withdrawals", WITHDRAWALS, "", WITHDRAWAL | {"walletType": 1}, []),
    "convert": (
        "converts",
        CONVERTS,
        "list",
        CONVERT,
        [
            (K.CONVERT, "BNB", "0.1666", NOON, "940001"),
            (K.CONVERT, "USDT", "-100", NOON, "940001"),
        ],
    ),
    "convert that failed": ("converts", CONVERTS, "list", CONVERT | {"orderStatus": "FAIL"}, []),
    "dust": (
        "dust",
        DUST,
        "userAssetDribblets",
        SWEEP,
        [
            (K.DUST, "ADA", "-0.2", NOON, "45178372831"),
            (K.DUST, "ATOM", "-0.01", NOON, "45178372831"),
            (K.DUST, "BNB", "0.00098", NOON, "45178372831"),
        ],
    ),
    "dividend": ("dividends", DIVIDENDS, "rows", DIVIDEND, [(K.DIVIDEND, "NEW", "10", NOON, "7")]),
    "dividend taken back": (
        "dividends",
        DIVIDENDS,
        "rows",
        DIVIDEND | {"direction": -1},
        [(K.DIVIDEND, "NEW", "-10", NOON, "7")],
    ),
    **{
        f"dividend that is interest, {info}": (
            "dividends",
            DIVIDENDS,
            "rows",
            DIVIDEND | {"enInfo": info},
            [],
        )
        for info in ("Simple Earn", "Flexible", "Locked", "Bonus Tiered APR Rewards")
    },
    "transfer out": (
        "transfers",
        TRANSFERS,
        "rows",
        TRANSFER,
        [(K.TRANSFER, "USDT", "-1", NOON, "11415955596")],
    ),
    "transfer in": (
        "transfers",
        TRANSFERS,
        "rows",
        TRANSFER | {"type": "PORTFOLIO_MARGIN_MAIN"},
        [(K.TRANSFER, "USDT", "1", NOON, "11415955596")],
    ),
    "transfer pending": ("transfers", TRANSFERS, "rows", TRANSFER | {"status": "PENDING"}, []),
    "sub-account transfer that failed": (
        "sub_transfers",
        SUB_TRANSFERS,
        "",
        SUB_TRANSFER | {"status": "FAILURE"},
        [],
    ),
    "sub-account transfer of a futures wallet": (
        "sub_transfers",
        SUB_TRANSFERS,
        "",
        SUB_TRANSFER | {"fromAccountType": "USDT_FUTURE", "toAccountType": "USDT_FUTURE"},
        [],
    ),
    "flexible subscription": (
        "flexible_subscriptions",
        f"{EARN}/flexible/history/subscriptionRecord",
        "rows",
        SUBSCRIPTION,
        [
            (K.EARN_MOVE, "LDUSDT", "100", NOON, "subscription:26055"),
            (K.EARN_MOVE, "USDT", "-100", NOON, "subscription:26055"),
        ],
    ),
    "flexible subscription of a coin whose claim has a name of its own": (
        "flexible_subscriptions",
        f"{EARN}/flexible/history/subscriptionRecord",
        "rows",
        SUBSCRIPTION | {"asset": "SHIB"},
        [
            (K.EARN_MOVE, "LDSHIB2", "100", NOON, "subscription:26055"),
            (K.EARN_MOVE, "SHIB", "-100", NOON, "subscription:26055"),
        ],
    ),
    "flexible subscription, partly from funding": (
        "flexible_subscriptions",
        f"{EARN}/flexible/history/subscriptionRecord",
        "rows",
        SUBSCRIPTION | {"amtFromSpot": "60", "amtFromFunding": "40"},
        [
            (K.TRANSFER, "LDUSDT", "100", NOON, "subscription:26055"),
            (K.TRANSFER, "USDT", "-60", NOON, "subscription:26055"),
        ],
    ),
    "flexible subscription under way": (
        "flexible_subscriptions",
        f"{EARN}/flexible/history/subscriptionRecord",
        "rows",
        SUBSCRIPTION | {"status": "PURCHASING"},
        [],
    ),
    "flexible redemption": (
        "flexible_redemptions",
        f"{EARN}/flexible/history/redemptionRecord",
        "rows",
        REDEMPTION,
        [
            (K.EARN_MOVE, "LDUSDT", "-10", NOON, "redemption:40607"),
            (K.EARN_MOVE, "USDT", "10", NOON, "redemption:40607"),
        ],
    ),
    "flexible redemption to funding": (
        "flexible_redemptions",
        f"{EARN}/flexible/history/redemptionRecord",
        "rows",
        REDEMPTION | {"destAccount": "FUNDING"},
        [(K.TRANSFER, "LDUSDT", "-10", NOON, "redemption:40607")],
    ),
    "flexible reward": (
        "flexible_rewards",
        f"{EARN}/flexible/history/rewardsRecord",
        "rows",
        REWARD,
        [(K.EARN_INTEREST, "BUSD", "0.00006408", NOON, f"BONUS:USDT001:{MS}:0.00006408")],
    ),
    "flexible reward on the claim": (
        "flexible_rewards",
        f"{EARN}/flexible/history/rewardsRecord",
        "rows",
        REWARD | {"type": "REALTIME"},
        [(K.EARN_INTEREST, "LDBUSD", "0.00006408", NOON, f"REALTIME:USDT001:{MS}:0.00006408")],
    ),
    "locked subscription": (
        "locked_subscriptions",
        f"{EARN}/locked/history/subscriptionRecord",
        "rows",
        SUBSCRIPTION,
        [(K.TRANSFER, "USDT", "-100", NOON, "subscription:26055")],
    ),
    "locked redemption, delivered later": (
        "locked_redemptions",
        f"{EARN}/locked/history/redemptionRecord",
        "rows",
        REDEMPTION | {"time": MS - 2 * 86_400_000, "deliverDate": str(MS)},
        [(K.TRANSFER, "USDT", "10", NOON, "redemption:40607")],
    ),
    "locked redemption, delivered at once": (
        "locked_redemptions",
        f"{EARN}/locked/history/redemptionRecord",
        "rows",
        REDEMPTION | {"deliverDate": str(MS - 12 * 3_600_000)},
        [(K.TRANSFER, "USDT", "10", NOON, "redemption:40607")],
    ),
    "locked redemption under way": (
        "locked_redemptions",
        f"{EARN}/locked/history/redemptionRecord",
        "rows",
        REDEMPTION | {"status": "PROCESSING"},
        [],
    ),
    "locked reward": (
        "locked_rewards",
        f"{EARN}/locked/history/rewardsRecord",
        "rows",
        LOCKED_REWARD,
        [(K.EARN_INTEREST, "BNB", "0.5", NOON, f"123:{MS}:0.5")],
    ),
}


def body(key: str, *rows: Row) -> Reply:
    return Reply(json.dumps({key: rows, "total": len(rows)} if key else rows))


def told(changes: list[BalanceChange]) -> list[Told]:
    assert all(each.source is Source.HISTORY for each in changes)
    return sorted(
        (
            (each.kind, each.asset, str(each.quantity), each.changed_at, each.change_id)
            for each in changes
        ),
        key=lambda row: row[1],
    )


def asked(server: ScriptedServer) -> list[Mapping[str, str]]:
    return [
        {name: values[0] for name, values in parse_qs(each.query).items()} for each in server.asked
    ]


@pytest.mark.parametrize(("history", "path", "key", "row", "expected"), CASES.values(), ids=CASES)
def test_a_row_says_what_moved(
    server: ScriptedServer,
    exchange: BinanceExchange,
    history: str,
    path: str,
    key: str,
    row: Row,
    expected: list[Told],
) -> None:
    server.reply(path, body(key, row))
    assert told(exchange.movements(PAIR, history, NOON, NOON + HOUR)) == expected


def test_a_withdrawals_fee_is_known_apart(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(WITHDRAWALS, body("", WITHDRAWAL))
    [change] = exchange.movements(PAIR, "withdrawals", NOON, NOON + HOUR)
    assert (change.quantity, change.network_fee) == (Decimal(-100), Decimal(1))


def test_dust_may_become_several_coins(server: ScriptedServer, exchange: BinanceExchange) -> None:
    details = [
        {"fromAsset": "ADA", "amount": "1", "transferedAmount": "0.001", "targetAsset": "BNB"},
        {"fromAsset": "ADA", "amount": "2", "transferedAmount": "0.9", "targetAsset": "USDT"},
    ]
    row = SWEEP | {"userAssetDribbletDetails": details}
    server.reply(DUST, body("userAssetDribblets", row))
    found = exchange.movements(PAIR, "dust", NOON, NOON + HOUR)
    assert [row[1:3] for row in told(found)] == [("ADA", "-3"), ("BNB", "0.001"), ("USDT", "0.9")]


@pytest.mark.parametrize(
    ("status", "paid_in", "paid_out"),
    [
        ("Successful", ["19"], ["-20"]),
        ("Processing", [], ["-20"]),
        ("Failed", [], ["-20", "20"]),
    ],
)
def test_bank_money_is_credited_when_it_came_and_taken_when_it_is_asked_for(
    server: ScriptedServer,
    exchange: BinanceExchange,
    machine: Machine,
    status: str,
    paid_in: list[str],
    paid_out: list[str],
) -> None:
    order = FIAT_ORDER | {"status": status}
    for rows, expected in (([order], []), ([], [order])):
        envelope = {"code": "000000", "message": "success", "success": True}
        server.reply(
            FIAT_ORDERS,
            *(Reply(json.dumps(envelope | {"data": each})) for each in (rows, expected)),
        )
        found = exchange.movements(PAIR, "fiat_orders", NOON, NOON + HOUR)
        assert [str(each.quantity) for each in found] == (paid_in if rows else paid_out)
        assert {each.kind for each in found} <= {K.FIAT}
        machine.wait(60)


@pytest.mark.parametrize(
    ("changed", "bought", "sold"),
    [
        ({}, [(K.FIAT, "LUNA", "4.46")], [(K.FIAT, "LUNA", "-4.46")]),
        (
            {"paymentMethod": "Cash Balance"},
            [(K.CONVERT, "EUR", "-20.0"), (K.CONVERT, "LUNA", "4.46")],
            [(K.CONVERT, "EUR", "20.0"), (K.CONVERT, "LUNA", "-4.46")],
        ),
        ({"status": "Processing"}, [], []),
    ],
)
def test_coins_for_bank_money_are_a_flow_unless_the_money_was_held_here(
    server: ScriptedServer,
    exchange: BinanceExchange,
    changed: Row,
    bought: list[tuple[ChangeKind, str, str]],
    sold: list[tuple[ChangeKind, str, str]],
) -> None:
    row = PAYMENT | changed
    nothing = Reply(json.dumps({"code": "000000", "total": 0, "success": True}))
    server.reply(FIAT_PAYMENTS, body("data", row), nothing)
    found = exchange.movements(PAIR, "fiat_payments", NOON, NOON + HOUR)
    assert [each[:3] for each in told(found)] == bought
    server.reply(FIAT_PAYMENTS, nothing, body("data", row))
    found = exchange.movements(PAIR, "fiat_payments", NOON, NOON + HOUR)
    assert [each[:3] for each in told(found)] == sold


def test_a_sub_account_gains_from_its_master_and_gives_back(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    back = SUB_TRANSFER | {"tranId": 32, "qty": "0.5"}
    server.reply(SUB_TRANSFERS, body("", SUB_TRANSFER), body("", back))
    found = exchange.movements(PAIR, "sub_transfers", NOON, NOON + HOUR)
    assert [(str(each.quantity), each.change_id) for each in found] == [
        ("2", "sub:31"),
        ("-0.5", "sub:32"),
    ]
    assert [each["type"] for each in asked(server)] == ["1", "2"]


@pytest.mark.parametrize("refused", [refusal(-9000), refusal(-2015, 401)])
def test_an_account_that_is_no_sub_account_has_no_such_transfers(
    server: ScriptedServer, exchange: BinanceExchange, refused: Reply
) -> None:
    server.reply(SUB_TRANSFERS, refused)
    assert exchange.movements(PAIR, "sub_transfers", NOON, NOON + HOUR) == []


def test_a_dead_key_is_dead_in_every_other_history(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(DUST, refusal(-2015, 401))
    with pytest.raises(KeyRevoked):
        exchange.movements(PAIR, "dust", NOON, NOON + HOUR)


def test_transfers_are_asked_for_each_way_and_wallet(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(TRANSFERS, body("rows"))
    exchange.movements(PAIR, "transfers", NOON, NOON + HOUR)
    kinds = {each["type"] for each in asked(server)}
    assert len(kinds) == len(server.asked) == 12


def test_nothing_older_is_asked_than_the_exchange_keeps(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(TRANSFERS, body("rows"))
    exchange.movements(PAIR, "transfers", NOON - 400 * DAY, NOON)
    assert {int(each["startTime"]) for each in asked(server)} == {MS - 180 * 86_400_000}


def test_histories_are_named_once_the_cheap_ones_first(exchange: BinanceExchange) -> None:
    names = exchange.histories()
    assert len(set(names)) == len(names) == 15
    assert names[0] == "deposits"
    assert names.index("converts") < names.index("fiat_orders") < names.index("locked_rewards")


def test_a_history_nobody_keeps_is_no_history(exchange: BinanceExchange) -> None:
    with pytest.raises(InvalidRequest, match="gifts"):
        exchange.movements(PAIR, "gifts", NOON, NOON + HOUR)


def test_the_end_is_not_inside_and_the_start_is(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    rows = [DEPOSIT | {"id": str(n), "insertTime": MS + n * 1000} for n in (-1, 0, 1, 2)]
    server.reply(DEPOSITS, body("", *rows))
    found = exchange.movements(PAIR, "deposits", NOON, at(seconds=2))
    assert [each.change_id for each in found] == ["0", "1"]


def test_what_a_history_says_twice_counts_once(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(DEPOSITS, body("", DEPOSIT, DEPOSIT))
    assert len(exchange.movements(PAIR, "deposits", NOON, NOON + HOUR)) == 1


@pytest.mark.parametrize(
    ("history", "path", "days", "first_parameter", "calls"),
    [
        ("converts", CONVERTS, 30, "startTime", 1),
        ("converts", CONVERTS, 31, "startTime", 2),
        ("fiat_orders", FIAT_ORDERS, 23, "beginTime", 2),
        ("deposits", DEPOSITS, 170, "startTime", 2),
        ("flexible_rewards", f"{EARN}/flexible/history/rewardsRecord", 90, "startTime", 3),
    ],
)
def test_a_long_span_is_cut_to_what_one_call_may_ask(
    server: ScriptedServer,
    exchange: BinanceExchange,
    history: str,
    path: str,
    days: int,
    first_parameter: str,
    calls: int,
) -> None:
    keys = {"converts": "list", "deposits": "", "fiat_orders": "data", "flexible_rewards": "rows"}
    server.reply(path, body(keys[history]))
    exchange.movements(PAIR, history, NOON - days * DAY, NOON)
    spans = [(int(each[first_parameter]), int(each["endTime"])) for each in asked(server)]
    assert len(spans) == calls
    assert max(last for _, last in spans) == MS
    assert min(first for first, _ in spans) <= MS - days * 86_400_000


@pytest.mark.parametrize(
    ("history", "path", "key", "rows", "starts"),
    [
        (
            "deposits",
            DEPOSITS,
            "",
            [DEPOSIT | {"id": str(n)} for n in range(1003)],
            ("offset", ["0", "1000"]),
        ),
        (
            "fiat_orders",
            FIAT_ORDERS,
            "data",
            [FIAT_ORDER | {"orderNo": str(n)} for n in range(503)],
            ("page", ["1", "2", "1"]),
        ),
        (
            "flexible_subscriptions",
            f"{EARN}/flexible/history/subscriptionRecord",
            "rows",
            [SUBSCRIPTION | {"purchaseId": n} for n in range(103)],
            ("current", ["1", "2"]),
        ),
    ],
)
def test_a_list_is_read_page_by_page_to_its_end(
    server: ScriptedServer,
    exchange: BinanceExchange,
    history: str,
    path: str,
    key: str,
    rows: list[Row],
    starts: tuple[str, list[str]],
) -> None:
    parameter, expected = starts
    size = len(rows) - 3
    server.reply(path, body(key, *rows[:size]), body(key, *rows[size:]), body(key))
    found = exchange.movements(PAIR, history, NOON, NOON + HOUR)
    assert len({each.change_id for each in found}) == len(rows)
    assert [each[parameter] for each in asked(server)] == expected


@pytest.mark.parametrize("says_so", [True, False])
def test_a_list_without_pages_is_asked_again_for_each_half_of_the_time(
    server: ScriptedServer, exchange: BinanceExchange, says_so: bool
) -> None:
    count = 10 if says_so else 1000
    rows = [CONVERT | {"orderId": n} for n in range(count)]
    first, second = rows[: count // 2], rows[count // 2 :]
    server.reply(
        CONVERTS,
        Reply(json.dumps({"list": rows, "moreData": says_so})),
        Reply(json.dumps({"list": first, "moreData": False})),
        Reply(json.dumps({"list": second, "moreData": False})),
    )
    found = exchange.movements(PAIR, "converts", NOON, NOON + HOUR)
    assert len(found) == 2 * count
    whole, left, right = [(int(e["startTime"]), int(e["endTime"])) for e in asked(server)]
    assert (left[0], left[1] + 1, right[1]) == (whole[0], right[0], whole[1])


@pytest.mark.parametrize(
    ("history", "path", "reply"),
    [
        ("deposits", DEPOSITS, body("", *(DEPOSIT for _ in range(1000)))),
        ("dust", DUST, body("userAssetDribblets", *(SWEEP for _ in range(100)))),
        ("deposits", DEPOSITS, Reply('{"code": -3026, "msg": "request param error"}')),
        ("deposits", DEPOSITS, Reply('{"list": []}')),
        ("deposits", DEPOSITS, body("", DEPOSIT, {"id": "d2"})),
        ("deposits", DEPOSITS, body("", DEPOSIT | {"amount": "many"})),
        ("deposits", DEPOSITS, body("", DEPOSIT | {"insertTime": "yesterday"})),
        ("withdrawals", WITHDRAWALS, body("", WITHDRAWAL | {"applyTime": "2026-03-01T12:00"})),
        ("converts", CONVERTS, Reply('{"moreData": false}')),
        ("converts", CONVERTS, Reply("[]")),
        ("dust", DUST, body("userAssetDribblets", SWEEP | {"userAssetDribbletDetails": None})),
        ("dividends", DIVIDENDS, Reply('{"rows": null, "total": 3}')),
        ("fiat_orders", FIAT_ORDERS, Reply('{"code": "000002", "message": "system busy"}')),
        ("fiat_payments", FIAT_PAYMENTS, Reply('{"code": "000000", "data": "none"}')),
    ],
)
def test_what_cannot_be_read_is_never_passed_over(
    server: ScriptedServer, exchange: BinanceExchange, history: str, path: str, reply: Reply
) -> None:
    server.reply(path, reply)
    with pytest.raises(ExchangeUnavailable, match=history):
        exchange.movements(PAIR, history, NOON, NOON + HOUR)


def test_a_refusal_pauses_that_call_alone(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    server.reply(DUST, refusal(-1003, 429, **{"Retry-After": "600"}))
    server.reply(DEPOSITS, body(""))
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            exchange.movements(PAIR, "dust", NOON, NOON + HOUR)
        assert caught.value.retry_at == NOON + timedelta(seconds=600)
    assert exchange.movements(PAIR, "deposits", NOON, NOON + HOUR) == []
    assert exchange.time()
    assert (server.paths().count(DUST), machine.waited) == (1, [])


def test_a_refusal_by_account_leaves_the_other_accounts_alone(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(CONVERTS, refusal(-1003, 429, **{"Retry-After": "600"}), body("list"))
    with pytest.raises(RateLimited):
        exchange.movements(PAIR, "converts", NOON, NOON + HOUR)
    other = KeyPair("another", "secret")
    assert exchange.movements(other, "converts", NOON, NOON + HOUR) == []


def test_a_ban_holds_for_the_whole_address(
    server: ScriptedServer, exchange: BinanceExchange
) -> None:
    server.reply(DUST, refusal(-1003, 418, **{"Retry-After": "600"}))
    for history in ("dust", "deposits"):
        with pytest.raises(RateLimited) as caught:
            exchange.movements(PAIR, history, NOON, NOON + HOUR)
        assert caught.value.banned
    assert len(server.asked) == 1


def test_nobody_waits_until_one_account_may_be_asked_again(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    server.reply(FIAT_ORDERS, body("data"))
    exchange.movements(PAIR, "fiat_orders", NOON, NOON + HOUR)
    with pytest.raises(RateLimited) as caught:
        exchange.movements(PAIR, "fiat_orders", NOON, NOON + HOUR)
    assert caught.value.retry_at == NOON + timedelta(seconds=60)
    exchange.movements(KeyPair("another", "secret"), "fiat_orders", NOON, NOON + HOUR)
    assert (machine.waited, len(server.asked)) == ([], 4)


def test_a_span_that_takes_more_than_a_minutes_weight_is_read_in_one_go(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    server.reply(FIAT_ORDERS, body("data"))
    exchange.movements(PAIR, "fiat_orders", NOON - 80 * DAY, NOON)
    assert (machine.waited, len(server.asked)) == ([60], 6)


def test_what_the_address_pays_is_waited_for(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    path = f"{EARN}/locked/history/rewardsRecord"
    server.reply(path, body("rows"))
    for _ in range(65):
        exchange.movements(PAIR, "locked_rewards", NOON, NOON + HOUR)
    assert machine.waited == [60]


def test_processes_of_one_address_share_what_it_pays(machine: Machine) -> None:
    budget = SapiBudget(machine, machine.wait, sharers=lambda: 4)
    by_address, by_account = Counter("asset/dribblet"), Counter("convert/tradeFlow", "key")
    assert budget.try_spend(by_address, 2400) == budget.try_spend(by_account, 144_000) == 0
    assert budget.try_spend(by_address, 1) == 60


def test_the_budget_of_a_call_learns_what_others_spent(
    server: ScriptedServer, exchange: BinanceExchange, machine: Machine
) -> None:
    used = {"X-SAPI-USED-IP-WEIGHT-1M": "9595"}
    server.reply(DUST, Reply('{"total": 0, "userAssetDribblets": []}', headers=used))
    for _ in range(7):
        exchange.movements(PAIR, "dust", NOON, NOON + HOUR)
    assert machine.waited == [60]


def test_each_counter_keeps_to_its_share(machine: Machine) -> None:
    budget = SapiBudget(machine, machine.wait)
    by_address, by_account = Counter("asset/dribblet"), Counter("convert/tradeFlow", "key")
    assert budget.try_spend(by_address, 9600) == budget.try_spend(by_account, 144_000) == 0
    assert budget.try_spend(by_address, 1) == budget.try_spend(by_account, 1) == 60
    assert budget.try_spend(Counter("convert/tradeFlow", "another"), 3000) == 0


def test_waiting_too_long_is_refused_at_once(machine: Machine) -> None:
    budget = SapiBudget(machine, machine.wait)
    counter = Counter("asset/dribblet")
    budget.spend(counter, 9600)
    with pytest.raises(RateLimited, match="asset/dribblet") as caught:
        budget.spend(counter, 1, patience=timedelta(seconds=59))
    assert caught.value.retry_at == NOON + timedelta(seconds=60)
    assert machine.waited == []


def test_no_counter_shows_the_key_it_counts_for() -> None:
    assert "hidden" not in repr(Counter("convert/tradeFlow", "hidden"))


@pytest.mark.parametrize(
    ("status", "state"), [(0, ExchangeState.OPEN), (1, ExchangeState.MAINTENANCE)]
)
def test_the_exchange_says_when_it_is_closed(
    server: ScriptedServer, exchange: BinanceExchange, status: int, state: ExchangeState
) -> None:
    server.reply("/sapi/v1/system/status", Reply(json.dumps({"status": status, "msg": "so"})))
    assert exchange.state() is state
    assert "X-MBX-APIKEY" not in server.asked[0].headers
