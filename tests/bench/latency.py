"""How long a fill takes from the stream to the ledger, and to what its trader sees.

Frames come at a steady rate into the container's forwarder; the record function takes them from
the queue and writes to the table emulator; then the trader's own balance is read through the API.
The queue is the emulator's, or one inside this process where that one is the limit. Real time
passes, for a few seconds; so these are percentiles of this machine, not figures to hold.
"""

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Final, Protocol

from chalicelib.adapters.aws import client
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.adapters.queues import EventQueue, Queue
from chalicelib.domain.account import AccountState
from chalicelib.domain.market import Symbol
from chalicelib.entrypoints import consumers
from chalicelib.services.ports import StreamItem
from chalicelib.services.record_account_event import record_account_events
from ingest_container.forwarder import Forwarder
from sandbox.cloud import REGION, Cloud, make_queues
from tests.builders import NOON, exchange_account, prices, snapshot, stream_item, trader
from tests.contract.stores import DynamoStores, Stores
from tests.fakes import Fakes
from tests.read_side import Asker, asking
from tests.where import record_stores

RATES: Final = (10, 100, 1000)
SECONDS: Final = 4
ACCOUNTS: Final = 50
PATIENCE_S: Final = 60
_BATCH: Final = 10
_PRICE, _BOUGHT = Decimal(60000), Decimal("0.001")
_START = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds at the 50th, 95th and 99th percentile; `recorded` of `sent` fills were in the
    ledger when patience ended."""

    rate: int
    where: str
    sent: int
    recorded: int
    to_ledger: tuple[float, float, float]
    to_profile: tuple[float, float, float]


class Line(Protocol):
    """A queue between the forwarder and record."""

    name: str

    def send(self, items: Sequence[StreamItem]) -> None:
        """Put items in."""

    def receive(self) -> list[consumers.Message]:
        """Take some messages out, perhaps none."""


class EmulatedLine:
    """The queue of the local cloud."""

    name = "emulated queue"

    def __init__(self, cloud: Cloud, prefix: str) -> None:
        self._sqs = client("sqs", REGION, cloud.cloud_url)
        self._address = make_queues(cloud.cloud_url, prefix)["events"]
        self._events = EventQueue(Queue(self._sqs, self._address))

    def send(self, items: Sequence[StreamItem]) -> None:
        self._events.send(items)

    def receive(self) -> list[consumers.Message]:
        """Taken messages are deleted at once: here none fails."""
        found = self._sqs.receive_message(
            QueueUrl=self._address, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=1
        ).get("Messages", [])
        if found:
            entries = [
                {"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]}
                for place, each in enumerate(found)
            ]
            self._sqs.delete_message_batch(QueueUrl=self._address, Entries=entries)
        return [consumers.Message(each["MessageId"], each["Body"]) for each in found]


class _Bodies:
    """Stands for an SQS client that sends: keeps the bodies in a queue of this process."""

    def __init__(self, bodies: "SimpleQueue[str]") -> None:
        self._bodies = bodies

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        for each in Entries:
            self._bodies.put(each["MessageBody"])
        return {}


class InnerLine:
    """A queue inside this process, with the same messages."""

    name = "queue in process"

    def __init__(self) -> None:
        self._bodies: SimpleQueue[str] = SimpleQueue()
        self._events = EventQueue(Queue(_Bodies(self._bodies), ""))
        self._numbers = count()

    def send(self, items: Sequence[StreamItem]) -> None:
        self._events.send(items)

    def receive(self) -> list[consumers.Message]:
        found = list[consumers.Message]()
        try:
            found.append(self._message(self._bodies.get(timeout=0.2)))
            while len(found) < _BATCH:
                found.append(self._message(self._bodies.get_nowait()))
        except Empty:
            pass
        return found

    def _message(self, body: str) -> consumers.Message:
        return consumers.Message(str(next(self._numbers)), body)


@dataclass
class _Course:
    """One run: when each fill went in, came to the ledger, and was seen by its trader."""

    line: Line
    asker: Asker
    put_at: dict[int, float] = field(default_factory=dict)
    in_ledger: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    over: Event = field(default_factory=Event)

    def consume(self) -> None:
        """Record what comes, and look at one balance after each batch."""
        while not self.over.is_set():
            messages = self.line.receive()
            if not messages:
                continue
            fills = _fills_of(messages)
            if consumers.record(messages):
                raise RuntimeError("a message failed")
            now = time.monotonic()
            self.in_ledger |= dict.fromkeys((fill for fill, _ in fills), now)
            if fills:
                self._look(fills)

    def _look(self, fills: Sequence[tuple[int, int]]) -> None:
        """Have the trader of the middle one of these fills read his balance."""
        picked, account = fills[len(fills) // 2]
        newest = max(fill for fill, whose in fills if whose == account)
        coins = self.asker.json("/me/balance", token=f"T{account}")["coins"]
        held = next(Decimal(each["quantity"]) for each in coins if each["asset"] == "BTC")
        if held != _BOUGHT * (newest // ACCOUNTS + 1):
            raise RuntimeError(f"trader {account} does not see fill {newest}")
        self.seen[picked] = time.monotonic()


def latencies(cloud: Cloud) -> list[Latency]:
    """At each rate, with the emulated queue and tables, with the tables alone, and with neither."""
    found = []
    for rate in RATES:
        lines: tuple[Line, ...] = (EmulatedLine(cloud, f"bench-{rate}"), InnerLine())
        for number, line in enumerate(lines):
            tables = Tables(f"bench-{rate}-{number}-", REGION, cloud.tables_url)
            tables.create()
            where = f"{line.name}, emulated tables"
            found.append(latency(DynamoStores(tables, "binance"), line, rate, where))
        found.append(latency(Fakes(), InnerLine(), rate, "all in process"))
    return found


def latency(stores: Stores, line: Line, rate: int, where: str) -> Latency:
    """The latencies at so many fills a second."""
    _link_all(stores)
    total = rate * SECONDS
    with asking(stores) as asker:
        course = _Course(line, asker)
        forwarder = Forwarder(line, lambda account: None)
        threads = [Thread(target=forwarder.run), Thread(target=course.consume)]
        for each in threads:
            each.start()
        _send(course, forwarder, rate, total)
        deadline = time.monotonic() + PATIENCE_S
        while len(course.in_ledger) < total and time.monotonic() < deadline:
            time.sleep(0.05)
        forwarder.close(1)
        course.over.set()
        for each in threads:
            each.join()
    return Latency(
        rate,
        where,
        total,
        len(course.in_ledger),
        _percentiles([at - course.put_at[fill] for fill, at in course.in_ledger.items()]),
        _percentiles([at - course.put_at[fill] for fill, at in course.seen.items()]),
    )


def _send(course: _Course, forwarder: Forwarder, rate: int, total: int) -> None:
    start = time.monotonic()
    for number in range(total):
        wait = start + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        course.put_at[number] = time.monotonic()
        for frame, sequence in _frames(number):
            forwarder.put(_item(number % ACCOUNTS, frame, sequence))


def _link_all(stores: Stores) -> None:
    stores.prices.put_symbols({"BTCUSDT": Symbol("BTCUSDT", "BTC", "USDT", True)})
    stores.prices.put_latest(prices(NOON, BTC=str(_PRICE)))
    for account in range(ACCOUNTS):
        who = trader(trader_id=f"T{account}", name=f"trader {account}", seat=account)
        stores.traders.claim_name(who.name, who.trader_id, account, NOON)
        stores.traders.save(who)
        names = {"account_id": f"A{account}", "trader_id": f"T{account}", "seat": account}
        stores.accounts.save(exchange_account(**names, state=AccountState.LIVE))  # type: ignore[arg-type]
        item = stream_item(**names, snapshot=snapshot("link", NOON, USDT=str(_START)))  # type: ignore[arg-type]
        if record_account_events([item], {}, record_stores(stores)):
            raise RuntimeError("a link was refused")


def _item(account: int, frame: str, sequence: int) -> StreamItem:
    return stream_item(
        account_id=f"A{account}",
        trader_id=f"T{account}",
        seat=account,
        frame=frame,
        sequence=sequence,
    )


def _frames(number: int) -> list[tuple[str, int]]:
    """What the exchange says of a fill: the execution, and the balances after it."""
    at = round((NOON + timedelta(seconds=1, milliseconds=number)).timestamp() * 1000)
    times = number // ACCOUNTS + 1
    bought, paid = _BOUGHT * times, _BOUGHT * _PRICE * times
    execution = {
        "e": "executionReport", "E": at, "T": at, "s": "BTCUSDT", "S": "BUY", "x": "TRADE",
        "i": number + 1, "t": number + 1, "l": str(_BOUGHT), "L": str(_PRICE),
        "Y": str(_BOUGHT * _PRICE), "n": "0", "N": None,
    }  # fmt: skip
    balances = [("BTC", bought), ("USDT", _START - paid)]
    position = {
        "e": "outboundAccountPosition", "E": at, "u": at,
        "B": [{"a": asset, "f": str(free), "l": "0"} for asset, free in balances],
    }  # fmt: skip
    return [
        (json.dumps({"subscriptionId": 0, "event": event}), 2 * number + place)
        for place, event in enumerate((execution, position))
    ]


def _fills_of(messages: Sequence[consumers.Message]) -> list[tuple[int, int]]:
    """Number and account of each fill in the messages."""
    found = []
    for message in messages:
        for item in json.loads(message.body)["items"]:
            event = json.loads(item["frame"])["event"]
            if event["e"] == "executionReport":
                found.append((event["t"] - 1, int(item["account"][1:])))
    return found


def _percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000
