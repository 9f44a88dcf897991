"""The Holdings port: one flat row per linked account, S#<shard> / <seat>#<account>.

Attributes per asset: q_BTC its quantity as text, t_BTC its order (milliseconds of the
update, of the event after it, sequence), b_BTC the last buy (milliseconds, symbol, order).
Flat, because the mark reads every row of the league each hour and parsing is its cost.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from chalicelib.adapters.dynamo.errors import store_errors
from chalicelib.adapters.dynamo.instants import instant, milliseconds
from chalicelib.adapters.dynamo.tables import RawItem, Tables, key
from chalicelib.domain.account import shard_of
from chalicelib.domain.errors import Conflict
from chalicelib.domain.holdings import AccountHoldings, LastBuy, Order, Quantity
from chalicelib.domain.money import plain

_INSTANTS: Final = {
    "linked": "linked_at",
    "event": "last_event_at",
    "flow": "last_flow_at",
    "doubt": "doubted_at",
    "reconciled": "reconciled_at",
    "unlinked": "unlinked_at",
}

_AS_READ: Final = "#link = :link AND #version = :version"
_AS_READ_NAMES: Final = {"#link": "link", "#version": "version"}
_MOST_IN_AN_UPDATE: Final = 120
"""An expression may have 4 KB; more changes than this are written as a whole row."""


class DynamoHoldings:
    """Rows in the table `holdings`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, seat: int, account_id: str) -> AccountHoldings | None:
        """None when there never was a link; read consistently."""
        with store_errors(f"reading holdings of {account_id}"):
            answer = self._tables.client.get_item(
                TableName=self._tables.name("holdings"),
                Key=_key(seat, account_id),
                ConsistentRead=True,
            )
        return _row(answer["Item"]) if "Item" in answer else None

    def create(self, row: AccountHoldings) -> None:
        """Write a new link's row; one of the same or a later link number stays."""
        try:
            with store_errors(f"creating holdings of {row.account_id}"):
                self._tables.client.put_item(
                    TableName=self._tables.name("holdings"),
                    Item=_key(row.seat, row.account_id) | _attributes(row),
                    ConditionExpression="attribute_not_exists(pk) OR #link < :link",
                    ExpressionAttributeNames={"#link": "link"},
                    ExpressionAttributeValues={":link": {"N": str(row.link_number)}},
                )
        except Conflict:
            return

    def replace(self, old: AccountHoldings, new: AccountHoldings) -> None:
        """Write the attributes that differ. Raises Conflict (see the port)."""
        before, after = _attributes(old), _attributes(new)
        after["version"] = {"N": str(old.version + 1)}
        changed = sorted(name for name in after if before.get(name) != after[name])
        gone = sorted(set(before) - set(after))
        with store_errors(f"updating holdings of {old.account_id}"):
            if len(changed) + len(gone) > _MOST_IN_AN_UPDATE:
                self._replace_whole(old, after)
            else:
                self._update(old, {name: after[name] for name in changed}, gone)

    def _replace_whole(self, old: AccountHoldings, attributes: RawItem) -> None:
        self._tables.client.put_item(
            TableName=self._tables.name("holdings"),
            Item=_key(old.seat, old.account_id) | attributes,
            ConditionExpression=_AS_READ,
            ExpressionAttributeNames=_AS_READ_NAMES,
            ExpressionAttributeValues=_as_read(old),
        )

    def _update(self, old: AccountHoldings, changed: RawItem, gone: Sequence[str]) -> None:
        names = {f"#{place}": name for place, name in enumerate([*changed, *gone])}
        sets = ", ".join(f"#{place} = :{place}" for place in range(len(changed)))
        removes = ", ".join(f"#{place}" for place in range(len(changed), len(names)))
        values = {f":{place}": value for place, value in enumerate(changed.values())}
        self._tables.client.update_item(
            TableName=self._tables.name("holdings"),
            Key=_key(old.seat, old.account_id),
            UpdateExpression=f"SET {sets}" + (f" REMOVE {removes}" if removes else ""),
            ConditionExpression=_AS_READ,
            ExpressionAttributeNames=names | _AS_READ_NAMES,
            ExpressionAttributeValues=values | _as_read(old),
        )

    def of_seat(self, seat: int) -> list[AccountHoldings]:
        """All linked accounts of one trader, by account."""
        rows = self._tables.query(
            "holdings",
            KeyConditionExpression="pk = :shard AND begins_with(sk, :seat)",
            ExpressionAttributeValues={
                ":shard": {"S": f"S#{shard_of(seat)}"},
                ":seat": {"S": f"{_seat(seat)}#"},
            },
            ConsistentRead=True,
        )
        return [_row(row) for row in rows]

    def of_shard(self, shard: int) -> Iterator[AccountHoldings]:
        """All rows of a shard, by seat then account, page by page."""
        rows = self._tables.query(
            "holdings",
            KeyConditionExpression="pk = :shard",
            ExpressionAttributeValues={":shard": {"S": f"S#{shard}"}},
        )
        return map(_row, rows)


def _as_read(old: AccountHoldings) -> RawItem:
    return {":link": {"N": str(old.link_number)}, ":version": {"N": str(old.version)}}


def _seat(seat: int) -> str:
    return f"{seat:010d}"


def _key(seat: int, account_id: str) -> RawItem:
    return key(f"S#{shard_of(seat)}", f"{_seat(seat)}#{account_id}")


def _attributes(row: AccountHoldings) -> RawItem:
    item: RawItem = {
        "trader": {"S": row.trader_id},
        "exchange": {"S": row.exchange},
        "link": {"N": str(row.link_number)},
        "version": {"N": str(row.version)},
    }
    for name, attribute in _INSTANTS.items():
        at = getattr(row, attribute)
        if at is not None:
            item[name] = {"N": str(milliseconds(at))}
    for asset, quantity in row.quantities.items():
        item[f"q_{asset}"] = {"S": plain(quantity.amount)}
        item[f"t_{asset}"] = {"S": _order_text(quantity.order)}
    for asset, buy in row.last_buys.items():
        bought = f"{milliseconds(buy.bought_at)} {buy.order_id} {buy.symbol}"
        item[f"b_{asset}"] = {"S": bought}
    return item


def _order_text(order: Order) -> str:
    updated, event = milliseconds(order.updated_at), milliseconds(order.event_at)
    return f"{updated} {event - updated} {order.sequence}"


def _row(item: RawItem) -> AccountHoldings:
    quantities: dict[str, Quantity] = {}
    last_buys: dict[str, LastBuy] = {}
    for name, value in item.items():
        if name.startswith("q_"):
            order = _order(item[f"t_{name[2:]}"]["S"])
            quantities[name[2:]] = Quantity(Decimal(value["S"]), order)
        elif name.startswith("b_"):
            at, order_id, symbol = value["S"].split(" ", 2)
            last_buys[name[2:]] = LastBuy(instant(at), symbol, int(order_id))
    return AccountHoldings(
        account_id=item["sk"]["S"].partition("#")[2],
        trader_id=item["trader"]["S"],
        seat=int(item["sk"]["S"].partition("#")[0]),
        exchange=item["exchange"]["S"],
        link_number=int(item["link"]["N"]),
        linked_at=instant(item["linked"]["N"]),
        quantities=quantities,
        last_buys=last_buys,
        version=int(item["version"]["N"]),
        **{
            attribute: instant(item[name]["N"]) if name in item else None
            for name, attribute in _INSTANTS.items()
            if name != "linked"
        },
    )


def _order(text: str) -> Order:
    updated, later, sequence = text.split(" ")
    return Order(instant(updated), instant(int(updated) + int(later)), int(sequence))
