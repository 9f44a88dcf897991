"""The whole state as JSON: the same script gives the same text, and it can be taken up again."""

import json
from decimal import Decimal

import pytest

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.state import books_of, dump_state, load_state
from tests.exchange_builders import Trader, make_exchange, open_trader, success


def script(exchange: Exchange) -> Trader:
    """A life in short: orders of all kinds, money in and out, a price set by hand."""
    trader = open_trader(exchange, {"USDT": "50000", "BNB": "1"}, fee_in_bnb=True)
    now = exchange.now
    trader.order("BUY", "BTCUSDT", quoteOrderQty="3000")
    exchange.clock.advance(60_000)
    trader.limit("BUY", "ETHUSDT", "1", "2000.00", newClientOrderId="waits")
    trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    exchange.treasury.deposit(trader.uid, "SOL", Decimal(5), at=now(), status=0)
    exchange.treasury.withdraw(trader.uid, "USDT", Decimal(100), fee=Decimal(1), at=now())
    exchange.market.set_price("BTCUSDT", Decimal("60000.00"), now() - 1)
    exchange.resting.look_again(now())
    exchange.accounts.add_key(trader.uid, at=now())
    return trader


def test_the_same_script_leaves_the_same_state() -> None:
    dumps = []
    for _ in range(2):
        exchange = make_exchange()
        script(exchange)
        dumps.append(json.dumps(dump_state(exchange)))
    assert dumps[0] == dumps[1]


def test_another_seed_has_other_keys() -> None:
    keys = [open_trader(make_exchange(seed=seed)).key.key for seed in (1, 2)]
    assert keys[0] != keys[1]


def test_a_loaded_state_is_the_dumped_one() -> None:
    exchange, fresh = make_exchange(), make_exchange()
    script(exchange)
    dumped = json.dumps(dump_state(exchange))
    load_state(fresh, json.loads(dumped))
    assert json.dumps(dump_state(fresh)) == dumped


def test_a_loaded_exchange_goes_on_as_the_first_would_have() -> None:
    exchange, fresh = make_exchange(), make_exchange()
    trader = script(exchange)
    load_state(fresh, json.loads(json.dumps(dump_state(exchange))))
    replies = []
    for each in (exchange, fresh):
        each.clock.advance(3_600_000)
        each.look_at_market()
        again = Trader(each, trader.key)
        replies.append(again.order("SELL", "BTCUSDT", quantity="0.02").body)
        cancelled = again.ask(
            "DELETE", "/api/v3/order", symbol="ETHUSDT", origClientOrderId="waits"
        )
        replies.append(success(cancelled)["status"])
    assert replies[:2] == replies[2:]


def test_a_state_of_another_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed 1, this exchange 2"):
        load_state(make_exchange(seed=2), dump_state(make_exchange(seed=1)))


def test_books_add_up_to_the_balances() -> None:
    exchange = make_exchange()
    trader = open_trader(exchange, {"USDT": "50000"})
    for side in ("BUY", "SELL"):
        trader.order(side, "BTCUSDT", quantity="0.2" if side == "BUY" else "0.1")
    exchange.treasury.deposit(trader.uid, "USDT", Decimal(10), at=exchange.now())
    exchange.treasury.withdraw(trader.uid, "USDT", Decimal(20), fee=Decimal(1), at=exchange.now())
    books = books_of(exchange, trader.uid)
    usdt = Decimal("49989")
    for fill in books["fills"]:
        value = Decimal(fill["quote_quantity"])
        usdt += -value if fill["is_buyer"] else value
        usdt -= Decimal(fill["commission"]) if fill["commission_asset"] == "USDT" else 0
    assert Decimal(books["balances"]["USDT"]["free"]) == usdt
