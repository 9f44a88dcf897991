"""Containers behind one address: each keeps to its part, all together to 80 % of the limit."""

from datetime import datetime

import pytest

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from tests.builders import NOON


def budget(sharers: int = 1) -> WeightBudget:
    made = WeightBudget(lambda: NOON)
    made.share_with(sharers)
    return made


def fill(budget: WeightBudget, weight: int = 10) -> int:
    """Spend until the budget says to wait; returns how much that was."""
    spent = 0
    while not budget.try_spend(weight, Priority.STREAMS):
        spent += weight
    return spent


@pytest.mark.parametrize(("sharers", "part"), [(1, 4800), (2, 2400), (3, 1600), (0, 4800)])
def test_each_has_an_equal_part(sharers: int, part: int) -> None:
    made = WeightBudget(lambda: NOON)
    assert made.share_with(sharers) == part
    assert fill(made) == part


def test_what_the_others_used_is_not_taken_off_ones_own_part() -> None:
    made = budget(2)
    made.observe(2000, NOON)
    assert fill(made) == 2400


def test_all_together_keep_to_the_share_of_the_address() -> None:
    made = budget(2)
    made.observe(4000, NOON)
    assert fill(made) == 800


def test_a_container_that_is_alone_again_has_the_whole_share() -> None:
    made = budget(2)
    assert fill(made) == 2400
    made.share_with(1)
    assert fill(made) == 2400


def test_a_limit_learnt_later_is_shared_too() -> None:
    made = budget(2)
    made.set_limit(1000)
    assert fill(made) == 400


def test_a_new_minute_forgets_what_the_others_used() -> None:
    now = NOON

    def clock() -> datetime:
        return now

    made = WeightBudget(clock)
    made.share_with(2)
    made.observe(4800, NOON)
    assert fill(made) == 0
    now = NOON.replace(minute=1)
    assert fill(made) == 2400
