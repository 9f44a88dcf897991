"""The WebSocket API without a socket: requests, many accounts, events in order."""

import json
from decimal import Decimal
from typing import Any

import pytest

from sandbox.exchange.accounts import KeyPermissions
from sandbox.exchange.events import UNDOCUMENTED_FIELD
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.synthetic_book import BookSettings
from sandbox.exchange.user_stream import UserSession
from tests.exchange_builders import Trader, make_exchange, open_trader, success


class Line:
    """One connection and everything that came over it."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        microseconds: bool = False,
    ) -> None:
        self.frames: list[dict[str, Any]] = []
        self.session = UserSession(
            exchange,
            address="127.0.0.1",
            send=lambda text: self.frames.append(json.loads(text)),
            microseconds=microseconds,
        )

    def ask(self, frame: str) -> dict[str, Any]:
        """The reply to one frame."""
        self.session.receive(frame)
        return next(each for each in reversed(self.frames) if "id" in each)

    def request(self, method: str, request_id: object = 1, **parameters: object) -> dict[str, Any]:
        frame = {"id": request_id, "method": method, "params": parameters}
        return self.ask(json.dumps(frame))

    def take_events(self) -> list[dict[str, Any]]:
        """Events since the last look, without what nobody documented."""
        events = [frame["event"] for frame in self.frames if "event" in frame]
        self.frames.clear()
        for event in events:
            event.pop(UNDOCUMENTED_FIELD, None)
        return events


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


@pytest.fixture
def trader(exchange: Exchange) -> Trader:
    return open_trader(exchange, {"USDT": "100000", "BTC": "2"})


@pytest.fixture
def line(exchange: Exchange) -> Line:
    return Line(exchange)


@pytest.fixture
def subscribed(line: Line, trader: Trader) -> Line:
    assert line.ask(trader.subscribe_frame())["result"] == {"subscriptionId": 0}
    line.frames.clear()
    return line


@pytest.mark.parametrize("request_id", ["u-1", 17, None])
def test_the_id_comes_back_as_it_was(line: Line, request_id: object) -> None:
    assert line.request("ping", request_id)["id"] == request_id


def test_a_version_before_the_method_is_allowed(line: Line, exchange: Exchange) -> None:
    assert line.request("v3/time")["result"] == {"serverTime": exchange.now()}


@pytest.mark.parametrize(
    "frame", ["{", "[]", '"hi"', "{}", '{"id": 1, "method": "no.such"}', '{"method": 5}']
)
def test_frames_that_say_nothing_get_an_error_and_the_line_stays(line: Line, frame: str) -> None:
    reply = line.ask(frame)
    assert (reply["status"], reply["error"]["code"]) == (400, -1135)
    assert line.request("ping")["status"] == 200


def test_replies_show_the_weight_that_rest_counts_too(line: Line, trader: Trader) -> None:
    trader.get("/api/v3/account")
    assert line.request("time")["rateLimits"][0]["count"] == 21


def test_rate_limits_can_be_left_out(line: Line) -> None:
    assert "rateLimits" not in line.request("time", returnRateLimits=False)


def test_over_the_limit_the_reply_names_the_moment_to_come_back(
    line: Line, exchange: Exchange
) -> None:
    exchange.limits.weight.add("127.0.0.1", 6000)
    error = line.request("ping")["error"]
    assert (error["code"], error["data"]["retryAfter"] % 60_000) == (-1003, 0)


def test_the_calls_of_rest_are_answered_alike(line: Line, trader: Trader) -> None:
    over_socket = line.ask(trader.socket_frame("account.status"))["result"]
    assert over_socket == trader.get("/api/v3/account")


def test_public_calls_take_lists(line: Line) -> None:
    reply = line.request("ticker.price", symbols=["BTCUSDT", "ETHUSDT"])
    assert [row["symbol"] for row in reply["result"]] == ["BTCUSDT", "ETHUSDT"]


def test_an_order_goes_through_the_socket(line: Line, trader: Trader) -> None:
    placed = line.ask(
        trader.socket_frame(
            "order.place", symbol="BTCUSDT", side="BUY", type="MARKET", quoteOrderQty="50"
        )
    )["result"]
    asked = line.ask(
        trader.socket_frame("order.status", symbol="BTCUSDT", orderId=placed["orderId"])
    )["result"]
    trades = line.ask(trader.socket_frame("myTrades", symbol="BTCUSDT"))["result"]
    assert (asked["status"], len(trades)) == ("FILLED", len(placed["fills"]))


def test_a_wrong_signature_is_refused(line: Line, trader: Trader) -> None:
    frame = json.loads(trader.subscribe_frame())
    frame["params"]["recvWindow"] = 9000
    reply = line.ask(json.dumps(frame))
    assert (reply["status"], reply["error"]["code"]) == (400, -1022)


def test_a_revoked_key_is_refused(line: Line, trader: Trader) -> None:
    trader.exchange.accounts.revoke(trader.key.key)
    reply = line.ask(trader.subscribe_frame())
    assert (reply["status"], reply["error"]["code"]) == (401, -2015)


def test_a_key_that_may_not_read_cannot_subscribe(line: Line, exchange: Exchange) -> None:
    blind = open_trader(exchange, permissions=KeyPermissions(reading=False))
    assert line.ask(blind.subscribe_frame())["error"]["code"] == -2015


def test_logon_is_refused_for_these_keys(line: Line, trader: Trader) -> None:
    assert line.ask(trader.socket_frame("session.logon"))["error"]["code"] == -4056


def test_a_session_without_logon_has_no_key(line: Line) -> None:
    assert line.request("session.status")["result"]["apiKey"] is None


def test_subscriptions_count_from_zero_and_are_never_reused(line: Line, exchange: Exchange) -> None:
    numbers = []
    for _ in range(3):
        one = open_trader(exchange)
        numbers.append(line.ask(one.subscribe_frame())["result"]["subscriptionId"])
        line.request("userDataStream.unsubscribe", subscriptionId=numbers[-1])
    assert numbers == [0, 1, 2]


def test_subscriptions_are_listed_by_number(line: Line, exchange: Exchange) -> None:
    for _ in range(2):
        line.ask(open_trader(exchange).subscribe_frame())
    listed = line.request("session.subscriptions")["result"]
    assert listed == [{"subscriptionId": 0}, {"subscriptionId": 1}]


def test_one_account_is_subscribed_once_per_connection(subscribed: Line, trader: Trader) -> None:
    second_key = trader.exchange.accounts.add_key(trader.uid, at=trader.exchange.now())
    reply = subscribed.ask(Trader(trader.exchange, second_key).subscribe_frame())
    assert (reply["status"], reply["error"]["code"]) == (400, -2035)


def test_one_account_may_be_subscribed_on_two_connections(
    subscribed: Line, trader: Trader, exchange: Exchange
) -> None:
    other = Line(exchange)
    assert other.ask(trader.subscribe_frame())["status"] == 200
    exchange.treasury.deposit(trader.uid, "USDT", Decimal(1), at=exchange.now())
    assert subscribed.take_events() == other.take_events() != []


def test_the_other_answer_to_that_open_question_can_be_chosen(
    subscribed: Line, trader: Trader, exchange: Exchange
) -> None:
    exchange.events.settings.one_connection_per_account = True
    assert Line(exchange).ask(trader.subscribe_frame())["error"]["code"] == -2035


def test_a_connection_carries_a_thousand_accounts(line: Line, exchange: Exchange) -> None:
    exchange.limits.settings = LimitSettings(weight_per_minute=10_000)
    replies = [line.ask(open_trader(exchange).subscribe_frame()) for _ in range(1001)]
    assert [reply["status"] for reply in replies[-2:]] == [200, 400]
    assert replies[-1]["error"]["code"] == -1191


def test_numbers_run_out_one_day(exchange: Exchange) -> None:
    exchange.limits.settings = LimitSettings(subscriptions_in_a_connections_life=1)
    line = Line(exchange)
    line.ask(open_trader(exchange).subscribe_frame())
    line.request("userDataStream.unsubscribe")
    assert line.ask(open_trader(exchange).subscribe_frame())["error"]["code"] == -2042


def test_unsubscribing_ends_the_stream_with_a_word(subscribed: Line, trader: Trader) -> None:
    assert subscribed.request("userDataStream.unsubscribe", subscriptionId=0)["result"] == {}
    trader.exchange.treasury.deposit(trader.uid, "USDT", Decimal(1), at=trader.exchange.now())
    assert [event["e"] for event in subscribed.take_events()] == ["eventStreamTerminated"]


def test_unsubscribing_from_nothing_known_is_refused(subscribed: Line) -> None:
    reply = subscribed.request("userDataStream.unsubscribe", subscriptionId=7)
    assert reply["error"]["code"] == -2036


def test_a_closed_connection_gets_nothing_more(subscribed: Line, trader: Trader) -> None:
    subscribed.session.end()
    trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    assert subscribed.take_events() == []


def test_a_market_order_tells_its_story_in_order(subscribed: Line, trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quantity="0.1"))
    events = subscribed.take_events()
    reports, position = events[:-1], events[-1]
    assert [each["x"] for each in reports] == ["NEW"] + ["TRADE"] * len(placed["fills"])
    assert [each["X"] for each in reports][-2:] == ["PARTIALLY_FILLED", "FILLED"]
    assert position["e"] == "outboundAccountPosition"


def test_reports_agree_with_the_reply(subscribed: Line, trader: Trader) -> None:
    placed = success(trader.order("BUY", "BTCUSDT", quantity="0.1"))
    trades = [each for each in subscribed.take_events() if each.get("x") == "TRADE"]
    assert [(each["t"], each["L"], each["l"], each["n"]) for each in trades] == [
        (fill["tradeId"], fill["price"], fill["qty"], fill["commission"])
        for fill in placed["fills"]
    ]
    assert (trades[-1]["Z"], trades[-1]["z"]) == (
        placed["cummulativeQuoteQty"],
        placed["executedQty"],
    )


def test_a_new_order_is_no_trade(subscribed: Line, trader: Trader) -> None:
    trader.limit("BUY", "BTCUSDT", "0.01", "60000.00")
    report = subscribed.take_events()[0]
    assert {name: report[name] for name in ("t", "n", "N", "w", "l", "Y")} == {
        "t": -1,
        "n": "0",
        "N": None,
        "w": True,
        "l": "0.00000000",
        "Y": "0.00000000",
    }


def test_no_event_is_older_than_what_it_tells(subscribed: Line, trader: Trader) -> None:
    trader.order("BUY", "BTCUSDT", quantity="0.1")
    events = subscribed.take_events()
    assert all(event["E"] >= event.get("T", event.get("u")) for event in events)


def test_execution_ids_grow(subscribed: Line, trader: Trader) -> None:
    trader.order("BUY", "BTCUSDT", quantity="0.1")
    trader.order("SELL", "BTCUSDT", quantity="0.1")
    ids = [each["I"] for each in subscribed.take_events() if "I" in each]
    assert ids == sorted(set(ids))


def test_the_position_is_absolute_and_names_what_may_have_changed(
    subscribed: Line, trader: Trader
) -> None:
    trader.limit("BUY", "BTCUSDT", "0.1", "60000.00")
    position = subscribed.take_events()[-1]
    assert position["B"] == [
        {"a": "BTC", "f": "2.00000000", "l": "0.00000000"},
        {"a": "USDT", "f": "94000.00000000", "l": "6000.00000000"},
    ]


def test_a_commission_in_bnb_lists_bnb(line: Line, exchange: Exchange) -> None:
    payer = open_trader(exchange, {"USDT": "1000", "BNB": "1"}, fee_in_bnb=True)
    line.ask(payer.subscribe_frame())
    payer.order("BUY", "BTCUSDT", quoteOrderQty="100")
    assert [row["a"] for row in line.take_events()[-1]["B"]] == ["BTC", "USDT", "BNB"]


def test_a_dry_book_ends_with_a_reason(subscribed: Line, trader: Trader) -> None:
    trader.exchange.trading.book = BookSettings(levels=1, first_level_share=Decimal(0))
    trader.order("BUY", "BTCUSDT", quantity="1")
    last = subscribed.take_events()[-2]
    assert (last["x"], last["X"], "eR" in last, Decimal(last["z"]) > 0) == (
        "EXPIRED",
        "EXPIRED",
        True,
        True,
    )


def test_cancelling_names_the_original_order(subscribed: Line, trader: Trader) -> None:
    trader.limit("BUY", "BTCUSDT", "0.1", "60000.00", newClientOrderId="mine")
    subscribed.take_events()
    trader.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine")
    report, position = subscribed.take_events()
    assert (report["x"], report["C"], report["c"] == "mine") == ("CANCELED", "mine", False)
    assert position["B"][1]["l"] == "0.00000000"


@pytest.mark.parametrize("amount", ["250", "-250"])
def test_a_deposit_or_withdrawal_is_a_change_and_a_position(
    subscribed: Line, trader: Trader, amount: str
) -> None:
    treasury, now = trader.exchange.treasury, trader.exchange.now()
    if amount.startswith("-"):
        treasury.withdraw(trader.uid, "USDT", Decimal(249), fee=Decimal(1), at=now)
    else:
        treasury.deposit(trader.uid, "USDT", Decimal(amount), at=now)
    change, position = subscribed.take_events()
    assert (change["e"], change["d"], change["T"]) == (
        "balanceUpdate",
        f"{amount}.00000000",
        now,
    )
    assert position["e"] == "outboundAccountPosition"


def test_now_and_then_a_field_nobody_documented_comes_along(
    subscribed: Line, trader: Trader
) -> None:
    for _ in range(4):
        trader.order("BUY", "BTCUSDT", quoteOrderQty="500")
    marked = [UNDOCUMENTED_FIELD in frame["event"] for frame in subscribed.frames]
    assert 0 < sum(marked) < len(marked)


def test_events_may_be_told_twice(subscribed: Line, trader: Trader) -> None:
    trader.exchange.events.settings.duplicate_every = 1
    trader.exchange.treasury.deposit(trader.uid, "USDT", Decimal(1), at=trader.exchange.now())
    kinds = [event["e"] for event in subscribed.take_events()]
    assert kinds == ["balanceUpdate"] * 2 + ["outboundAccountPosition"] * 2


def test_lost_events_are_gone_for_good(subscribed: Line, trader: Trader) -> None:
    events = trader.exchange.events
    events.lost_for.add(trader.uid)
    trader.order("BUY", "BTCUSDT", quoteOrderQty="50")
    events.lost_for.clear()
    assert subscribed.take_events() == []
    assert len(trader.get("/api/v3/myTrades", symbol="BTCUSDT")) > 0


def test_a_key_revoked_in_mid_stream_goes_on_or_ends_as_chosen(
    subscribed: Line, trader: Trader
) -> None:
    subscribed.session.end_subscriptions_of("another key")
    subscribed.session.end_subscriptions_of(trader.key.key)
    assert [event["e"] for event in subscribed.take_events()] == ["eventStreamTerminated"]


def test_a_line_may_ask_for_microseconds(exchange: Exchange, trader: Trader) -> None:
    line = Line(exchange, microseconds=True)
    assert line.request("time")["result"] == {"serverTime": exchange.now() * 1000}
    line.ask(trader.subscribe_frame())
    exchange.treasury.deposit(trader.uid, "USDT", Decimal(1), at=exchange.now())
    assert line.take_events()[0]["T"] == exchange.now() * 1000
