"""Figures as lines that CloudWatch makes metrics of."""

import json
from typing import Any

import pytest

from chalicelib.adapters.emf import EmfMetrics
from chalicelib.services.metric_ports import UNITS, Metric

UNITS_OF_CLOUDWATCH = {"Seconds", "Milliseconds", "Count", "Count/Second", "Percent", "None"}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("metric", Metric)
def test_a_figure_is_one_line_of_the_embedded_format(
    metric: Metric, capsys: pytest.CaptureFixture[str]
) -> None:
    EmfMetrics("prod").put(metric, 0.25)
    [line] = lines(capsys)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "CoinMarketLeague",
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": metric.value, "Unit": UNITS[metric]}],
    }
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert (line["stage"], line[metric.value]) == ("prod", [0.25])


def test_every_unit_is_one_of_cloudwatchs() -> None:
    assert set(UNITS) == set(Metric)
    assert set(UNITS.values()) <= UNITS_OF_CLOUDWATCH


def test_many_values_go_to_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMetrics("dev").put(Metric.LAG, *range(250))
    found = lines(capsys)
    assert [len(line["ExchangeToLedgerLag"]) for line in found] == [99, 99, 52]
    assert [value for line in found for value in line["ExchangeToLedgerLag"]] == list(range(250))


def test_no_value_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    EmfMetrics("dev").put(Metric.LAG)
    assert lines(capsys) == []
