"""A small league for the operator's command: app.py's own functions on tables and queues of AWS
in this process, traders who trade by frames, hours that are closed one by one.

What makes it a league of one process is that the exchange is scripted; all else is the product's.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import app as deployed
from chalicelib import operating, wiring
from chalicelib.config import Settings
from chalicelib.domain.account import AccountState, Trader
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.entrypoints.operate import main
from chalicelib.services.link_account import join_league, unlink_account, welcome
from chalicelib.services.ports import StreamItem
from sandbox.runner import Runner
from tests.builders import (
    EXCHANGE,
    NOON,
    balance_change,
    exchange_account,
    prices,
    quote,
    snapshot,
    stream_item,
    symbols,
)
from tests.contract.conftest import REGION
from tests.contract.test_binance_parse import frame
from tests.fake_hour_files import FakePublicFiles
from tests.fakes import FakeExchange

FIRST = hour_of(NOON)
"""The first hour that a told league closes."""

WHY = ("--why", "a test", "--who", "tess")

_numbers = count(1)
_FEE = Decimal("0.001")


def forget_what_is_built() -> None:
    """Let the next question to wiring build its answer anew."""
    for module in (wiring, operating):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


@dataclass
class Account:
    """One trader's account: what he holds, and what its stream says."""

    trader: Trader
    account_id: str
    held: dict[str, Decimal]
    sequence: int = 0

    def item(self, **content: Any) -> StreamItem:  # noqa: ANN401
        return stream_item(
            account_id=self.account_id,
            trader_id=self.trader.trader_id,
            seat=self.trader.seat,
            **content,
        )


@dataclass
class OperatedLeague:
    """The league, and what drives it."""

    settings: Settings
    files: FakePublicFiles = field(default_factory=FakePublicFiles)
    now: datetime = NOON
    accounts: dict[str, Account] = field(default_factory=dict)
    trades: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        wiring.tables().create("traders", "accounts", "holdings", "ledger", "history", "jobs")
        sqs = boto3.client("sqs", region_name=REGION)
        queues = {"events": self.settings.events_queue, "tasks": self.settings.tasks_queue}
        self.runner = Runner(deployed.app, sqs, queues)
        self.sqs = sqs
        wiring.stores().prices.put_symbols(symbols("BTC/USDT"))

    def join(self, name: str, **held: str) -> Account:
        """A trader who links an account just now."""
        members = wiring.members()
        trader = join_league(name, self.now, members)
        account_id = f"ACCOUNT-{name}"
        wiring.stores().accounts.save(
            exchange_account(
                account_id=account_id,
                trader_id=trader.trader_id,
                seat=trader.seat,
                state=AccountState.LIVE,
                linked_at=self.now - timedelta(seconds=5),
            )
        )
        welcome(trader, EXCHANGE, members)
        made = Account(trader, account_id, {a: Decimal(each) for a, each in held.items()})
        self.accounts[name] = made
        self.record(made.item(snapshot=snapshot("link", self.now, **held)))
        return made

    def buy(self, name: str, usdt: str, price: str) -> None:
        """Buy BTC for so much now (sell, if it is negative)."""
        account, spent = self.accounts[name], Decimal(usdt)
        amount = (abs(spent) / Decimal(price)).quantize(Decimal("0.00000001"))
        paid, sign = amount * Decimal(price), 1 if spent > 0 else -1
        account.held["BTC"] = account.held.get("BTC", Decimal(0)) + sign * amount
        account.held["USDT"] -= sign * paid
        number, at = next(self.trades), _ms(self.now)
        traded = {"E": at, "T": at, "s": "BTCUSDT", "S": "BUY" if sign > 0 else "SELL", "t": number}
        traded |= {
            "i": number,
            "l": f"{amount:f}",
            "L": price,
            "Y": f"{paid:f}",
            "n": "0",
            "N": None,
        }
        holds = [{"a": a, "f": f"{q:f}", "l": "0"} for a, q in account.held.items()]
        position = frame("outbound_account_position", E=at, u=at, B=holds)
        self._say(account, frame("execution_report_trade", **traded), position)

    def deposit(self, name: str, usdt: str) -> None:
        """USDT comes in from outside now."""
        account, at = self.accounts[name], _ms(self.now)
        account.held["USDT"] += Decimal(usdt)
        moved = frame("balance_update", E=at, a="USDT", d=usdt, T=at)
        holds = [{"a": "USDT", "f": f"{account.held['USDT']:f}", "l": "0"}]
        position = frame("outbound_account_position", E=at, u=at, B=holds)
        self.keep_prices(self.now + timedelta(seconds=60 - self.now.second), "60000")
        self._say(account, moved, position)

    def unlink(self, name: str) -> None:
        """The account is taken out now."""
        account = wiring.stores().accounts.get(self.accounts[name].account_id)
        self.keep_prices(self.now + timedelta(seconds=60 - self.now.second), "60000")
        unlink_account(account, self.now, wiring.members())

    def late(self, name: str, at: datetime, usdt: str) -> None:
        """A history tells of a deposit long after it came."""
        entry = balance_change(quantity=usdt, asset="USDT", changed_at=at, change_id="late")
        self.record(self.accounts[name].item(found=[entry]))

    def _say(self, account: Account, *frames: str) -> None:
        items = []
        for each in frames:
            account.sequence += 1
            items.append(account.item(frame=each, sequence=account.sequence))
        self.record(*items)

    def record(self, *items: StreamItem) -> None:
        traced = [replace(item, trace=f"trace{next(_numbers)}") for item in items]
        wiring.events().send(traced)
        assert self.runner.drain("record")

    def keep_prices(self, minute: datetime, btc: str) -> None:
        wiring.stores().prices.put_minute(prices(minute, BTC=btc))

    def close(self, hour: int, btc: str = "60000") -> None:
        """Let exchange time come to the hour, and close it as the schedule does."""
        self.keep_prices(hour_start(hour), btc)
        wiring.stores().prices.put_latest(prices(hour_start(hour), BTC=btc))
        self.now = hour_start(hour) + timedelta(seconds=11)
        self.runner.fire("tick", hour_start(hour))
        self.work()

    def work(self) -> None:
        while self.runner.drain("work"):
            pass

    def send_dead(self, queue: str, *bodies: str) -> None:
        """Put messages where those go that fail too often."""
        address = getattr(self.settings, f"{queue}_queue") + "-dead"
        for body in bodies:
            self.sqs.send_message(QueueUrl=address, MessageBody=body)


@contextmanager
def aws_in_process() -> Iterator[None]:
    """AWS inside this process, for fixtures that last longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        with mock_aws():
            yield


@contextmanager
def operated_league() -> Iterator[OperatedLeague]:
    """One with tables and queues of its own; moto must be on."""
    number = next(_numbers)
    sqs = boto3.client("sqs", region_name=REGION)
    queues = {}
    for name, tries in (("events", 10), ("tasks", 3)):
        dead = sqs.create_queue(QueueName=f"operated{number}-{name}-dead")["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        target = asked["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": str(tries)})
        made = sqs.create_queue(
            QueueName=f"operated{number}-{name}", Attributes={"RedrivePolicy": policy}
        )
        queues[f"{name}_queue"] = made["QueueUrl"]
    settings = Settings(
        stage="sandbox",
        region=REGION,
        table_prefix=f"operated{number}-",
        metrics="no",
        log_level="ERROR",
        **queues,
    )
    with _pointed_at(settings):
        league = OperatedLeague(settings)
        with in_use(league):
            yield league


@contextmanager
def league_of_one() -> Iterator[OperatedLeague]:
    """A league of one trader, Ada, at her first hour."""
    with operated_league() as made:
        made.now = NOON - timedelta(minutes=20)
        made.join("Ada", USDT="1000")
        made.close(FIRST)
        yield made


@contextmanager
def in_use(league: OperatedLeague) -> Iterator[None]:
    """Let wiring answer with the league's clock, exchange and files; all else is real."""
    exchange = FakeExchange(NOON)
    exchange.listed, exchange.quoted = symbols("BTC/USDT"), {"BTCUSDT": quote("60000")}
    with _pointed_at(league.settings):
        wiring.use(now=lambda: league.now, exchange=exchange, files=league.files)
        try:
            yield
        finally:
            wiring.use()


@contextmanager
def _pointed_at(settings: Settings) -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level  # the settings configure the whole process's log
    forget_what_is_built()
    wiring.point_at(settings)
    try:
        yield
    finally:
        wiring.point_at(None)
        forget_what_is_built()
        root.handlers[:] = handlers
        root.setLevel(level)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def all_items() -> dict[str, list[dict[str, Any]]]:
    """Every item of every table, by table: a backup."""
    client = wiring.tables().client
    found: dict[str, list[dict[str, Any]]] = {}
    for table in ("traders", "accounts", "holdings", "ledger", "history", "jobs"):
        pages = client.get_paginator("scan").paginate(TableName=wiring.tables().name(table))
        found[table] = [item for page in pages for item in page["Items"]]
    return found


def wipe() -> None:
    """Lose everything."""
    for table, items in all_items().items():
        keys = [(item["pk"]["S"], item["sk"]["S"]) for item in items]
        wiring.tables().delete_each(table, keys)


def run(*arguments: str) -> int:
    """The command's exit code, called as from a shell."""
    return main(list(arguments))


def settings_file(league: OperatedLeague, folder: Path) -> Path:
    """What `--settings` takes."""
    content = {
        "LEAGUE_STAGE": league.settings.stage,
        "LEAGUE_TABLE_PREFIX": league.settings.table_prefix,
        "LEAGUE_EVENTS_QUEUE": league.settings.events_queue,
        "LEAGUE_TASKS_QUEUE": league.settings.tasks_queue,
        "LEAGUE_METRICS": "no",
        "LEAGUE_LOG_LEVEL": "ERROR",
        "SOMETHING_ELSE": "is left alone",
    }
    path = folder / "settings.json"
    path.write_text(json.dumps(content))
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints; it must do what it is asked."""
    capsys.readouterr()
    code = run(*arguments)
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return printed.out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line in which the command refuses."""
    capsys.readouterr()
    code = run(*arguments)
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.count("\n") == 1
    return printed.err


def line(text: str, start: str) -> str:
    """The first line that begins so."""
    return next(each for each in text.splitlines() if each.startswith(start))
