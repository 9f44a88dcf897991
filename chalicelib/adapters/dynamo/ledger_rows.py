"""Ledger rows as items: T#<ms>#<symbol>#<trade id> for fills, F#<ms>#<kind>#<asset>#<id> for
all other changes, C#<ms> for checkpoints.

What the key says is not repeated in the item. Amounts are text (see `items.py`).
"""

import json
import zlib
from decimal import Decimal

from chalicelib.adapters.dynamo.instants import instant, milliseconds, sortable
from chalicelib.adapters.dynamo.tables import RawItem, key
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
from chalicelib.domain.money import plain


def entry_item(account_id: str, entry: LedgerEntry) -> RawItem:
    """The row of a fill or of another change."""
    letter, rest = entry.entry_id.split("#", 1)
    item = key(f"A#{account_id}", f"{letter}#{sortable(entry.at)}#{rest}")
    return item | (_of_fill(entry) if isinstance(entry, Fill) else _of_change(entry))


def fill_of(item: RawItem) -> Fill:
    """The fill of a T# row."""
    _, at, rest = item["sk"]["S"].split("#", 2)
    symbol, trade_id = rest.rsplit("#", 1)
    return Fill(
        symbol=symbol,
        base=item["base"]["S"],
        quote=item["quote"]["S"],
        trade_id=int(trade_id),
        order_id=int(item["order"]["N"]),
        side=Side(item["side"]["S"]),
        price=_amount(item, "price"),
        quantity=_amount(item, "quantity"),
        quote_quantity=_amount(item, "quote_quantity"),
        commission=_amount(item, "commission"),
        commission_asset=item["commission_asset"]["S"] if "commission_asset" in item else None,
        executed_at=instant(at),
    )


def change_of(item: RawItem) -> BalanceChange:
    """The balance change of an F# row."""
    _, at, kind, rest = item["sk"]["S"].split("#", 3)
    asset = item["asset"]["S"]
    return BalanceChange(
        kind=ChangeKind(kind),
        asset=asset,
        quantity=_amount(item, "quantity"),
        changed_at=instant(at),
        change_id=rest.removeprefix(f"{asset}#"),
        source=Source(item["source"]["S"]),
        network_fee=_amount(item, "network_fee"),
        whole=_whole(item) if "whole" in item else None,
    )


def checkpoint_item(account_id: str, checkpoint: Checkpoint) -> RawItem:
    """The row of a checkpoint: all quantities in one compressed attribute."""
    texts = {asset: plain(held) for asset, held in sorted(checkpoint.quantities.items())}
    packed = zlib.compress(json.dumps(texts, separators=(",", ":")).encode())
    item = key(f"A#{account_id}", f"C#{sortable(checkpoint.taken_at)}")
    return item | {"quantities": {"B": packed}}


def checkpoint_of(item: RawItem) -> Checkpoint:
    """The checkpoint of a C# row."""
    texts = json.loads(zlib.decompress(item["quantities"]["B"]))
    taken_at = instant(item["sk"]["S"].removeprefix("C#"))
    return Checkpoint(taken_at, {asset: Decimal(text) for asset, text in texts.items()})


def _of_fill(fill: Fill) -> RawItem:
    item: RawItem = {
        "base": {"S": fill.base},
        "quote": {"S": fill.quote},
        "order": {"N": str(fill.order_id)},
        "side": {"S": fill.side.value},
        "price": {"S": plain(fill.price)},
        "quantity": {"S": plain(fill.quantity)},
        "quote_quantity": {"S": plain(fill.quote_quantity)},
    }
    if fill.commission:
        item["commission"] = {"S": plain(fill.commission)}
    if fill.commission_asset is not None:
        item["commission_asset"] = {"S": fill.commission_asset}
    return item


def _of_change(change: BalanceChange) -> RawItem:
    item: RawItem = {
        "asset": {"S": change.asset},
        "quantity": {"S": plain(change.quantity)},
        "source": {"S": change.source.value},
    }
    if change.network_fee:
        item["network_fee"] = {"S": plain(change.network_fee)}
    if change.whole is not None:
        item["whole"] = {"S": plain(change.whole.quantity)}
        item["whole_start"] = {"N": str(milliseconds(change.whole.start))}
        item["whole_end"] = {"N": str(milliseconds(change.whole.end))}
    return item


def _whole(item: RawItem) -> WholeChange:
    start, end = (instant(item[name]["N"]) for name in ("whole_start", "whole_end"))
    return WholeChange(start, end, _amount(item, "whole"))


def _amount(item: RawItem, name: str) -> Decimal:
    return Decimal(item[name]["S"]) if name in item else Decimal(0)
