"""Reads Binance's user data frames; after this module they are the domain's own records.

Keys are case-exact (`t` is a trade, `T` a time). Unknown keys are ignored, unknown events
named. Leaves subscriptions and connections to `user_stream.py`.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from chalicelib.adapters.binance.fields import instant, text, whole
from chalicelib.domain.errors import InvalidRequest, UnknownSymbol
from chalicelib.domain.holdings import Order, Position
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, Side, Source
from chalicelib.domain.market import Symbol
from chalicelib.domain.money import EXACT, Asset, amount, plain
from chalicelib.services.exchange_ports import FrameContent, Ignored, StreamEnded

_LOCKING = {"NEW", "CANCELED", "REPLACED"}  # EXPIRED may close an order that just traded
_ORDER_EVENTS = _LOCKING | {"REJECTED", "EXPIRED", "TRADE_PREVENTION"}
_SILENT_EVENTS = {"listStatus", "externalLockUpdate", "serverShutdown"}


class BinanceFrameParser:
    """A FrameParser for one process; keeps the table of symbols it last read."""

    def __init__(self, read_symbols: Callable[[], Mapping[str, Symbol]]) -> None:
        """`read_symbols` gives the stored table; it is asked again for a symbol not in it."""
        self._read_symbols = read_symbols
        self._symbols: Mapping[str, Symbol] = {}

    def parse(self, frame: str, sequence: int) -> FrameContent:
        """What the frame says. `sequence` orders frames of one instant.

        Raises InvalidRequest for a frame that cannot be read, UnknownSymbol for a fill of a
        pair that the stored table does not have.
        """
        event = _event_of(frame)
        name = text(event, "e")
        if name == "executionReport":
            return self._execution_report(event)
        if name == "outboundAccountPosition":
            return _position(event, sequence)
        if name == "balanceUpdate":
            return _balance_update(event)
        if name == "eventStreamTerminated":
            return StreamEnded(instant(event, "E"))
        return Ignored(name, known=name in _SILENT_EVENTS)

    def _execution_report(self, event: Mapping[str, Any]) -> FrameContent:
        execution = text(event, "x")
        if execution != "TRADE":
            name = f"executionReport {execution}"
            at = instant(event, "T") if execution in _LOCKING else None
            return Ignored(name, at=at, known=execution in _ORDER_EVENTS)
        symbol = self._symbol(text(event, "s"))
        commission = amount("0" if event.get("n") is None else event["n"], "n")
        return Fill(
            symbol=symbol.name,
            base=symbol.base,
            quote=symbol.quote,
            trade_id=whole(event, "t"),
            order_id=whole(event, "i"),
            side=_side(event),
            price=_positive(event, "L"),
            quantity=_positive(event, "l"),
            quote_quantity=_positive(event, "Y"),
            commission=commission,
            commission_asset=text(event, "N") if commission else None,
            executed_at=instant(event, "T"),
        )

    def _symbol(self, name: str) -> Symbol:
        if name not in self._symbols:
            self._symbols = self._read_symbols()
        try:
            return self._symbols[name]
        except KeyError as error:
            raise UnknownSymbol(f"no symbol {name!r} in the stored table") from error


def _event_of(frame: str) -> Mapping[str, Any]:
    try:
        content = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("the frame is not JSON") from error
    if isinstance(content, dict) and "event" in content:
        content = content["event"]
    if not isinstance(content, dict):
        raise InvalidRequest("the frame holds no event")
    return content


def _position(event: Mapping[str, Any], sequence: int) -> Position:
    rows = event.get("B")
    if not isinstance(rows, list):
        raise InvalidRequest(f"B: {type(rows).__name__} where a list of balances was due")
    quantities: dict[Asset, Decimal] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise InvalidRequest("B: a balance is no object")
        asset = text(row, "a")
        if asset in quantities:
            raise InvalidRequest(f"B: {asset} twice in one frame")
        with localcontext(EXACT):
            quantities[asset] = amount(row.get("f"), f"f of {asset}") + amount(
                row.get("l"), f"l of {asset}"
            )
    return Position(quantities, Order(instant(event, "u"), instant(event, "E"), sequence))


def _balance_update(event: Mapping[str, Any]) -> BalanceChange:
    delta = amount(event.get("d"), "d")
    changed_at = instant(event, "T")
    return BalanceChange(
        kind=ChangeKind.MOVEMENT,
        asset=text(event, "a"),
        quantity=delta,
        changed_at=changed_at,
        change_id=f"{event['T']}:{plain(delta)}",
        source=Source.FRAME,
    )


def _positive(event: Mapping[str, Any], key: str) -> Decimal:
    value = amount(event.get(key), key)
    if value <= 0:
        raise InvalidRequest(f"{key}: {value} where more than 0 was due")
    return value


def _side(event: Mapping[str, Any]) -> Side:
    try:
        return Side(text(event, "S"))
    except ValueError as error:
        raise InvalidRequest(f"S: {event['S']!r} is neither BUY nor SELL") from error
