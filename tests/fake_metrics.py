"""Figures, kept in memory."""

from chalicelib.services.metric_ports import Metric


class FakeMetrics:
    """Each figure that was put, in order."""

    def __init__(self) -> None:
        self.put_so_far: list[tuple[Metric, float]] = []

    def put(self, metric: Metric, *values: float) -> None:
        self.put_so_far += [(metric, value) for value in values]

    def of(self, metric: Metric) -> list[float]:
        """The values of one metric."""
        return [value for each, value in self.put_so_far if each is metric]
