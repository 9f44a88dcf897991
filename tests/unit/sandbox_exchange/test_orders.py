"""Orders: what they get, what they cost, and why they are refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.exchange import Exchange
from sandbox.exchange.synthetic_book import BookSettings
from tests.exchange_builders import Trader, make_exchange, open_trader, refusal, success


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def trader(exchange: Exchange) -> Trader:
    return open_trader(exchange, {"USDT": "100000", "BTC": "2"})


def total(fills: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(fill[name]) for fill in fills), Decimal(0))


def test_a_market_order_is_filled_in_several_parts(trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quantity="0.1"))
    assert len(placed["fills"]) > 2
    assert total(placed["fills"], "qty") == Decimal(placed["executedQty"]) == Decimal("0.1")


def test_a_buy_moves_exactly_what_its_fills_say(trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quantity="0.1"))
    fees = total(placed["fills"], "commission")
    spent = Decimal(placed["cummulativeQuoteQty"])
    assert (trader.free("BTC"), trader.free("USDT")) == (Decimal("2.1") - fees, 100000 - spent)


def test_a_sell_pays_its_commission_in_the_quote(trader: Trader) -> None:
    placed = success(trader.order("SELL", "BTCUSDT", quantity="1"))
    fees = total(placed["fills"], "commission")
    received = Decimal(placed["cummulativeQuoteQty"])
    assert (trader.free("BTC"), trader.free("USDT")) == (Decimal(1), 100000 + received - fees)


def test_the_commission_is_a_thousandth_cut_to_eight_decimals(trader: Trader) -> None:
    fill = success(trader.order("BUY", "BTCUSDT", quantity="0.001"))["fills"][0]
    assert (fill["commission"], fill["commissionAsset"]) == ("0.00000100", "BTC")


def test_bnb_pays_the_commission_at_a_discount(exchange: Exchange) -> None:
    trader = open_trader(exchange, {"USDT": "1000", "BNB": "1"}, fee_in_bnb=True)
    fill = success(trader.order("BUY", "BTCUSDT", quantity="0.001"))["fills"][0]
    bnb = exchange.market.price("BNBUSDT", exchange.now())
    due = Decimal(fill["price"]) * Decimal("0.001") * Decimal("0.00075") / bnb
    assert abs(Decimal(fill["commission"]) - due) < Decimal("0.00000001")
    assert trader.free("BNB") == 1 - Decimal(fill["commission"])


def test_selling_all_bnb_leaves_none_for_its_own_commission(exchange: Exchange) -> None:
    trader = open_trader(exchange, {"BNB": "1"}, fee_in_bnb=True)
    placed = success(trader.order("SELL", "BNBUSDT", quantity="1"))
    assert len(placed["fills"]) > 1
    assert placed["status"] == "FILLED"
    assert {fill["commissionAsset"] for fill in placed["fills"]} == {"USDT"}
    assert trader.free("BNB") == 0


def test_without_enough_bnb_the_commission_falls_back(exchange: Exchange) -> None:
    trader = open_trader(exchange, {"USDT": "1000", "BNB": "0.0000001"}, fee_in_bnb=True)
    fill = success(trader.order("BUY", "BTCUSDT", quantity="0.001"))["fills"][0]
    assert fill["commissionAsset"] == "BTC"


def test_a_quote_amount_is_used_up_to_less_than_a_step_and_never_beyond(trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quoteOrderQty="1000"))
    price = Decimal(placed["fills"][-1]["price"])
    left = 1000 - Decimal(placed["cummulativeQuoteQty"])
    assert (placed["status"], 0 <= left < price * Decimal("0.00001")) == ("FILLED", True)


def test_a_dry_book_fills_a_part_and_expires_the_rest(trader: Trader) -> None:
    settings = trader.exchange.trading
    settings.book = replace(settings.book, levels=2, first_level_share=Decimal(0))
    placed = success(trader.order("BUY", "BTCUSDT", quantity="1"))
    assert placed["status"] == "EXPIRED"
    assert 0 < Decimal(placed["executedQty"]) < 1


def test_a_dry_book_expires_a_quote_order_too(trader: Trader) -> None:
    trader.exchange.trading.book = BookSettings(levels=1, first_level_share=Decimal(0))
    placed = success(trader.order("BUY", "BTCUSDT", quoteOrderQty="50000"))
    assert (placed["status"], Decimal(placed["executedQty"]) > 0) == ("EXPIRED", True)


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("ACK", {"symbol", "orderId", "orderListId", "clientOrderId", "transactTime"}),
        ("RESULT", {"cummulativeQuoteQty", "status", "workingTime"}),
        ("FULL", {"fills", "status"}),
    ],
)
def test_the_reply_has_the_asked_length(trader: Trader, kind: str, keys: set[str]) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quoteOrderQty="50", newOrderRespType=kind))
    assert keys <= placed.keys()
    assert ("fills" in placed) == (kind == "FULL")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"quantity": "0.000001"}, (-1013, "Filter failure: LOT_SIZE")),
        ({"quantity": "0.000015"}, (-1013, "Filter failure: LOT_SIZE")),
        ({"quantity": "0.00001"}, (-1013, "Filter failure: NOTIONAL")),
        ({"quoteOrderQty": "4.99"}, (-1013, "Filter failure: NOTIONAL")),
        (
            {"quantity": "50"},
            (-2010, "Account has insufficient balance for requested action."),
        ),
        (
            {"quoteOrderQty": "100001"},
            (-2010, "Account has insufficient balance for requested action."),
        ),
        ({"quantity": "0.123456789"}, (-1111, "Parameter 'quantity' has too much precision.")),
        ({"quantity": "1", "price": "5"}, (-1106, "Parameter 'price' sent when not required.")),
        (
            {"quantity": "-1"},
            (
                -1100,
                "Illegal characters found in parameter 'quantity'; "
                "legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
            ),
        ),
        (
            {},
            (-1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"),
        ),
    ],
)
def test_market_orders_that_make_no_sense_are_refused(
    trader: Trader, order: dict[str, str], expected: tuple[int, str]
) -> None:
    status, *rest = refusal(trader.order("BUY", "BTCUSDT", **order))
    assert (status, tuple(rest)) == (400, expected)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("60000.001", "Filter failure: PRICE_FILTER"),
        ("1.00", "Filter failure: PERCENT_PRICE_BY_SIDE"),
    ],
)
def test_limit_prices_pass_the_filters(trader: Trader, price: str, expected: str) -> None:
    reply = trader.order("BUY", "BTCUSDT", "LIMIT", quantity="0.01", price=price, timeInForce="GTC")
    assert refusal(reply)[2] == expected


@pytest.mark.parametrize(
    ("side", "kind", "code"), [("HOLD", "MARKET", -1117), ("BUY", "SWAP", -1116)]
)
def test_unknown_sides_and_types_are_refused(
    trader: Trader, side: str, kind: str, code: int
) -> None:
    assert refusal(trader.order(side, "BTCUSDT", kind, quantity="1"))[1] == code


def test_a_pair_that_is_not_trading_is_closed(trader: Trader) -> None:
    assert refusal(trader.order("BUY", "WAVESUSDT", quantity="100"))[1:] == (
        -2010,
        "Market is closed.",
    )


def test_a_pair_without_quote_orders_says_so(trader: Trader) -> None:
    assert refusal(trader.order("BUY", "DCRUSDT", quoteOrderQty="100"))[2] == (
        "Quote order qty market orders are not support for this symbol."
    )


def test_an_account_that_may_not_trade_is_told_so(trader: Trader) -> None:
    trader.exchange.accounts.account(trader.uid).can_trade = False
    assert refusal(trader.order("BUY", "BTCUSDT", quoteOrderQty="50"))[2] == (
        "This account may not place or cancel orders."
    )


def test_a_refused_order_changes_nothing(trader: Trader) -> None:
    before = trader.get("/api/v3/account")
    trader.order("BUY", "BTCUSDT", quantity="50")
    assert trader.get("/api/v3/account") == before


def test_a_test_order_checks_and_changes_nothing(trader: Trader) -> None:
    before = trader.get("/api/v3/account")
    fine = trader.ask(
        "POST", "/api/v3/order/test", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.01"
    )
    wrong = trader.ask(
        "POST", "/api/v3/order/test", symbol="BTCUSDT", side="BUY", type="MARKET", quantity="99"
    )
    assert (fine.body, wrong.status, trader.get("/api/v3/account")) == ("{}", 400, before)


def test_a_client_id_is_taken_only_while_its_order_is_open(trader: Trader) -> None:
    trader.limit("BUY", "BTCUSDT", "0.01", "60000.00", newClientOrderId="mine")
    again = {"quoteOrderQty": "50", "newClientOrderId": "mine"}
    refused = refusal(trader.order("BUY", "BTCUSDT", **again))
    trader.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine")
    accepted = trader.order("BUY", "BTCUSDT", **again)
    assert (refused[1:], accepted.status) == ((-2010, "Duplicate order sent."), 200)


def test_a_client_id_of_a_filled_order_may_buy_twice(trader: Trader) -> None:
    replies = [
        trader.order("BUY", "BTCUSDT", quoteOrderQty="50", newClientOrderId="retry")
        for _ in range(2)
    ]
    assert [reply.status for reply in replies] == [200, 200]


def test_an_order_is_found_by_either_id(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.01", "60000.00", newClientOrderId="mine")
    by_id = trader.get("/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    by_client_id = trader.get("/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine")
    assert by_id == by_client_id
    assert by_id["status"] == "NEW"


@pytest.mark.parametrize(
    ("question", "code"),
    [({}, -1102), ({"orderId": 5}, -2013), ({"origClientOrderId": "nobody"}, -2013)],
)
def test_an_order_nobody_knows_is_not_found(
    trader: Trader, question: dict[str, object], code: int
) -> None:
    assert refusal(trader.ask("GET", "/api/v3/order", symbol="BTCUSDT", **question))[1] == code


def test_ids_of_two_orders_do_not_go_together(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.01", "60000.00", newClientOrderId="mine")
    reply = trader.ask(
        "GET",
        "/api/v3/order",
        symbol="BTCUSDT",
        orderId=placed["orderId"],
        origClientOrderId="other",
    )
    assert refusal(reply)[1] == -2039


def test_nobody_sees_the_orders_of_others(trader: Trader) -> None:
    placed = trader.limit("BUY", "BTCUSDT", "0.01", "60000.00")
    other = open_trader(trader.exchange)
    reply = other.ask("GET", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert refusal(reply)[1] == -2013


def test_fills_of_many_users_in_one_millisecond_have_growing_ids(exchange: Exchange) -> None:
    traders = [open_trader(exchange, {"USDT": "100000"}) for _ in range(12)]
    ids = [
        fill["tradeId"]
        for trader in traders
        for fill in success(trader.order("BUY", "BTCUSDT", quantity="0.1"))["fills"]
    ]
    exchange.clock.advance(1000)
    tape = exchange.market.tape(
        "BTCUSDT", start=exchange.now() - 1000, end=exchange.now(), limit=1000
    )
    assert ids == sorted(set(ids))
    assert not {trade.id for trade in tape} & set(ids)


def test_the_same_script_gets_the_same_fills() -> None:
    def script() -> list[str]:
        trader = open_trader(make_exchange())
        return [trader.order("BUY", "ETHUSDT", quoteOrderQty="900").body for _ in range(3)]

    assert script() == script()
