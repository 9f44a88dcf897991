"""Whatever a frame of the exchange holds, it becomes a record with exactly its numbers, or an error
of the domain."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.binance.market_stream import quotes_of
from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.domain.errors import InvalidRequest, UnknownSymbol
from chalicelib.domain.holdings import Position
from chalicelib.domain.ledger import BalanceChange, Fill
from chalicelib.domain.money import amount, plain
from chalicelib.services.exchange_ports import FrameContent, Ignored, StreamEnded
from tests.builders import symbols
from tests.hostile import ANYTHING, BIG, mutated

PAYLOADS = Path(__file__).parents[2] / "payloads" / "binance"
FRAMES = [path.read_text() for path in sorted(PAYLOADS.glob("*.json"))]
TICKERS = json.dumps(
    [
        {"e": "24hrMiniTicker", "E": 1790000000500, "s": "BTCUSDT", "c": "60000.10", "q": "1.5"},
        {"e": "24hrMiniTicker", "E": 1790000000900, "s": "SOLUSDT", "c": "150.00", "q": "0"},
    ]
)
PARSER = BinanceFrameParser(lambda: symbols("SOL/USDT"))
MANY = settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)


def at(milliseconds: int) -> datetime:
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(
        milliseconds=milliseconds
    )


def number(text: object) -> Decimal:
    """The number that a text of a frame is, to its last digit."""
    assert isinstance(text, str)
    return Decimal(text)


def require_stored(*amounts: Decimal) -> None:
    """Each is written and read again without loss."""
    assert [amount(plain(each), "it") for each in amounts] == list(amounts)


def require_texts(*texts: str | None) -> None:
    """Each can be stored."""
    for each in texts:
        assert each is None or each.encode()


def require_numbers(event: Mapping[str, Any], record: FrameContent) -> None:
    """The record says what the event says."""
    if isinstance(record, Fill):
        said = [number(event[key]) for key in ("L", "l", "Y")]
        assert [record.price, record.quantity, record.quote_quantity] == said
        assert min(said) > 0
        assert record.commission == (0 if event.get("n") is None else number(event["n"]))
        assert (record.trade_id, record.order_id) == (event["t"], event["i"])
        assert record.executed_at == at(event["T"])
        require_stored(*said, record.commission)
        require_texts(record.symbol, record.commission_asset)
    elif isinstance(record, Position):
        sums = {each["a"]: Fraction(each["f"]) + Fraction(each["l"]) for each in event["B"]}
        assert {asset: Fraction(held) for asset, held in record.quantities.items()} == sums
        assert len(record.quantities) == len(event["B"])
        require_texts(*record.quantities)
    elif isinstance(record, BalanceChange):
        assert record.quantity == number(event["d"])
        assert record.changed_at == at(event["T"])
        require_stored(record.quantity)
        require_texts(record.asset, record.change_id)
    else:
        assert isinstance(record, Ignored | StreamEnded)


def require_sentence(error: Exception) -> None:
    """A log takes it."""
    assert len(str(error)) < 1200


def read(frame: str) -> None:
    try:
        record = PARSER.parse(frame, 1)
    except (InvalidRequest, UnknownSymbol) as error:
        require_sentence(error)
        return
    content = json.loads(frame)
    require_numbers(content.get("event", content), record)


@MANY
@given(st.sampled_from(FRAMES).flatmap(mutated))
def test_a_frame_with_something_wrong_is_read_exactly_or_refused(frame: str) -> None:
    read(frame)


@given(ANYTHING)
def test_what_is_no_frame_is_refused(text: str) -> None:
    read(text)


@given(
    st.decimals(Decimal("1e-30"), 10**30, places=40).map(lambda each: format(each, "f")),
    st.decimals(0, 10**30, places=40).map(lambda each: format(each, "f")),
)
def test_every_digit_of_an_amount_arrives(free: str, locked: str) -> None:
    event = {"e": "outboundAccountPosition", "u": 1, "E": 1}
    event |= {"B": [{"a": "SOL", "f": free, "l": locked}]}
    record = PARSER.parse(json.dumps(event), 1)
    require_numbers(event, record)
    assert isinstance(record, Position)


@MANY
@given(mutated(TICKERS))
def test_tickers_with_something_wrong_are_read_exactly_or_refused(frame: str) -> None:
    try:
        newest, quotes = quotes_of(frame)
    except InvalidRequest as error:
        require_sentence(error)
        return
    rows = json.loads(frame)
    assert newest == at(max(row["E"] for row in rows))
    said = {row["s"]: (number(row["c"]), number(row["q"])) for row in rows}
    assert {name: (each.price, each.traded) for name, each in quotes.items()} == said


@given(ANYTHING)
def test_what_is_no_list_of_tickers_is_refused(text: str) -> None:
    try:
        quotes_of(text)
    except InvalidRequest as error:
        require_sentence(error)


@pytest.mark.parametrize("name", BIG)
def test_a_megabyte_is_refused(name: str) -> None:
    for reader in (partial(PARSER.parse, sequence=1), quotes_of):
        with pytest.raises(InvalidRequest):
            reader(BIG[name])


def test_of_a_member_that_is_there_twice_the_last_counts() -> None:
    text = '{"e":"balanceUpdate","a":"USDT","d":"1","d":"2","T":1,"E":1}'
    record = PARSER.parse(text, 1)
    assert isinstance(record, BalanceChange)
    assert record.quantity == 2


@pytest.mark.parametrize("fee", [0, False, "", [], {}])
def test_a_commission_that_is_no_text_is_not_taken_for_none(fee: object) -> None:
    [trade] = [each for each in FRAMES if '"N": null' in each and '"TRADE"' in each]
    frame = json.loads(trade)
    assert isinstance(PARSER.parse(json.dumps(frame), 1), Fill)
    frame["event"]["n"] = fee
    with pytest.raises(InvalidRequest):
        PARSER.parse(json.dumps(frame), 1)
