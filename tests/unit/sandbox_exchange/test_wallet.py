"""Deposits, withdrawals and what a key may do."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.accounts import KeyPermissions
from sandbox.exchange.api_error import ApiError
from sandbox.exchange.treasury import Treasury
from tests.exchange_builders import Trader, make_exchange, open_trader, refusal

DEPOSITS = "/sapi/v1/capital/deposit/hisrec"
WITHDRAWALS = "/sapi/v1/capital/withdraw/history"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def trader() -> Trader:
    return open_trader(make_exchange(), {"USDT": "1000"})


@pytest.fixture
def treasury(trader: Trader) -> Treasury:
    return trader.exchange.treasury


def deposits(trader: Trader, **question: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = trader.get(DEPOSITS, **question)
    return found


def test_a_deposit_is_credited_when_it_is_no_longer_pending(
    trader: Trader, treasury: Treasury
) -> None:
    record = treasury.deposit(trader.uid, "USDT", Decimal(500), at=trader.exchange.now(), status=0)
    steps = [trader.free("USDT")]
    for status in (6, 1):
        treasury.advance_deposit(record.id, status, at=trader.exchange.now())
        steps.append(trader.free("USDT"))
    assert steps == [1000, 1500, 1500]


def test_a_deposit_row_has_the_exact_shape(trader: Trader, treasury: Treasury) -> None:
    treasury.deposit(trader.uid, "USDT", Decimal("500.50"), at=trader.exchange.now())
    row = deposits(trader)[0]
    changing = {"address", "txId"}
    assert {name: value for name, value in row.items() if name not in changing} == {
        "id": "dep-1",
        "amount": "500.5",
        "coin": "USDT",
        "network": "TRX",
        "status": 1,
        "addressTag": "",
        "insertTime": trader.exchange.now(),
        "completeTime": trader.exchange.now(),
        "transferType": 0,
        "confirmTimes": "1/1",
        "unlockConfirm": 0,
        "walletType": 0,
        "travelRuleStatus": 0,
    }


def test_a_pending_deposit_has_no_time_of_completion(trader: Trader, treasury: Treasury) -> None:
    treasury.deposit(trader.uid, "BTC", Decimal(1), at=trader.exchange.now(), status=0)
    row = deposits(trader)[0]
    assert (row["status"], "completeTime" in row) == (0, False)


def test_a_credited_deposit_does_not_go_back_to_pending(trader: Trader, treasury: Treasury) -> None:
    record = treasury.deposit(trader.uid, "BTC", Decimal(1), at=trader.exchange.now())
    with pytest.raises(ValueError, match="cannot go from 1 to 0"):
        treasury.advance_deposit(record.id, 0, at=trader.exchange.now())


def test_deposits_are_newest_first_and_filtered(trader: Trader, treasury: Treasury) -> None:
    for asset in ("USDT", "BTC", "USDT"):
        treasury.deposit(trader.uid, asset, Decimal(1), at=trader.exchange.now())
    found = [row["id"] for row in deposits(trader, coin="USDT")]
    second = [row["id"] for row in deposits(trader, coin="USDT", offset=1, limit=1)]
    assert (found, second) == (["dep-3", "dep-1"], ["dep-1"])


def test_deposits_of_more_than_ninety_days_are_refused(trader: Trader) -> None:
    now = trader.exchange.now()
    reply = trader.ask("GET", DEPOSITS, startTime=now - 91 * DAY_MS, endTime=now)
    assert refusal(reply)[:2] == (400, -1127)


def test_a_start_alone_reads_ninety_days_from_there(trader: Trader, treasury: Treasury) -> None:
    treasury.deposit(trader.uid, "BTC", Decimal(1), at=trader.exchange.now())
    trader.exchange.clock.advance(100 * DAY_MS)
    start = trader.exchange.now() - 100 * DAY_MS
    assert [row["id"] for row in deposits(trader, startTime=start)] == ["dep-1"]
    assert deposits(trader) == []


def test_a_withdrawal_takes_amount_and_fee_at_once(trader: Trader, treasury: Treasury) -> None:
    treasury.withdraw(
        trader.uid, "USDT", Decimal(99), fee=Decimal(1), at=trader.exchange.now(), status=4
    )
    assert trader.free("USDT") == 900


def test_a_withdrawal_row_has_the_exact_shape(trader: Trader, treasury: Treasury) -> None:
    treasury.withdraw(trader.uid, "USDT", Decimal(99), fee=Decimal(1), at=trader.exchange.now())
    row = trader.get(WITHDRAWALS)[0]
    changing = {"address", "txId"}
    assert {name: value for name, value in row.items() if name not in changing} == {
        "id": "wd-1",
        "amount": "99",
        "transactionFee": "1",
        "coin": "USDT",
        "status": 6,
        "applyTime": "2026-09-23 12:00:00",
        "completeTime": "2026-09-23 12:00:00",
        "network": "TRX",
        "transferType": 0,
        "info": "",
        "confirmNo": 1,
        "walletType": 0,
        "txKey": "",
    }


@pytest.mark.parametrize("status", [1, 3, 5])
def test_a_refused_withdrawal_comes_back(trader: Trader, treasury: Treasury, status: int) -> None:
    record = treasury.withdraw(
        trader.uid, "USDT", Decimal(99), fee=Decimal(1), at=trader.exchange.now(), status=4
    )
    treasury.advance_withdrawal(record.id, status, at=trader.exchange.now())
    assert trader.free("USDT") == 1000


def test_the_funding_wallet_has_rows_but_moves_nothing_here(
    trader: Trader, treasury: Treasury
) -> None:
    now = trader.exchange.now()
    treasury.deposit(trader.uid, "USDT", Decimal(5), at=now, wallet=1)
    treasury.withdraw(trader.uid, "USDT", Decimal(9), fee=Decimal(1), at=now, wallet=1)
    wallets = [row["walletType"] for row in [*deposits(trader), *trader.get(WITHDRAWALS)]]
    assert (wallets, trader.free("USDT")) == ([1, 1], Decimal(1000))


def test_nobody_withdraws_more_than_he_has(trader: Trader, treasury: Treasury) -> None:
    with pytest.raises(ApiError, match="insufficient balance"):
        treasury.withdraw(trader.uid, "USDT", Decimal(1000), fee=Decimal(1), at=1)


def test_a_withdrawal_is_found_by_its_order_id(trader: Trader, treasury: Treasury) -> None:
    now = trader.exchange.now()
    for name in ("one", "two"):
        treasury.withdraw(trader.uid, "USDT", Decimal(1), fee=Decimal(0), at=now, order_id=name)
    assert [row["id"] for row in trader.get(WITHDRAWALS, withdrawOrderId="two")] == ["wd-2"]


def test_nobody_sees_the_wallet_of_others(trader: Trader, treasury: Treasury) -> None:
    treasury.deposit(trader.uid, "BTC", Decimal(1), at=trader.exchange.now())
    assert deposits(open_trader(trader.exchange)) == []


def test_restrictions_show_what_the_key_may_do(trader: Trader) -> None:
    accounts = trader.exchange.accounts
    accounts.permit(trader.key.key, KeyPermissions(withdrawals=True, universal_transfer=True))
    accounts.restrict(trader.key.key, ["127.0.0.1"])
    assert trader.get("/sapi/v1/account/apiRestrictions") == {
        "ipRestrict": True,
        "createTime": trader.exchange.now(),
        "enableReading": True,
        "enableWithdrawals": True,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": True,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": False,
        "enablePortfolioMarginTrading": False,
    }
