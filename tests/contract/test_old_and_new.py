"""While a deployment goes on, and after one goes back, old and new parts read each other.

What stands here in full is what the first release wrote, and what its readers take. It is never
changed: a release that cannot pass needs a new version beside it. For blocks see `test_blocks.py`.
"""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.dynamo.price_rows import decode_prices, encode_prices
from chalicelib.adapters.messages import join_items, read_items, read_task, write_item, write_task
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.ledger import BalanceChange, Fill
from chalicelib.services.queue_ports import Opening, RankTask, ShardTask
from tests.builders import NOON, balance_change, fill, prices, snapshot, stream_item

FIRST_ITEMS = """{"version":1,"items":[{"account":"A1","trader":"T1","seat":7,"exchange":"binance",
"link":2,"linked_at":"2026-03-01T12:00:00+00:00","sequence":9,
"received_at":"2026-03-01T12:00:01+00:00","frame":"{}","found":[
{"symbol":"BTCUSDT","base":"BTC","quote":"USDT","trade":5,"order":6,"side":"BUY","price":"60000",
"quantity":"0.1","quote_quantity":"6000","commission":"0","commission_asset":null,
"at":"2026-03-01T11:00:00+00:00"},
{"kind":"deposit","asset":"USDT","quantity":"10","id":"d1","source":"history","network_fee":"0",
"at":"2026-03-01T11:30:00+00:00"}],
"snapshot":{"reason":"link","taken_at":"2026-03-01T12:00:00+00:00","quantities":{"USDT":"1000"}}}]}"""
FIRST_TASKS: dict[str, ShardTask | RankTask] = {
    '{"version":1,"task":"mark","hour":490572,"shard":3}': ShardTask(490572, 3),
    '{"version":1,"task":"rank","hour":490572,"revision":1}': RankTask(490572, 1),
}
FIRST_PRICES = (
    "AXjaqlYqScxOzVOyUjI0NzcyNjMzMQABJYB0lBKLi1NLioESTiHOCq4hHkoA6SgVFGUmp4KEzEBqFIxB"
    "CgHSUSopSkxJTQGZ4KptqQAilADSUSoszS8BCxooGCgBpKOUlllUXAJSomCoBJCOUmZecUliHthwoCmG"
    "psZg84CGAVYLAHOcJKw="
)
ITEM = ("account", "trader", "seat", "exchange", "link", "linked_at", "sequence", "received_at")
FILL = ("symbol", "base", "quote", "trade", "order", "side", "price", "quantity", "quote_quantity")
CHANGE = ("kind", "asset", "quantity", "id", "source", "network_fee", "at")


def first_reader(body: str) -> list[dict[str, Any]]:
    """What a reader of the first release takes out of a message; KeyError where it would fail."""
    message = json.loads(body)
    assert message["version"] == 1
    return [_first_item(each) for each in message["items"]]


def _first_item(item: Mapping[str, Any]) -> dict[str, Any]:
    taken = {name: item[name] for name in ITEM}
    for moment in ("linked_at", "received_at"):
        taken[moment] = datetime.fromisoformat(item[moment]).astimezone(UTC)
    taken["found"] = [_first_entry(each) for each in item.get("found", [])]
    if "snapshot" in item:
        of = item["snapshot"]
        taken["snapshot"] = {asset: Decimal(text) for asset, text in of["quantities"].items()}
        assert datetime.fromisoformat(of["taken_at"]).tzinfo is not None
        assert of["reason"] in ("link", "reconciled")
    return taken


def _first_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    names = (*FILL, "commission", "commission_asset", "at") if "trade" in entry else CHANGE
    return {name: entry[name] for name in names}


def test_the_new_consumer_reads_what_an_old_container_sends() -> None:
    [item] = read_items(FIRST_ITEMS)
    assert (item.account_id, item.seat, item.link_number, item.frame) == ("A1", 7, 2, "{}")
    bought, paid_in = item.found
    assert isinstance(bought, Fill)
    assert isinstance(paid_in, BalanceChange)
    assert (bought.price, paid_in.quantity) == (Decimal("60000"), Decimal("10"))
    assert item.snapshot is not None
    assert item.snapshot.checkpoint.quantities == {"USDT": Decimal("1000")}


def test_an_old_consumer_reads_what_the_new_container_sends() -> None:
    sent = stream_item(
        found=[fill(price="60000"), balance_change()], snapshot=snapshot(USDT="1000")
    )
    [taken] = first_reader(join_items([write_item(sent)]))
    assert (taken["account"], taken["seat"]) == (sent.account_id, sent.seat)
    assert taken["received_at"] == sent.received_at
    assert Decimal(taken["found"][0]["price"]) == Decimal("60000")
    assert taken["snapshot"] == {"USDT": Decimal("1000")}


@pytest.mark.parametrize("body", FIRST_TASKS)
def test_tasks_of_an_old_tick_are_done_by_the_new_worker(body: str) -> None:
    assert read_task(body) == FIRST_TASKS[body]


def test_tasks_of_the_new_tick_are_done_by_an_old_worker() -> None:
    opening = Opening("0123456789abcdef", NOON)
    for old, task in FIRST_TASKS.items():
        new: ShardTask | RankTask
        if isinstance(task, ShardTask):
            new = ShardTask(task.hour, task.shard, opening=opening)
        else:
            new = RankTask(task.hour, task.revision, opening)
        wanted, sent = json.loads(old), json.loads(write_task(new))
        assert {name: sent[name] for name in wanted} == wanted


def test_what_a_later_release_adds_is_skipped() -> None:
    message = json.loads(FIRST_ITEMS) | {"added": {"later": 1}}
    message["items"][0] |= {"added": "later"}
    message["items"][0]["found"][0] |= {"added": [1]}
    assert read_items(json.dumps(message)) == read_items(FIRST_ITEMS)


@pytest.mark.parametrize("read", [read_items, read_task])
def test_a_version_that_is_not_known_is_refused_and_so_kept(read: Callable[[str], object]) -> None:
    """A refused message goes back to its queue, and at last to the dead letters: not away."""
    with pytest.raises(InvalidRequest, match="message of version 2"):
        read('{"version": 2, "items": [], "task": "mark"}')


def test_price_rows_of_the_first_release_are_read() -> None:
    listed = decode_prices(base64.b64decode(FIRST_PRICES))
    assert listed == prices(BTC="60000", ETH="3000")
    assert encode_prices(listed)[:1] == base64.b64decode(FIRST_PRICES)[:1]
