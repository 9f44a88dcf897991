import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.pace import AT_ONCE, Pace


class Watch:
    """A clock that moves when somebody works or waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits = 0

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.waits += 1
        self.now += seconds

    def spent(self, work_s: float, pace: Pace | None = None) -> float:
        began = self.now
        with (pace or Pace(lambda: self.now, self.wait, 1.0)).even():
            self.now += work_s
        return self.now - began


@given(st.floats(0, 5), st.floats(0, 5))
def test_work_ends_at_whole_steps(one: float, other: float) -> None:
    first, second = Watch().spent(one), Watch().spent(other)
    assert first == pytest.approx(round(first), abs=1e-6)
    assert first >= one - 1e-6
    if int(one) == int(other):
        assert first == pytest.approx(second, abs=1e-6)


def test_work_that_fails_ends_as_evenly() -> None:
    watch = Watch()

    def fail() -> None:
        with Pace(lambda: watch.now, watch.wait, 1.0).even():
            watch.now += 0.3
            raise StoreUnavailable("closed")

    with pytest.raises(StoreUnavailable):
        fail()
    assert watch.now == pytest.approx(101)


def test_at_once_nobody_waits() -> None:
    watch = Watch()
    assert watch.spent(0.25, AT_ONCE) == 0.25
    assert watch.waits == 0
