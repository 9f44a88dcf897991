"""From a demo trader's wish to an order the exchange will take."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from sandbox.demo_moves import Buy, Listing, Move, PayIn, Sell, Strategy, View, order_amount
from sandbox.demo_traders import ClimbThenFund, Hold, Rebalance, TakeProfit

BITCOIN = Listing("BTCUSDT", "BTC", "USDT", Decimal("0.00001"), Decimal(5), Decimal(50_000))
ETHER = Listing("ETHUSDT", "ETH", "USDT", Decimal("0.0001"), Decimal(5), Decimal(2_000))
MARKET = {each.symbol: each for each in (BITCOIN, ETHER)}


def _view(hour: int = 0, **holdings: str) -> View:
    amounts = {asset: Decimal(quantity) for asset, quantity in holdings.items()}
    return View(hour, 0, amounts, MARKET, {}, Random(1))


@pytest.mark.parametrize(
    ("move", "holdings", "amount"),
    [
        (Buy(0, "BTCUSDT", 1.0), {"USDT": "100.009"}, ("quoteOrderQty", Decimal("100.00"))),
        (Buy(0, "BTCUSDT", 0.5), {"USDT": "100"}, ("quoteOrderQty", Decimal(50))),
        (Sell(0, "BTCUSDT", 1.0), {"BTC": "0.010009"}, ("quantity", Decimal("0.01000"))),
        (Buy(0, "BTCUSDT", 1.0), {"USDT": "5.2"}, None),
        (Sell(0, "BTCUSDT", 1.0), {"BTC": "0.0001"}, None),
        (Sell(0, "BTCUSDT", 1.0), {}, None),
    ],
)
def test_an_order_is_a_share_of_what_is_held_cut_to_the_pairs_steps(
    move: Buy | Sell, holdings: dict[str, str], amount: tuple[str, Decimal] | None
) -> None:
    held = {asset: Decimal(quantity) for asset, quantity in holdings.items()}
    assert order_amount(move, BITCOIN, held) == amount


def test_where_quote_amounts_are_refused_a_quantity_is_asked_with_room_for_the_price() -> None:
    refused = replace(BITCOIN, price=Decimal(10), step=Decimal("0.1"), by_quote_amount=False)
    found = order_amount(Buy(0, "BTCUSDT", 1.0), refused, {"USDT": Decimal(100)})
    assert found == ("quantity", Decimal("9.9"))


def test_a_holder_spends_his_money_in_the_given_shares_once() -> None:
    holder = Hold(BTC=0.6, ETH=0.4)
    assert holder.plan(_view(USDT="1000")) == [
        Buy(60.0, "BTCUSDT", 0.6),
        Buy(90.0, "ETHUSDT", 1.0),
    ]
    assert holder.plan(_view(hour=1)) == []


def test_a_holder_of_what_is_not_listed_takes_bitcoin() -> None:
    assert Hold(NOPE=1.0).plan(_view(USDT="1000")) == [Buy(60.0, "BTCUSDT", 1.0)]


def test_a_rebalancer_sells_what_grew_and_buys_what_shrank() -> None:
    moves = Rebalance(1, 0.02, BTC=0.5, ETH=0.5).plan(_view(BTC="0.06", ETH="0.5"))
    assert [(type(move), move.symbol) for move in moves if isinstance(move, Buy | Sell)] == [
        (Sell, "BTCUSDT"),
        (Buy, "ETHUSDT"),
    ]


def test_a_rebalancer_lets_a_small_drift_be() -> None:
    assert Rebalance(1, 0.02, BTC=0.5, ETH=0.5).plan(_view(BTC="0.02", ETH="0.5")) == []


def _first_deposit(strategy: Strategy, before: View, after: View) -> list[Move]:
    strategy.plan(before)
    return strategy.plan(after)


def test_pocket_money_that_won_brings_the_fortune() -> None:
    gambler = ClimbThenFund(("BTCUSDT",), fortune=40_000, wanted=0.04, from_hour=5)
    assert gambler.plan(_view(hour=4, USDT="300")) == []
    (move,) = _first_deposit(gambler, _view(hour=5, USDT="300"), _view(hour=6, USDT="313"))
    assert isinstance(move, PayIn)
    assert move.quantity == 40_000
    assert gambler.plan(_view(hour=7, USDT="50000")) == []


def test_profit_is_taken_home_every_few_days() -> None:
    strategy = TakeProfit("ETHUSDT", every_days=5, share=0.2)
    assert len(strategy.plan(_view(hour=0, USDT="100"))) == 1
    assert strategy.plan(_view(hour=60, ETH="1")) == []
    assert len(strategy.plan(_view(hour=120, ETH="1"))) == 2
