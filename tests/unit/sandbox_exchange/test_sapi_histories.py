"""The wallet's histories under /sapi: exact rows, windows, pages, weights and lags."""

from decimal import Decimal
from typing import Any

import pytest

from tests.exchange_builders import Trader, make_exchange, open_trader, refusal, success

D = Decimal
DAY_MS = 86_400_000
FLEXIBLE = "/sapi/v1/simple-earn/flexible/history"
LOCKED = "/sapi/v1/simple-earn/locked/history"
CONVERT = "/sapi/v1/convert/tradeFlow"
TRANSFER = "/sapi/v1/asset/transfer"
SUB = "/sapi/v1/sub-account/transfer/subUserHistory"
FIAT_ORDERS, FIAT_PAYMENTS = "/sapi/v1/fiat/orders", "/sapi/v1/fiat/payments"
DUST, DIVIDENDS = "/sapi/v1/asset/dribblet", "/sapi/v1/asset/assetDividend"
SNAPSHOT, USER_ASSET = "/sapi/v1/accountSnapshot", "/sapi/v3/asset/getUserAsset"


@pytest.fixture
def trader() -> Trader:
    return open_trader(make_exchange(), {"USDT": "1000", "EUR": "500", "SOL": "1"})


def month(trader: Trader) -> dict[str, int]:
    now = trader.exchange.now()
    return {"startTime": now - 30 * DAY_MS, "endTime": now}


def test_a_convert_row(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.wallet.convert(trader.uid, ("USDT", D(100)), ("BNB", D("0.1600")), at=now)
    assert trader.get(CONVERT, **month(trader)) == {
        "list": [
            {
                "quoteId": "quote-940001",
                "orderId": 940001,
                "orderStatus": "SUCCESS",
                "fromAsset": "USDT",
                "fromAmount": "100",
                "toAsset": "BNB",
                "toAmount": "0.16",
                "ratio": "0.00160000",
                "inverseRatio": "625.00000000",
                "createTime": now,
            }
        ],
        "startTime": now - 30 * DAY_MS,
        "endTime": now,
        "limit": 100,
        "moreData": False,
    }


def test_converts_say_when_there_are_more(trader: Trader) -> None:
    for number in range(3):
        trader.exchange.wallet.convert(
            trader.uid, ("USDT", D(1)), ("BNB", D(1 + number)), at=trader.exchange.now()
        )
    found = trader.get(CONVERT, **month(trader), limit=2)
    assert ([row["toAmount"] for row in found["list"]], found["moreData"]) == (["3", "2"], True)


def test_a_dust_row(trader: Trader) -> None:
    now = trader.exchange.now()
    (row,) = trader.exchange.wallet.sweep_dust(trader.uid, ["SOL"], at=now)
    received, charge = (format(each.normalize(), "f") for each in (row.received, row.charge))
    assert trader.get(DUST) == {
        "total": 1,
        "userAssetDribblets": [
            {
                "operateTime": now,
                "totalTransferedAmount": received,
                "totalServiceChargeAmount": charge,
                "transId": 940001,
                "userAssetDribbletDetails": [
                    {
                        "transId": 940002,
                        "serviceChargeAmount": charge,
                        "amount": "1",
                        "operateTime": now,
                        "transferedAmount": received,
                        "fromAsset": "SOL",
                        "targetAsset": "BNB",
                    }
                ],
            }
        ],
    }


def test_a_dividend_row(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.wallet.pay_dividend(trader.uid, "BTC", D("0.10"), at=now, info="Launchpool")
    assert trader.get(DIVIDENDS) == {
        "rows": [
            {
                "id": 940001,
                "amount": "0.1",
                "asset": "BTC",
                "divTime": now,
                "enInfo": "Launchpool",
                "tranId": 940001,
                "direction": 1,
            }
        ],
        "total": 1,
    }


@pytest.mark.parametrize(("kind", "shown"), [("MAIN_FUNDING", 1), ("FUNDING_MAIN", 0)])
def test_transfers_are_asked_for_by_type(trader: Trader, kind: str, shown: int) -> None:
    now = trader.exchange.now()
    trader.exchange.wallet.transfer(trader.uid, "MAIN_FUNDING", "USDT", D(5), at=now)
    row = {
        "asset": "USDT",
        "amount": "5",
        "type": "MAIN_FUNDING",
        "status": "CONFIRMED",
        "tranId": 940001,
        "timestamp": now,
    }
    assert trader.get(TRANSFER, type=kind) == {"total": shown, "rows": [row][:shown]}


@pytest.mark.parametrize(
    ("path", "question", "code"),
    [
        (TRANSFER, {}, -1102),
        (TRANSFER, {"type": "MAIN_MOON"}, -1130),
        (FIAT_ORDERS, {}, -1102),
        (FIAT_ORDERS, {"transactionType": 0, "startTime": 1}, -1104),
        (CONVERT, {"startTime": 1}, -1102),
        (SNAPSHOT, {}, -1102),
        (SNAPSHOT, {"type": "SPOT", "limit": 5}, -1130),
        (f"{FLEXIBLE}/rewardsRecord", {"type": "WON"}, -1130),
        (f"{LOCKED}/rewardsRecord", {"type": "ALL"}, -1104),
    ],
)
def test_a_wrong_question_is_refused(
    trader: Trader, path: str, question: dict[str, Any], code: int
) -> None:
    assert refusal(trader.ask("GET", path, **question))[:2] == (400, code)


@pytest.mark.parametrize(
    ("path", "days", "question"),
    [
        (FIAT_ORDERS, 30, {"transactionType": 0}),
        (FIAT_PAYMENTS, 30, {"transactionType": 0}),
        (CONVERT, 30, {}),
        (DIVIDENDS, 180, {}),
        (TRANSFER, 183, {"type": "MAIN_FUNDING"}),
        (SUB, 30, {}),
        (SNAPSHOT, 30, {"type": "SPOT"}),
        (f"{FLEXIBLE}/subscriptionRecord", 30, {}),
        (f"{LOCKED}/rewardsRecord", 30, {}),
    ],
)
def test_a_window_may_be_long_but_not_longer(
    trader: Trader, path: str, days: int, question: dict[str, Any]
) -> None:
    now = trader.exchange.now()
    start = "beginTime" if "/fiat/" in path else "startTime"
    just, over = (
        trader.ask("GET", path, **question, **{start: now - days * DAY_MS - more, "endTime": now})
        for more in (0, 1)
    )
    assert (just.status, refusal(over)[:2]) == (200, (400, -1127))


def test_a_sub_account_row(trader: Trader) -> None:
    now = trader.exchange.now()
    for inward in (True, False):
        trader.exchange.wallet.sub_transfer(trader.uid, "USDT", D(5), inward=inward, at=now)
    row = {
        "counterParty": "master",
        "email": "master@example.com",
        "type": 2,
        "asset": "USDT",
        "qty": "5",
        "fromAccountType": "SPOT",
        "toAccountType": "SPOT",
        "status": "SUCCESS",
        "tranId": 940002,
        "time": now,
    }
    assert trader.get(SUB) == [row]
    assert trader.get(SUB, type=1) == [row | {"type": 1, "tranId": 940001}]


def test_a_fiat_order_row(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.fiat.order(trader.uid, "EUR", D(100), withdraws=False, fee=D(2), at=now)
    row = {
        "orderNo": "fiat-940001",
        "fiatCurrency": "EUR",
        "indicatedAmount": "100",
        "amount": "98",
        "totalFee": "2",
        "method": "BankAccount",
        "status": "Successful",
        "createTime": now,
        "updateTime": now,
    }
    envelope = {"code": "000000", "message": "success", "success": True}
    assert trader.get(FIAT_ORDERS, transactionType=0) == envelope | {"total": 1, "data": [row]}
    assert trader.get(FIAT_ORDERS, transactionType=1) == envelope | {"total": 0, "data": []}


def test_a_fiat_payment_row_and_no_data_without_one(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.fiat.pay(
        trader.uid, ("EUR", D(100)), ("BTC", D("0.002")), sells=False, at=now, fee=D(1)
    )
    found = trader.get(FIAT_PAYMENTS, transactionType=0)
    assert found["data"] == [
        {
            "orderNo": "payment-940001",
            "sourceAmount": "100",
            "fiatCurrency": "EUR",
            "obtainAmount": "0.002",
            "cryptoCurrency": "BTC",
            "totalFee": "1",
            "price": "50000.00000000",
            "status": "Completed",
            "paymentMethod": "Credit Card",
            "createTime": now,
            "updateTime": now,
        }
    ]
    assert "data" not in trader.get(FIAT_PAYMENTS, transactionType=1)


def test_flexible_earn_rows(trader: Trader) -> None:
    earn, now = trader.exchange.earn, trader.exchange.now()
    earn.subscribe(trader.uid, "USDT", D(50), at=now, from_funding=D(20))
    earn.redeem(trader.uid, "USDT", D(10), at=now)
    earn.reward(trader.uid, "USDT", D("0.01"), at=now)
    assert trader.get(f"{FLEXIBLE}/subscriptionRecord")["rows"] == [
        {
            "amount": "50",
            "asset": "USDT",
            "time": now,
            "purchaseId": 940001,
            "productId": "USDT001",
            "type": "NORMAL",
            "sourceAccount": "SPOTANDFUNDING",
            "amtFromSpot": "30",
            "amtFromFunding": "20",
            "status": "SUCCESS",
        }
    ]
    assert trader.get(f"{FLEXIBLE}/redemptionRecord")["rows"] == [
        {
            "amount": "10",
            "asset": "USDT",
            "time": now,
            "projectId": "USDT001",
            "redeemId": 940002,
            "destAccount": "SPOT",
            "status": "PAID",
        }
    ]
    assert trader.get(f"{FLEXIBLE}/rewardsRecord", type="REALTIME") == {
        "rows": [
            {
                "asset": "USDT",
                "rewards": "0.01",
                "projectId": "USDT001",
                "type": "REALTIME",
                "time": now,
            }
        ],
        "total": 1,
    }
    assert trader.get(f"{FLEXIBLE}/rewardsRecord", type="BONUS") == {"rows": [], "total": 0}


def test_locked_earn_rows(trader: Trader) -> None:
    earn, now = trader.exchange.earn, trader.exchange.now()
    position = earn.lock(trader.uid, "SOL", D("0.5"), days=30, at=now)
    earn.reward_locked(position.id, D("0.001"), at=now)
    earn.unlock(position.id, at=now)
    own = {"positionId": "940001", "lockPeriod": "30"}
    assert trader.get(f"{LOCKED}/subscriptionRecord")["rows"] == [
        own
        | {
            "amount": "0.5",
            "asset": "SOL",
            "time": now,
            "purchaseId": 940001,
            "productId": "SOL*30",
            "type": "NORMAL",
            "sourceAccount": "SPOT",
            "amtFromSpot": "0.5",
            "amtFromFunding": "0",
            "status": "SUCCESS",
        }
    ]
    assert trader.get(f"{LOCKED}/redemptionRecord")["rows"] == [
        own
        | {
            "amount": "0.5",
            "asset": "SOL",
            "time": now,
            "projectId": "SOL*30",
            "redeemId": 940003,
            "destAccount": "SPOT",
            "status": "PAID",
            "type": "MATURE",
            "originalAmount": "0.5",
            "lossAmount": "0",
            "deliverDate": str(now // DAY_MS * DAY_MS),
            "isComplete": True,
        }
    ]
    assert trader.get(f"{LOCKED}/rewardsRecord")["rows"] == [
        own
        | {
            "asset": "SOL",
            "amount": "0.001",
            "rewards": "0.001",
            "projectId": "SOL*30",
            "type": "LOCKED",
            "time": now,
        }
    ]


def test_flexible_and_locked_are_told_apart(trader: Trader) -> None:
    trader.exchange.earn.lock(trader.uid, "SOL", D(1), days=30, at=trader.exchange.now())
    assert trader.get(f"{FLEXIBLE}/subscriptionRecord") == {"rows": [], "total": 0}


def test_rewards_are_dividends_too_where_the_exchange_is_set_so(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.earn.reward(trader.uid, "USDT", D("0.01"), at=now)
    trader.exchange.wallet.pay_dividend(trader.uid, "BTC", D(1), at=now)
    trader.exchange.wallet_settings.rewards_as_dividends = True
    found = [(row["asset"], row["enInfo"]) for row in trader.get(DIVIDENDS)["rows"]]
    assert found == [("BTC", "Airdrop"), ("USDT", "Simple Earn")]


def test_pages_are_numbered_from_one(trader: Trader) -> None:
    for amount in range(1, 6):
        trader.exchange.wallet.transfer(
            trader.uid, "MAIN_FUNDING", "USDT", D(amount), at=trader.exchange.now()
        )
    pages = [
        trader.get(TRANSFER, type="MAIN_FUNDING", current=page, size=2) for page in (1, 2, 3, 4)
    ]
    amounts = [[row["amount"] for row in page["rows"]] for page in pages]
    assert amounts == [["5", "4"], ["3", "2"], ["1"], []]
    assert {page["total"] for page in pages} == {5}


def test_transfers_of_the_last_week_are_the_usual_ones(trader: Trader) -> None:
    trader.exchange.wallet.transfer(
        trader.uid, "MAIN_FUNDING", "USDT", D(1), at=trader.exchange.now()
    )
    trader.exchange.clock.advance(8 * DAY_MS)
    start = trader.exchange.now() - 9 * DAY_MS
    usual = trader.get(TRANSFER, type="MAIN_FUNDING")["total"]
    assert (usual, trader.get(TRANSFER, type="MAIN_FUNDING", startTime=start)["total"]) == (0, 1)


@pytest.mark.parametrize(
    ("path", "question", "header", "weight"),
    [
        (FIAT_ORDERS, {"transactionType": 0}, "uid", "45000"),
        (FIAT_PAYMENTS, {"transactionType": 0}, "ip", "1"),
        (CONVERT, {"startTime": 1, "endTime": 2}, "uid", "3000"),
        (DUST, {}, "ip", "1"),
        (DIVIDENDS, {}, "ip", "10"),
        (TRANSFER, {"type": "MAIN_FUNDING"}, "ip", "1"),
        (SUB, {}, "ip", "1"),
        (f"{FLEXIBLE}/rewardsRecord", {}, "ip", "150"),
        (f"{LOCKED}/redemptionRecord", {}, "ip", "150"),
        (SNAPSHOT, {"type": "SPOT"}, "ip", "2400"),
        ("/sapi/v1/asset/wallet/balance", {}, "ip", "60"),
        ("/sapi/v1/spot/delist-schedule", {}, "ip", "100"),
        ("/sapi/v1/pay/transactions", {}, "uid", "3000"),
    ],
)
def test_each_history_has_its_own_weight(
    trader: Trader, path: str, question: dict[str, Any], header: str, weight: str
) -> None:
    reply = trader.ask("GET", path, **question)
    assert (reply.status, reply.headers) == (200, {f"x-sapi-used-{header}-weight-1m": weight})


def test_a_lagging_history_shows_its_rows_later(trader: Trader) -> None:
    exchange = trader.exchange
    exchange.wallet_settings.set_lags({"dividends": 20_000, "deposits": 10_000})
    exchange.wallet.pay_dividend(trader.uid, "BTC", D(1), at=exchange.now())
    exchange.treasury.deposit(trader.uid, "BTC", D(1), at=exchange.now())
    seen = []
    for _ in range(3):
        deposits = trader.get("/sapi/v1/capital/deposit/hisrec")
        seen.append((len(deposits), trader.get(DIVIDENDS)["total"]))
        exchange.clock.advance(10_000)
    assert seen == [(0, 0), (1, 0), (1, 1)]


def test_snapshots_show_each_day_as_it_ended(trader: Trader) -> None:
    exchange, opened = trader.exchange, trader.exchange.now()
    trader.limit("BUY", "BTCUSDT", "0.001", "40000.00")
    exchange.clock.advance(DAY_MS)
    trader.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    exchange.wallet.pay_dividend(trader.uid, "BTC", D(1), at=exchange.now())
    exchange.clock.advance(DAY_MS)
    trader.order("SELL", "SOLUSDT", quantity="1")
    found = trader.get(SNAPSHOT, type="SPOT")
    days = [
        {row["asset"]: (row["free"], row["locked"]) for row in each["data"]["balances"]}
        for each in found["snapshotVos"]
    ]
    first = {"USDT": ("960", "40"), "EUR": ("500", "0"), "SOL": ("1", "0")}
    assert days == [first, first | {"USDT": ("1000", "0"), "BTC": ("1", "0")}]
    midnight = (opened // DAY_MS + 1) * DAY_MS
    times = [each["updateTime"] for each in found["snapshotVos"]]
    assert times == [midnight - 1_000, midnight + DAY_MS - 1_000]
    assert D(found["snapshotVos"][1]["data"]["totalAssetOfBtc"]) > 1
    assert (found["code"], found["msg"], found["snapshotVos"][0]["type"]) == (200, "", "spot")


def test_user_assets_show_what_is_on_its_way_out(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.treasury.withdraw(trader.uid, "SOL", D("0.9"), fee=D("0.1"), at=now, status=4)
    rows = success(trader.ask("POST", USER_ASSET, needBtcValuation="true"))
    by_asset = {row["asset"]: row for row in rows}
    assert list(by_asset) == ["EUR", "SOL", "USDT"]
    assert by_asset["SOL"] == {
        "asset": "SOL",
        "free": "0",
        "locked": "0",
        "freeze": "0",
        "withdrawing": "1",
        "ipoable": "0",
        "btcValuation": "0",
    }
    assert D(by_asset["USDT"]["btcValuation"]) > 0


def test_wallets_are_told_apart(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.earn.subscribe(trader.uid, "USDT", D(100), at=now)
    trader.exchange.wallet.transfer(trader.uid, "MAIN_FUNDING", "USDT", D(30), at=now)
    trader.exchange.wallet.sweep_dust(trader.uid, ["SOL", "EUR"], at=now)
    trader.exchange.wallet.transfer(trader.uid, "MAIN_OPTION", "BNB", trader.free("BNB"), at=now)
    rows = trader.get("/sapi/v1/asset/wallet/balance", quoteAsset="USDT")
    worth = {row["walletName"]: row["balance"] for row in rows}
    named = ("Spot", "Earn", "Funding", "Options", "Isolated Margin")
    assert [worth[name] for name in named][:3] == ["870", "100", "30"]
    assert (D(worth["Options"]) > 0, worth["Isolated Margin"]) == (True, "0")


def test_what_nobody_did_is_an_empty_list(trader: Trader) -> None:
    for path in ("/sapi/v1/pay/transactions", "/sapi/v1/c2c/orderMatch/listUserOrderHistory"):
        found = trader.get(path)
        assert (found["code"], found["data"], found["success"]) == ("000000", [], True)


def test_nobody_sees_the_histories_of_others(trader: Trader) -> None:
    now = trader.exchange.now()
    trader.exchange.wallet.pay_dividend(trader.uid, "BTC", D(1), at=now)
    assert open_trader(trader.exchange).get(DIVIDENDS) == {"rows": [], "total": 0}
