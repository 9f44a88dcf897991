from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.performance import (
    INDEX_FLOOR,
    Chain,
    Point,
    after_flow,
    at_value,
    fall_of,
    first_mark,
    follow,
    joined,
    maximum_drawdown,
    pnl,
    ratios,
)
from tests.builders import at

FIVE_DAYS = [Decimal(each) for each in ("0.02", "-0.01", "0.03", "-0.02", "0.01")]


def point(value_before: str, net_flow: str, hours: float = 0) -> Point:
    return Point(at(hours), Decimal(value_before), Decimal(net_flow))


def path(*steps: str | tuple[str, str]) -> Chain:
    """A chain over marks ("1000") and flows (("1000", "-200")), from its first mark."""
    chain = first_mark(float(str(steps[0])))
    for step in steps[1:]:
        chain = (
            at_value(chain, float(step))
            if isinstance(step, str)
            else after_flow(chain, point(*step))
        )
    return chain


def test_pnl_is_the_change_of_equity_less_net_flow() -> None:
    assert pnl(Decimal(1000), Decimal(1995), Decimal(1000)) == Decimal(-5)


def test_the_index_is_1_at_the_first_mark() -> None:
    assert first_mark(1234.5).index == 1


def test_a_flow_does_not_move_the_index() -> None:
    assert path("1000", ("1000", "500")) == Chain(1500.0, 1.0)


def test_the_return_goes_on_from_the_value_after_the_flow() -> None:
    assert path("1000", ("1100", "1000"), "1995").index == pytest.approx(1.1 * 0.95)


def test_a_flow_that_leaves_1_usdt_pauses_the_chain() -> None:
    assert path("1000", ("1000", "-999")).paused


def test_a_flow_that_leaves_more_than_1_usdt_does_not_pause() -> None:
    assert not path("1000", ("1000", "-998.99999999")).paused


def test_price_moves_while_paused_do_not_count() -> None:
    assert path("1000", ("1200", "-1200"), "0.5", "3").index == pytest.approx(1.2)


def test_a_flow_that_leaves_more_than_1_usdt_ends_the_pause() -> None:
    ended = path("1000", ("1200", "-1199.5"), "0.9", ("0.9", "600"), "630")
    assert not ended.paused
    assert ended.index == pytest.approx(1.2 * 630 / 600.9)


def test_a_small_flow_does_not_end_the_pause() -> None:
    assert path("1000", ("1000", "-1000"), ("0", "1")).paused


def test_a_fall_to_nothing_without_a_withdrawal_is_a_loss_and_stays() -> None:
    fallen = path("1000", "0", ("0", "500"), "550")
    assert fallen.index == pytest.approx(INDEX_FLOOR * 1.1)


def test_the_index_never_falls_below_its_floor() -> None:
    assert path("1000", "0.0000000001").index == INDEX_FLOOR


def test_from_a_value_of_0_no_return_is_taken() -> None:
    assert path("1000", "0", "10").index == INDEX_FLOOR


def test_a_negative_value_before_a_flow_is_no_mark() -> None:
    assert path("1000", ("-20", "600"), "580").index == pytest.approx(1.0)


def test_points_are_followed_in_their_order() -> None:
    points = [point("1100", "1000", 1), point("2200", "-200", 2)]
    assert follow(first_mark(1000), points).index == pytest.approx(1.1 * 2200 / 2100)


def test_the_formula_check_of_the_ratios() -> None:
    found = ratios(FIVE_DAYS)
    assert round(found.sharpe or 0, 6) == Decimal("5.527942")
    assert round(found.sortino or 0, 6) == Decimal("11.462984")
    assert round(found.volatility or 0, 8) == Decimal("39.61691558")


def test_the_formula_check_of_total_and_drawdown() -> None:
    index = [1.0]
    for each in FIVE_DAYS:
        index.append(index[-1] * float(1 + each))
    assert round((index[-1] - 1) * 100, 6) == 2.948504
    assert maximum_drawdown(index) == Decimal("2.00")


def test_ratios_are_shown_with_2_decimals() -> None:
    shown = ratios(FIVE_DAYS).rounded()
    assert (shown.volatility, shown.sharpe, shown.sortino) == (
        Decimal("39.62"),
        Decimal("5.53"),
        Decimal("11.46"),
    )


def test_without_deviation_there_is_no_ratio() -> None:
    flat = ratios([Decimal("0.1")] * 5)
    assert (flat.volatility, flat.sharpe, flat.sortino) == (None, None, None)


def test_without_a_losing_day_there_is_no_sortino() -> None:
    rising = ratios([Decimal("0.01"), Decimal("0.02")])
    assert rising.sortino is None
    assert rising.sharpe is not None


def test_one_day_has_no_ratio() -> None:
    assert ratios([Decimal("0.01")]).volatility is None


def test_there_is_no_drawdown_without_a_point() -> None:
    assert maximum_drawdown([]) is None


@pytest.mark.parametrize(
    ("index", "percent"),
    [([1, 1.2, 1.5], "0.00"), ([1, 0.5, 2, 1.5], "50.00"), ([2, 1, 4, 1], "75.00"), ([1], "0.00")],
)
def test_drawdown_is_the_worst_fall_from_a_peak(index: list[float], percent: str) -> None:
    assert maximum_drawdown(index) == Decimal(percent)


positive = st.floats(1e-9, 1e9)


@settings(max_examples=60)
@given(st.lists(positive, min_size=3, max_size=12), st.data())
def test_joining_falls_is_associative(index: list[float], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(index) - 2))
    second = data.draw(st.integers(first + 1, len(index) - 1))

    def stretch(part: list[float]) -> object:
        found = fall_of(part[0])
        for each in part[1:]:
            found = joined(found, fall_of(each))
        return found

    parts = [stretch(each) for each in (index[:first], index[first:second], index[second:])]
    left = joined(joined(parts[0], parts[1]), parts[2])  # type: ignore[arg-type]
    right = joined(parts[0], joined(parts[1], parts[2]))  # type: ignore[arg-type]
    assert left == right == stretch(index)


@settings(max_examples=60)
@given(positive, st.lists(st.tuples(positive, st.floats(-0.9, 5)), min_size=1, max_size=8))
def test_flows_alone_leave_the_index_at_1(start: float, steps: list[tuple[float, float]]) -> None:
    chain = first_mark(start)
    value = Decimal(start)
    for _, share in steps:
        flow = value * Decimal(share)
        chain = after_flow(chain, Point(at(), Decimal(chain.value), flow))
        value = Decimal(chain.value)
    assert chain.index == 1.0
