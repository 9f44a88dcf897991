"""Microseconds for clients that ask for them, milliseconds for the others."""

import pytest

from sandbox.exchange.api_error import ApiError
from sandbox.exchange.rest import RestRequest, answer
from sandbox.exchange.time_unit import in_microseconds, wants_microseconds
from tests.exchange_builders import make_exchange, success


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(None, False), ("MILLISECOND", False), ("microsecond", True), ("MICROSECOND", True)],
)
def test_the_unit_is_read(asked: str | None, *, expected: bool) -> None:
    assert wants_microseconds(asked) is expected


def test_another_unit_is_refused() -> None:
    with pytest.raises(ApiError) as caught:
        wants_microseconds("HOUR")
    assert caught.value.code == -1194


def test_times_change_and_everything_else_stays() -> None:
    order = {"orderId": 7, "time": 5, "fills": [{"tradeId": 9, "price": "1"}], "T": 2, "t": 3}
    assert in_microseconds(order) == order | {"time": 5000, "T": 2000}


def test_candle_rows_have_their_two_times_changed() -> None:
    exchange = make_exchange()
    question = RestRequest("GET", "/api/v3/klines", "symbol=BTCUSDT&interval=1h&limit=1")
    plain = success(answer(exchange, question))[0]
    precise = success(
        answer(
            exchange,
            RestRequest(question.method, question.path, question.query, time_unit="MICROSECOND"),
        )
    )[0]
    assert precise[0] == plain[0] * 1000
    assert precise[6] == plain[6] * 1000
    assert precise[1:6] + precise[7:] == plain[1:6] + plain[7:]
