"""What Binance tells of the past beside its histories: candles, and daily readings of an account.

Both are asked for by imports; their weights are 2 for a thousand candles, and 2,400 for the
readings of a month.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

from chalicelib.adapters.binance.answers import lists_of, rows_of, well_formed
from chalicelib.adapters.binance.budget import Priority
from chalicelib.adapters.binance.calls import BinanceCalls, SapiCall
from chalicelib.adapters.binance.fields import instant, milliseconds, text
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import SymbolGone
from chalicelib.domain.ledger import Checkpoint
from chalicelib.domain.money import EXACT, amount

SNAPSHOTS_KEPT = 30
"""Days of which there are readings."""

_PAGE = 1000
_HOUR = timedelta(hours=1)
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


def hour_closes(
    calls: BinanceCalls, symbol: str, start: datetime, end: datetime
) -> dict[int, Decimal]:
    """By number of each full hour from `start` to `end` the close of the candle before it;
    nothing for a symbol that was taken off the list."""
    found: dict[int, Decimal] = {}
    first, last = milliseconds(start - _HOUR), milliseconds(end) - 1
    while first <= last:
        page = _candles(calls, symbol, first, last)
        with well_formed("hour_closes"):
            found |= {row[0] // _HOUR_MS + 1: amount(row[4], "close") for row in page}
            if len(page) < _PAGE:
                break
            first = page[-1][0] + _HOUR_MS
    return found


def _candles(calls: BinanceCalls, symbol: str, first: int, last: int) -> list[list[Any]]:
    try:
        answer = calls.api(
            "hour_closes",
            2,
            Priority.IMPORT,
            lambda client: client.get_klines(
                symbol=symbol, interval="1h", limit=_PAGE, startTime=first, endTime=last
            ),
        )
    except SymbolGone:
        return []
    with well_formed("hour_closes"):
        return lists_of(answer)


def snapshots(calls: BinanceCalls, pair: KeyPair, end: datetime) -> list[Checkpoint]:
    """The readings of the month before `end`, of the midnights up to it, oldest first."""
    last = milliseconds(end)
    asked: dict[str, str | int] = {
        "type": "SPOT",
        "limit": SNAPSHOTS_KEPT,
        "startTime": last - SNAPSHOTS_KEPT * _DAY_MS,
        "endTime": last,
    }
    call = SapiCall("snapshots", "accountSnapshot", asked, 2_400, priority=Priority.IMPORT)
    answer = calls.sapi(call, pair)
    with well_formed("snapshots"):
        found = [_reading(row) for row in rows_of(answer["snapshotVos"])]
    return sorted(found, key=lambda each: each.taken_at)


def _reading(row: Mapping[str, Any]) -> Checkpoint:
    """A reading bears the last second of its day, and is of its end."""
    midnight = -(-milliseconds(instant(row, "updateTime")) // _DAY_MS) * _DAY_MS
    with localcontext(EXACT):
        held = {
            text(each, "asset"): amount(each["free"], "free") + amount(each["locked"], "locked")
            for each in rows_of(row["data"]["balances"])
        }
    present = {asset: quantity for asset, quantity in held.items() if quantity}
    return Checkpoint(instant({"end": midnight - 1}, "end"), present)
