from dataclasses import replace
from datetime import timedelta

import pytest

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
        self.gauges = Gauges(outside, lambda: self.accounts, lambda: self.gap_count)

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
