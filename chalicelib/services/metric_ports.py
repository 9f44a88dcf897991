"""The figures that operators watch, and where they are written."""

from enum import Enum
from typing import Final, Protocol


class Metric(Enum):
    """By the name that dashboard and alarms know it by."""

    HOUR_RANKED = "HourRanked"
    HOUR_NOT_RANKED = "HourNotRanked"
    HOUR_DURATION = "HourDuration"
    MARKS_PER_SECOND = "MarksPerSecond"
    LAG = "ExchangeToLedgerLag"
    STREAM_GAPS = "StreamGaps"
    NOT_FRESH = "AccountsNotFresh"
    WEIGHT_USED = "WeightUsedShare"


UNITS: Final[dict[Metric, str]] = {
    Metric.HOUR_RANKED: "None",
    Metric.HOUR_NOT_RANKED: "Count",
    Metric.HOUR_DURATION: "Seconds",
    Metric.MARKS_PER_SECOND: "Count/Second",
    Metric.LAG: "Milliseconds",
    Metric.STREAM_GAPS: "Count",
    Metric.NOT_FRESH: "Count",
    Metric.WEIGHT_USED: "None",
}
"""By CloudWatch's names. HourRanked is in minutes past the hour, WeightUsedShare from 0 to 1."""


class Metrics(Protocol):
    """Where figures are written."""

    def put(self, metric: Metric, *values: float) -> None:
        """Write down what was measured; nothing where nothing was."""
