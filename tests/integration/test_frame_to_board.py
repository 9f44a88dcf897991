"""One frame can be followed through the log to the board that it counts in; and the figures on
the way, as CloudWatch reads them."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

import app as deployed
from chalicelib import logs, wiring
from chalicelib.adapters import messages
from chalicelib.adapters.emf import EmfMetrics
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.queue_ports import RankTask, StreamItem
from ingest_container.followed import Followed, Stage
from sandbox.lambda_events import schedule_event
from tests.builders import (
    NOON,
    exchange_account,
    key_pair,
    prices,
    seat,
    snapshot,
    stream_item,
    symbols,
)
from tests.contract.test_binance_parse import frame
from tests.fakes import FakeExchange, Fakes

HOUR = hour_of(NOON)
TRADED = NOON - timedelta(minutes=5)


class Story:
    """A league, its log, and a machine whose clock goes on by a second at each look."""

    def __init__(self) -> None:
        self.fakes = Fakes()
        self.log = io.StringIO()
        self.machine = NOON
        self.now = NOON
        logs.configure("DEBUG", self.log)
        named = {name: getattr(self.fakes, name) for name in wiring.Stores.__slots__}
        exchange = FakeExchange(NOON)
        exchange.listed = symbols("BTC/USDT")
        wiring.use(
            wiring.Stores(**named),
            now=lambda: self.now,
            machine=self._tick,
            tasks=self.fakes.tasks,
            exchange=exchange,
            files=self.fakes.files,
            metrics=EmfMetrics("dev"),
        )
        self.fakes.traders.next_seat()
        self.fakes.seats.put(seat(0))
        self.fakes.prices.put_symbols(exchange.listed)
        self.fakes.prices.put_hour(HOUR - 1, prices(hour_start(HOUR - 1), BTC="59000"))
        self.fakes.prices.put_minute(prices(NOON, BTC="60000"))
        self.fakes.accounts.save(exchange_account())

    def _tick(self) -> datetime:
        self.machine += timedelta(seconds=1)
        return self.machine

    def record(self, *items: StreamItem) -> None:
        body = messages.join_items([messages.write_item(item) for item in items])
        assert deployed.record(_event(body), None) == {"batchItemFailures": []}

    def close(self) -> None:
        self.now = NOON + timedelta(seconds=90)
        deployed.tick(schedule_event("tick", NOON), None)
        while self.fakes.tasks.sent:
            task = self.fakes.tasks.sent.pop(0)
            answer = deployed.work(_event(messages.write_task(task)), None)
            assert answer == {"batchItemFailures": []}

    def lines(self, happening: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if line["happening"] == happening]


def _event(body: str) -> dict[str, object]:
    return {"Records": [{"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {}}]}


@pytest.fixture
def story() -> Iterator[Story]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Story()
    wiring.use()
    root.handlers[:] = handlers
    root.setLevel(level)


def frame_item(at: datetime) -> StreamItem:
    """A fill as the container forwards it."""
    followed = Followed(exchange_account(), key_pair(), Stage.STREAM)
    milliseconds = round(at.timestamp() * 1000)
    text = frame("execution_report_trade", E=milliseconds, T=milliseconds, s="BTCUSDT")
    return followed.item(NOON, frame=text)


def test_a_frame_can_be_followed_to_its_board(story: Story) -> None:
    linked = stream_item(snapshot=snapshot("link", NOON - timedelta(minutes=30), USDT="1000"))
    story.record(linked)
    item = frame_item(TRADED)
    assert len(item.trace) == 16
    story.record(item)
    story.close()
    [recorded] = [line for line in story.lines("recorded") if item.trace in line["traces"]]
    assert recorded["account_id"] == item.account_id
    assert recorded["runs"] == ["2026-03-01T12"]
    [tick], [marked], [board] = map(story.lines, ("tick", "shard_marked", "board_published"))
    assert {each["run"] for each in (tick, marked, board)} == {"2026-03-01T12"}
    assert tick["trace"]
    assert {each["trace"] for each in (marked, board)} == {tick["trace"]}
    assert (marked["shard"], marked["marks"], board["hour"], board["revision"]) == (0, 1, HOUR, 0)


def test_what_is_logged_within_the_work_of_an_hour_carries_its_run(story: Story) -> None:
    story.close()
    assert all(line["run"] == "2026-03-01T12" for line in story.lines("hour_priced_late"))
    logging.getLogger("league").info("afterwards")
    assert "run" not in story.lines("afterwards")[0]


def test_the_figures_of_the_way_are_lines_for_cloudwatch(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    story.record(stream_item(snapshot=snapshot("link", NOON - timedelta(minutes=30), USDT="1000")))
    story.now = TRADED + timedelta(milliseconds=850)
    story.record(frame_item(TRADED))
    story.close()
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["stage"]] for line in found)
    values = {
        each["Name"]: line[each["Name"]]
        for line in found
        for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    }
    assert values["ExchangeToLedgerLag"] == [850]
    assert values["HourRanked"] == [1.5]
    assert values["MarksPerSecond"] == [1.0]
    [seconds] = values["HourDuration"]
    assert 0 < seconds < 60


def test_a_rebuilt_hour_is_not_measured_as_a_late_one(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    story.close()
    capsys.readouterr()
    deployed.work(_event(messages.write_task(RankTask(HOUR, 1))), None)
    assert "HourRanked" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("minute", "ranked", "told"), [(5, False, None), (10, False, 1), (10, True, 0)]
)
def test_ten_minutes_past_it_is_told_whether_the_hour_is_ranked(
    story: Story, capsys: pytest.CaptureFixture[str], minute: int, ranked: bool, told: int | None
) -> None:
    story.now = hour_start(HOUR) + timedelta(minutes=minute)
    if ranked:
        story.fakes.runs.begin(HOUR, [0])
        story.fakes.runs.mark_ranked(HOUR)
    deployed.tick(schedule_event("tick", hour_start(HOUR) + timedelta(minutes=minute)), None)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    found = [line["HourNotRanked"] for line in lines if "HourNotRanked" in line]
    assert found == ([] if told is None else [[told]])
