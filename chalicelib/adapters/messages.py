"""The message format of the queues: JSON with its version inside; one writer, one reader.

Amounts are plain decimals as text, instants ISO 8601 in UTC. A reader takes every version
it knows and refuses others by name; unknown members of a known version are skipped, so a
newer writer may add some.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    Fill,
    LedgerEntry,
    Side,
    Source,
    WholeChange,
)
from chalicelib.domain.money import amount, plain
from chalicelib.services.queue_ports import Opening, RankTask, ShardTask, Snapshot, StreamItem

VERSION: Final = 1
_UNREADABLE: Final = (
    *(ValueError, TypeError, LookupError, AttributeError),
    *(OverflowError, RecursionError),  # an instant outside the calendar; a bottomless pit
)
_MOST_SAID: Final = 200
_Read = TypeVar("_Read")


def write_item(item: StreamItem) -> str:
    """One item as a piece of a message; `join_items` makes the message."""
    content: dict[str, object] = {
        "account": item.account_id,
        "trader": item.trader_id,
        "seat": item.seat,
        "exchange": item.exchange,
        "link": item.link_number,
        "linked_at": _text(item.linked_at),
        "sequence": item.sequence,
        "received_at": _text(item.received_at),
    }
    if item.trace:
        content["trace"] = item.trace
    if item.frame is not None:
        content["frame"] = item.frame
    if item.found:
        content["found"] = [_written(entry) for entry in item.found]
    if item.snapshot is not None:
        content["snapshot"] = {
            "reason": item.snapshot.reason,
            "taken_at": _text(item.snapshot.checkpoint.taken_at),
            "quantities": {
                asset: plain(quantity)
                for asset, quantity in item.snapshot.checkpoint.quantities.items()
            },
        }
    return _json(content)


def join_items(pieces: Sequence[str]) -> str:
    """The body of a message that holds these items, in their order."""
    return f'{{"version":{VERSION},"items":[{",".join(pieces)}]}}'


def read_items(body: str) -> list[StreamItem]:
    """The items of a message, in their order.

    Raises InvalidRequest for an unknown version or a message that cannot be read.
    """
    return _read(body, lambda message: [_item(each) for each in message["items"]])


def write_task(task: ShardTask | RankTask) -> str:
    """The body of a task's message."""
    content: dict[str, object] = {"hour": task.hour, "revision": task.revision}
    if isinstance(task, ShardTask):
        content |= {"task": "mark", "shard": task.shard}
    else:
        content["task"] = "rank"
    if task.opening is not None:
        content["opening"] = {"trace": task.opening.trace, "at": _text(task.opening.at)}
    return _json({"version": VERSION, **content})


def read_task(body: str) -> ShardTask | RankTask:
    """The task of a message. Raises InvalidRequest as `read_items` does."""
    return _read(body, _task)


def _task(message: Mapping[str, object]) -> ShardTask | RankTask:
    hour, opening = _whole(message["hour"]), _opening(message.get("opening"))
    if message["task"] == "mark":
        revision = _whole(message.get("revision", 0))  # an older sender knew none
        return ShardTask(hour, _whole(message["shard"]), revision, opening)
    if message["task"] == "rank":
        return RankTask(hour, _whole(message["revision"]), opening)
    raise ValueError(f"unknown task {message['task']!r}")


def _opening(content: object) -> Opening | None:
    if content is None:
        return None
    if not isinstance(content, dict):
        raise TypeError("opening is no object")
    return Opening(_string(content["trace"]), _instant(content["at"]))


def _item(content: Mapping[str, object]) -> StreamItem:
    frame, snapshot = content.get("frame"), content.get("snapshot")
    return StreamItem(
        account_id=_string(content["account"]),
        trader_id=_string(content["trader"]),
        seat=_whole(content["seat"]),
        exchange=_string(content["exchange"]),
        link_number=_whole(content["link"]),
        linked_at=_instant(content["linked_at"]),
        sequence=_whole(content["sequence"]),
        received_at=_instant(content["received_at"]),
        frame=None if frame is None else _string(frame),
        found=_entries(content.get("found", [])),
        snapshot=None if snapshot is None else _snapshot(snapshot),
        trace=_string(content.get("trace", "")),
    )


def _snapshot(content: object) -> Snapshot:
    if not isinstance(content, dict):
        raise TypeError("snapshot is no object")
    quantities = {
        _string(asset): amount(quantity, f"quantity of {asset}")
        for asset, quantity in content["quantities"].items()
    }
    return Snapshot(
        _string(content["reason"]), Checkpoint(_instant(content["taken_at"]), quantities)
    )


def _written(entry: LedgerEntry) -> dict[str, object]:
    if isinstance(entry, Fill):
        return {
            "symbol": entry.symbol,
            "base": entry.base,
            "quote": entry.quote,
            "trade": entry.trade_id,
            "order": entry.order_id,
            "side": entry.side.value,
            "price": plain(entry.price),
            "quantity": plain(entry.quantity),
            "quote_quantity": plain(entry.quote_quantity),
            "commission": plain(entry.commission),
            "commission_asset": entry.commission_asset,
            "at": _text(entry.executed_at),
        }
    content: dict[str, object] = {
        "kind": entry.kind.value,
        "asset": entry.asset,
        "quantity": plain(entry.quantity),
        "id": entry.change_id,
        "source": entry.source.value,
        "network_fee": plain(entry.network_fee),
        "at": _text(entry.changed_at),
    }
    if entry.whole is not None:
        content["whole"] = {
            "start": _text(entry.whole.start),
            "end": _text(entry.whole.end),
            "quantity": plain(entry.whole.quantity),
        }
    return content


def _entries(found: object) -> tuple[LedgerEntry, ...]:
    if not isinstance(found, list):
        raise TypeError("found is no list")
    return tuple(_fill(each) if "trade" in each else _change(each) for each in found)


def _fill(content: Mapping[str, object]) -> Fill:
    asset = content["commission_asset"]
    return Fill(
        symbol=_string(content["symbol"]),
        base=_string(content["base"]),
        quote=_string(content["quote"]),
        trade_id=_whole(content["trade"]),
        order_id=_whole(content["order"]),
        side=Side(content["side"]),
        price=amount(content["price"], "price"),
        quantity=amount(content["quantity"], "quantity"),
        quote_quantity=amount(content["quote_quantity"], "quote_quantity"),
        commission=amount(content["commission"], "commission"),
        commission_asset=None if asset is None else _string(asset),
        executed_at=_instant(content["at"]),
    )


def _change(content: Mapping[str, object]) -> BalanceChange:
    whole = content.get("whole")
    return BalanceChange(
        kind=ChangeKind(content["kind"]),
        asset=_string(content["asset"]),
        quantity=amount(content["quantity"], "quantity"),
        changed_at=_instant(content["at"]),
        change_id=_string(content["id"]),
        source=Source(content["source"]),
        network_fee=amount(content["network_fee"], "network_fee"),
        whole=None if whole is None else _whole_change(whole),
    )


def _whole_change(content: object) -> WholeChange:
    if not isinstance(content, dict):
        raise TypeError("whole is no object")
    return WholeChange(
        _instant(content["start"]),
        _instant(content["end"]),
        amount(content["quantity"], "quantity"),
    )


def _read(body: str, reader: Callable[[dict[str, list[dict[str, object]]]], _Read]) -> _Read:
    try:
        message = json.loads(body)
        version = message["version"]
        if version == VERSION:
            return reader(message)
    except InvalidRequest:
        raise
    except _UNREADABLE as error:
        raise InvalidRequest(f"unreadable message: {repr(error)[:_MOST_SAID]}") from error
    shown = repr(version)[:_MOST_SAID]
    raise InvalidRequest(f"message of version {shown}; this reader knows {VERSION}")


def _json(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _instant(text: object) -> datetime:
    at = datetime.fromisoformat(_string(text))
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return at.astimezone(UTC)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value
