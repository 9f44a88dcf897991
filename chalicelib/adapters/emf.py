"""The Metrics port: CloudWatch's embedded metric format, a line of the log for each figure.

Lambda and the container's log driver hand the lines to CloudWatch, which makes metrics of them:
no call, and no permission.
"""

from collections.abc import Sequence
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics

from chalicelib.services.metric_ports import UNITS, Metric

NAMESPACE: Final = "CoinMarketLeague"
_MOST_IN_A_LINE: Final = 99  # CloudWatch takes 100, at which the library flushes by itself


class EmfMetrics:
    """Figures with one dimension, the stage, on standard output; for any thread."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def put(self, metric: Metric, *values: float) -> None:
        """Write them down, some to a line."""
        for start in range(0, len(values), _MOST_IN_A_LINE):
            self._write(metric, values[start : start + _MOST_IN_A_LINE])

    def _write(self, metric: Metric, values: Sequence[float]) -> None:
        line = EphemeralMetrics(namespace=NAMESPACE)  # one of its own: the usual one is shared
        line.add_dimension(name="stage", value=self._stage)
        for value in values:
            line.add_metric(name=metric.value, unit=UNITS[metric], value=value)
        line.flush_metrics()
