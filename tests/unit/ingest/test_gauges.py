import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.config import VERSION
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.metric_ports import Metric
from ingest_container.followed import Followed, Stage
from ingest_container.gauges import Gauges
from tests.builders import NOON, exchange_account, key_pair
from tests.fake_metrics import FakeMetrics
from tests.unit.ingest.helpers import World


class Container:
    """A container as its gauges see it."""

    def __init__(self) -> None:
        self.world = World()
        self.metrics = FakeMetrics()
        self.accounts: list[Followed] = []
        self.gap_count = 0
        self.weight = 0.0
        outside = replace(
            self.world.outside(), metrics=self.metrics, weight_used=lambda: self.weight
        )
        self.gauges = Gauges(outside, "one", lambda: self.accounts, lambda: self.gap_count)

    def pass_minute(self) -> None:
        self.world.machine.now += timedelta(minutes=1)
        self.gauges.look()

    def follow(self, stage: Stage = Stage.STREAM, *, streaming: bool = True) -> Followed:
        followed = Followed(exchange_account(), key_pair(), stage, streaming)
        self.accounts.append(followed)
        return followed


@pytest.fixture
def container() -> Container:
    return Container()


def test_gauges_are_told_once_a_minute(container: Container) -> None:
    container.gauges.look()
    assert container.metrics.put_so_far == []
    container.pass_minute()
    container.gauges.look()
    told = [metric for metric, _ in container.metrics.put_so_far]
    assert told == [Metric.STREAM_GAPS, Metric.NOT_FRESH, Metric.WEIGHT_USED]


def test_each_gap_is_told_once(container: Container) -> None:
    for count in (0, 2, 2, 3):
        container.gap_count = count
        container.pass_minute()
    assert container.metrics.of(Metric.STREAM_GAPS) == [0, 2, 0, 1]


def test_the_fullest_moment_of_the_minute_counts(container: Container) -> None:
    for weight in (0.2, 0.9, 0.1):
        container.weight = weight
        container.gauges.look()
    container.weight = 0.0
    container.pass_minute()
    container.pass_minute()
    assert container.metrics.of(Metric.WEIGHT_USED) == [0.9, 0.0]


def test_accounts_that_are_not_heard_or_in_doubt_are_not_fresh(container: Container) -> None:
    container.follow()
    container.follow(streaming=False)
    container.follow(Stage.STOPPED, streaming=False)
    container.follow(Stage.CHECK, streaming=False)
    container.follow().in_doubt_since = NOON
    container.pass_minute()
    assert container.metrics.of(Metric.NOT_FRESH) == [2]


def test_an_operator_finds_a_note_of_it(container: Container) -> None:
    container.follow()
    container.follow(streaming=False)
    container.gap_count, container.weight = 4, 0.25
    container.pass_minute()
    [lease] = container.world.fakes.leases.of_group("gauges")
    note = json.loads(lease.note)
    assert note == {
        "version": VERSION,
        "accounts": 2,
        "not_fresh": 1,
        "gaps": 4,
        "weight_used": 0.25,
    }
    assert lease.until > container.world.machine.now


def test_gauges_go_on_when_the_note_cannot_be_left(
    container: Container, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(lease: object, now: object) -> bool:
        raise StoreUnavailable("throttled")

    container.world.fakes.leases.acquire = refuse  # type: ignore[method-assign]
    container.pass_minute()
    assert [each.message for each in caplog.records] == ["gauges_not_noted"]
    assert container.metrics.of(Metric.NOT_FRESH) == [0]
