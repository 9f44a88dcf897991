"""Binance's user data frames, from payload files (invented values), become domain records."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.binance.parse import BinanceFrameParser
from chalicelib.domain.errors import InvalidRequest, UnknownSymbol
from chalicelib.domain.holdings import Order, Position
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, Side, Source
from chalicelib.domain.market import Symbol
from chalicelib.services.exchange_ports import Ignored, StreamEnded
from tests.builders import symbols

PAYLOADS = Path(__file__).parent.parent / "payloads" / "binance"


def frame(name: str, **changes: object) -> str:
    """A payload file's text, some fields of its event changed (… is a field left out)."""
    content = json.loads((PAYLOADS / f"{name}.json").read_text())
    content["event"] |= changes
    content["event"] = {key: each for key, each in content["event"].items() if each is not ...}
    return json.dumps(content)


def instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(
        microsecond=milliseconds % 1000 * 1000
    )


@pytest.fixture
def parser() -> BinanceFrameParser:
    return BinanceFrameParser(lambda: symbols("SOL/USDT"))


def test_a_trade_becomes_a_fill(parser: BinanceFrameParser) -> None:
    assert parser.parse(frame("execution_report_trade"), 1) == Fill(
        symbol="SOLUSDT",
        base="SOL",
        quote="USDT",
        trade_id=90001,
        order_id=7701,
        side=Side.BUY,
        price=Decimal("150.00000000"),
        quantity=Decimal("2.00000000"),
        quote_quantity=Decimal("300.00000000"),
        commission=Decimal("0.00037500"),
        commission_asset="BNB",
        executed_at=instant(1790000000500),
    )


def test_a_trade_without_a_fee_has_no_commission_asset(parser: BinanceFrameParser) -> None:
    fill = parser.parse(frame("execution_report_trade_without_fee"), 1)
    assert isinstance(fill, Fill)
    assert (fill.side, fill.commission, fill.commission_asset) == (Side.SELL, Decimal(0), None)


def test_free_and_locked_are_one_quantity(parser: BinanceFrameParser) -> None:
    assert parser.parse(frame("outbound_account_position"), 7) == Position(
        {
            "SOL": Decimal("6.66200000"),
            "USDT": Decimal("4100.06760000"),
            "BNB": Decimal("0.99875009"),
        },
        Order(instant(1790000000500), instant(1790000000502), 7),
    )


def test_a_balance_update_is_a_movement_of_a_kind_not_yet_known(
    parser: BinanceFrameParser,
) -> None:
    assert parser.parse(frame("balance_update"), 1) == BalanceChange(
        kind=ChangeKind.MOVEMENT,
        asset="USDT",
        quantity=Decimal("-250.00000000"),
        changed_at=instant(1790000100005),
        change_id="1790000100005:-250",
        source=Source.FRAME,
    )


def test_a_terminated_stream_is_told(parser: BinanceFrameParser) -> None:
    ended = parser.parse(frame("event_stream_terminated"), 1)
    assert ended == StreamEnded(instant(1790000300000))


@pytest.mark.parametrize(
    ("name", "event", "at", "known"),
    [
        ("execution_report_new", "executionReport NEW", 1790000000500, True),
        ("execution_report_canceled", "executionReport CANCELED", 1790000001500, True),
        ("execution_report_expired", "executionReport EXPIRED", None, True),
        ("execution_report_of_next_year", "executionReport SETTLED", None, False),
        ("list_status", "listStatus", None, True),
        ("external_lock_update", "externalLockUpdate", None, True),
        ("server_shutdown", "serverShutdown", None, True),
        ("event_of_next_year", "moonLandingUpdate", None, False),
    ],
)
def test_an_event_without_quantities_is_ignored_by_name(
    parser: BinanceFrameParser, name: str, event: str, at: int | None, known: bool
) -> None:
    expected = Ignored(event, at=instant(at) if at else None, known=known)
    assert parser.parse(frame(name), 1) == expected


def test_an_event_without_its_wrapping_is_read_too(parser: BinanceFrameParser) -> None:
    bare = json.dumps(json.loads(frame("balance_update"))["event"])
    assert parser.parse(bare, 1) == parser.parse(frame("balance_update"), 1)


@pytest.mark.parametrize(
    ("name", "changes", "named"),
    [
        ("execution_report_trade", {"t": "90001"}, "t"),
        ("execution_report_trade", {"t": ...}, "t"),
        ("execution_report_trade", {"T": True}, "T"),
        ("execution_report_trade", {"T": 10**18}, "T"),
        ("execution_report_trade", {"L": 150.0}, "L"),
        ("execution_report_trade", {"L": "1.5e2"}, "L"),
        ("execution_report_trade", {"l": "0"}, "l"),
        ("execution_report_trade", {"S": "HOLD"}, "S"),
        ("execution_report_trade", {"N": None}, "N"),
        ("outbound_account_position", {"u": ...}, "u"),
        ("outbound_account_position", {"B": {}}, "B"),
        ("outbound_account_position", {"B": [{"a": "SOL", "f": "1"}]}, "l of SOL"),
        ("outbound_account_position", {"B": [{"a": "S", "f": "1", "l": "0"}] * 2}, "S twice"),
        ("balance_update", {"d": "NaN"}, "d"),
        ("balance_update", {"a": ""}, "a"),
        ("balance_update", {"e": ...}, "e"),
    ],
)
def test_a_frame_that_cannot_be_read_names_the_field(
    parser: BinanceFrameParser, name: str, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidRequest, match=named):
        parser.parse(frame(name, **changes), 1)


def test_a_new_symbol_is_found_by_reading_the_table_once_more() -> None:
    tables = [symbols("BTC/USDT"), symbols("BTC/USDT", "SOL/USDT")]
    parser = BinanceFrameParser(lambda: tables.pop(0))
    with pytest.raises(UnknownSymbol, match="SOLUSDT"):
        parser.parse(frame("execution_report_trade"), 1)
    assert isinstance(parser.parse(frame("execution_report_trade"), 1), Fill)


def test_a_known_symbol_never_reads_the_table_again() -> None:
    tables = [symbols("SOL/USDT")]
    parser = BinanceFrameParser(lambda: tables.pop(0))
    for _ in range(3):
        assert isinstance(parser.parse(frame("execution_report_trade"), 1), Fill)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from([*"eEsSxXilLnNTtuBadYf", "event", "subscriptionId"])
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def read_or_refuse(text: str) -> None:
    parser = BinanceFrameParser(lambda: {"SOLUSDT": Symbol("SOLUSDT", "SOL", "USDT", True)})
    try:
        content = parser.parse(text, 1)
    except InvalidRequest:
        return
    assert isinstance(content, Fill | BalanceChange | Position | StreamEnded | Ignored)


@given(text=st.text(max_size=40) | JSON.map(json.dumps))
@settings(max_examples=100, deadline=None)
def test_garbage_is_refused_as_an_invalid_request_and_nothing_else(text: str) -> None:
    read_or_refuse(text)


@given(name=st.sampled_from(NAMES), field=FIELDS, value=JSON)
@settings(max_examples=100, deadline=None)
def test_a_frame_with_any_one_field_replaced_is_read_or_refused(
    name: str, field: str, value: object
) -> None:
    content = json.loads((PAYLOADS / f"{name}.json").read_text())
    content["event"][field] = value
    read_or_refuse(json.dumps(content))
